#include "encoder.h"
#include "runner-module.h"

#include <napi.h>

static Napi::Object initialise(Napi::Env env, Napi::Object exports) {
    exports.Set("nodeLlamaCppVersion", COMPANION_NODE_LLAMA_CPP);
    exports.Set("llamaCppRelease", COMPANION_RELEASE);
    exports.Set("openEncoder", Napi::Function::New(env, open_encoder, "openEncoder"));
    exports.Set("openRunner", Napi::Function::New(env, open_runner, "openRunner"));
    return exports;
}

NODE_API_MODULE(companion, initialise)
