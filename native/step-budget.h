#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

// How many positions of prompts and pictures are read between the next tokens of the running answers: on a
// GPU so many that whoever is being answered waits at most about twice as long for a token as without the
// newcomer, and about three times while somebody else's picture is read as well. Where attention has a tile,
// prompts are read in whole ones, but for what fills none: what is read dearly holds everybody up for longer.
class StepBudget {
  public:
    // most: positions of a step that holds nobody up. streams: answers that can be written at a time.
    // tile: positions below which attention costs several times as much for each; 0: there is no such number.
    StepBudget(int most, int streams, int tile);

    // Tokens of prompts that are read next beside `running` answers, where `unread` wait. 0 where it is time to measure
    // what the answers take alone.
    int tokens(int running, int unread) const;
    // Whether so many are read in a pass of their own: in one with the answers, a tile would be reckoned
    // over what all of these have said.
    bool are_apart(int running, int read) const { return running > 0 && tile > 0 && read >= tile; }
    // Rows of a picture that are read after them, in a pass of their own.
    int rows(int running) const { return running == 0 ? most : (int) with_rows.positions; }
    // Positions that a draft model reads before them, in a pass of its own.
    int drafted(int running) const { return running == 0 ? most : (int) with_draft.positions; }
    // Whether that number has been measured, rather than begun with.
    bool knows_drafted() const { return with_draft.measured >= 8; }
    // Milliseconds of a step of `running` answers, without guesses and newcomers; 0: not known yet.
    double undisturbed(int running) const;

    // What it took to read `read` tokens beside those of `running` answers, without guesses, or apart from them; with 0,
    // what the answers take alone.
    void record_tokens(int running, int read, double milliseconds);
    // What the pass for `read` rows took.
    void record_rows(int running, int read, double milliseconds);
    // What the draft model's pass took.
    void record_drafted(int running, int read, double milliseconds);

  private:
    // A number of positions that follows how long they take.
    struct Allowance {
        double positions;
        double least;
        // The time that they may take, as a multiple of that of an undisturbed step.
        double share;
        int measured = 0;
    };
    int clamped(int positions) const;
    size_t index_of(int running) const { return std::min((size_t) running, alone.size() - 1); }
    bool is_measured(int running) const;
    // Tokens of a step where no end of a prompt is near: the answers' own are in it as well, if they are not apart.
    int most_tokens(int running) const;
    // full: what is read where no end is near.
    void adjust(Allowance & allowance, int full, int running, int read, double milliseconds);

    const int most;
    const int tile;
    // A step without newcomers.
    struct Alone {
        // 0: not known yet.
        double milliseconds = 0;
        // Steps with newcomers since.
        int age = 0;
    };
    // By the number of answers.
    std::vector<Alone> alone;
    Allowance with_tokens;
    Allowance with_rows;
    Allowance with_draft;
};
