#include "runner.h"

#include "live-runners.h"
#include "promise-worker.h"

#include <algorithm>
#include <new>

namespace {

bool should_interrupt(void * interrupts) {
    return static_cast<std::atomic<bool> *>(interrupts)->load();
}

bool goes_back(const llama_model * model) {
    return !llama_model_is_recurrent(model) && !llama_model_is_hybrid(model);
}

// llama.cpp gives layers with a window room for one window a sequence, and takes back what lies before the
// window only from whoever holds it alone: a shared beginning needs room of its own, one for every two sequences.
uint32_t most_sequences(const llama_model * model, const RunnerOptions & options) {
    const bool shares_windows = llama_model_n_swa(model) > 0 && goes_back(model);
    const uint32_t shared = shares_windows ? options.sequences / 2 : 0;
    return std::min(options.sequences + shared, (uint32_t) llama_max_parallel_sequences());
}

// Rows of logits that a step may need: one an answer and one a guess. llama.cpp wants one a sequence.
uint32_t most_logits(const RunnerOptions & options, uint32_t sequences) {
    const uint32_t needed = std::min(options.batch, options.sequences * (1 + (uint32_t) options.guesses));
    return std::max(needed, sequences);
}

llama_context * create_context(llama_model * model, const RunnerOptions & options, std::atomic<bool> * interrupts) {
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx           = options.positions;
    parameters.n_seq_max       = most_sequences(model, options);
    // A step is one pass over the weights, whatever mixture of conversations it holds.
    parameters.kv_unified      = true;
    parameters.n_batch         = options.batch;
    parameters.n_ubatch        = options.batch;
    parameters.n_outputs_max   = most_logits(options, parameters.n_seq_max);
    parameters.n_threads       = options.threads;
    parameters.n_threads_batch = options.threads;
    parameters.offload_kqv     = options.offload;
    parameters.no_perf         = true;
    parameters.swa_full        = false;
    parameters.flash_attn_type = options.flash_attention ? LLAMA_FLASH_ATTN_TYPE_AUTO : LLAMA_FLASH_ATTN_TYPE_DISABLED;
    parameters.abort_callback      = should_interrupt;
    parameters.abort_callback_data = interrupts;
    return llama_init_from_model(model, parameters);
}

// Reads something and forgets it: weights (of a mixture of experts, some) come from the disk, and a card's
// programs and their working memory are loaded, before the first patient writes. A card has other programs for a prompt than for an answer.
void warm_up(llama_context * context, const llama_vocab * vocab, int positions) {
    Batch batch(positions, 0);
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

}

int32_t Batch::add(llama_seq_id sequence, llama_pos position, bool wants_logits) {
    const int32_t index = batch.n_tokens++;
    batch.pos[index]       = position;
    batch.n_seq_id[index]  = 1;
    batch.seq_id[index][0] = sequence;
    batch.logits[index]    = wants_logits ? 1 : 0;
    return index;
}

Runner::Runner(llama_model * model, const RunnerOptions & options, Sink sink)
    : options(options), vocab(llama_model_get_vocab(model)), vocabulary(llama_vocab_n_tokens(vocab)),
      embedding_width(llama_model_n_embd_inp(model)), window(llama_model_n_swa(model)),
      can_go_back(goes_back(model)), sink(std::move(sink)),
      context(create_context(model, options, &interrupts)), tokens((int) options.batch, 0),
      budget((int) options.batch, (int) options.sequences) {
    if (!context) {
        throw CompanionError("context-failed", "llama.cpp cannot reserve the memory of the conversations");
    }
    // llama.cpp takes no more than there are positions.
    capacity = (int) std::min(options.batch, llama_n_batch(context.get()));
    memory = llama_get_memory(context.get());
    warm_up(context.get(), vocab, options.offload ? capacity : std::min(2, capacity));
    thread = std::thread([this] { run(); });
    add_live_runner(this);
}

Runner::~Runner() {
    stop();
    remove_live_runner(this);
}

void Runner::stop() {
    const std::lock_guard<std::mutex> stopping(stop_mutex);
    {
        const std::lock_guard<std::mutex> lock(mutex);
        is_closing = true;
    }
    interrupts = true;
    wake.notify_one();
    if (thread.joinable()) {
        thread.join();
    }
}

void Runner::start(std::unique_ptr<Job> job) {
    // std::function must be copyable.
    auto shared = std::make_shared<std::unique_ptr<Job>>(std::move(job));
    post([this, shared] {
        Job & started = **shared;
        if (!can_go_back) {
            started.lookup.reset();
        }
        if (is_busy(started.sequence) || started.position != held(started.sequence)) {
            fail(started, "internal", "the sequence is busy, or ends elsewhere");
            return;
        }
        started.begun = started.position;
        jobs.push_back(std::move(*shared));
    });
}

void Runner::cancel(uint64_t id) {
    // In the order of the other commands: it never comes before the job's start.
    post([this, id] {
        for (const auto & job : jobs) {
            if (job->id == id && !job->has_ended) {
                finish(*job, "aborted");
            }
        }
    });
    const std::lock_guard<std::mutex> lock(mutex);
    // What cannot go back cannot be interrupted either.
    if (can_go_back && being_read.count(id) > 0) {
        interrupts = true;
    }
}

void Runner::trim(uint64_t id, llama_seq_id sequence, llama_pos length) {
    answer(id, sequence, [=](JobEvent &) {
        // What lies before the window of the position to go on from may be gone already.
        const llama_pos first = llama_memory_seq_pos_min(memory, sequence);
        const bool is_whole = first <= std::max<llama_pos>(0, length - window) || length >= held(sequence);
        if (length == 0 || !is_whole || !llama_memory_seq_rm(memory, sequence, length, -1)) {
            llama_memory_seq_rm(memory, sequence, -1, -1);
        }
    });
}

void Runner::share(uint64_t id, llama_seq_id from, llama_seq_id to, llama_pos length) {
    answer(id, to, [=](JobEvent &) {
        const bool is_whole = llama_memory_seq_pos_min(memory, from) == 0 && held(from) >= length;
        const bool has_room = window == 0 || length <= window;
        if (is_whole && has_room && can_go_back && held(to) == 0) {
            llama_memory_seq_cp(memory, from, to, 0, length);
        }
    });
}

void Runner::save(uint64_t id, llama_seq_id sequence) {
    answer(id, sequence, [=](JobEvent & event) {
        event.state.resize(llama_state_seq_get_size(context.get(), sequence));
        event.state.resize(
            llama_state_seq_get_data(context.get(), event.state.data(), event.state.size(), sequence));
    });
}

void Runner::restore(uint64_t id, llama_seq_id sequence, const uint8_t * data, size_t size) {
    answer(id, sequence, [=](JobEvent &) {
        if (llama_state_seq_set_data(context.get(), data, size, sequence) == 0) {
            llama_memory_seq_rm(memory, sequence, -1, -1);
        }
    });
}

// Carries a command out between two steps, and tells what the sequence holds then.
void Runner::answer(uint64_t id, llama_seq_id sequence, const std::function<void(JobEvent &)> & command) {
    post([=] {
        JobEvent event { id };
        event.is_end = true;
        if (is_busy(sequence)) {
            event.code = "internal";
            event.message = "the sequence is busy";
        } else {
            try {
                command(event);
                event.outcome = "done";
                event.held = held(sequence);
            } catch (const std::bad_alloc &) {
                event.code = "out-of-memory";
                event.message = "there is no memory for the state of a conversation";
            }
        }
        emit(std::move(event));
    });
}

bool Runner::is_busy(llama_seq_id sequence) const {
    return std::any_of(jobs.begin(), jobs.end(),
        [sequence](const auto & job) { return job->sequence == sequence && !job->has_ended; });
}

void Runner::post(std::function<void()> command) {
    {
        const std::lock_guard<std::mutex> lock(mutex);
        commands.push_back(std::move(command));
    }
    wake.notify_one();
}

void Runner::run() {
    while (take_commands()) {
        remove_ended();
        if (!jobs.empty()) {
            step();
        }
        flush();
    }
    for (const auto & job : jobs) {
        finish(*job, "aborted");
    }
    flush();
}

// Carries out what was asked for since the last step; waits when there is nothing to do. False: the end.
bool Runner::take_commands() {
    std::vector<std::function<void()>> taken;
    {
        std::unique_lock<std::mutex> lock(mutex);
        wake.wait(lock, [this] { return is_closing || !commands.empty() || !jobs.empty(); });
        if (is_closing && commands.empty()) {
            return false;
        }
        taken.swap(commands);
        being_read.clear();
        interrupts = is_closing;
    }
    for (const auto & command : taken) {
        command();
    }
    return true;
}

void Runner::remove_ended() {
    jobs.erase(std::remove_if(jobs.begin(), jobs.end(), [](const auto & job) { return job->has_ended; }), jobs.end());
}

llama_pos Runner::held(llama_seq_id sequence) const {
    return llama_memory_seq_pos_max(memory, sequence) + 1;
}

void Runner::finish(Job & job, const std::string & outcome) {
    job.has_ended = true;
    JobEvent event { job.id };
    event.is_end = true;
    event.outcome = outcome;
    event.held = job.position;
    emit(std::move(event));
}

void Runner::fail(Job & job, const std::string & code, const std::string & message) {
    job.has_ended = true;
    JobEvent event { job.id };
    event.is_end = true;
    event.code = code;
    event.message = message;
    emit(std::move(event));
}

void Runner::flush() {
    if (!unsent.empty()) {
        sink(std::move(unsent));
        unsent.clear();
    }
}
