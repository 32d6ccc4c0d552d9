/* Preloaded, lets the computations of the second model that is opened fail after some, as a card's may. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

enum { GGML_STATUS_FAILED = -1, WORKING = 12 };

int ggml_backend_sched_graph_compute_async(void * scheduler, void * graph) {
    static int (*compute)(void *, void *);
    static void * first;
    static void * second;
    static int computed;
    if (compute == NULL) {
        void * library = dlopen(getenv("GGML_BASE"), RTLD_LAZY | RTLD_NOLOAD);
        compute = (int (*)(void *, void *)) dlsym(library, "ggml_backend_sched_graph_compute_async");
    }
    if (first == NULL) {
        first = scheduler;
    } else if (second == NULL && scheduler != first) {
        second = scheduler;
    }
    if (scheduler == second && ++computed > WORKING) {
        return GGML_STATUS_FAILED;
    }
    return compute(scheduler, graph);
}
