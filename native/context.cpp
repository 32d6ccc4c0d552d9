#include "context.h"

#include "promise-worker.h"

#include <algorithm>

namespace {

bool should_interrupt(void * interrupts) {
    return static_cast<std::atomic<bool> *>(interrupts)->load();
}

}

Context create_context(llama_model * model, const ContextOptions & options, std::atomic<bool> * interrupts) {
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx           = options.positions;
    parameters.n_seq_max       = options.sequences;
    // One pass over the weights may hold any mixture of conversations.
    parameters.kv_unified      = true;
    parameters.n_batch         = options.batch;
    parameters.n_ubatch        = options.batch;
    parameters.n_outputs_max   = options.outputs;
    parameters.n_threads       = options.threads;
    parameters.n_threads_batch = options.threads;
    parameters.offload_kqv     = options.offload;
    parameters.no_perf         = true;
    parameters.swa_full        = options.keeps_windows;
    parameters.flash_attn_type = options.flash_attention ? LLAMA_FLASH_ATTN_TYPE_AUTO : LLAMA_FLASH_ATTN_TYPE_DISABLED;
    parameters.abort_callback      = should_interrupt;
    parameters.abort_callback_data = interrupts;
    return Context(llama_init_from_model(model, parameters));
}

void use_threads(llama_context * context, ggml_threadpool * threads) {
    if (threads) {
        llama_attach_threadpool(context, threads, nullptr);
    }
}

void warm_up(llama_context * context, int positions) {
    Batch batch(positions, 0);
    const llama_vocab * vocab = llama_model_get_vocab(llama_get_model(context));
    const llama_token token = std::max(0, llama_vocab_bos(vocab));
    for (const int count : { positions, 1 }) {
        batch.batch.n_tokens = 0;
        for (int i = 0; i < count; i++) {
            batch.batch.token[batch.add(0, i, i + 1 == count)] = token;
        }
        if (llama_decode(context, batch.batch) != 0) {
            throw CompanionError("context-failed", "llama.cpp cannot compute with the memory that is free");
        }
        llama_synchronize(context);
        llama_memory_clear(llama_get_memory(context), true);
    }
}

bool can_go_back(const llama_model * model) {
    return !llama_model_is_recurrent(model) && !llama_model_is_hybrid(model);
}

int32_t Batch::add(llama_seq_id sequence, llama_pos position, bool wants_logits) {
    const int32_t index = batch.n_tokens++;
    batch.pos[index]       = position;
    batch.n_seq_id[index]  = 1;
    batch.seq_id[index][0] = sequence;
    batch.logits[index]    = wants_logits ? 1 : 0;
    return index;
}
