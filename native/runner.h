#pragma once

#include "compute-threads.h"
#include "context.h"
#include "draft-gain.h"
#include "draft-model.h"
#include "job.h"
#include "step-budget.h"

#include "llama.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

// What the conversations of one model run in.
struct RunnerOptions {
    // Positions of all conversations together.
    uint32_t positions;
    uint32_t sequences;
    // Positions of one step.
    uint32_t batch;
    int32_t threads;
    // Whether the positions lie on the GPU.
    bool offload;
    // The longest guess of how an answer goes on; 0: none.
    int32_t guesses;
    // Whether attention is computed in one operation, where device and model allow.
    bool flash_attention;
};

// The one owner of a llama_context. A thread of its own decodes all running answers in one batch, step
// by step, reads prompts in pieces between them, and draws the tokens: nothing of it waits for
// JavaScript. The methods may be called from any thread and return at once; each but `cancel` is answered by
// events, of which the last has `is_end`. `sink` takes them on the runner's thread, several at a time.
class Runner {
  public:
    using Sink = std::function<void(std::vector<JobEvent>)>;

    // draft_model: what guesses how answers go on; null: nothing but the conversations themselves. Both models must
    // live as long. Throws CompanionError.
    Runner(llama_model * model, llama_model * draft_model, const RunnerOptions & options, Sink sink);
    // Ends what runs as `aborted`, then frees the memory.
    ~Runner();
    // Ends what runs; afterwards it does nothing any more.
    void stop();
    Runner(const Runner &) = delete;
    Runner & operator=(const Runner &) = delete;

    uint32_t positions() const { return llama_n_ctx(context.get()); }
    int width() const { return embedding_width; }
    // Whether a sequence can take any beginning of another one, however that one has gone on.
    bool shares() const { return goes_back && window == 0; }
    int32_t tokens_known() const { return vocabulary; }
    // Why the draft model is not used, or not any more; empty: it is, or there is none.
    std::string draft_failure() const;

    void start(std::unique_ptr<Job> job);
    void cancel(uint64_t id);
    // Forgets all positions behind the first `length`. What cannot be forgotten alone goes as a whole.
    void trim(uint64_t id, llama_seq_id sequence, llama_pos length);
    // Gives a sequence the beginning of that one of the others that can give the most, at no cost, if it is more than the
    // sequence holds. lengths: what each may give at most, by its number. Layers with a window give what that holds,
    // and only where they have not left their beginning; a model that cannot go back gives nothing.
    void share(uint64_t id, llama_seq_id to, std::vector<llama_pos> lengths);
    void save(uint64_t id, llama_seq_id sequence);
    // Into an empty sequence. `data` must live until the event comes.
    void restore(uint64_t id, llama_seq_id sequence, const uint8_t * data, size_t size);

  private:
    using Jobs = std::vector<Job *>;

    // runner.cpp
    void open_draft(llama_model * model, llama_model * draft_model);
    void post(std::function<void()> command);
    void run();
    bool take_commands();
    void remove_ended();
    void finish(Job & job, const std::string & outcome);
    void fail(Job & job, const std::string & code, const std::string & message);
    bool is_busy(llama_seq_id sequence) const;
    void emit(JobEvent event) { unsent.push_back(std::move(event)); }
    void flush();

    // runner-memory.cpp
    void answer(uint64_t id, llama_seq_id sequence, const std::function<void(JobEvent &)> & command);
    llama_pos held(llama_seq_id sequence) const;

    // runner-guess.cpp
    void guess(int running);
    void judge(Job & job, size_t accepted);

    // runner-step.cpp
    void step();
    void step_tokens(int running, int wanted);
    void begin_batch();
    bool compute_tokens();
    void add_answers();
    void allow_interrupts(const Jobs & involved);
    bool decode(Batch & batch, const Jobs & involved);
    Jobs newcomers(const Jobs & involved) const;
    void draw(Job & job);

    // runner-read.cpp
    void step_prompts(int running, int wanted);
    void step_rows(int running);
    int unread_tokens() const;
    int add_prompts(int room);
    void add_prompt(Job & job, int count);

    const RunnerOptions options;
    const llama_vocab * const vocab;
    const int32_t vocabulary;
    const int embedding_width;
    // How far the attention of its narrowest layers reaches; 0: over everything.
    const int32_t window;
    const bool goes_back;
    const Sink sink;
    // Ends a step on the CPU early.
    std::atomic<bool> interrupts { false };
    // Of the processor, for all models of this runner. None beside a card: what is left there for the processor is one
    // thread's work, unless part of the model has no room on the card; that case is not measured.
    const std::shared_ptr<ggml_threadpool> threads;
    Context context;
    // Positions of one step at most.
    const int capacity;
    llama_memory_t memory = nullptr;

    // Of the runner's thread alone.
    std::vector<std::unique_ptr<Job>> jobs;
    Batch tokens;
    std::unique_ptr<Batch> rows;
    std::unique_ptr<DraftModel> draft;
    // Set before the thread begins.
    std::string draft_fault;
    // What llama_decode returned when the draft model failed; 0: it has not.
    std::atomic<int> draft_status { 0 };
    DraftGain gain;
    // Of the step that runs: whether the draft model's part is to be judged, and how many of its guesses came true.
    bool is_drafted = false;
    int gained = 0;
    StepBudget budget;
    // Whether the next step reads prompts alone.
    bool owes_prompts = false;
    std::vector<JobEvent> unsent;

    std::mutex mutex;
    std::condition_variable wake;
    std::vector<std::function<void()>> commands;
    // Whose prompts or pictures the pass that runs is reading: a CPU takes seconds for it.
    std::unordered_set<uint64_t> being_read;
    bool is_closing = false;
    std::mutex stop_mutex;
    std::thread thread;
};
