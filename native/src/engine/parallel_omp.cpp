// The only part that touches the OpenMP runtime: a library of its own, opened by the first call that goes parallel.
#include <cstdint>

extern "C" __attribute__((visibility("default"))) void rectifier_omp_run(
    int64_t pieces, int32_t threads, void (*body)(void*, int64_t), void* context) {
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int64_t piece = 0; piece < pieces; ++piece) {
        body(context, piece);
    }
}
