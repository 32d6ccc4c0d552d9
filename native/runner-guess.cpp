#include "clock.h"
#include "runner.h"

#include <algorithm>
#include <climits>

namespace {

// Steps in which the draft model may catch up with a conversation, each longer by up to two thirds: more than
// an answer of usual length gains afterwards.
constexpr int MOST_CATCHING_UP = 32;

}

// Guesses how the running answers go on: from what their conversations say already, which costs nothing, or
// with the draft model.
void Runner::guess(int running) {
    // Guesses are for who has the machine alone: a newcomer's prompt needs the room.
    const bool is_quiet = running == (int) jobs.size();
    is_drafted = false;
    gained = 0;
    std::vector<DraftWish> wishes;
    Jobs wishing;
    const int at_once = budget.drafted(running);
    // How fast it reads, only reading tells.
    const int most_unread = budget.knows_drafted() ? MOST_CATCHING_UP * at_once : INT_MAX;
    const bool asks_draft = draft && is_quiet && gain.is_worth_it();
    for (const auto & job : jobs) {
        if (!job->guesses) {
            continue;
        }
        Guesses & guesses = *job->guesses;
        guesses.tokens.clear();
        if (!is_quiet) {
            continue;
        }
        const int room = std::min(options.guesses, job->most_tokens - job->generated - 1);
        guesses.tokens = guesses.lookup.guess(guesses.lookup_pace.next(room));
        guesses.are_drafted = guesses.tokens.empty();
        const int length = asks_draft && guesses.are_drafted ? guesses.draft_pace.next(room) : 0;
        const std::vector<llama_token> & history = guesses.lookup.tokens();
        if (length > 0 && draft->reaches(history, length) && draft->unread(job->sequence, history) <= most_unread) {
            wishes.push_back({ job->sequence, history, length });
            wishing.push_back(job.get());
        }
    }
    if (wishes.empty()) {
        return;
    }
    const auto begun = Clock::now();
    const int read = draft->read(wishes, at_once);
    budget.record_drafted(running, read, milliseconds_since(begun));
    draft->guess(wishes);
    // What it reads of a long prompt pays later.
    is_drafted = read <= 2 * (int) wishes.size();
    for (size_t i = 0; i < wishes.size(); i++) {
        wishing[i]->guesses->tokens = std::move(wishes[i].guessed);
        if (wishes[i].is_read && wishing[i]->guesses->tokens.empty()) {
            // It was asked, and was not sure.
            wishing[i]->guesses->draft_pace.judge(1, 0);
        }
    }
    if (draft->failure() != 0) {
        draft_status = draft->failure();
        draft.reset();
    }
}

void Runner::judge(Job & job, size_t accepted) {
    Guesses & guesses = *job.guesses;
    gained += guesses.are_drafted ? (int) accepted : 0;
    GuessPace & pace = guesses.are_drafted ? guesses.draft_pace : guesses.lookup_pace;
    pace.judge((int) guesses.tokens.size(), (int) accepted);
}
