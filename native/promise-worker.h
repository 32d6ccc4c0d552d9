#pragma once

#include <napi.h>

#include <stdexcept>
#include <string>

// An error with a code, for JavaScript; adapters/llama/vision-errors.ts translates those of the encoder.
class CompanionError : public std::runtime_error {
  public:
    CompanionError(std::string code, const std::string & message);
    const std::string code;
};

// Throws as a JavaScript exception with the same code.
[[noreturn]] void throw_to_javascript(Napi::Env env, const CompanionError & error);

// One piece of work off the JavaScript thread that settles a promise. Whatever `work` throws rejects
// the promise; nothing reaches the process.
class PromiseWorker : public Napi::AsyncWorker {
  public:
    Napi::Promise promise() const { return deferred.Promise(); }

  protected:
    PromiseWorker(Napi::Env env, const char * name);

    // On a worker thread, without access to JavaScript.
    virtual void work() = 0;
    // On the JavaScript thread, after `work`.
    virtual Napi::Value result() { return Env().Undefined(); }

    void Execute() final;
    void OnOK() final;
    void OnError(const Napi::Error & error) final;

  private:
    Napi::Promise::Deferred deferred;
    std::string error_code = "internal";
};
