#pragma once

#include "guess-pace.h"
#include "prompt-lookup.h"
#include "sampler.h"

#include "llama.h"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

// Reading a prompt's tokens, or a picture's rows, or reading tokens and going on with an answer.
enum class JobKind { read, see, generate };

// What the next tokens of an answer are guessed from.
struct Guesses {
    // A draft model is now and then wrong where it is mostly right.
    Guesses(std::vector<llama_token> history, int most)
        : lookup(std::move(history)), lookup_pace(most, 0), draft_pace(most, 2) {}

    PromptLookup lookup;
    GuessPace lookup_pace;
    GuessPace draft_pace;
    // Of the step that runs.
    std::vector<llama_token> tokens;
    bool are_drafted = false;
};

// One piece of work on one sequence. A sequence has at most one at a time.
struct Job {
    uint64_t id;
    JobKind kind;
    llama_seq_id sequence;
    // Where its next position goes.
    llama_pos position;
    // Where it began.
    llama_pos begun = 0;
    std::vector<llama_token> tokens;
    // Of a picture: one row of the model's width a position.
    std::vector<float> rows;
    size_t positions_read = 0;

    // Of an answer:
    int32_t most_tokens = 0;
    std::unordered_set<llama_token> stops;
    std::unique_ptr<Sampler> sampler;
    // Absent: nothing is guessed.
    std::unique_ptr<Guesses> guesses;
    bool measures_margins = false;
    int32_t generated = 0;
    // The last token that was drawn, which no step has read yet.
    llama_token pending = LLAMA_TOKEN_NULL;

    // Within the step that runs: where its logits begin, what it reads of its prompt.
    int32_t first_row = -1;
    int reading = 0;
    bool has_ended = false;
};

// What is told of a job or a command: tokens as they are drawn, at last its end.
struct JobEvent {
    uint64_t id;
    std::vector<llama_token> tokens;
    // Where they were asked for: by how much each token's logit exceeds the second best, at last that of
    // the token that ends the answer.
    std::vector<float> margins;
    bool is_end = false;
    // `done`, `end` (a stop token), `length`, `aborted`, or empty after a failure, which has a code.
    std::string outcome;
    std::string code;
    std::string message;
    // Positions that the sequence holds now.
    llama_pos held = 0;
    std::vector<uint8_t> state;
};
