#pragma once

#include "context.h"

#include "llama.h"

#include <vector>

// An answer that a draft model shall guess the next tokens of.
struct DraftWish {
    llama_seq_id sequence;
    // The conversation so far, negative where pictures stand.
    const std::vector<llama_token> & history;
    // Of the guess, at most.
    int length;
    // Whether the history has been read to its end.
    bool is_read = false;
    // Where the logits lie that the next guess is taken from; negative: nowhere.
    int32_t row = -1;
    std::vector<llama_token> guessed {};
};

// A small model with the vocabulary of the one that answers, which guesses how answers go on: speculative
// decoding (Leviathan et al., 2023; Chen et al., 2023). It reads what the conversations say, without their
// pictures. Of the runner's thread alone. Wrong guesses cost time, never correctness, and nothing that
// fails here fails an answer.
class DraftModel {
  public:
    // options.sequences: as many as the runner has. interrupts: as of create_context. threads: as of use_threads.
    // Throws CompanionError: `draft-unusable`, `context-failed`.
    DraftModel(llama_model * model, const llama_model * answering, const ContextOptions & options,
        std::atomic<bool> * interrupts, ggml_threadpool * threads);

    // Reads what it does not know of the histories, `room` positions at most besides one or two of each.
    // Returns the positions that it has read.
    int read(std::vector<DraftWish> & wishes, int room);
    // Guesses for those whose histories have been read, as far as it is sure.
    void guess(std::vector<DraftWish> & wishes);
    // Whether it was trained for a history of this length and so many guesses more. Some models have no further
    // positions: ggml would end the process.
    bool reaches(const std::vector<llama_token> & history, int length) const;
    // Positions of a history that it would have to read.
    int unread(llama_seq_id sequence, const std::vector<llama_token> & history) const;
    // Forgets what a sequence holds behind its first `length` tokens, and the rest too where these cannot stand alone.
    void keep(llama_seq_id sequence, size_t length);
    // What llama_decode returned when it failed, other than for want of room: it guesses nothing any more. 0: it has not.
    int failure() const { return failed_with; }

  private:
    void forget(llama_seq_id sequence);
    std::vector<llama_token> recall(const DraftWish & wish);
    void borrow(const DraftWish & wish, const std::vector<llama_token> & wanted);
    llama_seq_id find_lender(
        llama_seq_id borrower, const std::vector<llama_token> & wanted, size_t & longest) const;
    bool holds(llama_seq_id sequence, size_t length) const;
    bool decode(const std::vector<DraftWish> & wishes);
    bool make_room(const std::vector<DraftWish> & wishes);

    const int32_t vocabulary;
    const llama_vocab * const vocab;
    const int trained_positions;
    // Positions that layers with a window look back; 0: there are none.
    const llama_pos window;
    Context context;
    llama_memory_t memory = nullptr;
    int capacity = 0;
    Batch tokens;
    // What each sequence holds.
    std::vector<std::vector<llama_token>> held;
    // In which step it was guessed for last.
    std::vector<uint64_t> last_used;
    uint64_t steps = 0;
    int failed_with = 0;
};
