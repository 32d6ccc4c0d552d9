#include "clock.h"
#include "runner.h"

#include <algorithm>
#include <cstring>

// Pieces of prompts without the answers that run.
void Runner::step_prompts(int running, int wanted) {
    const auto begun = Clock::now();
    begin_batch();
    const int read = add_prompts(std::min(wanted, capacity));
    if (!compute_tokens()) {
        return;
    }
    llama_synchronize(context.get());
    budget.record_tokens(running, read, milliseconds_since(begun));
}

// Tokens of prompts that wait to be read.
int Runner::unread_tokens() const {
    int64_t sum = 0;
    for (const auto & job : jobs) {
        if (job->kind != JobKind::see) {
            sum += (int64_t) (job->tokens.size() - job->positions_read);
        }
    }
    return (int) std::min<int64_t>(sum, INT32_MAX);
}

// Pieces of prompts. Half of the room is for who has waited longest, the rest for the shortest prompts:
// a short question does not wait for a long one, and a long one comes to its end. Returns the positions.
int Runner::add_prompts(int room) {
    Jobs waiting;
    for (const auto & job : jobs) {
        if (job->kind != JobKind::see && job->positions_read < job->tokens.size()) {
            waiting.push_back(job.get());
        }
    }
    if (waiting.empty() || room <= 0) {
        return 0;
    }
    const auto left = [](const Job & job) { return (int) (job.tokens.size() - job.positions_read); };
    int free = room;
    const auto give = [&](Job & job, int most) {
        const int count = std::min({ left(job) - job.reading, most, free });
        job.reading += count;
        free -= count;
    };
    Job & oldest = *waiting.front();
    give(oldest, (room + 1) / 2);
    std::stable_sort(waiting.begin(), waiting.end(), [&](const Job * a, const Job * b) { return left(*a) < left(*b); });
    for (Job * job : waiting) {
        give(*job, free);
    }
    for (Job * job : waiting) {
        add_prompt(*job, job->reading);
    }
    return room - free;
}

void Runner::add_prompt(Job & job, int count) {
    for (int i = 0; i < count; i++) {
        const size_t next = job.positions_read + (size_t) i;
        const bool is_last = job.kind == JobKind::generate && next + 1 == job.tokens.size();
        const int32_t index = tokens.add(job.sequence, job.position + i, is_last);
        tokens.batch.token[index] = job.tokens[next];
        if (is_last) {
            job.first_row = index;
        }
    }
}

// A piece of one picture: rows and tokens do not go into one batch.
void Runner::step_rows(int running) {
    const auto begun = Clock::now();
    const auto found = std::find_if(jobs.begin(), jobs.end(),
        [](const auto & job) { return job->kind == JobKind::see && !job->has_ended; });
    if (found == jobs.end()) {
        return;
    }
    Job & job = **found;
    const size_t width = (size_t) embedding_width;
    const int left = (int) (job.rows.size() / width - job.positions_read);
    const int count = std::min({ left, budget.rows(running), capacity });
    if (!rows) {
        rows = std::make_unique<Batch>((int) options.batch, embedding_width);
    }
    rows->batch.n_tokens = 0;
    for (int i = 0; i < count; i++) {
        rows->add(job.sequence, job.position + i, false);
    }
    std::memcpy(rows->batch.embd, job.rows.data() + job.positions_read * width, (size_t) count * width * sizeof(float));
    if (!decode(*rows, { &job })) {
        return;
    }
    // Else the time of this piece would be counted as that of the next step.
    llama_synchronize(context.get());
    if (running > 0) {
        budget.record_rows(running, count, milliseconds_since(begun));
    }
    job.position += count;
    job.positions_read += (size_t) count;
    if (count == left) {
        finish(job, "done");
    }
}
