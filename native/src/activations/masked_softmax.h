// Softmax of scaled and masked logits, as attention has it, and what is made of the logarithm of its denominator.
#ifndef RECTIFIER_ACTIVATIONS_MASKED_SOFTMAX_H
#define RECTIFIER_ACTIVATIONS_MASKED_SOFTMAX_H

#include <algorithm>

#include "../engine/table.h"
#include "softmax.h"

namespace {

// The logits scale * x + mask of n elements; -infinity where the mask is, whatever x is. The mask may be NULL.
template <class S>
void masked_logits(S scale, const S* mask, const S* x, S* y, int64_t n) {
    using P = Packet<S>;
    const P factor = set<P>(scale), out = set<P>(-std::numeric_limits<S>::infinity());
    if (mask == nullptr) {
        for_each([factor](P v) { return multiply(v, factor); }, n, y, x);
    } else {
        for_each(
            [factor, out](P v, P m) { return select(equal(m, out), out, multiply_add(v, factor, m)); }, n, y, x, mask);
    }
}

template <class S>
bool is_nothing(const S* x, int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
        if (element(x + i) != -std::numeric_limits<S>::infinity()) {
            return false;
        }
    }
    return true;
}

// Of the rows [first, last) of n elements. Of a row that a causal limit shortens, the softmax is that of what is left.
template <class S>
void masked_softmax(const Masking& masking, const S* mask, const S* x, S* y, int64_t first, int64_t last, int64_t n) {
    constexpr int64_t most_elements = 4096;
    const bool is_plain = mask == nullptr && S(masking.scale) == 1, is_causal = masking.past < n;
    const int64_t in_cache = is_causal || n > most_elements ? 1 : most_elements / n;
    const int64_t abreast = std::min<int64_t>(in_cache, Softmax<S>::most_rows);
    for (int64_t row = first; row < last; row += abreast) {
        const int64_t count = std::min(abreast, last - row);
        const int64_t length = is_causal ? std::min(row % masking.queries + masking.past + 1, n) : n;
        const S* source = x + row * n;
        S* const to = y + row * n;
        if (!is_plain) {
            for (int64_t i = 0; i < count; ++i) {
                const S* const of_row = mask == nullptr ? nullptr : mask + masking.mask_row(row + i) * n;
                masked_logits(S(masking.scale), of_row, source + i * n, to + i * n, length);
            }
            source = to;
        }
        bool nothing[Softmax<S>::most_rows] = {};
        for (int64_t i = 0; masking.zero_rows && i < count; ++i) {
            nothing[i] = is_nothing(source + i * n, length);
        }
        Softmax<S>::forward(Rows<S>(length, int(count)), source, to);
        for (int64_t i = 0; i < count; ++i) {
            set_elements(to + i * n + (nothing[i] ? 0 : length), nothing[i] ? n : n - length, S(0));
        }
    }
}

// Where the slice whose first element is at `at` has its number in an array of one for each.
inline int64_t slice_number(int64_t at, int64_t n, int64_t inner) { return at / (n * inner) * inner + at % inner; }

// log(sum(exp(x))) = max + log(1 + rest)
template <class S>
void log_sum_exp(const S* x, S* y, int64_t first, int64_t last, int64_t n, int64_t inner) {
    for_slices<S>(first, last, n, inner, LogSoftmax<S>::most_rows, [=](const auto& slices, int64_t at) {
        const auto max = slices.greatest(x + at);
        const auto log = LogSoftmax<S>::log_of_sum(slices, x + at, max);
        const auto result = slices.each([&](int cell) {
            // Of an infinite maximum that is the result, unless there is a NaN.
            if (std::isinf(max.of[cell]) && !slices.has_nan(cell, x + at)) {
                return max.of[cell];
            }
            const S hi = log.hi.of[cell], sum = max.of[cell] + hi, back = sum - max.of[cell];
            const S lost = (max.of[cell] - (sum - back)) + (hi - back);
            return hi == hi ? S(sum + (lost + log.lo.of[cell])) : std::numeric_limits<S>::quiet_NaN();
        });
        copy_bytes(y + slice_number(at, n, inner), result.of, size_t(slices.size()) * sizeof(S));
    });
}

// dx = dy * softmax(x), with a dy for each slice.
template <class S>
void log_sum_exp_backward(const S* x, const S* dy, S* dx, int64_t first, int64_t last, int64_t n, int64_t inner) {
    using P = Packet<S>;
    for_slices<S>(first, last, n, inner, Softmax<S>::most_rows, [=](const auto& slices, int64_t at) {
        Softmax<S>::forward(slices, x + at, dx + at);
        const S* const above = dy + slice_number(at, n, inner);
        const auto factor = slices.each([&](int cell) { return element(above + cell); });
        slices.map([](P share, P g) { return gradient(share, share, g); }, dx + at, dx + at, factor);
    });
}

// The loss of each of the rows [first, last) of n logits with its label, and `scale` times the gradient if dx isn't
// NULL. A row whose label is none of them has 0.
template <class S>
void cross_entropy(double smoothing, double scale, const S* x, const int32_t* labels, S* loss, S* dx, int64_t first,
    int64_t last, int64_t n) {
    const double spread = smoothing / double(n);
    for_slices<S>(first, last, n, 1, LogSoftmax<S>::most_rows, [=](const auto& rows, int64_t at) {
        const int64_t row = at / n;
        const S* const logits = x + at;
        const auto max = rows.greatest(logits);
        const auto log = LogSoftmax<S>::log_of_sum(rows, logits, max);
        for (int i = 0; i < rows.size(); ++i) {
            const int32_t label = element(labels + row + i);
            if (label < 0 || label >= n) {
                set_element(loss + row + i, S(0));
                continue;
            }
            // All of these are at least 0, so that nothing cancels.
            const S* const own = logits + i * n;
            const double top = double(max.of[i]), own_logit = double(element(own + label)), below = top - own_logit,
                         back = below - top;
            const double lost = std::isfinite(below) ? (top - (below - back)) - (own_logit + back) : 0;
            double value = below + lost;
            if (smoothing > 0) {
                const auto smooth = totals<S>(
                    Rows<S>(n, 1), [top, spread](S v) { return spread * (top - double(v)); }, own);
                value = (smoothing < 1 ? (1 - smoothing) * value : 0) + smooth.of[0].value;
            }
            value = double(log.hi.of[i]) + (value + double(log.lo.of[i]));
            set_element(loss + row + i, value == value ? S(value) : std::numeric_limits<S>::quiet_NaN());
        }
        if (dx == nullptr) {
            return;
        }
        Softmax<S>::forward(rows, logits, dx + at);
        for (int i = 0; i < rows.size(); ++i) {
            const int32_t label = element(labels + row + i);
            S* const own = dx + at + i * n;
            if (label < 0 || label >= n) {
                set_elements(own, n, S(0));
                continue;
            }
            const S share_of_label = element(own + label);
            const double of_label = scale * ((double(share_of_label) - (1 - smoothing)) - spread);
            for (int64_t j = 0; j < n; ++j) {
                const S share = element(own + j);
                set_element(own + j, share == share ? S(scale * (double(share) - spread)) : share);
            }
            set_element(own + label, share_of_label == share_of_label ? S(of_label) : share_of_label);
        }
    });
}

}  // namespace

#endif
