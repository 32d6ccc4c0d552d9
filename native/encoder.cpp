#include "encoder.h"

#include "promise-worker.h"

#include "clip-impl.h"
#include "clip.h"
#include "mtmd-image.h"

#include <cmath>
#include <cstring>
#include <future>
#include <iterator>

#if defined(__APPLE__)
#include <pthread.h>
#elif defined(__linux__)
#include <sys/resource.h>
#endif

namespace {

constexpr int MAX_PICTURE_SIDE = 8192;

thread_local std::string last_log_line;

// llama.cpp explains a failed load only in its log.
void keep_errors(ggml_log_level level, const char * text, void *) {
    if (level == GGML_LOG_LEVEL_ERROR) {
        last_log_line = text;
    }
}

clip_context_params clip_parameters(bool use_gpu) {
    clip_context_params parameters {};
    parameters.use_gpu         = use_gpu;
    parameters.flash_attn_type = CLIP_FLASH_ATTN_TYPE_AUTO;
    // Reserves the memory for a picture now, so that too little of it shows at the start.
    parameters.warmup          = true;
    return parameters;
}

}

void ClipDeleter::operator()(clip_ctx * context) const {
    clip_free(context);
}

VisionTower::VisionTower(const std::string & path, int threads, bool use_gpu, GraphChoice graph, size_t batch_size)
    : projector(check_projector(path)), threads(threads), use_gpu(use_gpu), graph(graph) {
    const GraphScope scope(graph);
    g_logger_state.log_callback = keep_errors;
    last_log_line.clear();
    context.reset(clip_init(path.c_str(), clip_parameters(use_gpu)).ctx_v);
    if (!context) {
        const bool memory = last_log_line.find("companion: out of memory") != std::string::npos;
        throw CompanionError(memory ? "out-of-memory" : "projector-invalid",
            last_log_line.empty() ? "llama.cpp cannot load the projector" : last_log_line);
    }
    if (clip_n_mmproj_embd(context.get()) != projector.embedding_size) {
        throw CompanionError("projector-invalid", "the projector's width is contradictory");
    }
    if (use_gpu) {
        // A GPU that lacks the memory or an operation shows it now, not at the first patient's
        // picture, which does not wait for the compilation of kernels either.
        const int side = projector.image_side;
        const Picture black { std::vector<uint8_t>((size_t) side * side * 3), side };
        encode(std::vector<Picture>(batch_size, black));
    }
}

void VisionTower::release() {
    const std::lock_guard<std::mutex> lock(mutex);
    context.reset();
}

size_t VisionTower::feature_count() const {
    return (size_t) projector.image_tokens * projector.embedding_size;
}

std::vector<float> VisionTower::encode(const std::vector<Picture> & pictures) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!context) {
        throw CompanionError("disposed", "the encoder has been disposed");
    }
    mtmd_image_preprocessor_fixed_size preprocessor(context.get());
    clip_image_f32_batch batch;
    for (const Picture & picture : pictures) {
        clip_image_u8 pixels;
        pixels.set_size({ picture.side, picture.side }, false);
        pixels.cpy_buf(picture.rgb);
        // A picture of the tower's own size passes unchanged, then each channel is normalised.
        mtmd_image_preproc_out prepared = preprocessor.preprocess(pixels);
        std::move(prepared.entries.begin(), prepared.entries.end(), std::back_inserter(batch.entries));
    }

    const GraphScope scope(graph);
    std::vector<float> embeddings(pictures.size() * feature_count());
    last_log_line.clear();
    if (!clip_image_batch_encode(context.get(), threads, &batch, embeddings)) {
        const bool memory = last_log_line.find("allocate") != std::string::npos;
        throw CompanionError(memory ? "out-of-memory" : "encode-failed", last_log_line);
    }
    for (const float value : embeddings) {
        if (!std::isfinite(value)) {
            throw CompanionError("encode-failed", "the features are not finite numbers");
        }
    }
    return embeddings;
}

namespace {

// On a CPU, answers that are being written go before pictures: this thread, and those of ggml that it
// starts, get what others leave of the cores. A system that does not know this treats both alike.
void lower_priority() {
#if defined(__APPLE__)
    pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
#elif defined(__linux__)
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 10);
#endif
}

class EncodeWorker : public PromiseWorker {
  public:
    EncodeWorker(Napi::Env env, std::shared_ptr<VisionTower> tower, std::vector<Picture> pictures)
        : PromiseWorker(env, "companion:encode"), tower(std::move(tower)), pictures(std::move(pictures)) {
        Napi::Array features = Napi::Array::New(env, this->pictures.size());
        for (uint32_t i = 0; i < features.Length(); i++) {
            Napi::Float32Array values = Napi::Float32Array::New(env, this->tower->feature_count());
            // Written by the worker thread; JavaScript sees the arrays only afterwards.
            destinations.push_back(values.Data());
            features.Set(i, values);
        }
        output = Napi::Persistent(features);
    }

  protected:
    void work() override {
        const std::vector<float> features = encode();
        const size_t count = tower->feature_count();
        for (size_t i = 0; i < destinations.size(); i++) {
            std::memcpy(destinations[i], features.data() + i * count, count * sizeof(float));
        }
    }
    Napi::Value result() override { return output.Value(); }

