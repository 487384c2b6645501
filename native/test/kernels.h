// Every kernel whose result comes in independent slices, in one form, for what must hold for all of them.
#ifndef RECTIFIER_TEST_KERNELS_H
#define RECTIFIER_TEST_KERNELS_H

#include <functional>

#include "oracle.h"
#include "support.h"

// Slices [first, first + n) of a larger whole; each array starts at its own slice `first`.
template <class S>
struct Call {
    const S* x;
    const S* dy;
    S* out;
    int64_t first;
    int64_t n;
    int32_t threads;
};

template <class S>
struct Kernel {
    std::string name;
    // 0 for a fill, 1 for x, 2 for x and dy.
    int sources;
    // Elements per slice.
    int64_t slice;
    // Whether instruction sets without fused multiply-add give the same bits, too.
    bool same_everywhere;
    std::function<void(const Call<S>&)> run;

    std::vector<S> operator()(
        const std::vector<S>& x, const std::vector<S>& dy, int64_t first, int64_t n, int32_t threads = 1) const {
        std::vector<S> out(size_t(n * slice));
        run({x.data() + first * slice, dy.data() + first * slice, out.data(), first, n, threads});
        return out;
    }
};

template <class S>
std::vector<Kernel<S>> elementwise_kernels() {
    using A = Api<S>;
    using C = const Call<S>&;
    std::vector<Kernel<S>> kernels;
    for (const Oracle& o : oracles()) {
        kernels.push_back({o.title() + " forward", 1, 1, false,
            [=](C c) { A::forward(o.index(), o.p(0), o.p(1), o.p(2), c.x, c.out, c.n, c.threads); }});
        kernels.push_back({o.title() + " backward", 2, 1, false,
            [=](C c) { A::backward(o.index(), 0, o.p(0), o.p(1), o.p(2), c.x, c.dy, c.out, c.n, c.threads); }});
        if (o.from_output) {
            kernels.push_back({o.title() + " backward from output", 2, 1, false,
                [=](C c) { A::backward(o.index(), 1, o.p(0), o.p(1), o.p(2), c.x, c.dy, c.out, c.n, c.threads); }});
        }
    }
    return kernels;
}

