// PReLU (He et al. 2015, arXiv 1502.01852, section 2.1): x > 0 ? x : alpha[c] * x for x of shape [outer, channels,
// inner].
#ifndef RECTIFIER_ACTIVATIONS_PRELU_H
#define RECTIFIER_ACTIVATIONS_PRELU_H

#include "../engine/loop.h"
#include "../engine/sum.h"

namespace {

template <class P>
P sloped(P x, P slope) {
    return or_nan(x, select(positive(x), x, slope_times(slope, x)));
}

template <class P>
P sloped_gradient(P x, P slope, P dy) {
    return gradient(x, select(positive(x), set<P>(1), slope), dy);
}

// Splits the elements [first, last) into runs and calls many(from, n, slopes) for those whose n slopes stand side by
// side in alpha, and one(from, n, slope) for those that share one.
template <class S, class RunOfMany, class RunOfOne>
void for_runs(int64_t first, int64_t last, int64_t channels, int64_t inner, const S* alpha, const RunOfMany& many,
    const RunOfOne& one) {
    if (channels == 1) {
        one(first, last - first, alpha[0]);
        return;
    }
    const bool side_by_side = inner == 1;
    const int64_t row = side_by_side ? channels : inner;
    for (int64_t from = first; from < last;) {
        const int64_t in_row = from % row;
        const int64_t n = last - from < row - in_row ? last - from : row - in_row;
        if (side_by_side) {
            many(from, n, alpha + in_row);
        } else {
            one(from, n, alpha[from / inner % channels]);
        }
        from += n;
    }
}

template <class S>
void prelu_forward(const S* x, const S* alpha, S* y, int64_t first, int64_t last, int64_t channels, int64_t inner) {
    using P = Packet<S>;
    for_runs(
        first, last, channels, inner, alpha,
        [=](int64_t from, int64_t n, const S* slopes) {
            for_each([](P v, P slope) { return sloped(v, slope); }, n, y + from, x + from, slopes);
        },
        [=](int64_t from, int64_t n, S slope) {
            for_each([p = set<P>(slope)](P v) { return sloped(v, p); }, n, y + from, x + from);
        });
}

template <class S>
void prelu_backward(
    const S* x, const S* alpha, const S* dy, S* dx, int64_t first, int64_t last, int64_t channels, int64_t inner) {
    using P = Packet<S>;
    for_runs(
        first, last, channels, inner, alpha,
        [=](int64_t from, int64_t n, const S* slopes) {
            for_each([](P v, P d, P slope) { return sloped_gradient(v, slope, d); }, n, dx + from, x + from, dy + from,
                slopes);
        },
        [=](int64_t from, int64_t n, S slope) {
            for_each(
                [p = set<P>(slope)](P v, P d) { return sloped_gradient(v, p, d); }, n, dx + from, x + from, dy + from);
        });
}

template <class S>
double slope_term(S x, S dy) {
    return x > 0 ? 0.0 : double(x) * double(dy);
}

// The sum over n elements with one slope. The partial sums, which may be had in parallel, depend on n alone.
struct SharedSlopeParts {
    static constexpr int most = 64;
    int64_t length;
    int count;

    explicit SharedSlopeParts(int64_t n) {
        constexpr int64_t least = 1 << 16;
        length = (n + most - 1) / most < least ? least : (n + most - 1) / most;
        count = int((n + length - 1) / length);
    }
};

template <class S>
LaneSum<S> prelu_shared_part(const S* x, const S* dy, int64_t n, const SharedSlopeParts& parts, int part) {
    const int64_t from = part * parts.length;
    const int64_t length = n - from < parts.length ? n - from : parts.length;
    return sum_of<S>(length, [=](int64_t i) { return slope_term(x[from + i], dy[from + i]); });
}

// The sums for the channels [first, last) of several.
template <class S>
void prelu_slope_gradient(
    const S* x, const S* dy, S* dalpha, int64_t first, int64_t last, int64_t outer, int64_t channels, int64_t inner) {
    if (inner != 1) {
        for (int64_t c = first; c < last; ++c) {
            LaneSum<S> sum;
            for (int64_t o = 0; o < outer; ++o) {
                const int64_t from = (o * channels + c) * inner;
                sum.add(sum_of<S>(inner, [=](int64_t i) { return slope_term(x[from + i], dy[from + i]); }));
            }
            dalpha[c] = rounded<S>(sum.total());
        }
        return;
    }
    // Neighbouring channels side by side, so that memory is read along rows.
    for (int64_t c = first; c < last; c += sum_lanes) {
        const int width = int(last - c < sum_lanes ? last - c : sum_lanes);
        LaneSum<S> sum;
        for (int64_t o = 0; o < outer; ++o) {
            const int64_t from = o * channels + c;
            for (int lane = 0; lane < width; ++lane) {
                sum.add(lane, slope_term(x[from + lane], dy[from + lane]));
            }
        }
        for (int lane = 0; lane < width; ++lane) {
            dalpha[c + lane] = rounded<S>(sum.lane_total(lane));
        }
    }
}

}  // namespace

#endif
