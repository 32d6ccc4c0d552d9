#pragma once

#include "graph-choice.h"
#include "projector-check.h"

#include <napi.h>

#include <memory>
#include <mutex>
#include <vector>

struct clip_ctx;

// A loaded vision tower with its projector. Calls wait for each other; `release` waits as well.
class VisionTower {
  public:
    // Throws CompanionError.
    VisionTower(const std::string & path, int threads, bool use_gpu, GraphChoice graph);
    ~VisionTower();

    const ProjectorShape & shape() const { return projector; }
    std::vector<float> encode(const std::vector<uint8_t> & rgb, int side);
    void release();

  private:
    std::mutex mutex;
    ProjectorShape projector;
    const int threads;
    const GraphChoice graph;
    clip_ctx * context = nullptr;
};

// JavaScript: openEncoder(path, threads, useGpu, corrected) → Promise<Encoder>
Napi::Value open_encoder(const Napi::CallbackInfo & info);
