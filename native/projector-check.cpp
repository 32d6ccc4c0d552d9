#include "projector-check.h"

#include "projector-file.h"
#include "promise-worker.h"

#include "clip-impl.h"

#include <array>
#include <cinttypes>
#include <fstream>
#include <utility>
#include <vector>

namespace {

// No tower in use comes near these; a corrupt file does.
constexpr int MAX_LAYERS = 256;
constexpr int MAX_WIDTH  = 65536;
constexpr int MAX_SIDE   = 2048;

using Shape = std::array<int64_t, 4>;

[[noreturn]] void unsupported(const std::string & message) {
    throw CompanionError("projector-unsupported", message);
}

void expect_shape(const ggml_tensor & tensor, const Shape & shape) {
    for (int i = 0; i < 4; i++) {
        if (tensor.ne[i] != shape[i]) {
            invalid(std::string("the tensor ") + tensor.name + " has the wrong shape");
        }
    }
}

// Biases, norms and embeddings, which ggml adds or joins to 32-bit values.
void expect_vector(const ggml_tensor & tensor, int64_t length) {
    expect_shape(tensor, { length, 1, 1, 1 });
    if (tensor.type != GGML_TYPE_F32) {
        invalid(std::string("the tensor ") + tensor.name + " is not of 32-bit numbers");
    }
}

void expect_matrix(const ggml_tensor & tensor, int64_t columns, int64_t rows) {
    expect_shape(tensor, { columns, rows, 1, 1 });
    const bool plain = tensor.type == GGML_TYPE_F32 || tensor.type == GGML_TYPE_F16 || tensor.type == GGML_TYPE_BF16;
    if (!plain && !ggml_is_quantized(tensor.type)) {
        invalid(std::string("the tensor ") + tensor.name + " has a number type that cannot be multiplied");
    }
}

void check_linear(const ProjectorFile & file, const std::string & name, int64_t columns, int64_t rows) {
    expect_matrix(file.tensor(name + ".weight"), columns, rows);
    expect_vector(file.tensor(name + ".bias"), rows);
}

void check_norm(const ProjectorFile & file, const std::string & name, int64_t width) {
    expect_vector(file.tensor(name + ".weight"), width);
    expect_vector(file.tensor(name + ".bias"), width);
}

// Legacy files call the first matrix "down" and the second "up"; llama.cpp tells by the shapes.
void check_feed_forward(const ProjectorFile & file, const std::string & layer, int64_t width) {
    const bool swapped = file.tensor(layer + ".ffn_down.weight").ne[0] == width;
    const std::string first  = layer + (swapped ? ".ffn_down" : ".ffn_up");
    const std::string second = layer + (swapped ? ".ffn_up" : ".ffn_down");
    const int64_t inner = file.tensor(first + ".weight").ne[1];
    check_linear(file, first, width, inner);
    check_linear(file, second, inner, width);
}

void check_layer(const ProjectorFile & file, int index, int64_t width) {
    const std::string layer = "v.blk." + std::to_string(index);
    for (const char * name : { ".attn_q", ".attn_k", ".attn_v", ".attn_out" }) {
        check_linear(file, layer + name, width, width);
    }
    check_norm(file, layer + ".ln1", width);
    check_norm(file, layer + ".ln2", width);
    check_feed_forward(file, layer, width);
    for (const char * name : { ".ffn_gate.weight", ".attn_qkv.weight" }) {
        if (file.find(layer + name)) {
            unsupported("its vision tower is not CLIP's");
        }
    }
}

void check_embeddings(const ProjectorFile & file, int64_t width, int patch_side, int patches) {
    const ggml_tensor & kernel = file.tensor("v.patch_embd.weight");
    expect_shape(kernel, { patch_side, patch_side, 3, width });
    if (kernel.type != GGML_TYPE_F16 && kernel.type != GGML_TYPE_F32) {
        invalid("the tensor v.patch_embd.weight has a number type that cannot be convolved");
    }
    if (const ggml_tensor * bias = file.find("v.patch_embd.bias")) {
        expect_vector(*bias, width);
    }
    int64_t positions = patches;
    if (const ggml_tensor * class_token = file.find("v.class_embd")) {
        expect_vector(*class_token, width);
        positions += 1;
        // CLIP has both; SigLIP has neither.
        check_norm(file, "v.pre_ln", width);
    }
    expect_matrix(file.tensor("v.position_embd.weight"), width, positions);
    for (const char * norm : { "v.pre_ln", "v.post_ln" }) {
        if (file.find(std::string(norm) + ".weight") || file.find(std::string(norm) + ".bias")) {
            check_norm(file, norm, width);
        }
    }
}

// The two layers of LLaVA 1.5's projector; returns the width that they project to.
int check_projection(const ProjectorFile & file, int64_t width) {
    if (file.find("mm.3.weight") || file.find("mm.1.weight")) {
        unsupported("its projector is not LLaVA's two layers");
    }
    const int64_t inner = file.tensor("mm.0.weight").ne[1];
    const int64_t outer = file.tensor("mm.2.weight").ne[1];
    if (inner > MAX_WIDTH || outer > MAX_WIDTH) {
        invalid("the projector's layers are too wide");
    }
    check_linear(file, "mm.0", width, inner);
    check_linear(file, "mm.2", inner, outer);
    return (int) outer;
}

void check_kind(const ProjectorFile & file) {
    if (!file.flag(KEY_HAS_VISION_ENC)) {
        unsupported("it holds no vision encoder");
    }
    if (file.flag(KEY_HAS_AUDIO_ENC) || file.flag(KEY_HAS_GEN_AUDIO_ENC)) {
        unsupported("it holds an audio encoder");
    }
    std::string kind = file.text(KEY_PROJ_TYPE);
    if (kind.empty()) {
        kind = file.text(KEY_VISION_PROJ_TYPE);
    }
    if (kind != "mlp") {
        unsupported("it is of the kind \"" + kind + "\", not \"mlp\"");
    }
}

// llama.cpp's legacy converter writes this key when the model's configuration names the layer of the
// features, and stores the layers up to that one: the same features as without the key.
void check_feature_layer(const ProjectorFile & file, int layers) {
    const char * key = "clip.vision.feature_layer";
    if (file.has_key(key) && file.only_entry(key) != layers) {
        unsupported("it takes features of other layers than the last one that it holds");
    }
}

// The remaining keys that llama.cpp reads for a LLaVA projector.
void check_value_types(const ProjectorFile & file) {
    for (const char * key : { KEY_NAME, KEY_DESCRIPTION, KEY_MM_PATCH_MERGE_TYPE }) {
        file.expect_type(key, GGUF_TYPE_STRING);
    }
    file.expect_type(KEY_USE_GELU, GGUF_TYPE_BOOL);
    file.expect_type(KEY_USE_SILU, GGUF_TYPE_BOOL);
    file.expect_type(KEY_MINICPMV_VERSION, GGUF_TYPE_INT32);
    file.expect_type(KEY_MINICPMV_QUERY_NUM, GGUF_TYPE_UINT32);
    file.expect_positive_real("clip.vision.attention.layer_norm_epsilon");
    for (const char * key : { "clip.vision.attention.head_count_kv", "clip.vision.attention.head_dim" }) {
        if (file.has_key(key)) {
            unsupported("its vision tower is not CLIP's");
        }
    }
}

}

