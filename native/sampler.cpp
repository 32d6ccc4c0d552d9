#include "sampler.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace {

// A token this far below the likeliest has e^-30 of its probability: all of a vocabulary together
// are drawn less than once in 10^7 tokens, so sorting them would be for nothing.
constexpr float NEGLIGIBLE = 30;

constexpr int32_t LANES = 16;

}

// Separate lanes let the compiler use vector instructions: a vocabulary of 128,000 is looked through for
// every token.
llama_token find_likeliest(const float * logits, int32_t vocabulary) {
    float lanes[LANES];
    std::fill(lanes, lanes + LANES, -INFINITY);
    const int32_t whole = vocabulary - vocabulary % LANES;
    for (int32_t i = 0; i < whole; i += LANES) {
        for (int32_t lane = 0; lane < LANES; lane++) {
            lanes[lane] = logits[i + lane] > lanes[lane] ? logits[i + lane] : lanes[lane];
        }
    }
    float greatest = *std::max_element(lanes, lanes + LANES);
    for (int32_t i = whole; i < vocabulary; i++) {
        greatest = std::max(greatest, logits[i]);
    }
    const float * found = std::find(logits, logits + vocabulary, greatest);
    return found == logits + vocabulary ? 0 : (llama_token) (found - logits);
}

float probability_of(llama_token likeliest, const float * logits, int32_t vocabulary) {
    // Schraudolph (1999): the bits of a float are nearly its logarithm. A few per cent are exact enough.
    const auto exponential = [](float x) {
        const auto bits = (int32_t) ((x > -80.0f ? x : -80.0f) * 12102203.0f + 1064986823.0f);
        float value;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    };
    const float own = logits[likeliest];
    float lanes[LANES] = {};
    const int32_t whole = vocabulary - vocabulary % LANES;
    for (int32_t i = 0; i < whole; i += LANES) {
        for (int32_t lane = 0; lane < LANES; lane++) {
            lanes[lane] += exponential(logits[i + lane] - own);
        }
    }
    float sum = std::accumulate(lanes, lanes + LANES, 0.0f);
    for (int32_t i = whole; i < vocabulary; i++) {
        sum += exponential(logits[i] - own);
    }
    return 1 / sum;
}

float measure_margin(const float * logits, int32_t vocabulary) {
    float first = -INFINITY;
    float second = -INFINITY;
    for (int32_t token = 0; token < vocabulary; token++) {
        second = std::max(second, std::min(first, logits[token]));
        first = std::max(first, logits[token]);
    }
    return first - second;
}

Sampler::Sampler(const SamplingOptions & options) : options(options), random(options.seed) {}

llama_token Sampler::draw(const float * logits, int32_t vocabulary) {
    const llama_token best = find_likeliest(logits, vocabulary);
    if (options.temperature <= 0) {
        return best;
    }
    const float greatest = logits[best];
    const bool cuts = options.top_p < 1;
    // The cut looks at probabilities before they are tempered.
    collect(logits, vocabulary, greatest - NEGLIGIBLE * (cuts ? std::max(1.0f, options.temperature) : options.temperature));
    if (cuts) {
        cut_to_top_p(greatest);
    }
    double sum = 0;
    for (const Candidate & candidate : candidates) {
        sum += std::exp((candidate.logit - greatest) / options.temperature);
    }
    double left = std::uniform_real_distribution<double>(0, sum)(random);
    for (const Candidate & candidate : candidates) {
        left -= std::exp((candidate.logit - greatest) / options.temperature);
        if (left < 0) {
            return candidate.token;
        }
    }
    return candidates.empty() ? best : candidates.back().token;
}

void Sampler::collect(const float * logits, int32_t vocabulary, float least) {
    candidates.clear();
    for (int32_t token = 0; token < vocabulary; token++) {
        if (logits[token] >= least) {
            candidates.push_back({ token, logits[token] });
        }
    }
    const size_t limit = (size_t) std::max(1, options.top_k);
    if (candidates.size() > limit) {
        std::nth_element(candidates.begin(), candidates.begin() + (std::ptrdiff_t) limit - 1, candidates.end(),
            [](const Candidate & a, const Candidate & b) { return a.logit > b.logit; });
        candidates.resize(limit);
    }
}

void Sampler::cut_to_top_p(float greatest) {
    std::sort(candidates.begin(), candidates.end(),
        [](const Candidate & a, const Candidate & b) { return a.logit > b.logit; });
    double sum = 0;
    for (const Candidate & candidate : candidates) {
        sum += std::exp(candidate.logit - greatest);
    }
    double held = 0;
    for (size_t i = 0; i < candidates.size(); i++) {
        held += std::exp(candidates[i].logit - greatest);
        if (held >= options.top_p * sum) {
            candidates.resize(i + 1);
            return;
        }
    }
}
