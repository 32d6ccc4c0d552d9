#pragma once

class Runner;

// The runners of the process. When it exits without closing them, their threads end before the
// destructors of libllama and libggml, which were loaded earlier, take away what they compute with.
// To be asked for when a runner has computed something: what llama.cpp keeps from then on is taken away later.
void add_live_runner(Runner * runner);
void remove_live_runner(Runner * runner);
