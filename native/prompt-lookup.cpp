#include "prompt-lookup.h"

#include <algorithm>

namespace {

// Two equal tokens stand in a row by chance; the longer the agreement, the likelier the rest.
constexpr size_t LONGEST_MATCH  = 4;
constexpr size_t SHORTEST_MATCH = 3;
constexpr int LONGEST_PAUSE = 64;

}

PromptLookup::PromptLookup(std::vector<llama_token> history, int most)
    : history(std::move(history)), most(most), length(std::min(2, most)) {}

const std::vector<llama_token> & PromptLookup::guess(int room) {
    guessed.clear();
    const int wanted = std::min(length, room);
    if (wanted <= 0) {
        return guessed;
    }
    if (pause > 0) {
        pause--;
        return guessed;
    }
    for (size_t match = LONGEST_MATCH; match >= SHORTEST_MATCH; match--) {
        const size_t start = find(match);
        for (size_t i = start; i < history.size() && guessed.size() < (size_t) wanted; i++) {
            if (history[i] < 0) {
                break;
            }
            guessed.push_back(history[i]);
        }
        if (!guessed.empty()) {
            break;
        }
    }
    return guessed;
}

void PromptLookup::judge(size_t accepted) {
    if (guessed.empty()) {
        return;
    }
    if (accepted == guessed.size()) {
        failures = 0;
        length = std::min(most, length * 2);
    } else if (accepted == 0) {
        failures++;
        length = std::max(1, length / 2);
        pause = std::min(LONGEST_PAUSE, 4 << std::min(failures, 4));
    } else {
        failures = 0;
        length = std::max(1, (int) accepted);
    }
}

// The position behind the latest earlier occurrence of the last `match` tokens; the history's end when
// there is none.
size_t PromptLookup::find(size_t match) const {
    const size_t size = history.size();
    if (size <= match) {
        return size;
    }
    const auto last = history.end() - (std::ptrdiff_t) match;
    for (size_t start = size - match; start-- > 0;) {
        if (std::equal(last, history.end(), history.begin() + (std::ptrdiff_t) start)) {
            return start + match;
        }
    }
    return size;
}
