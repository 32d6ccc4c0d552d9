#pragma once

#include "llama.h"

#include <vector>

// Guesses how an answer goes on from what the conversation says already: where its last tokens stand
// earlier, what followed there may follow again. Prompt lookup decoding, a form of speculative decoding
// (Leviathan et al., 2023) without a draft model. Wrong guesses cost time, never correctness.
class PromptLookup {
  public:
    // history: the conversation so far, negative where pictures stand. most: the longest guess; 0: none.
    PromptLookup(std::vector<llama_token> history, int most);

    void push(llama_token token) { history.push_back(token); }
    // At most `room` tokens that may come next; often none.
    const std::vector<llama_token> & guess(int room);
    // How many of the last guess came true: guesses grow with success, and pause after failures.
    void judge(size_t accepted);

  private:
    size_t find(size_t length) const;

    std::vector<llama_token> history;
    std::vector<llama_token> guessed;
    const int most;
    int length;
    int failures = 0;
    int pause = 0;
};
