#include "draft-model.h"

#include "promise-worker.h"
#include "sampler.h"

#include <algorithm>

namespace {

// What the model finds less likely is more often wrong than worth its price.
constexpr float LEAST_PROBABILITY = 0.7f;
// Fewer positions are read sooner than looked for in other conversations.
constexpr size_t LEAST_BORROWED = 32;
// What a conversation that goes on has not been read of: the last accepted guess, and the token behind it.
constexpr int USUAL_REST = 2;

llama_model * usable(llama_model * model, const llama_model * answering) {
    if (!can_go_back(model) || !can_go_back(answering)) {
        throw CompanionError("draft-unusable", "a recurrent model cannot take guesses back");
    }
    // Whether its tokens are the same texts is looked at before it is loaded (adapters/llama/draft-model.ts).
    const auto size = [](const llama_model * of) { return llama_vocab_n_tokens(llama_model_get_vocab(of)); };
    if (size(model) != size(answering)) {
        throw CompanionError("draft-unusable", "the vocabularies differ");
    }
    return model;
}

std::vector<llama_token> without_pictures(const std::vector<llama_token> & history) {
    std::vector<llama_token> tokens;
    std::copy_if(history.begin(), history.end(), std::back_inserter(tokens),
        [](llama_token token) { return token >= 0; });
    return tokens;
}

size_t common_length(const std::vector<llama_token> & a, const std::vector<llama_token> & b) {
    const size_t length = std::min(a.size(), b.size());
    return (size_t) (std::mismatch(a.begin(), a.begin() + (std::ptrdiff_t) length, b.begin()).first - a.begin());
}

}

DraftModel::DraftModel(llama_model * model, const llama_model * answering, const ContextOptions & options,
    std::atomic<bool> * interrupts, ggml_threadpool * threads)
    : vocabulary(llama_vocab_n_tokens(llama_model_get_vocab(model))), vocab(llama_model_get_vocab(model)),
      trained_positions(llama_model_n_ctx_train(model)), window(llama_model_n_swa(model)),
      context(create_context(usable(model, answering), options, interrupts)), tokens((int) options.batch, 0),
      held(options.sequences), last_used(options.sequences, 0) {
    if (!context) {
        throw CompanionError("context-failed", "llama.cpp cannot reserve the memory of the draft model");
    }
    capacity = (int) std::min(options.batch, llama_n_batch(context.get()));
    memory = llama_get_memory(context.get());
    use_threads(context.get(), threads);
    warm_up(context.get(), std::min({ capacity, trained_positions, options.offload ? capacity : 2 }));
}

int DraftModel::read(std::vector<DraftWish> & wishes, int room) {
    tokens.batch.n_tokens = 0;
    if (failed_with != 0) {
        return 0;
    }
    std::vector<std::vector<llama_token>> missing;
    for (const DraftWish & wish : wishes) {
        missing.push_back(recall(wish));
    }
    std::vector<size_t> order(wishes.size());
    for (size_t i = 0; i < order.size(); i++) {
        order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(),
        [&](size_t a, size_t b) { return missing[a].size() < missing[b].size(); });
    const int most = std::min(capacity, room + USUAL_REST * (int) wishes.size());
    std::vector<size_t> counts(wishes.size(), 0);
    for (const size_t i : order) {
        DraftWish & wish = wishes[i];
        const std::vector<llama_token> & known = held[(size_t) wish.sequence];
        counts[i] = std::min(missing[i].size(), (size_t) (most - tokens.batch.n_tokens));
        for (size_t at = 0; at < counts[i]; at++) {
            const bool is_last = at + 1 == missing[i].size();
            const int32_t index = tokens.add(wish.sequence, (llama_pos) (known.size() + at), is_last);
            tokens.batch.token[index] = missing[i][at];
            wish.row = is_last ? index : -1;
        }
    }
    if (tokens.batch.n_tokens == 0 || !decode(wishes)) {
        for (DraftWish & wish : wishes) {
            wish.row = -1;
        }
        return 0;
    }
    llama_synchronize(context.get());
    for (size_t i = 0; i < wishes.size(); i++) {
        std::vector<llama_token> & known = held[(size_t) wishes[i].sequence];
        known.insert(known.end(), missing[i].begin(), missing[i].begin() + (std::ptrdiff_t) counts[i]);
        wishes[i].is_read = wishes[i].row >= 0;
    }
    return tokens.batch.n_tokens;
}

void DraftModel::guess(std::vector<DraftWish> & wishes) {
    for (;;) {
        std::vector<std::pair<DraftWish *, llama_token>> unread;
        for (DraftWish & wish : wishes) {
            if (wish.row < 0) {
                continue;
            }
            const float * logits = llama_get_logits_ith(context.get(), wish.row);
            wish.row = -1;
            const llama_token token = find_likeliest(logits, vocabulary);
            // What ends the answer is no guess: nothing would follow it.
            if (!(probability_of(token, logits, vocabulary) >= LEAST_PROBABILITY) || llama_vocab_is_eog(vocab, token)) {
                continue;
            }
            wish.guessed.push_back(token);
            if ((int) wish.guessed.size() < wish.length) {
                unread.emplace_back(&wish, token);
            }
        }
        if (unread.empty()) {
            return;
        }
        tokens.batch.n_tokens = 0;
        for (const auto & [wish, token] : unread) {
            wish->row = tokens.add(wish->sequence, (llama_pos) held[(size_t) wish->sequence].size(), true);
            tokens.batch.token[wish->row] = token;
        }
        if (!decode(wishes)) {
            return;
        }
        for (const auto & [wish, token] : unread) {
            held[(size_t) wish->sequence].push_back(token);
        }
    }
}

