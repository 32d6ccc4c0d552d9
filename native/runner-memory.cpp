#include "runner.h"

#include <algorithm>
#include <new>

namespace {

// No Buffer of Node.js 20 is larger.
constexpr uint64_t MOST_STATE_BYTES = (uint64_t) 1 << 32;

}

// What sequences hold is changed and told between two steps.
void Runner::trim(uint64_t id, llama_seq_id sequence, llama_pos length) {
    answer(id, sequence, [=](JobEvent &) {
        // What lies before the window of the position to go on from may be gone already.
        const llama_pos first = llama_memory_seq_pos_min(memory, sequence);
        const bool is_whole = first <= std::max<llama_pos>(0, length - window) || length >= held(sequence);
        if (length == 0 || !is_whole || !llama_memory_seq_rm(memory, sequence, length, -1)) {
            llama_memory_seq_rm(memory, sequence, -1, -1);
        }
        // Nor may the draft model hold what the conversation does not say any more: of a place that goes to another one,
        // the instructions alone stay. Behind pictures, which it leaves out, some may stay until the conversation goes on.
        if (draft) {
            draft->keep(sequence, (size_t) held(sequence));
        }
    });
}

void Runner::share(uint64_t id, llama_seq_id to, std::vector<llama_pos> lengths) {
    answer(id, to, [this, to, lengths = std::move(lengths)](JobEvent &) {
        llama_seq_id giver = to;
        llama_pos most = held(to);
        for (llama_seq_id from = 0; goes_back && from < (llama_seq_id) lengths.size(); ++from) {
            // Layers with a window have no room for more than that.
            const llama_pos length = window == 0 ? lengths[from] : std::min<llama_pos>(lengths[from], window);
            // JavaScript learns that a trim took everything only when that is answered.
            const bool is_whole = llama_memory_seq_pos_min(memory, from) == 0 && held(from) >= lengths[from];
            if (is_whole && length > most) {
                giver = from;
                most = length;
            }
        }
        if (giver != to) {
            llama_memory_seq_rm(memory, to, -1, -1);
            llama_memory_seq_cp(memory, giver, to, 0, most);
        }
    });
}

void Runner::save(uint64_t id, llama_seq_id sequence) {
    answer(id, sequence, [=](JobEvent & event) {
        const size_t size = llama_state_seq_get_size(context.get(), sequence);
        // Then it has to be read anew.
        if (size > MOST_STATE_BYTES) {
            return;
        }
        event.state.resize(size);
        event.state.resize(
            llama_state_seq_get_data(context.get(), event.state.data(), event.state.size(), sequence));
    });
}

void Runner::restore(uint64_t id, llama_seq_id sequence, const uint8_t * data, size_t size) {
    answer(id, sequence, [=](JobEvent &) {
        if (llama_state_seq_set_data(context.get(), data, size, sequence) == 0) {
            llama_memory_seq_rm(memory, sequence, -1, -1);
        }
    });
}

// Carries a command out between two steps, and tells what the sequence holds then.
void Runner::answer(uint64_t id, llama_seq_id sequence, const std::function<void(JobEvent &)> & command) {
    post([=] {
        JobEvent event { id };
        event.is_end = true;
        if (is_busy(sequence)) {
            event.code = "internal";
            event.message = "the sequence is busy";
        } else {
            try {
                command(event);
                event.outcome = "done";
                event.held = held(sequence);
            } catch (const std::bad_alloc &) {
                event.code = "out-of-memory";
                event.message = "there is no memory for the state of a conversation";
            }
        }
        emit(std::move(event));
    });
}

llama_pos Runner::held(llama_seq_id sequence) const {
    return llama_memory_seq_pos_max(memory, sequence) + 1;
}
