// Activations with a parameter that is learned: PReLU's slope, Swish's beta.
#ifndef RECTIFIER_ACTIVATIONS_LEARNED_H
#define RECTIFIER_ACTIVATIONS_LEARNED_H

#include "../engine/loop.h"
#include "../engine/sum.h"
#include "family.h"
#include "gated.h"
#include "rectifiers.h"

namespace {

// x > 0 ? x : alpha * x (He et al. 2015, arXiv 1502.01852, equation 1).
template <class S>
struct Prelu : LeakyRelu<S> {
    static constexpr const char* name = "prelu";
    using P = Packet<S>;

    explicit Prelu(P alpha) : LeakyRelu<S>(alpha) {}
    P parameter_derivative(P x) const { return select(positive(x), set<P>(0), x); }
};

template <class S>
struct LearnedSwish : Swish<S> {
    static constexpr const char* name = "learnedSwish";

    using Swish<S>::Swish;
};

// Splits the elements [first, last) into runs and calls many(from, n, parameters) for those whose n parameters stand
// side by side in p, and one(from, n, parameter) for those that share one.
template <class S, class RunOfMany, class RunOfOne>
void for_runs(int64_t first, int64_t last, int64_t channels, int64_t inner, const S* p, const RunOfMany& many,
    const RunOfOne& one) {
    if (channels == 1) {
        one(first, last - first, p[0]);
        return;
    }
    const bool side_by_side = inner == 1;
    const int64_t row = side_by_side ? channels : inner;
    for (int64_t from = first; from < last;) {
        const int64_t in_row = from % row;
        const int64_t n = last - from < row - in_row ? last - from : row - in_row;
        if (side_by_side) {
            many(from, n, p + in_row);
        } else {
            one(from, n, p[from / inner % channels]);
        }
        from += n;
    }
}

template <template <class> class F, class S>
void learned_forward(const S* x, const S* p, S* y, int64_t first, int64_t last, int64_t channels, int64_t inner) {
    using P = Packet<S>;
    for_runs(
        first, last, channels, inner, p,
        [=](int64_t from, int64_t n, const S* ps) {
            for_each([](P v, P parameter) { return forward_of(F<S>(parameter))(v); }, n, y + from, x + from, ps);
        },
        [=](int64_t from, int64_t n, S parameter) {
            for_each(forward_of(F<S>(set<P>(parameter))), n, y + from, x + from);
        });
}

template <template <class> class F, class S>
void learned_backward(
    const S* x, const S* p, const S* dy, S* dx, int64_t first, int64_t last, int64_t channels, int64_t inner) {
    using P = Packet<S>;
    for_runs(
        first, last, channels, inner, p,
        [=](int64_t from, int64_t n, const S* ps) {
            for_each([](P v, P d, P parameter) { return backward_of(F<S>(parameter))(v, d); }, n, dx + from, x + from,
                dy + from, ps);
        },
        [=](int64_t from, int64_t n, S parameter) {
            for_each(backward_of(F<S>(set<P>(parameter))), n, dx + from, x + from, dy + from);
        });
}

// y's derivative by the parameter, NaN for a NaN x.
template <class F>
auto parameter_derivative_of(const F& f) {
    return [f](auto x) { return or_nan(x, f.parameter_derivative(x)); };
}

// A term of the parameter's gradient: +0, whatever dy is, where the parameter has no influence.
template <class S>
double gradient_term(S derivative, S dy) {
    return derivative == 0 ? 0.0 : double(derivative) * double(dy);
}

// The sum over n elements that share a parameter.
template <template <class> class F, class S>
LaneSum<S> parameter_gradient_sum(const S* x, S p, const S* dy, int64_t n) {
    // So few that they stay in the nearest cache; a multiple of the lanes, so that blocks make no difference.
    constexpr int64_t block = 64 * sum_lanes;
    const auto derivative = parameter_derivative_of(F<S>(set<Packet<S>>(p)));
    S d[block];
    LaneSum<S> sum;
    for (int64_t from = 0; from < n; from += block) {
        const int64_t width = n - from < block ? n - from : block;
        for_each(derivative, width, d, x + from);
        sum_into(sum, width, [=, &d](int64_t i) { return gradient_term(d[i], dy[from + i]); });
    }
    return sum;
}

// The partial sums for a parameter that all n elements share, which may be had in parallel; they depend on n alone.
struct SharedParts {
    static constexpr int most = 64;
    int64_t length;
    int count;

    explicit SharedParts(int64_t n) {
        constexpr int64_t least = 1 << 16;
        length = (n + most - 1) / most < least ? least : (n + most - 1) / most;
        count = int((n + length - 1) / length);
    }
};

template <template <class> class F, class S>
LaneSum<S> learned_shared_part(const S* x, const S* p, const S* dy, int64_t n, int part) {
    const SharedParts parts(n);
    const int64_t from = part * parts.length;
    return parameter_gradient_sum<F>(x + from, p[0], dy + from, n - from < parts.length ? n - from : parts.length);
}

// The gradients of the parameters of channels [first, last) of several.
template <template <class> class F, class S>
void learned_parameter_gradient(const S* x, const S* p, const S* dy, S* dp, int64_t first, int64_t last, int64_t outer,
    int64_t channels, int64_t inner) {
    if (inner != 1) {
        for (int64_t c = first; c < last; ++c) {
            LaneSum<S> sum;
            for (int64_t o = 0; o < outer; ++o) {
                const int64_t from = (o * channels + c) * inner;
                add_lanes(sum, parameter_gradient_sum<F>(x + from, p[c], dy + from, inner));
            }
            dp[c] = rounded<S>(total(sum).value);
        }
        return;
    }
    // Neighbouring channels side by side, so that memory is read along rows.
    using P = Packet<S>;
    for (int64_t c = first; c < last; c += sum_lanes) {
        const int width = int(last - c < sum_lanes ? last - c : sum_lanes);
        LaneSum<S> sum;
        for (int64_t o = 0; o < outer; ++o) {
            const int64_t from = o * channels + c;
            S d[sum_lanes];
            for_each([](P v, P parameter) { return parameter_derivative_of(F<S>(parameter))(v); }, width, d, x + from,
                p + c);
            for (int lane = 0; lane < width; ++lane) {
                sum.add(lane, gradient_term(d[lane], dy[from + lane]));
            }
        }
        for (int lane = 0; lane < width; ++lane) {
            dp[c + lane] = rounded<S>(sum.total(lane).value);
        }
    }
}

using LearnedActivations = Family<Prelu, LearnedSwish>;

}  // namespace

#endif
