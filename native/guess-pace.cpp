#include "guess-pace.h"

#include <algorithm>

namespace {

constexpr int LONGEST_PAUSE = 64;

}

GuessPace::GuessPace(int most, int patience) : most(most), patience(patience), length(std::min(2, most)) {}

int GuessPace::next(int room) {
    const int wanted = std::min(length, room);
    if (wanted <= 0) {
        return 0;
    }
    if (pause > 0) {
        pause--;
        return 0;
    }
    return wanted;
}

void GuessPace::judge(int guessed, int accepted) {
    if (accepted == guessed) {
        failures = 0;
        length = std::min(most, length * 2);
    } else if (accepted > 0) {
        failures = 0;
        length = accepted;
    } else {
        failures++;
        length = std::max(1, length / 2);
        const int beyond = failures - patience;
        pause = beyond > 0 ? std::min(LONGEST_PAUSE, 4 << std::min(beyond, 4)) : 0;
    }
}
