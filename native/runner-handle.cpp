#include "runner-handle.h"

#include "arguments.h"

#include <cstring>

namespace {

template <typename Element>
Napi::Value array_of(Napi::Env env, const std::vector<Element> & elements) {
    auto array = Napi::TypedArrayOf<Element>::New(env, elements.size());
    std::memcpy(array.Data(), elements.data(), elements.size() * sizeof(Element));
    return array;
}

Napi::Object describe(Napi::Env env, JobEvent & event) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("outcome", event.outcome);
    object.Set("held", event.held);
    if (!event.state.empty()) {
        // JavaScript takes the memory over: a state is large.
        auto * state = new std::vector<uint8_t>(std::move(event.state));
        object.Set("state", Napi::Buffer<uint8_t>::New(env, state->data(), state->size(),
            [](Napi::Env, uint8_t *, std::vector<uint8_t> * owner) { delete owner; }, state));
    }
    return object;
}

}

RunnerHandle::RunnerHandle(Napi::Env env, const RunnerOptions & options)
    : env(env), options(options),
      call(Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, [](const Napi::CallbackInfo &) {}),
          "companion:runner", 0, 1)) {
    // Only work that somebody waits for keeps the process alive.
    call.Unref(env);
    // A process that ends without closing must not free the model under the runner's thread.
    napi_add_env_cleanup_hook(env, end, this);
}

RunnerHandle::~RunnerHandle() {
    // Its thread uses the other members until it ends.
    stop();
    release();
    napi_remove_env_cleanup_hook(env, end, this);
}

void RunnerHandle::end(void * handle) {
    auto * ending = static_cast<RunnerHandle *>(handle);
    ending->stop();
    // Node 20 is about to delete the function, whoever holds it, and destroys this object only afterwards.
    ending->is_released = true;
}

void RunnerHandle::release() {
    if (!is_released) {
        is_released = true;
        call.Release();
    }
}

void RunnerHandle::open(llama_model * model, llama_model * draft_model) {
    auto opened = std::make_unique<Runner>(model, draft_model, options,
        [this](std::vector<JobEvent> received) { receive(std::move(received)); });
    const std::lock_guard<std::mutex> lock(lifetime);
    runner = std::move(opened);
    is_open = true;
}

void RunnerHandle::stop() {
    const std::lock_guard<std::mutex> lock(lifetime);
    runner.reset();
}

void RunnerHandle::close() {
    try {
        deliver();
    } catch (const Napi::Error &) {
        release();
        throw;
    }
    release();
}

Napi::Value RunnerHandle::read(const Napi::Object & values) {
    auto started = job(values, JobKind::read, id(values));
    started->tokens = tokens(values, "tokens", 0);
    return begin(std::move(started), values);
}

Napi::Value RunnerHandle::see(const Napi::Object & values) {
    auto started = job(values, JobKind::see, id(values));
    started->rows = elements<float>(values, "rows", napi_float32_array);
    const size_t width = (size_t) opened().width();
    if (started->rows.empty() || started->rows.size() % width != 0) {
        throw_to_javascript(env, CompanionError("embeddings-invalid",
            "the embeddings are no multiple of the model's " + std::to_string(width) + " values"));
    }
    return begin(std::move(started), values);
}

Napi::Value RunnerHandle::generate(const Napi::Object & values) {
    auto started = job(values, JobKind::generate, id(values));
    started->tokens = tokens(values, "tokens", 0);
    started->most_tokens = (int32_t) whole_number(values, "mostTokens", 1, options.positions);
    const std::vector<llama_token> stops = tokens(values, "stops", 0);
    started->stops = { stops.begin(), stops.end() };
    SamplingOptions sampling;
    sampling.temperature = fraction(values, "temperature", 0, 100);
    sampling.top_p = fraction(values, "topP", 0, 1);
    sampling.top_k = (int32_t) whole_number(values, "topK", 1, INT32_MAX);
    sampling.seed = (uint32_t) whole_number(values, "seed", 0, UINT32_MAX);
    started->sampler = std::make_unique<Sampler>(sampling);
    started->measures_margins = values.Get("measuresMargins").ToBoolean();
    if (options.guesses > 0) {
        // Negative where pictures stand.
        started->guesses = std::make_unique<Guesses>(tokens(values, "history", -1), options.guesses);
    }
    return begin(std::move(started), values);
}

Napi::Value RunnerHandle::trim(const Napi::Object & values) {
    const uint64_t call_id = id(values);
    opened().trim(call_id, sequence(values), length(values, "length"));
    return expect(call_id).deferred.Promise();
}

Napi::Value RunnerHandle::share(const Napi::Object & values) {
    const uint64_t call_id = id(values);
    std::vector<llama_pos> lengths = elements<llama_pos>(values, "lengths", napi_int32_array);
    if (lengths.size() > (size_t) options.sequences) {
        throw_to_javascript(env, CompanionError("internal", "there are not so many sequences"));
    }
    opened().share(call_id, sequence(values), std::move(lengths));
    return expect(call_id).deferred.Promise();
}

Napi::Value RunnerHandle::save(const Napi::Object & values) {
    const uint64_t call_id = id(values);
    opened().save(call_id, sequence(values));
    return expect(call_id).deferred.Promise();
}

