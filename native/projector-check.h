#pragma once

#include <string>

// What the encoder needs to know of a projector file.
struct ProjectorShape {
    int image_side;
    int image_tokens;
    int embedding_size;
    int width;
    int stored_layers;
};

// Reads a LLaVA projector's description (its weights stay on the disk) and checks every value and
// tensor that llama.cpp would otherwise take on trust or answer with an abort of the process.
// Throws CompanionError: "projector-missing", "projector-invalid", "projector-unsupported".
ProjectorShape check_projector(const std::string & path);
