#pragma once

#include <napi.h>

// JavaScript: decodeEmbeddings(addonContext, sequenceId, position, embeddings) → Promise<void>
// Feeds embeddings, instead of tokens, into a sequence of node-llama-cpp's own context. The caller
// holds the context's lock.
Napi::Value decode_embeddings(const Napi::CallbackInfo & info);
