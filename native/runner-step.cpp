#include "clock.h"
#include "runner.h"

#include <algorithm>
#include <iterator>
#include <utility>

// One step: every running answer gets a token, or more where guesses come true, and as much of prompts and
// pictures is read as the budget allows. What of prompts is read apart from the answers makes the next step.
void Runner::step() {
    const int running = (int) std::count_if(jobs.begin(), jobs.end(),
        [](const auto & job) { return job->pending != LLAMA_TOKEN_NULL; });
    const int wanted = budget.tokens(running, unread_tokens());
    // Others may have come or gone since.
    if (std::exchange(owes_prompts, false) && budget.are_apart(running, wanted)) {
        step_prompts(running, wanted);
    } else {
        step_tokens(running, wanted);
        step_rows(running);
    }
    remove_ended();
}

void Runner::step_tokens(int running, int wanted) {
    const auto guessing = Clock::now();
    guess(running);
    const auto begun = Clock::now();
    begin_batch();
    add_answers();
    const int added = tokens.batch.n_tokens;
    const bool apart = budget.are_apart(running, wanted);
    const int read = apart ? 0 : add_prompts(std::min(wanted, capacity - added));
    if (!compute_tokens()) {
        return;
    }
    owes_prompts = apart;
    if (is_drafted) {
        gain.record(running, gained, milliseconds_since(guessing), budget.undisturbed(running));
    }
    const bool has_guesses = added > running;
    if (running > 0 && !has_guesses) {
        budget.record_tokens(running, read, milliseconds_since(begun));
    }
}

void Runner::begin_batch() {
    tokens.batch.n_tokens = 0;
    for (const auto & job : jobs) {
        job->first_row = -1;
        job->reading = 0;
    }
}

// Reads the batch, and draws what follows it; false: nothing was read.
bool Runner::compute_tokens() {
    if (tokens.batch.n_tokens == 0) {
        return false;
    }
    Jobs involved;
    for (const auto & job : jobs) {
        if (job->first_row >= 0 || job->reading > 0) {
            involved.push_back(job.get());
        }
    }
    if (!decode(tokens, involved)) {
        return false;
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
    return true;
}

// The last drawn token of each running answer, and what was guessed to follow it.
void Runner::add_answers() {
    for (const auto & job : jobs) {
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

// Whoever gives up waiting for a prompt to be read frees the place at once.
void Runner::allow_interrupts(const Jobs & involved) {
    const std::lock_guard<std::mutex> lock(mutex);
    being_read.clear();
    // Whoever gave up since the pass before does not hold up another one's.
    interrupts = is_closing;
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
    // A newcomer that finds no room, or has taken the last of it, must not end the answers that had it.
    for (Job * job : status == FULL ? newcomers(involved) : involved) {
        llama_memory_seq_rm(memory, job->sequence, job->begun, -1);
        fail(*job, code, "llama_decode returned " + std::to_string(status));
    }
    return false;
}

// Who is to go where a batch finds no room: whose prompts are in it, or else, if it holds answers alone, who has come
// last of all that hold something.
Runner::Jobs Runner::newcomers(const Jobs & involved) const {
    Jobs found;
    std::copy_if(involved.begin(), involved.end(), std::back_inserter(found),
        [](const Job * job) { return job->reading > 0 || job->kind == JobKind::see; });
    if (!found.empty()) {
        return found;
    }
    const auto last = std::find_if(jobs.rbegin(), jobs.rend(),
        [](const auto & job) { return !job->has_ended && job->position > job->begun; });
    return last == jobs.rend() ? involved : Jobs { last->get() };
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
