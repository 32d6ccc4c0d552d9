#pragma once

#include "llama.h"

#include <cstdint>
#include <random>
#include <vector>

// How the tokens of one answer are drawn.
struct SamplingOptions {
    // 0: always the likeliest token.
    float temperature = 0;
    // 1: every considered token may be drawn.
    float top_p = 1;
    // Tokens beyond this rank are never drawn.
    int32_t top_k = 1000;
    uint32_t seed = 0;
};

// The first of the tokens with the greatest logit.
llama_token find_likeliest(const float * logits, int32_t vocabulary);

// With what probability the likeliest token follows, within some 4 %.
float probability_of(llama_token likeliest, const float * logits, int32_t vocabulary);

// By how much the greatest logit exceeds the second greatest.
float measure_margin(const float * logits, int32_t vocabulary);

// Draws the tokens of one answer: the likeliest top_k, of these the fewest that hold top_p of the
// probability, of these one by its tempered probability. This is the order of llama.cpp's sampler chain.
class Sampler {
  public:
    explicit Sampler(const SamplingOptions & options);
    llama_token draw(const float * logits, int32_t vocabulary);

  private:
    struct Candidate {
        llama_token token;
        float logit;
    };
    void collect(const float * logits, int32_t vocabulary, float least);
    void cut_to_top_p(float greatest);

    const SamplingOptions options;
    std::mt19937 random;
    std::vector<Candidate> candidates;
};
