#pragma once

#include "ggml-cpp.h"
#include "ggml.h"
#include "gguf.h"

#include <cstdint>
#include <optional>
#include <string>

// Throws the CompanionError "projector-invalid".
[[noreturn]] void invalid(const std::string & message);

// A GGUF file's keys and tensor descriptions; its weights stay on the disk. What is not as asked for is
// `invalid`.
class ProjectorFile {
  public:
    explicit ProjectorFile(const std::string & path);

    // llama.cpp aborts on a value of another type than it expects.
    void expect_type(const char * key, gguf_type type) const;
    int number(const char * key, int minimum, int maximum) const;
    // ggml aborts on a negative one.
    void expect_positive_real(const char * key) const;
    // Empty when it is missing.
    std::string text(const char * key) const;
    // False when it is missing.
    bool flag(const char * key) const;
    // The one entry of a list of integers of the only type that llama.cpp reads, if it has just one.
    std::optional<int32_t> only_entry(const char * key) const;
    bool has_key(const char * key) const;

    // Null when it is missing.
    const ggml_tensor * find(const std::string & name) const;
    const ggml_tensor & tensor(const std::string & name) const;
    // Whether the data of all tensors are there.
    void expect_complete(const std::string & path) const;

  private:
    gguf_context_ptr file;
    ggml_context_ptr tensors;
};
