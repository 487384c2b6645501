/*
 * Times calls as a program in C makes them. Orders come on standard input, a function's name, the number of elements
 * and milliseconds each; each is answered by the nanoseconds of a call. call.cpp makes it a program in C++.
 */
#define _POSIX_C_SOURCE 199309L
#include <rectifier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int32_t index_of(const char* name) {
    int32_t index = 0;
    while (strcmp(rectifier_activation_name(index), name) != 0) {
        if (++index == rectifier_activation_count()) {
            fprintf(stderr, "no activation is named %s\n", name);
            exit(1);
        }
    }
    return index;
}

static double nanos_per_call(int32_t f, const float* x, float* y, int64_t n, double least) {
    for (int64_t calls = 1;; calls *= 2) {
        const double begin = nanos();
        for (int64_t i = 0; i < calls; ++i) {
            rectifier_activation_forward_f32(f, 0, 0, 0, x, y, n, 1);
        }
        const double taken = nanos() - begin;
        if (taken >= least) {
            return taken / (double)calls;
        }
    }
}

int main(void) {
    char name[32];
    long n, millis;
    while (scanf("%31s %ld %ld", name, &n, &millis) == 3) {
        float* x = (float*)malloc((size_t)n * sizeof(float) + 1);
        float* y = (float*)malloc((size_t)n * sizeof(float) + 1);
        if (x == NULL || y == NULL) {
            return 1;
        }
        for (long i = 0; i < n; ++i) {
            x[i] = (float)(i % 17 - 8) / 2;
        }
        printf("%.3f\n", nanos_per_call(index_of(name), x, y, n, (double)millis * 1e6));
        fflush(stdout);
        free(x);
        free(y);
    }
    return 0;
}
