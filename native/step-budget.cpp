#include "step-budget.h"

#include <algorithm>

namespace {

// How much a new measurement counts against the earlier ones.
constexpr double WEIGHT = 0.2;
// After so many steps with newcomers the answers are measured alone again: their conversations have grown.
constexpr int MOST_AGE = 32;

}

// Below twice, because steps vary. A pass of its own reads all weights again, on a GPU nearly the whole
// time of a step: so few rows that it took less would take for ever.
StepBudget::StepBudget(int most, int streams, int tile)
    : most(most), tile(tile <= most ? tile : 0), alone((size_t) streams + 1),
      with_tokens { (double) clamped(16), (double) clamped(4), this->tile > 0 ? 0.7 : 1.7 },
      with_rows { (double) clamped(32), (double) clamped(16), 1.2 },
      with_draft { (double) std::min(16, most), (double) std::min(4, most), 0.7 } {}

int StepBudget::clamped(int positions) const {
    return std::min(std::max(positions, tile), most);
}

int StepBudget::tokens(int running, int unread) const {
    if (running == 0 || unread == 0) {
        return std::min(unread, most);
    }
    if (tile == 0) {
        return is_measured(running) ? std::min(unread, most_tokens(running)) : 0;
    }
    // What fills no tile of all that waits is read first, together with the answers; with them it must not fill one
    // either, unless they alone do.
    const int rest = std::min(unread % tile, std::max(1, tile - 1 - running));
    return rest > 0 ? rest : std::min(unread, most_tokens(running));
}

int StepBudget::most_tokens(int running) const {
    const int allowed = (int) with_tokens.positions;
    return tile > 0 ? allowed - allowed % tile : std::max(1, std::min(allowed, most - running));
}

bool StepBudget::is_measured(int running) const {
    const Alone & known = alone[index_of(running)];
    return known.milliseconds > 0 && known.age < MOST_AGE;
}

void StepBudget::record_tokens(int running, int read, double milliseconds) {
    Alone & known = alone[index_of(running)];
    if (read > 0) {
        known.age++;
        adjust(with_tokens, most_tokens(running), running, read, milliseconds);
        return;
    }
    // A step that the machine held up says little about the next.
    const bool is_first = known.milliseconds <= 0;
    const double seen = is_first ? milliseconds : std::min(milliseconds, 1.5 * known.milliseconds);
    known.milliseconds = is_first ? seen : known.milliseconds + WEIGHT * (seen - known.milliseconds);
    known.age = 0;
}

void StepBudget::record_rows(int running, int read, double milliseconds) {
    adjust(with_rows, (int) with_rows.positions, running, read, milliseconds);
}

void StepBudget::record_drafted(int running, int read, double milliseconds) {
    adjust(with_draft, (int) with_draft.positions, running, read, milliseconds);
}

void StepBudget::adjust(Allowance & allowance, int full, int running, int read, double milliseconds) {
    const double target = allowance.share * undisturbed(running);
    // The end of a prompt is shorter than it might be, and so tells nothing.
    if (target <= 0 || milliseconds <= 0 || read < full) {
        return;
    }
    allowance.measured++;
    const double change = std::clamp(target / milliseconds, 0.8, 1.25);
    allowance.positions = std::clamp(allowance.positions * change, allowance.least, (double) most);
}

// Of the nearest number of answers that was seen without newcomers; 0: of none.
double StepBudget::undisturbed(int running) const {
    const int last = (int) alone.size() - 1;
    const int wanted = std::min(running, last);
    for (int distance = 0; distance <= last; distance++) {
        for (const int streams : { wanted - distance, wanted + distance }) {
            if (streams >= 1 && streams <= last && alone[(size_t) streams].milliseconds > 0) {
                return alone[(size_t) streams].milliseconds;
            }
        }
    }
    return 0;
}
