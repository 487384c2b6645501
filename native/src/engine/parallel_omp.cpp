// The only part that touches the OpenMP runtime: a library of its own, opened by the first call that goes parallel.
#include <omp.h>

#include <cstdint>

#ifdef _WIN32
#define RECTIFIER_EXPORT __declspec(dllexport)
#else
#define RECTIFIER_EXPORT __attribute__((visibility("default")))
#endif

// Calls member(context, i) for 0 <= i < threads, each on a thread of its own, and ends those threads, as far as the
// runtime lets go of them: GCC's does, LLVM's keeps them for the next caller. Either way they are in the code of this
// library or the runtime's by then, and both stay in memory for good, whoever had them loaded.
extern "C" RECTIFIER_EXPORT void rectifier_omp_run(int32_t threads, void (*member)(void*, int32_t), void* context) {
#pragma omp parallel num_threads(threads)
    member(context, omp_get_thread_num());
    omp_pause_resource_all(omp_pause_hard);
}
