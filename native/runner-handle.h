#pragma once

#include "runner.h"

#include <napi.h>

#include <unordered_map>

// A runner as JavaScript sees it: calls in, promises and tokens out. Of the JavaScript thread, except
// where said otherwise. adapters/llama/companion.ts describes what the calls take and give.
class RunnerHandle : public std::enable_shared_from_this<RunnerHandle> {
  public:
    RunnerHandle(Napi::Env env, const RunnerOptions & options);
    ~RunnerHandle();

    // Off the JavaScript thread. Throws CompanionError.
    void open(llama_model * model, llama_model * draft_model);
    // Off the JavaScript thread, or when the process ends: ends what runs, then frees the memory.
    void stop();
    // After `stop`: settles what still waits.
    void close();

    uint32_t positions() const { return runner->positions(); }
    bool shares() const { return runner->shares(); }
    std::string draft_failure() const { return is_open ? runner->draft_failure() : ""; }
    // Whether `open` has run and `stop` has not been asked for.
    bool is_open = false;

    // Each takes one object of named values. All but `cancel` give a promise, with its id as `id`.
    Napi::Value read(const Napi::Object & values);
    Napi::Value see(const Napi::Object & values);
    Napi::Value generate(const Napi::Object & values);
    Napi::Value trim(const Napi::Object & values);
    Napi::Value share(const Napi::Object & values);
    Napi::Value save(const Napi::Object & values);
    Napi::Value restore(const Napi::Object & values);
    Napi::Value cancel(const Napi::Object & values);

  private:
    struct Pending {
        Napi::Promise::Deferred deferred;
        Napi::FunctionReference on_tokens;
        // What the runner's thread reads meanwhile.
        Napi::ObjectReference kept;
    };

    // When the process, or the thread of JavaScript that it belongs to, ends without closing it.
    static void end(void * handle);
    void release();

    Runner & opened() const;
    llama_seq_id sequence(const Napi::Object & values) const;
    llama_pos length(const Napi::Object & values, const char * name) const;
    std::vector<llama_token> tokens(const Napi::Object & values, const char * name, llama_token least) const;
    std::unique_ptr<Job> job(const Napi::Object & values, JobKind kind, uint64_t id) const;
    Napi::Promise begin(std::unique_ptr<Job> job, const Napi::Object & values);
    // The id of a call, which names it to `cancel`: JavaScript gives it.
    uint64_t id(const Napi::Object & values) const;
    Pending & expect(uint64_t id);

    // On the runner's thread.
    void receive(std::vector<JobEvent> received);
    void deliver();
    void deliver(JobEvent & event);

    bool is_released = false;
    const Napi::Env env;
    const RunnerOptions options;
    Napi::ThreadSafeFunction call;
    // Held while the runner comes and goes.
    std::mutex lifetime;
    std::unique_ptr<Runner> runner;
    std::unordered_map<uint64_t, Pending> pending;
    std::mutex mutex;
    std::vector<JobEvent> events;
};
