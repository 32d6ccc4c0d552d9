#include "prompt-lookup.h"

#include <algorithm>

namespace {

// Two equal tokens stand in a row by chance; the longer the agreement, the likelier the rest.
constexpr size_t LONGEST_MATCH  = 4;
constexpr size_t SHORTEST_MATCH = 3;

}

std::vector<llama_token> PromptLookup::guess(int length) const {
    std::vector<llama_token> guessed;
    for (size_t match = LONGEST_MATCH; match >= SHORTEST_MATCH && guessed.empty(); match--) {
        for (size_t i = find(match); i < history.size() && guessed.size() < (size_t) length; i++) {
            if (history[i] < 0) {
                break;
            }
            guessed.push_back(history[i]);
        }
    }
    return guessed;
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
