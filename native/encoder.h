#pragma once

#include "graph-choice.h"
#include "projector-check.h"

#include <napi.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

struct clip_ctx;

struct ClipDeleter {
    void operator()(clip_ctx * context) const;
};

// A square picture, three bytes a pixel.
struct Picture {
    std::vector<uint8_t> rgb;
    int side;
};

// A loaded vision tower with its projector. Calls wait for each other; `release` waits as well.
class VisionTower {
  public:
    // On a GPU the memory for `batch_size` pictures at once is reserved. Throws CompanionError.
    VisionTower(const std::string & path, int threads, bool use_gpu, GraphChoice graph, size_t batch_size);

    const ProjectorShape & shape() const { return projector; }
    bool on_gpu() const { return use_gpu; }
    // How many values the features of one picture have.
    size_t feature_count() const;
    // The features of all pictures, one after the other, computed at once.
    std::vector<float> encode(const std::vector<Picture> & pictures);
    void release();

  private:
    std::mutex mutex;
    ProjectorShape projector;
    const int threads;
    const bool use_gpu;
    const GraphChoice graph;
    std::unique_ptr<clip_ctx, ClipDeleter> context;
};

// JavaScript: openEncoder(path, threads, useGpu, corrected, batchSize) → Promise<Encoder>
Napi::Value open_encoder(const Napi::CallbackInfo & info);
