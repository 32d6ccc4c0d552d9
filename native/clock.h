#pragma once

#include <chrono>

using Clock = std::chrono::steady_clock;

inline double milliseconds_since(Clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}
