#pragma once

#include "llama.h"

#include <atomic>
#include <cstdint>
#include <memory>

// What a llama_context is opened with.
struct ContextOptions {
    // Positions of all sequences together.
    uint32_t positions;
    uint32_t sequences;
    // Positions of one step, and of these those that are followed by a choice of the next token.
    uint32_t batch;
    uint32_t outputs;
    int32_t threads;
    // Whether the positions lie on the GPU.
    bool offload;
    // Whether attention is computed in one operation, where device and model allow.
    bool flash_attention;
    // Whether layers that look back over a window keep all positions.
    bool keeps_windows;
};

struct ContextDeleter {
    void operator()(llama_context * context) const { llama_free(context); }
};
using Context = std::unique_ptr<llama_context, ContextDeleter>;

// interrupts: ends a step on the CPU early; must live as long as the context. Null where the memory does not suffice.
Context create_context(llama_model * model, const ContextOptions & options, std::atomic<bool> * interrupts);

// Lets a context compute with threads that outlive it; null: with new ones for each step.
void use_threads(llama_context * context, ggml_threadpool * threads);

// Reads something and forgets it: weights (of a mixture of experts, some) come from the disk, and a card's
// programs and their working memory are loaded, before the first patient writes. A card has other programs for a prompt than for an answer.
// Throws CompanionError.
void warm_up(llama_context * context, int positions);

// Whether a model can forget what it read last, and nothing else.
bool can_go_back(const llama_model * model);

// llama_batch with the memory that llama_batch_init allocates.
class Batch {
  public:
    // width: of rows; 0: of tokens.
    Batch(int capacity, int width) : batch(llama_batch_init(capacity, width, 1)) {}
    ~Batch() { llama_batch_free(batch); }
    Batch(const Batch &) = delete;
    Batch & operator=(const Batch &) = delete;

    // Adds a position, whose token or row is set by the caller; returns its index.
    int32_t add(llama_seq_id sequence, llama_pos position, bool wants_logits);

    llama_batch batch;
};
