#include "runner.h"

#include "live-runners.h"
#include "promise-worker.h"

#include <algorithm>

namespace {

// llama.cpp gives layers with a window room for one window a sequence, and takes back what lies before the
// window only from whoever holds it alone: a shared beginning needs room of its own, one for every two sequences.
uint32_t most_sequences(const llama_model * model, const RunnerOptions & options) {
    const bool shares_windows = llama_model_n_swa(model) > 0 && can_go_back(model);
    const uint32_t shared = shares_windows ? options.sequences / 2 : 0;
    return std::min(options.sequences + shared, (uint32_t) llama_max_parallel_sequences());
}

// Rows of logits that a step may need: one an answer and one a guess. llama.cpp wants one a sequence.
uint32_t most_logits(const RunnerOptions & options, uint32_t sequences) {
    const uint32_t needed = std::min(options.batch, options.sequences * (1 + (uint32_t) options.guesses));
    return std::max(needed, sequences);
}

ContextOptions context_options(const llama_model * model, const RunnerOptions & options) {
    const uint32_t sequences = most_sequences(model, options);
    return { options.positions, sequences, options.batch, most_logits(options, sequences), options.threads,
        options.offload, options.flash_attention, false };
}

Context open_context(llama_model * model, const RunnerOptions & options, std::atomic<bool> * interrupts) {
    Context opened = create_context(model, context_options(model, options), interrupts);
    if (!opened) {
        throw CompanionError("context-failed", "llama.cpp cannot reserve the memory of the conversations");
    }
    return opened;
}

// The rows that llama.cpp's flash attention for the processor computes at a time (GGML_FA_TILE_Q in ggml-cpu/common.h).
// It takes each row of a smaller batch by itself, for two to three times as long in a long prompt.
int attention_tile(const RunnerOptions & options) {
    return options.flash_attention && !options.offload ? 64 : 0;
}

// It leaves pictures out, and each conversation has its own room in the answering model (adapters/llama/sequence-pool.ts):
// as many positions are enough for it.
ContextOptions draft_options(const RunnerOptions & options) {
    return { options.positions, options.sequences, options.batch, options.sequences, options.threads,
        options.offload, options.flash_attention, true };
}

}

Runner::Runner(llama_model * model, llama_model * draft_model, const RunnerOptions & options, Sink sink)
    : options(options), vocab(llama_model_get_vocab(model)), vocabulary(llama_vocab_n_tokens(vocab)),
      embedding_width(llama_model_n_embd_inp(model)), window(llama_model_n_swa(model)),
      goes_back(can_go_back(model)), sink(std::move(sink)),
      threads(options.offload ? nullptr : start_compute_threads(options.threads)),
      context(open_context(model, options, &interrupts)),
      // llama.cpp takes no more than there are positions.
      capacity((int) std::min(options.batch, llama_n_batch(context.get()))), tokens((int) options.batch, 0),
      budget(capacity, (int) options.sequences, attention_tile(options)) {
    memory = llama_get_memory(context.get());
    use_threads(context.get(), threads.get());
    warm_up(context.get(), options.offload ? capacity : std::min(2, capacity));
    open_draft(model, draft_model);
    thread = std::thread([this] { run(); });
    add_live_runner(this);
}

// Answers come without it as well, only more slowly.
void Runner::open_draft(llama_model * model, llama_model * draft_model) {
    if (!draft_model) {
        return;
    }
    try {
        draft = std::make_unique<DraftModel>(draft_model, model, draft_options(options), &interrupts, threads.get());
    } catch (const CompanionError & error) {
        draft_fault = error.what();
    }
}

std::string Runner::draft_failure() const {
    const int status = draft_status;
    return status == 0 ? draft_fault : "llama_decode returned " + std::to_string(status);
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
        if (!goes_back) {
            started.guesses.reset();
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
    if (goes_back && being_read.count(id) > 0) {
        interrupts = true;
    }
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
