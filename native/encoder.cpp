#include "encoder.h"

#include "promise-worker.h"

#include "clip-impl.h"
#include "clip.h"
#include "mtmd-image.h"

#include <cmath>
#include <cstring>

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

VisionTower::VisionTower(const std::string & path, int threads, bool use_gpu, GraphChoice graph)
    : projector(check_projector(path)), threads(threads), graph(graph) {
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
        encode(std::vector<uint8_t>((size_t) side * side * 3), side);
    }
}

void VisionTower::release() {
    const std::lock_guard<std::mutex> lock(mutex);
    context.reset();
}

std::vector<float> VisionTower::encode(const std::vector<uint8_t> & rgb, int side) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!context) {
        throw CompanionError("disposed", "the encoder has been disposed");
    }
    clip_image_u8 picture;
    picture.set_size({ side, side }, false);
    picture.cpy_buf(rgb);
    // A picture of the tower's own size passes unchanged, then each channel is normalised.
    mtmd_image_preproc_out prepared = mtmd_image_preprocessor_fixed_size(context.get()).preprocess(picture);
    clip_image_f32_batch batch;
    batch.entries = std::move(prepared.entries);

    const GraphScope scope(graph);
    std::vector<float> embeddings((size_t) projector.image_tokens * projector.embedding_size);
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

class EncodeWorker : public PromiseWorker {
  public:
    EncodeWorker(Napi::Env env, std::shared_ptr<VisionTower> tower, std::vector<uint8_t> rgb, int side)
        : PromiseWorker(env, "companion:encode"), tower(std::move(tower)), rgb(std::move(rgb)), side(side) {
        const ProjectorShape & shape = this->tower->shape();
        const size_t values = (size_t) shape.image_tokens * shape.embedding_size;
        output = Napi::Persistent(Napi::Float32Array::New(env, values));
        // Written by the worker thread; JavaScript sees the array only afterwards.
        destination = output.Value().Data();
    }

  protected:
    void work() override {
        const std::vector<float> embeddings = tower->encode(rgb, side);
        std::memcpy(destination, embeddings.data(), embeddings.size() * sizeof(float));
    }
    Napi::Value result() override { return output.Value(); }

  private:
    std::shared_ptr<VisionTower> tower;
    std::vector<uint8_t> rgb;
    int side;
    Napi::Reference<Napi::Float32Array> output;
    float * destination;
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

Napi::Value encode(const Napi::CallbackInfo & info, const std::shared_ptr<VisionTower> & tower) {
    if (info.Length() != 2 || !info[0].IsTypedArray() || !info[1].IsNumber() ||
        info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
        throw_to_javascript(info.Env(), CompanionError("picture-invalid", "expected bytes and a side"));
    }
    const auto bytes = info[0].As<Napi::Uint8Array>();
    const double side = info[1].As<Napi::Number>().DoubleValue();
    if (!(side >= 1) || side > MAX_PICTURE_SIDE || side != std::floor(side)) {
        throw_to_javascript(info.Env(), CompanionError("picture-invalid", "the side is out of range"));
    }
    if (bytes.ByteLength() != (size_t) side * (size_t) side * 3) {
        throw_to_javascript(info.Env(), CompanionError("picture-invalid",
            "the picture has " + std::to_string(bytes.ByteLength()) + " bytes instead of side * side * 3"));
    }
    auto * worker = new EncodeWorker(info.Env(), tower,
        std::vector<uint8_t>(bytes.Data(), bytes.Data() + bytes.ByteLength()), (int) side);
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
          graph(info[3].As<Napi::Boolean>().Value() ? GraphChoice::corrected : GraphChoice::uncorrected) {}

  protected:
    void work() override { tower = std::make_shared<VisionTower>(path, threads, use_gpu, graph); }
    Napi::Value result() override { return wrap(Env(), tower); }

  private:
    std::string path;
    int threads;
    bool use_gpu;
    GraphChoice graph;
    std::shared_ptr<VisionTower> tower;
};

}

Napi::Value open_encoder(const Napi::CallbackInfo & info) {
    if (info.Length() != 4 || !info[0].IsString() || !info[1].IsNumber() || !info[2].IsBoolean() ||
        !info[3].IsBoolean() || info[1].As<Napi::Number>().Int32Value() < 1) {
        throw_to_javascript(info.Env(), CompanionError("internal", "expected a path, threads and two choices"));
    }
    auto * worker = new OpenWorker(info);
    const Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
}