Napi::Value RunnerHandle::restore(const Napi::Object & values) {
    const uint64_t call_id = id(values);
    const Napi::Value state = values.Get("state");
    if (!state.IsTypedArray() || state.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
        throw_to_javascript(env, CompanionError("internal", "the state is no array of bytes"));
    }
    const auto bytes = state.As<Napi::Uint8Array>();
    const llama_seq_id into = sequence(values);
    Pending & waiting = expect(call_id);
    waiting.kept = Napi::Persistent(state.As<Napi::Object>());
    opened().restore(call_id, into, bytes.Data(), bytes.ByteLength());
    return waiting.deferred.Promise();
}

Napi::Value RunnerHandle::cancel(const Napi::Object & values) {
    // What is closed has ended everything already; whoever gives up just then did nothing wrong.
    if (is_open) {
        opened().cancel(id(values));
    }
    return env.Undefined();
}

Runner & RunnerHandle::opened() const {
    if (!is_open) {
        throw_to_javascript(env, CompanionError("disposed", "the conversations have been closed"));
    }
    return *runner;
}

uint64_t RunnerHandle::id(const Napi::Object & values) const {
    opened();
    return (uint64_t) whole_number(values, "id", 1, (int64_t) 1 << 53);
}

llama_seq_id RunnerHandle::sequence(const Napi::Object & values) const {
    return (llama_seq_id) whole_number(values, "sequence", 0, (int64_t) options.sequences - 1);
}

llama_pos RunnerHandle::length(const Napi::Object & values, const char * name) const {
    return (llama_pos) whole_number(values, name, 0, opened().positions());
}

// One wrong token would fail the whole step, and with it the answers of other patients.
std::vector<llama_token> RunnerHandle::tokens(const Napi::Object & values, const char * name, llama_token least) const {
    std::vector<llama_token> read = elements<llama_token>(values, name, napi_int32_array);
    const int32_t known = opened().tokens_known();
    for (const llama_token token : read) {
        if (token < least || token >= known) {
            throw_to_javascript(env, CompanionError("internal", "a token is not of the vocabulary"));
        }
    }
    return read;
}

std::unique_ptr<Job> RunnerHandle::job(const Napi::Object & values, JobKind kind, uint64_t id) const {
    auto created = std::make_unique<Job>();
    created->id = id;
    created->kind = kind;
    created->sequence = sequence(values);
    created->position = length(values, "position");
    return created;
}

Napi::Promise RunnerHandle::begin(std::unique_ptr<Job> job, const Napi::Object & values) {
    const size_t count = job->kind == JobKind::see ? job->rows.size() / (size_t) opened().width() : job->tokens.size();
    if (count == 0 || (size_t) job->position + count > opened().positions()) {
        throw_to_javascript(env, CompanionError(count == 0 ? "internal" : "context-full", "there is no room, or nothing to read"));
    }
    Pending & waiting = expect(job->id);
    const Napi::Value on_tokens = values.Get("onTokens");
    if (on_tokens.IsFunction()) {
        waiting.on_tokens = Napi::Persistent(on_tokens.As<Napi::Function>());
    }
    opened().start(std::move(job));
    return waiting.deferred.Promise();
}

RunnerHandle::Pending & RunnerHandle::expect(uint64_t id) {
    if (pending.empty()) {
        call.Ref(env);
    }
    return pending.emplace(id, Pending { Napi::Promise::Deferred::New(env), {}, {} }).first->second;
}

void RunnerHandle::receive(std::vector<JobEvent> received) {
    bool was_empty = false;
    {
        const std::lock_guard<std::mutex> lock(mutex);
        was_empty = events.empty();
        std::move(received.begin(), received.end(), std::back_inserter(events));
    }
    if (was_empty) {
        call.NonBlockingCall([self = weak_from_this()](Napi::Env, Napi::Function) {
            if (const auto handle = self.lock()) {
                handle->deliver();
            }
        });
    }
}

void RunnerHandle::deliver() {
    const Napi::HandleScope scope(env);
    std::vector<JobEvent> taken;
    {
        const std::lock_guard<std::mutex> lock(mutex);
        taken.swap(events);
    }
    Napi::Error fault;
    for (JobEvent & event : taken) {
        try {
            deliver(event);
        } catch (const Napi::Error & error) {
            // The others are to be told nonetheless.
            fault = error;
        }
    }
    if (!fault.IsEmpty()) {
        throw fault;
    }
}

void RunnerHandle::deliver(JobEvent & event) {
    const auto found = pending.find(event.id);
    if (found == pending.end()) {
        return;
    }
    if (!event.is_end) {
        if (found->second.on_tokens.IsEmpty()) {
            return;
        }
        found->second.on_tokens.Call({ array_of<int32_t>(env, event.tokens), array_of<float>(env, event.margins) });
        return;
    }
    const Pending ended = std::move(found->second);
    pending.erase(found);
    if (pending.empty()) {
        call.Unref(env);
    }
    if (event.code.empty()) {
        try {
            ended.deferred.Resolve(describe(env, event));
        } catch (const Napi::Error & error) {
            ended.deferred.Reject(error.Value());
        }
        return;
    }
    const Napi::Error error = Napi::Error::New(env, event.message);
    error.Set("code", event.code);
    ended.deferred.Reject(error.Value());
}
