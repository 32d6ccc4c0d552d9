#include "projector-file.h"

#include "promise-worker.h"

#include <fstream>

void invalid(const std::string & message) {
    throw CompanionError("projector-invalid", message);
}

ProjectorFile::ProjectorFile(const std::string & path) {
    ggml_context * tensors_raw = nullptr;
    gguf_init_params params = { /*.no_alloc =*/ true, /*.ctx =*/ &tensors_raw };
    file.reset(gguf_init_from_file(path.c_str(), params));
    tensors.reset(tensors_raw);
    if (!file || !tensors) {
        invalid("not a complete GGUF file");
    }
}

void ProjectorFile::expect_type(const char * key, gguf_type type) const {
    const int64_t index = gguf_find_key(file.get(), key);
    if (index >= 0 && gguf_get_kv_type(file.get(), index) != type) {
        invalid(std::string("the value of ") + key + " has another type than expected");
    }
}

int ProjectorFile::number(const char * key, int minimum, int maximum) const {
    const int64_t index = gguf_find_key(file.get(), key);
    if (index < 0) {
        invalid(std::string(key) + " is missing");
    }
    expect_type(key, GGUF_TYPE_UINT32);
    const uint32_t value = gguf_get_val_u32(file.get(), index);
    if (value < (uint32_t) minimum || value > (uint32_t) maximum) {
        invalid(std::string(key) + " is out of range: " + std::to_string(value));
    }
    return (int) value;
}

void ProjectorFile::expect_positive_real(const char * key) const {
    expect_type(key, GGUF_TYPE_FLOAT32);
    const int64_t index = gguf_find_key(file.get(), key);
    if (index < 0 || !(gguf_get_val_f32(file.get(), index) > 0)) {
        invalid(std::string(key) + " is not a positive number");
    }
}

std::string ProjectorFile::text(const char * key) const {
    expect_type(key, GGUF_TYPE_STRING);
    const int64_t index = gguf_find_key(file.get(), key);
    return index < 0 ? "" : gguf_get_val_str(file.get(), index);
}

bool ProjectorFile::flag(const char * key) const {
    expect_type(key, GGUF_TYPE_BOOL);
    const int64_t index = gguf_find_key(file.get(), key);
    return index >= 0 && gguf_get_val_bool(file.get(), index);
}

std::optional<int32_t> ProjectorFile::only_entry(const char * key) const {
    expect_type(key, GGUF_TYPE_ARRAY);
    const int64_t index = gguf_find_key(file.get(), key);
    if (gguf_get_arr_type(file.get(), index) != GGUF_TYPE_INT32) {
        invalid(std::string("the entries of ") + key + " have another type than expected");
    }
    if (gguf_get_arr_n(file.get(), index) != 1) {
        return std::nullopt;
    }
    return *static_cast<const int32_t *>(gguf_get_arr_data(file.get(), index));
}

bool ProjectorFile::has_key(const char * key) const {
    return gguf_find_key(file.get(), key) >= 0;
}

const ggml_tensor * ProjectorFile::find(const std::string & name) const {
    return ggml_get_tensor(tensors.get(), name.c_str());
}

const ggml_tensor & ProjectorFile::tensor(const std::string & name) const {
    const ggml_tensor * found = find(name);
    if (!found) {
        invalid("the tensor " + name + " is missing");
    }
    return *found;
}

void ProjectorFile::expect_complete(const std::string & path) const {
    std::ifstream stream(path, std::ios::binary | std::ios::ate);
    const auto file_bytes = (uint64_t) (std::streamoff) stream.tellg();
    const uint64_t data_start = gguf_get_data_offset(file.get());
    for (int64_t i = 0; i < gguf_get_n_tensors(file.get()); i++) {
        const uint64_t end = data_start + gguf_get_tensor_offset(file.get(), i) + gguf_get_tensor_size(file.get(), i);
        if (end > file_bytes) {
            invalid("the file is truncated: " + std::to_string(file_bytes) + " bytes");
        }
    }
}
