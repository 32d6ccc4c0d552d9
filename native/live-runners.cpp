#include "live-runners.h"

#include "runner.h"

#include <mutex>
#include <unordered_set>

namespace {

class LiveRunners {
  public:
    ~LiveRunners() {
        // Never given back: whoever is closing a runner in another thread waits for the process's end.
        mutex.lock();
        for (Runner * runner : runners) {
            runner->stop();
        }
    }
    void add(Runner * runner) {
        const std::lock_guard<std::mutex> lock(mutex);
        runners.insert(runner);
    }
    void remove(Runner * runner) {
        const std::lock_guard<std::mutex> lock(mutex);
        runners.erase(runner);
    }

  private:
    std::mutex & mutex = *new std::mutex;
    std::unordered_set<Runner *> runners;
};

LiveRunners & live_runners() {
    static LiveRunners runners;
    return runners;
}

}

void add_live_runner(Runner * runner) {
    live_runners().add(runner);
}

void remove_live_runner(Runner * runner) {
    live_runners().remove(runner);
}
