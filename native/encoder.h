#pragma once

#include "graph-choice.h"
#include "projector-check.h"

#include <napi.h>

#include <memory>
#include <mutex>
#include <vector>

struct clip_ctx;

struct ClipDeleter {
    void operator()(clip_ctx * context) const;
};

// A loaded vision tower with its projector. Calls wait for each other; `release` waits as well.
class VisionTower {
  public:
    // Throws CompanionError.
    VisionTower(const std::string & path, int threads, bool use_gpu, GraphChoice graph);

    const ProjectorShape & shape() const { return projector; }
    std::vector<float> encode(const std::vector<uint8_t> & rgb, int side);
    void release();

  private:
    std::mutex mutex;
    ProjectorShape projector;
    const int threads;
    const GraphChoice graph;
    std::unique_ptr<clip_ctx, ClipDeleter> context;
};

// JavaScript: openEncoder(path, threads, useGpu, corrected) → Promise<Encoder>
Napi::Value open_encoder(const Napi::CallbackInfo & info);