  private:
    // Node's own threads must keep their priority: one that was lowered cannot be raised again.
    std::vector<float> encode() {
        if (tower->on_gpu()) {
            return tower->encode(pictures);
        }
        return std::async(std::launch::async, [this] {
            lower_priority();
            return tower->encode(pictures);
        }).get();
    }

    std::shared_ptr<VisionTower> tower;
    std::vector<Picture> pictures;
    Napi::Reference<Napi::Array> output;
    std::vector<float *> destinations;
};

class DisposeWorker : public PromiseWorker {
  public:
    DisposeWorker(Napi::Env env, std::shared_ptr<VisionTower> tower)
        : PromiseWorker(env, "companion:dispose"), tower(std::move(tower)) {}

  protected:
    void work() override { tower->release(); }

  private:
    std::shared_ptr<VisionTower> tower;
};

// Copies the pixels: JavaScript may change its own while they are encoded.
Picture read_picture(const Napi::Value & value) {
    if (!value.IsObject()) {
        throw CompanionError("picture-invalid", "expected a picture");
    }
    const Napi::Value rgb  = value.As<Napi::Object>().Get("rgb");
    const Napi::Value size = value.As<Napi::Object>().Get("side");
    if (!rgb.IsTypedArray() || rgb.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array || !size.IsNumber()) {
        throw CompanionError("picture-invalid", "expected bytes and a side");
    }
    const auto bytes = rgb.As<Napi::Uint8Array>();
    const double side = size.As<Napi::Number>().DoubleValue();
    if (!(side >= 1) || side > MAX_PICTURE_SIDE || side != std::floor(side)) {
        throw CompanionError("picture-invalid", "the side is out of range");
    }
    if (bytes.ByteLength() != (size_t) side * (size_t) side * 3) {
        throw CompanionError("picture-invalid",
            "the picture has " + std::to_string(bytes.ByteLength()) + " bytes instead of side * side * 3");
    }
    return { std::vector<uint8_t>(bytes.Data(), bytes.Data() + bytes.ByteLength()), (int) side };
}

Napi::Value encode(const Napi::CallbackInfo & info, const std::shared_ptr<VisionTower> & tower) {
    std::vector<Picture> pictures;
    try {
        if (info.Length() != 1 || !info[0].IsArray() || info[0].As<Napi::Array>().Length() == 0) {
            throw CompanionError("picture-invalid", "expected pictures");
        }
        const auto list = info[0].As<Napi::Array>();
        for (uint32_t i = 0; i < list.Length(); i++) {
            pictures.push_back(read_picture(list[i]));
        }
    } catch (const CompanionError & error) {
        throw_to_javascript(info.Env(), error);
    }
    auto * worker = new EncodeWorker(info.Env(), tower, std::move(pictures));
    const Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
}

Napi::Object wrap(Napi::Env env, const std::shared_ptr<VisionTower> & tower) {
    const ProjectorShape & shape = tower->shape();
    Napi::Object object = Napi::Object::New(env);
    object.Set("imageSide", shape.image_side);
    object.Set("imageTokens", shape.image_tokens);
    object.Set("embeddingSize", shape.embedding_size);
    object.Set("encode", Napi::Function::New(env, [tower](const Napi::CallbackInfo & info) {
        return encode(info, tower);
    }));
    object.Set("dispose", Napi::Function::New(env, [tower](const Napi::CallbackInfo & info) -> Napi::Value {
        auto * worker = new DisposeWorker(info.Env(), tower);
        const Napi::Promise promise = worker->promise();
        worker->Queue();
        return promise;
    }));
    return object;
}

class OpenWorker : public PromiseWorker {
  public:
    OpenWorker(const Napi::CallbackInfo & info)
        : PromiseWorker(info.Env(), "companion:open"),
          path(info[0].As<Napi::String>().Utf8Value()),
          threads(info[1].As<Napi::Number>().Int32Value()),
          use_gpu(info[2].As<Napi::Boolean>().Value()),
          graph(info[3].As<Napi::Boolean>().Value() ? GraphChoice::corrected : GraphChoice::uncorrected),
          batch_size(info[4].As<Napi::Number>().Uint32Value()) {}

  protected:
    void work() override { tower = std::make_shared<VisionTower>(path, threads, use_gpu, graph, batch_size); }
    Napi::Value result() override { return wrap(Env(), tower); }

  private:
    std::string path;
    int threads;
    bool use_gpu;
    GraphChoice graph;
    size_t batch_size;
    std::shared_ptr<VisionTower> tower;
};

}

Napi::Value open_encoder(const Napi::CallbackInfo & info) {
    if (info.Length() != 5 || !info[0].IsString() || !info[1].IsNumber() || !info[2].IsBoolean() ||
        !info[3].IsBoolean() || !info[4].IsNumber() || info[1].As<Napi::Number>().Int32Value() < 1 ||
        info[4].As<Napi::Number>().Int32Value() < 1) {
        throw_to_javascript(info.Env(),
            CompanionError("internal", "expected a path, threads, two choices and a batch size"));
    }
    auto * worker = new OpenWorker(info);
    const Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
}