bool DraftModel::reaches(const std::vector<llama_token> & history, int length) const {
    const auto read = std::count_if(history.begin(), history.end(), [](llama_token token) { return token >= 0; });
    return read + length <= trained_positions;
}

int DraftModel::unread(llama_seq_id sequence, const std::vector<llama_token> & history) const {
    const std::vector<llama_token> wanted = without_pictures(history);
    const size_t own = common_length(held[(size_t) sequence], wanted);
    size_t longest = own;
    find_lender(sequence, wanted, longest);
    return (int) (wanted.size() - longest);
}

void DraftModel::keep(llama_seq_id sequence, size_t length) {
    std::vector<llama_token> & known = held[(size_t) sequence];
    if (known.size() <= length) {
        return;
    }
    if (length == 0 || !holds(sequence, length)) {
        forget(sequence);
        return;
    }
    llama_memory_seq_rm(memory, sequence, (llama_pos) length, -1);
    known.resize(length);
}

void DraftModel::forget(llama_seq_id sequence) {
    llama_memory_seq_rm(memory, sequence, -1, -1);
    held[(size_t) sequence].clear();
}

// Keeps of a sequence what the conversation still says, and returns the rest of the conversation.
std::vector<llama_token> DraftModel::recall(const DraftWish & wish) {
    std::vector<llama_token> rest = without_pictures(wish.history);
    borrow(wish, rest);
    const std::vector<llama_token> & known = held[(size_t) wish.sequence];
    // The last token is read in any case: a guess needs what follows it.
    keep(wish.sequence, std::min(common_length(known, rest), rest.empty() ? 0 : rest.size() - 1));
    rest.erase(rest.begin(), rest.begin() + (std::ptrdiff_t) known.size());
    return rest;
}

// What another conversation begins with as well, such as the clinic's own words, need not be read again.
void DraftModel::borrow(const DraftWish & wish, const std::vector<llama_token> & wanted) {
    std::vector<llama_token> & known = held[(size_t) wish.sequence];
    size_t longest = common_length(known, wanted);
    const llama_seq_id lender = find_lender(wish.sequence, wanted, longest);
    if (lender < 0) {
        return;
    }
    forget(wish.sequence);
    llama_memory_seq_cp(memory, lender, wish.sequence, 0, (llama_pos) longest);
    known.assign(wanted.begin(), wanted.begin() + (std::ptrdiff_t) longest);
}

// Who begins with more of what is wanted than the `longest` part that is known; negative: nobody. Tells how much it is.
llama_seq_id DraftModel::find_lender(llama_seq_id borrower, const std::vector<llama_token> & wanted, size_t & longest) const {
    size_t least = longest + LEAST_BORROWED;
    llama_seq_id lender = -1;
    for (size_t other = 0; other < held.size(); other++) {
        const size_t common = common_length(held[other], wanted);
        if ((llama_seq_id) other != borrower && common >= least && holds((llama_seq_id) other, common)) {
            least = longest = common;
            lender = (llama_seq_id) other;
        }
    }
    return lender;
}

// Whether all is there that `length` positions of a sequence see: layers with a window may have lost what lies
// before it, because others have taken that room.
bool DraftModel::holds(llama_seq_id sequence, size_t length) const {
    const llama_pos first = llama_memory_seq_pos_min(memory, sequence);
    return window == 0 || (first >= 0 && first <= std::max<llama_pos>(0, (llama_pos) length - window));
}

// False: nothing of the batch is held.
bool DraftModel::decode(const std::vector<DraftWish> & wishes) {
    if (!make_room(wishes)) {
        return false;
    }
    const int status = llama_decode(context.get(), tokens.batch);
    if (status == 0) {
        return true;
    }
    constexpr int FULL = 1;
    constexpr int INTERRUPTED = 2;
    failed_with = status == FULL || status == INTERRUPTED ? 0 : status;
    for (const DraftWish & wish : wishes) {
        llama_memory_seq_rm(memory, wish.sequence, (llama_pos) held[(size_t) wish.sequence].size(), -1);
    }
    return false;
}

// Forgets conversations until the batch has room, the least recently guessed ones first; false: there are none
// but those that are guessed now. What several hold is counted for each, which may forget one too many.
bool DraftModel::make_room(const std::vector<DraftWish> & wishes) {
    steps++;
    for (const DraftWish & wish : wishes) {
        last_used[(size_t) wish.sequence] = steps;
    }
    for (;;) {
        size_t needed = (size_t) tokens.batch.n_tokens;
        size_t oldest = held.size();
        for (size_t i = 0; i < held.size(); i++) {
            needed += held[i].size();
            const bool is_idle = !held[i].empty() && last_used[i] != steps;
            if (is_idle && (oldest == held.size() || last_used[i] < last_used[oldest])) {
                oldest = i;
            }
        }
        if (needed <= llama_n_ctx(context.get())) {
            return true;
        }
        if (oldest == held.size()) {
            return false;
        }
        forget((llama_seq_id) oldest);
    }
}
