#include "compute-threads.h"

#include "ggml-backend.h"
#include "ggml-cpu.h"

namespace {

// How long they look out for the next step before they sleep, in units of 131,072 looks: some milliseconds on today's
// x86-64 processors. llama.cpp's own 50 hold a core for a sixth of a second after each answer.
constexpr uint32_t POLL = 1;

template <typename Function> Function * find(const char * name) {
    ggml_backend_dev_t processor = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (!processor) {
        return nullptr;
    }
    return (Function *) ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(processor), name);
}

}

std::shared_ptr<ggml_threadpool> start_compute_threads(int count) {
    const auto start = find<decltype(ggml_threadpool_new)>("ggml_threadpool_new");
    const auto stop = find<decltype(ggml_threadpool_free)>("ggml_threadpool_free");
    if (count < 2 || !start || !stop) {
        return nullptr;
    }
    ggml_threadpool_params parameters = ggml_threadpool_params_default(count);
    parameters.poll = POLL;
    ggml_threadpool * const threads = start(&parameters);
    return threads ? std::shared_ptr<ggml_threadpool>(threads, stop) : nullptr;
}
