#pragma once

#include <napi.h>

// JavaScript: openRunner(addonModel, options) → Promise<NativeRunner>; adapters/llama/companion.ts
// describes both.
Napi::Value open_runner(const Napi::CallbackInfo & info);
