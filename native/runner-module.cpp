#include "runner-module.h"

#include "arguments.h"
#include "runner-handle.h"

#include "AddonModel.h"

namespace {

class CloseWorker : public PromiseWorker {
  public:
    CloseWorker(Napi::Env env, std::shared_ptr<RunnerHandle> handle)
        : PromiseWorker(env, "companion:close"), handle(std::move(handle)) {}

  protected:
    void work() override { handle->stop(); }
    Napi::Value result() override {
        handle->close();
        return Env().Undefined();
    }

  private:
    std::shared_ptr<RunnerHandle> handle;
};

Napi::Value close(const Napi::CallbackInfo & info, const std::shared_ptr<RunnerHandle> & handle) {
    if (!handle->is_open) {
        throw_to_javascript(info.Env(), CompanionError("disposed", "the conversations have been closed"));
    }
    handle->is_open = false;
    auto * worker = new CloseWorker(info.Env(), handle);
    const Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
}

using Call = Napi::Value (RunnerHandle::*)(const Napi::Object &);

Napi::Object wrap(Napi::Env env, const std::shared_ptr<RunnerHandle> & handle) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("positions", handle->positions());
    object.Set("shares", handle->shares());
    object.DefineProperty(Napi::PropertyDescriptor::Accessor(env, object, "draftFailure",
        [handle](const Napi::CallbackInfo & info) -> Napi::Value {
            return Napi::String::New(info.Env(), handle->draft_failure());
        }, napi_enumerable));
    const std::pair<const char *, Call> calls[] = {
        { "read", &RunnerHandle::read },   { "see", &RunnerHandle::see },
        { "generate", &RunnerHandle::generate }, { "trim", &RunnerHandle::trim },
        { "share", &RunnerHandle::share }, { "save", &RunnerHandle::save },
        { "restore", &RunnerHandle::restore }, { "cancel", &RunnerHandle::cancel },
    };
    for (const auto & [name, call] : calls) {
        object.Set(name, Napi::Function::New(env, [handle, call = call](const Napi::CallbackInfo & info) {
            if (info.Length() != 1 || !info[0].IsObject()) {
                throw_to_javascript(info.Env(), CompanionError("internal", "expected one object"));
            }
            return ((*handle).*call)(info[0].As<Napi::Object>());
        }, name));
    }
    object.Set("close", Napi::Function::New(env, [handle](const Napi::CallbackInfo & info) {
        return close(info, handle);
    }, "close"));
    return object;
}

class OpenWorker : public PromiseWorker {
  public:
    // draft: null, or the model that guesses.
    OpenWorker(Napi::Env env, AddonModel * addon, AddonModel * draft, const RunnerOptions & options)
        : PromiseWorker(env, "companion:open-runner"), addon(addon), draft(draft),
          handle(std::make_shared<RunnerHandle>(env, options)) {}

  protected:
    void work() override {
        handle->open(loaded(addon), draft ? loaded(draft) : nullptr);
    }
    Napi::Value result() override { return wrap(Env(), handle); }

  private:
    static llama_model * loaded(const AddonModel * addon) {
        if (!addon->model || addon->disposed) {
            throw CompanionError("disposed", "the model has been disposed");
        }
        return addon->model;
    }

    AddonModel * addon;
    AddonModel * draft;
    std::shared_ptr<RunnerHandle> handle;
};

}

Napi::Value open_runner(const Napi::CallbackInfo & info) {
    if (info.Length() < 2 || !info[0].IsObject() || !info[1].IsObject()) {
        throw_to_javascript(info.Env(), CompanionError("internal", "expected a model, options and perhaps a draft model"));
    }
    const auto values = info[1].As<Napi::Object>();
    RunnerOptions options;
    options.sequences = (uint32_t) whole_number(values, "sequences", 1, (int64_t) llama_max_parallel_sequences());

    options.threads   = (int32_t) whole_number(values, "threads", 1, 1024);
    options.guesses   = (int32_t) whole_number(values, "guesses", 0, 64);
    // A step holds a token of each answer, and its guesses.
    options.batch     = (uint32_t) whole_number(values, "batch", options.sequences * (1 + options.guesses), 1 << 16);
    options.positions = (uint32_t) whole_number(values, "positions", options.sequences * (1 + options.guesses), UINT32_MAX);
    options.offload   = values.Get("offload").ToBoolean();
    options.flash_attention = values.Get("flashAttention").ToBoolean();
    const auto model = [&](size_t index) {
        return Napi::ObjectWrap<AddonModel>::Unwrap(info[index].As<Napi::Object>());
    };
    AddonModel * draft = info.Length() > 2 && info[2].IsObject() ? model(2) : nullptr;
    auto * worker = new OpenWorker(info.Env(), model(0), draft, options);
    const Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
}
