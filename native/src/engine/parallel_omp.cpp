// The only part that touches the OpenMP runtime: a library of its own, opened by the first call that goes parallel.
#include <omp.h>

#include <cstdint>

#ifdef _WIN32
#define RECTIFIER_EXPORT __declspec(dllexport)
#else
#define RECTIFIER_EXPORT __attribute__((visibility("default")))
#endif

// Calls member(context, i) for 0 <= i < threads, each on a thread of its own.
extern "C" RECTIFIER_EXPORT void rectifier_omp_run(int32_t threads, void (*member)(void*, int32_t), void* context) {
#pragma omp parallel num_threads(threads)
    member(context, omp_get_thread_num());
}
