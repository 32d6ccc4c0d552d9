#pragma once

// Whether a draft model makes answers faster on this machine, by the clock: it pauses while it does not.
// A processor that is full takes nearly as long for a guess as for a token of its own.
class DraftGain {
  public:
    // Whether to ask the draft model in the step that begins.
    bool is_worth_it();
    // A step with it: answers that ran, tokens that came beyond one for each, what it took, and what a step takes without it.
    void record(int running, int gained, double milliseconds, double undisturbed);

  private:
    // In steps.
    static constexpr int SHORTEST_PAUSE = 16;
    static constexpr int LONGEST_PAUSE  = 4096;

    // Speed with it, as a multiple of that without. It begins as hoped for.
    double speed = 1.3;
    int next_pause = SHORTEST_PAUSE;
    int pause = 0;
};
