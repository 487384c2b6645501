// Activations with a parameter that is learned: PReLU's slope, Swish's beta, snake's frequency.
#ifndef RECTIFIER_ACTIVATIONS_LEARNED_H
#define RECTIFIER_ACTIVATIONS_LEARNED_H

#include <type_traits>

#include "../engine/loop.h"
#include "../engine/sum.h"
#include "../engine/table.h"
#include "family.h"
#include "gated.h"
#include "rectifiers.h"
#include "snake.h"

namespace {

// x > 0 ? x : alpha * x (He et al. 2015, arXiv 1502.01852, equation 1).
template <class S>
struct Prelu : LeakyRelu<S> {
    static constexpr const char* name = "prelu";
    using Fixed = LeakyRelu<S>;
    using P = Packet<S>;

    explicit Prelu(P alpha) : LeakyRelu<S>(alpha) {}
    P parameter_derivative(P x) const { return select(positive(x), set<P>(0), x); }
};

template <class S>
struct LearnedSwish : Swish<S> {
    static constexpr const char* name = "learnedSwish";
    using Fixed = Swish<S>;

    using Swish<S>::Swish;
};

// Walks in row-major order through places along some of an array's axes, and keeps in step where a place is in another
// arrangement of them.
class Walk {
    int count_ = 0;
    int64_t size_[Sharing::axes], stride_[Sharing::axes], digit_[Sharing::axes];

  public:
    int64_t at = 0;

    // Axes are added from the innermost outwards. Those of size 1 are of no account.
    void add(int64_t size, int64_t stride) {
        if (size != 1) {
            size_[count_] = size;
            stride_[count_] = stride;
            digit_[count_++] = 0;
        }
    }

    void start(int64_t place) {
        at = 0;
        for (int axis = 0; axis < count_; ++axis) {
            digit_[axis] = place % size_[axis];
            at += digit_[axis] * stride_[axis];
            place /= size_[axis];
        }
    }

