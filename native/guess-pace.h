#pragma once

// How long the next guess of how an answer goes on shall be: guesses grow with success, and pause after
// failures.
class GuessPace {
  public:
    // most: the longest guess. patience: how many failures in a row lead to no pause yet.
    GuessPace(int most, int patience);

    // At most `room`; 0: none this time.
    int next(int room);
    // How much of the last guess came true.
    void judge(int guessed, int accepted);

  private:
    const int most;
    const int patience;
    int length;
    int failures = 0;
    int pause = 0;
};
