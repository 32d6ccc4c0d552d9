#include "promise-worker.h"

#include <new>

CompanionError::CompanionError(std::string code, const std::string & message)
    : std::runtime_error(message), code(std::move(code)) {}

void throw_to_javascript(Napi::Env env, const CompanionError & error) {
    Napi::Error exception = Napi::Error::New(env, error.what());
    exception.Set("code", Napi::String::New(env, error.code));
    throw exception;
}

PromiseWorker::PromiseWorker(Napi::Env env, const char * name)
    : Napi::AsyncWorker(env, name), deferred(Napi::Promise::Deferred::New(env)) {}

void PromiseWorker::Execute() {
    try {
        work();
    } catch (const CompanionError & error) {
        error_code = error.code;
        SetError(error.what());
    } catch (const std::bad_alloc &) {
        error_code = "out-of-memory";
        SetError("out of memory");
    } catch (const std::exception & error) {
        SetError(error.what());
    } catch (...) {
        SetError("unknown exception");
    }
}

void PromiseWorker::OnOK() {
    Napi::HandleScope scope(Env());
    try {
        deferred.Resolve(result());
    } catch (const Napi::Error & error) {
        deferred.Reject(error.Value());
    }
}

void PromiseWorker::OnError(const Napi::Error & error) {
    Napi::HandleScope scope(Env());
    error.Value().Set("code", Napi::String::New(Env(), error_code));
    deferred.Reject(error.Value());
}
