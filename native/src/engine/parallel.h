// Runs pieces of a call on several threads, if they can be had.
#ifndef RECTIFIER_ENGINE_PARALLEL_H
#define RECTIFIER_ENGINE_PARALLEL_H

#include <cstdint>

// Calls body(context, piece) for 0 <= piece < pieces, in any order, on at most `threads` threads. A long call is worth
// waking threads for, others may have what is awake.
void run_pieces(
    int64_t pieces, bool is_long, int32_t threads, void (*body)(void* context, int64_t piece), void* context);

template <class Body>
void parallel_for(int64_t pieces, bool is_long, int32_t threads, const Body& body) {
    if (threads <= 1 || pieces <= 1) {
        for (int64_t piece = 0; piece < pieces; ++piece) {
            body(piece);
        }
        return;
    }
    run_pieces(
        pieces, is_long, threads, [](void* context, int64_t piece) { (*static_cast<const Body*>(context))(piece); },
        const_cast<Body*>(&body));
}

template <class Body>
void parallel_for(int64_t pieces, int32_t threads, const Body& body) {
    parallel_for(pieces, true, threads, body);
}

void set_parallel_library(const char* path);
const char* parallel_status();

#endif