    void next() {
        for (int axis = 0; axis < count_; ++axis) {
            at += stride_[axis];
            if (++digit_[axis] < size_[axis]) {
                return;
            }
            at -= size_[axis] * stride_[axis];
            digit_[axis] = 0;
        }
    }
};

// The elementwise function that F is for one parameter, so that both have their loops in common.
template <class F, class = void>
struct FixedOf {
    using Type = F;
};
template <class F>
struct FixedOf<F, std::void_t<typename F::Fixed>> {
    using Type = typename F::Fixed;
};

// Splits the elements [first, last) into runs and calls many(from, n, parameters) for those whose n parameters stand
// side by side in p, and one(from, n, parameter) for those that share one.
template <class S, class RunOfMany, class RunOfOne>
void for_runs(int64_t first, int64_t last, const Sharing& sharing, int64_t parameters, const S* p,
    const RunOfMany& many, const RunOfOne& one) {
    if (parameters == 1) {
        one(first, last - first, element(p));
        return;
    }
    int axis = Sharing::axes - 1;
    const bool side_by_side = sharing.size[axis] == 1;
    axis -= side_by_side;
    const int64_t row = sharing.size[axis];
    // Of the parameters of a row, where its first is in p.
    Walk rows;
    for (int64_t stride = side_by_side ? row : 1; --axis >= 0;) {
        const bool varies = axis % 2 == 1;
        rows.add(sharing.size[axis], varies ? stride : 0);
        stride *= varies ? sharing.size[axis] : 1;
    }
    rows.start(first / row);
    int64_t in_row = first % row;
    for (int64_t from = first; from < last; rows.next()) {
        const int64_t n = last - from < row - in_row ? last - from : row - in_row;
        if (side_by_side) {
            many(from, n, p + rows.at + in_row);
        } else {
            one(from, n, element(p + rows.at));
        }
        from += n;
        in_row = 0;
    }
}

template <template <class> class F, class S>
void learned_forward(
    const S* x, const S* p, S* y, int64_t first, int64_t last, const Sharing& sharing, int64_t parameters) {
    using P = Packet<S>;
    for_runs(
        first, last, sharing, parameters, p,
        [=](int64_t from, int64_t n, const S* ps) {
            for_each([](P v, P parameter) { return forward_of(F<S>(parameter))(v); }, n, y + from, x + from, ps);
        },
        [=](int64_t from, int64_t n, S parameter) {
            for_each(forward_of(typename FixedOf<F<S>>::Type(set<P>(parameter))), n, y + from, x + from);
        });
}

template <template <class> class F, class S>
void learned_backward(const S* x, const S* p, const S* dy, S* dx, int64_t first, int64_t last, const Sharing& sharing,
    int64_t parameters) {
    using P = Packet<S>;
    for_runs(
        first, last, sharing, parameters, p,
        [=](int64_t from, int64_t n, const S* ps) {
            for_each([](P v, P d, P parameter) { return backward_of(F<S>(parameter))(v, d); }, n, dx + from, x + from,
                dy + from, ps);
        },
        [=](int64_t from, int64_t n, S parameter) {
            for_each(backward_of(typename FixedOf<F<S>>::Type(set<P>(parameter))), n, dx + from, x + from, dy + from);
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
        sum_into(sum, width, [=, &d](int64_t i) { return gradient_term(d[i], element(dy + from + i)); });
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
    return parameter_gradient_sum<F>(
        x + from, element(p), dy + from, n - from < parts.length ? n - from : parts.length);
}

// The gradients of the parameters [first, last) of several.
template <template <class> class F, class S>
void learned_parameter_gradient(
    const S* x, const S* p, const S* dy, S* dp, int64_t first, int64_t last, const Sharing& sharing) {
    const int64_t inner = sharing.size[Sharing::axes - 1], neighbours = sharing.size[Sharing::axes - 2];
    // Where a parameter's first element is, and from there those that share it: `inner` side by side in each place.
    Walk parameters, places;
    int64_t count = 1;
    for (int64_t axis = Sharing::axes - 2, stride = inner; axis >= 0; stride *= sharing.size[axis--]) {
        (axis % 2 == 1 ? parameters : places).add(sharing.size[axis], stride);
        count *= axis % 2 == 1 ? 1 : sharing.size[axis];
    }
    if (inner != 1) {
        parameters.start(first);
        for (int64_t c = first; c < last; ++c, parameters.next()) {
            LaneSum<S> sum;
            for (int64_t i = 0; i < count; ++i, places.next()) {
                const int64_t from = parameters.at + places.at;
                add_lanes(sum, parameter_gradient_sum<F>(x + from, element(p + c), dy + from, inner));
            }
            set_element(dp + c, rounded<S>(total(sum).value));
        }
        return;
    }
    // Neighbours side by side, so that memory is read along rows.
    using P = Packet<S>;
    for (int64_t c = first, width; c < last; c += width) {
        const int64_t in_row = neighbours - c % neighbours, left = last - c < in_row ? last - c : in_row;
        width = left < sum_lanes ? left : sum_lanes;
        parameters.start(c);
        LaneSum<S> sum;
        for (int64_t i = 0; i < count; ++i, places.next()) {
            const int64_t from = parameters.at + places.at;
            S d[sum_lanes];
            for_each([](P v, P parameter) { return parameter_derivative_of(F<S>(parameter))(v); }, width, d, x + from,
                p + c);
            for (int lane = 0; lane < int(width); ++lane) {
                sum.add(lane, gradient_term(d[lane], element(dy + from + lane)));
            }
        }
        for (int lane = 0; lane < int(width); ++lane) {
            set_element(dp + c + lane, rounded<S>(sum.total(lane).value));
        }
    }
}

using LearnedActivations = Family<Prelu, LearnedSwish, Snake>;

}  // namespace

#endif
