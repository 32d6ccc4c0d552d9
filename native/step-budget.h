#pragma once

#include <vector>

// How many positions of prompts and pictures are read within one step, so that whoever is being answered
// waits at most about twice as long for the next token as without the newcomer.
class StepBudget {
  public:
    // most: positions of a step that holds nobody up. streams: answers that can be written at a time.
    StepBudget(int most, int streams);

    // Tokens of prompts that are read together with the next tokens of `running` answers.
    int tokens(int running) const { return running == 0 ? most : (int) with_tokens.positions; }
    // Rows of a picture that are read after them, in a pass of their own.
    int rows(int running) const { return running == 0 ? most : (int) with_rows.positions; }
    // Positions that a draft model reads before them, in a pass of its own.
    int drafted(int running) const { return running == 0 ? most : (int) with_draft.positions; }
    // Whether that number has been measured, rather than begun with.
    bool knows_drafted() const { return with_draft.measured >= 8; }
    // Milliseconds of a step of `running` answers, without guesses and newcomers; 0: not known yet.
    double undisturbed(int running) const;

    // What it took to read `read` tokens beside those of `running` answers, without guesses; with 0, what it takes without.
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
    void adjust(Allowance & allowance, int running, int read, double milliseconds);

    const int most;
    // Milliseconds of a step without newcomers, by the number of answers; 0: not known yet.
    std::vector<double> alone;
    Allowance with_tokens;
    Allowance with_rows;
    Allowance with_draft;
};