ProjectorShape check_projector(const std::string & path) {
    if (!std::ifstream(path, std::ios::binary)) {
        throw CompanionError("projector-missing", "the file cannot be opened");
    }
    const ProjectorFile file(path);
    check_kind(file);
    check_value_types(file);

    const int layers     = file.number("clip.vision.block_count", 1, MAX_LAYERS);
    const int width      = file.number("clip.vision.embedding_length", 1, MAX_WIDTH);
    const int heads      = file.number("clip.vision.attention.head_count", 1, MAX_WIDTH);
    const int side       = file.number(KEY_IMAGE_SIZE, 1, MAX_SIDE);
    const int patch_side = file.number(KEY_PATCH_SIZE, 1, MAX_SIDE);
    check_feature_layer(file, layers);
    file.number("clip.vision.feed_forward_length", 0, INT32_MAX);
    file.number("clip.vision.projection_dim", 0, INT32_MAX);
    if (width % heads != 0) {
        invalid("the width is no multiple of the number of heads");
    }
    if (side % patch_side != 0) {
        invalid("the picture's side is no multiple of the patch's");
    }
    const int patches = (side / patch_side) * (side / patch_side);

    check_embeddings(file, width, patch_side, patches);
    for (int i = 0; i < layers; i++) {
        check_layer(file, i, width);
    }
    const int embedding_size = check_projection(file, width);
    file.expect_complete(path);
    return { side, patches, embedding_size, width, layers };
}
