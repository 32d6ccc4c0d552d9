#include "draft-gain.h"

#include <algorithm>

namespace {

// How much a step counts against the earlier ones.
constexpr double WEIGHT = 0.05;

}

bool DraftGain::is_worth_it() {
    if (pause > 0) {
        pause--;
        return false;
    }
    return true;
}

void DraftGain::record(int running, int gained, double milliseconds, double undisturbed) {
    if (undisturbed <= 0 || milliseconds <= 0) {
        return;
    }
    // A step that the machine held up says little about the next.
    const double took = std::min(milliseconds, 4 * undisturbed);
    const double seen = undisturbed / took * (running + gained) / running;
    speed += WEIGHT * (seen - speed);
    if (speed > 1.1) {
        next_pause = SHORTEST_PAUSE;
    }
    if (speed < 1) {
        pause = next_pause;
        next_pause = std::min(LONGEST_PAUSE, next_pause * 4);
        // A few steps decide the next time.
        speed = 1.05;
    }
}