template <class S>
std::vector<Kernel<S>> all_kernels() {
    std::vector<Kernel<S>> kernels = elementwise_kernels<S>();
    if constexpr (is_half<S>) {
        return kernels;
    } else {
        using A = Api<S>;
        using C = const Call<S>&;
        for (int32_t f = 0; f < rectifier_learned_count(); ++f) {
            for (const auto& [channels, inner] : {std::pair<int64_t, int64_t>{1, 1}, {37, 1}, {3, 21}}) {
                const std::string shape = " " + std::to_string(channels) + " x " + std::to_string(inner);
                const std::string name = rectifier_learned_name(f);
                const std::vector<S> p = everyday_values<S>(channels, 5, 0);
                kernels.push_back({name + " forward" + shape, 1, channels * inner, false, [=](C c) {
                                       A::learned_forward(
                                           f, c.x, p.data(), c.out, 1, 1, 1, 1, c.n, channels, inner, c.threads);
                                   }});
                kernels.push_back({name + " backward" + shape, 2, channels * inner, false, [=](C c) {
                                       std::vector<S> dp(p.size());
                                       A::learned_backward(f, c.x, p.data(), c.dy, c.out, dp.data(), 1, 1, 1, 1, c.n,
                                           channels, inner, c.threads);
                                   }});
            }
        }
        for (int32_t reciprocal : {0, 1}) {
            const double lower = reciprocal ? 3 : 0.125, upper = reciprocal ? 8 : 1.0 / 3;
            const std::string form = reciprocal ? " reciprocal" : "";
            kernels.push_back({"rrelu forward" + form, 1, 1, true,
                [=](C c) { A::rrelu_forward(reciprocal, lower, upper, 42, 7, c.first, c.x, c.out, c.n, c.threads); }});
            kernels.push_back({"rrelu backward" + form, 2, 1, true, [=](C c) {
                                   A::rrelu_backward(
                                       reciprocal, lower, upper, 42, 7, c.first, c.x, c.dy, c.out, c.n, c.threads);
                               }});
        }
        for (int32_t f = 0; f < rectifier_axis_count(); ++f) {
            for (const auto& [axis, inner] : {std::pair<int64_t, int64_t>{1, 1}, {37, 1}, {5, 7}, {3, 70}}) {
                const std::string name = rectifier_axis_name(f);
                const std::string shape = " " + std::to_string(axis) + " x " + std::to_string(inner);
                kernels.push_back({name + " forward" + shape, 1, axis * inner, false,
                    [=](C c) { A::axis_forward(f, c.x, c.out, c.n, axis, inner, c.threads); }});
                kernels.push_back({name + " backward" + shape, 2, axis * inner, false,
                    [=](C c) { A::axis_backward(f, 0.7, c.x, c.dy, c.out, c.n, axis, inner, c.threads); }});
            }
        }
        for (const auto& [n, queries] : {std::pair<int64_t, int64_t>{37, 1}, {6, 5}, {300, 2}}) {
            const std::string shape = " " + std::to_string(queries) + " x " + std::to_string(n);
            const int64_t slice = n * queries;
            const std::vector<S> mask = everyday_values<S>(slice, 9, 3);
            kernels.push_back({"masked softmax" + shape, 1, slice, false, [=](C c) {
                                   A::masked_softmax(
                                       0.3, c.x, mask.data(), c.out, c.n, 1, queries, n, 0, 0, 1, n, 1, c.threads);
                               }});
            kernels.push_back({"causal softmax" + shape, 1, slice, false,
                [=](C c) { A::masked_softmax(1, c.x, nullptr, c.out, c.n, 1, queries, n, 0, 0, 0, 1, 0, c.threads); }});
            kernels.push_back({"gradient of log-sum-exp" + shape, 1, slice, false, [=](C c) {
                                   const std::vector<S> dy(size_t(c.n * queries), S(0.7));
                                   A::log_sum_exp_backward(c.x, dy.data(), c.out, c.n, n, queries, c.threads);
                               }});
            kernels.push_back({"cross-entropy" + shape, 1, slice, false, [=](C c) {
                                   std::vector<int32_t> labels(size_t(c.n * queries));
                                   for (size_t i = 0; i < labels.size(); ++i) {
                                       labels[i] = int32_t(i % size_t(queries));
                                   }
                                   std::vector<S> loss(labels.size());
                                   A::cross_entropy(
                                       0.1, 0.5, c.x, labels.data(), loss.data(), c.out, c.n * queries, n, c.threads);
                               }});
        }
        for (const char* gate : {"sigmoid", "silu", "gelu", "geluTanh", "relu"}) {
            const int32_t f = elementwise(gate);
            const std::string name = std::string("gated by ") + gate;
            kernels.push_back({name + " forward", 2, 1, false,
                [=](C c) { A::gated_forward(f, 0, 0, 0, c.x, c.dy, c.out, 1, c.n, c.n, c.threads); }});
            for (bool of_gate : {false, true}) {
                kernels.push_back({name + (of_gate ? " backward of the gate" : " backward"), 2, 1, false, [=](C c) {
                                       std::vector<S> other(size_t(c.n));
                                       S* const a = of_gate ? other.data() : c.out;
                                       S* const b = of_gate ? c.out : other.data();
                                       const std::vector<S> above(size_t(c.n), S(1.5));
                                       A::gated_backward(
                                           f, 0, 0, 0, c.x, c.dy, above.data(), a, b, 1, c.n, c.n, c.threads);
                                   }});
            }
        }
        kernels.push_back({"gumbel logits", 1, 1, true,
            [](C c) { A::gumbel_logits(0.7, 42, 7, c.first, c.x, c.out, c.n, c.threads); }});
        kernels.push_back({"constant", 0, 1, true, [](C c) { A::fill_constant(0.1, c.out, c.n, c.threads); }});
        kernels.push_back(
            {"uniform", 0, 1, true, [](C c) { A::fill_uniform(-0.3, 0.7, 42, 7, c.first, c.out, c.n, c.threads); }});
        kernels.push_back(
            {"normal", 0, 1, true, [](C c) { A::fill_normal(0.1, 0.9, 42, 7, c.first, c.out, c.n, c.threads); }});
        kernels.push_back({"truncated normal", 0, 1, true,
            [](C c) { A::fill_truncated_normal(0.1, 0.9, 42, 7, c.first, c.out, c.n, c.threads); }});
        kernels.push_back({"bounded normal", 0, 1, true,
            [](C c) { A::fill_bounded_normal(0.1, 0.9, -0.5, 3, 42, 7, c.first, c.out, c.n, c.threads); }});
        kernels.push_back({"bounded normal in the tail", 0, 1, true,
            [](C c) { A::fill_bounded_normal(0.1, 0.9, -INFINITY, -40, 42, 7, c.first, c.out, c.n, c.threads); }});
        return kernels;
    }
}

// Slices enough that every kernel goes parallel.
template <class S>
int64_t many_slices(const Kernel<S>& kernel) {
    return (150001 + kernel.slice) / kernel.slice;
}

#endif
