#include "../../../native/step-budget.h"

#include <cstdio>
#include <cstdlib>

// Arguments: the tile; how many answers run; how many tokens of prompts wait; milliseconds of a step of the
// answers, and of a token of a prompt; how many steps of the answers are measured before. Prints how many are read at a
// time, with a * what is read apart; then how many positions of a draft model and rows of a picture are allowed
// after small pieces of them, which tell nothing.
int main(int, char ** arguments) {
    int position = 0;
    const auto next = [&] { return std::atof(arguments[++position]); };
    const int tile = (int) next();
    const int running = (int) next();
    const int unread = (int) next();
    const double step = next();
    const double token = next();
    const int measured = (int) next();
    const int most = 128;
    StepBudget budget(most, 8, tile);
    for (int i = 0; i < measured; i++) {
        budget.record_tokens(running, 0, step);
    }
    int idle = 0;
    for (int left = unread; left > 0;) {
        const int read = budget.tokens(running, left);
        const bool apart = budget.are_apart(running, read);
        idle = read == 0 ? idle + 1 : 0;
        if (read < 0 || read > left || idle > 1 || read + (apart ? 0 : running) > most) {
            return 1;
        }
        std::printf("%d%s ", read, apart ? "*" : "");
        budget.record_tokens(running, read, (apart ? 0 : step) + read * token);
        left -= read;
    }
    for (int i = 0; i < 50; i++) {
        budget.record_drafted(running, i % 3, 0.1);
        budget.record_rows(running, 7, 0.1);
    }
    std::printf("\n%d %d %d", budget.drafted(running), (int) budget.knows_drafted(), budget.rows(running));
}
