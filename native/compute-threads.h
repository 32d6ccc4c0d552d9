#pragma once

#include "ggml.h"

#include <memory>

// Threads that compute one step after another, together with the thread that asks for it. Without them llama.cpp starts
// new ones for each step, and after a pause the system often puts one on the core of the thread that waits for it: the
// next steps then take two to four times as long. Null where there is one thread alone, or this llama.cpp has none.
std::shared_ptr<ggml_threadpool> start_compute_threads(int count);
