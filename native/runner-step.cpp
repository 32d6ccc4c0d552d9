#include "clock.h"
#include "runner.h"

#include <algorithm>
#include <cstring>

// One step: every running answer gets a token, or more where guesses come true, and prompts are read
// as far as that does not hold the answers up.
void Runner::step() {
    const int running = (int) std::count_if(jobs.begin(), jobs.end(),
        [](const auto & job) { return job->pending != LLAMA_TOKEN_NULL; });
    step_tokens(running);
    step_rows(running);
    remove_ended();
}

void Runner::step_tokens(int running) {
    const auto guessing = Clock::now();
    guess(running);
    const auto begun = Clock::now();
    tokens.batch.n_tokens = 0;
    add_answers();
    const int added = tokens.batch.n_tokens;
    const int free = capacity - added;
    const int read = add_prompts(std::min(budget.tokens(running), free));
    if (tokens.batch.n_tokens == 0) {
        return;
    }
    Jobs involved;
    for (const auto & job : jobs) {
        if (job->first_row >= 0 || job->reading > 0) {
            involved.push_back(job.get());
        }
    }
    if (!decode(tokens, involved)) {
        return;
    }
    for (Job * job : involved) {
        job->position += job->reading;
        job->positions_read += (size_t) job->reading;
        if (job->first_row >= 0) {
            draw(*job);
        } else if (job->kind == JobKind::read && job->positions_read == job->tokens.size()) {
            finish(*job, "done");
        }
    }
    if (is_drafted) {
        gain.record(running, gained, milliseconds_since(guessing), budget.undisturbed(running));
    }
    const bool has_guesses = added > running;
    if (running > 0 && !has_guesses) {
        budget.record_tokens(running, read, milliseconds_since(begun));
    }
}

// The last drawn token of each running answer, and what was guessed to follow it.
void Runner::add_answers() {
    for (const auto & job : jobs) {
        job->first_row = -1;
        job->reading = 0;
        if (job->pending == LLAMA_TOKEN_NULL) {
            continue;
        }
        job->first_row = tokens.add(job->sequence, job->position, true);
        tokens.batch.token[job->first_row] = job->pending;
        if (!job->guesses) {
            continue;
        }
        llama_pos position = job->position;
        for (const llama_token token : job->guesses->tokens) {
            tokens.batch.token[tokens.add(job->sequence, ++position, true)] = token;
        }
    }
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

// Whoever gives up waiting for a prompt to be read frees the place at once.
void Runner::allow_interrupts(const Jobs & involved) {
    const std::lock_guard<std::mutex> lock(mutex);
    for (const Job * job : involved) {
        if (job->reading > 0 || job->kind == JobKind::see) {
            being_read.insert(job->id);
        }
    }
}

// False: nothing was read. What was interrupted is tried again; what failed has ended.
bool Runner::decode(Batch & batch, const Jobs & involved) {
    allow_interrupts(involved);
    const int status = llama_decode(context.get(), batch.batch);
    if (status == 0) {
        return true;
    }
    constexpr int INTERRUPTED = 2;
    if (status == INTERRUPTED) {
        for (const Job * job : involved) {
            llama_memory_seq_rm(memory, job->sequence, job->position, -1);
        }
        return false;
    }
    constexpr int FULL = 1;
    const std::string code = status == FULL ? "context-full" : "decode-failed";
    // A newcomer that finds no room must not end the answers that had it.
    const bool spares = status == FULL
        && std::any_of(involved.begin(), involved.end(), [](const Job * job) { return job->reading > 0; });
    for (Job * job : involved) {
        if (spares && job->reading == 0) {
            continue;
        }
        llama_memory_seq_rm(memory, job->sequence, job->begun, -1);
        fail(*job, code, "llama_decode returned " + std::to_string(status));
    }
    return false;
}

// Draws what follows the answer's last token, and what follows each guess as long as guesses come true.
void Runner::draw(Job & job) {
    job.position += job.pending != LLAMA_TOKEN_NULL ? 1 : 0;
    job.pending = LLAMA_TOKEN_NULL;
    JobEvent event { job.id };
    const char * outcome = nullptr;
    const std::vector<llama_token> none;
    const std::vector<llama_token> & guessed = job.guesses ? job.guesses->tokens : none;
    size_t accepted = 0;
    for (;;) {
        const float * logits = llama_get_logits_ith(context.get(), job.first_row + (int32_t) accepted);
        const llama_token token = job.sampler->draw(logits, vocabulary);
        if (job.measures_margins) {
            event.margins.push_back(measure_margin(logits, vocabulary));
        }
        if (llama_vocab_is_eog(vocab, token) || job.stops.count(token) > 0) {
            outcome = "end";
            break;
        }
        event.tokens.push_back(token);
        job.generated++;
        if (job.generated >= job.most_tokens) {
            outcome = "length";
            break;
        }
        if (job.guesses) {
            job.guesses->lookup.push(token);
        }
        if (accepted == guessed.size() || token != guessed[accepted]) {
            job.pending = token;
            break;
        }
        // This step has read it already.
        accepted++;
        job.position++;
    }
    if (!guessed.empty()) {
        judge(job, accepted);
        llama_memory_seq_rm(memory, job.sequence, job.position, -1);
    }
    if (!event.tokens.empty() || !event.margins.empty()) {
        emit(std::move(event));
    }
    if (outcome) {
        finish(job, outcome);
    }
}
