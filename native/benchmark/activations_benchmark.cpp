// The speed of every elementwise activation beside that of memcpy, which no kernel of one source can beat.
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "rectifier.h"

namespace {

std::vector<float> normal_values(int64_t n) {
    std::vector<float> values(static_cast<size_t>(n));
    rectifier_fill_normal_f32(0, 3, 42, 0, 0, values.data(), 0, n, 1);
    return values;
}

// Times run(x, y, n) for arrays of the usual sizes and counts the bytes that it moves.
template <class Run>
void add(const std::string& name, int arrays, const Run& run) {
    benchmark::RegisterBenchmark(name.c_str(),
        [=](benchmark::State& state) {
            const int64_t n = state.range(0);
            const std::vector<float> x = normal_values(n);
            std::vector<float> y(x.size());
            for (auto _ : state) {
                run(x.data(), y.data(), n);
                benchmark::ClobberMemory();
            }
            state.SetItemsProcessed(state.iterations() * n);
            state.SetBytesProcessed(state.iterations() * n * arrays * int64_t(sizeof(float)));
        })
        ->Arg(1)
        ->Arg(1 << 10)
        ->Arg(1 << 16)
        ->Arg(1 << 20);
}

const bool added = [] {
    add("memcpy", 2, [](const float* x, float* y, int64_t n) { std::memcpy(y, x, size_t(n) * sizeof(float)); });
    for (int i = 0; i < rectifier_activation_count(); ++i) {
        const std::string name = rectifier_activation_name(i);
        add(name + "/forward", 2, [i](const float* x, float* y, int64_t n) {
            rectifier_activation_forward_f32(i, 0.25, 0, 0, x, 0, y, 0, n, 1);
        });
        add(name + "/backward", 3, [i](const float* x, float* y, int64_t n) {
            rectifier_activation_backward_f32(i, 0, 0.25, 0, 0, x, 0, x, 0, y, 0, n, 1);
        });
    }
    return true;
}();

}  // namespace
