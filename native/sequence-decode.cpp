#include "sequence-decode.h"

#include "promise-worker.h"

#include "AddonContext.h"
#include "llama.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace {

// llama_batch with the memory that llama_batch_init allocates.
class EmbeddingBatch {
  public:
    EmbeddingBatch(int capacity, int width) : batch(llama_batch_init(capacity, width, 1)) {}
    ~EmbeddingBatch() { llama_batch_free(batch); }
    EmbeddingBatch(const EmbeddingBatch &) = delete;
    EmbeddingBatch & operator=(const EmbeddingBatch &) = delete;

    void fill(const float * values, int count, int width, llama_seq_id sequence, llama_pos position) {
        batch.n_tokens = count;
        std::memcpy(batch.embd, values, (size_t) count * width * sizeof(float));
        for (int i = 0; i < count; i++) {
            batch.pos[i]       = position + i;
            batch.n_seq_id[i]  = 1;
            batch.seq_id[i][0] = sequence;
            batch.logits[i]    = 0;
        }
    }

    llama_batch batch;
};

class DecodeWorker : public PromiseWorker {
  public:
    DecodeWorker(Napi::Env env, AddonContext * addon, llama_seq_id sequence, llama_pos position, std::vector<float> values)
        : PromiseWorker(env, "companion:decode"), addon(addon), sequence(sequence), position(position),
          values(std::move(values)) {
        addon->Ref();
    }
    ~DecodeWorker() override { addon->Unref(); }

  protected:
    void work() override {
        llama_context * context = addon->ctx;
        if (!context || addon->disposed) {
            throw CompanionError("disposed", "the context has been disposed");
        }
        const int width = llama_model_n_embd_inp(llama_get_model(context));
        const int count = check(context, width);
        const int capacity = std::min<int>(count, (int) llama_n_batch(context));
        EmbeddingBatch batch(capacity, width);
        for (int done = 0; done < count; done += capacity) {
            const int part = std::min(capacity, count - done);
            batch.fill(values.data() + (size_t) done * width, part, width, sequence, position + done);
            const int status = llama_decode(context, batch.batch);
            if (status != 0) {
                // Nothing of a picture may stay behind: the sequence is as long as before.
                llama_memory_seq_rm(llama_get_memory(context), sequence, position, -1);
                throw CompanionError(status == 1 ? "context-full" : "decode-failed",
                    "llama_decode returned " + std::to_string(status));
            }
        }
        llama_synchronize(context);
    }

  private:
    // Returns the number of positions.
    int check(llama_context * context, int width) const {
        if (width <= 0 || values.empty() || values.size() % (size_t) width != 0) {
            throw CompanionError("embeddings-invalid", "the embeddings are no multiple of the model's " +
                std::to_string(width) + " values");
        }
        if (sequence < 0 || (uint32_t) sequence >= llama_n_seq_max(context)) {
            throw CompanionError("internal", "there is no such sequence");
        }
        if (position != llama_memory_seq_pos_max(llama_get_memory(context), sequence) + 1) {
            throw CompanionError("internal", "the position is not the sequence's end");
        }
        const size_t count = values.size() / (size_t) width;
        if ((size_t) position + count > llama_n_ctx_seq(context)) {
            throw CompanionError("context-full", "the context has no room for the picture");
        }
        return (int) count;
    }

    AddonContext * addon;
    llama_seq_id sequence;
    llama_pos position;
    std::vector<float> values;
};

}

Napi::Value decode_embeddings(const Napi::CallbackInfo & info) {
    if (info.Length() != 4 || !info[0].IsObject() || !info[1].IsNumber() || !info[2].IsNumber() ||
        !info[3].IsTypedArray() || info[3].As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
        throw_to_javascript(info.Env(), CompanionError("embeddings-invalid", "expected a context, two numbers and floats"));
    }
    AddonContext * addon = Napi::ObjectWrap<AddonContext>::Unwrap(info[0].As<Napi::Object>());
    const auto values = info[3].As<Napi::Float32Array>();
    auto * worker = new DecodeWorker(info.Env(), addon, info[1].As<Napi::Number>().Int32Value(),
        info[2].As<Napi::Number>().Int32Value(),
        std::vector<float>(values.Data(), values.Data() + values.ElementLength()));
    const Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
}
