#pragma once

#include "llama.h"

#include <vector>

// Guesses how an answer goes on from what the conversation says already: where its last tokens stand
// earlier, what followed there may follow again. Prompt lookup decoding, a form of speculative decoding
// (Leviathan et al., 2023) without a draft model. Wrong guesses cost time, never correctness.
class PromptLookup {
  public:
    // history: the conversation so far, negative where pictures stand.
    explicit PromptLookup(std::vector<llama_token> history) : history(std::move(history)) {}

    void push(llama_token token) { history.push_back(token); }
    const std::vector<llama_token> & tokens() const { return history; }
    // At most `length` tokens that may come next; often none.
    std::vector<llama_token> guess(int length) const;

  private:
    size_t find(size_t length) const;

    std::vector<llama_token> history;
};
