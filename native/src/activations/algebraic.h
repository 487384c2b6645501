// Smooth activations made of a quotient, a square or a square root.
#ifndef RECTIFIER_ACTIVATIONS_ALGEBRAIC_H
#define RECTIFIER_ACTIVATIONS_ALGEBRAIC_H

#include <cmath>

#include "family.h"
#include "parameters.h"
#include "pieces.h"

namespace {

// x / (1 + |x|) (Bergstra et al. 2009), -1 and 1 at infinity.
template <class S>
struct Softsign {
    static constexpr const char* name = "softsign";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit Softsign(const Parameters&) {}

    P forward(P x) const {
        P size = bounded(x);
        return copy_sign(divide(size, add(set<P>(1), size)), x);
    }

    Pair<P> forward_pair(P x) const {
        P size = bounded(x);
        return turned_where_negative(x, trusted(quotient(Pair<P>{size, set<P>(0)}, two_sum(size, set<P>(1)))));
    }

    // 1 / (1 + |x|)^2
    P derivative(P x) const {
        Pair<P> inverse = reciprocal_of_one_plus(bounded(x));
        return product(inverse, inverse);
    }

    // (1 - |y|)^2
    P derivative_from_output(P y) const {
        Pair<P> rest = fast_two_sum(set<P>(1), negate(absolute(y)));
        return product(rest, rest);
    }

  private:
    // |x|, or something finite so large that the result is its limit.
    static P bounded(P x) {
        constexpr S large = std::numeric_limits<S>::max() * std::numeric_limits<S>::epsilon();
        return minimum(absolute(x), set<P>(large));
    }

    static Pair<P> reciprocal_of_one_plus(P size) { return reciprocal(two_sum(size, set<P>(1))); }
};

// 0 for x <= -1, x for x >= 1, (x + 1)^2 / 4 between (Keras, JAX).
template <class S>
struct SparsePlus {
    static constexpr const char* name = "sparsePlus";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    explicit SparsePlus(const Parameters&) {}

    P forward(P x) const {
        P one = set<P>(1), half = set<P>(S(0.5));
        Pair<P> root = fast_two_sum(half, multiply(x, half));
        return pieces(x, negate(one), one, set<P>(0), product(root, root), x);
    }

    P derivative(P x) const {
        P one = set<P>(1), half = set<P>(S(0.5));
        return pieces(x, negate(one), one, set<P>(0), multiply_add(x, half, half), one);
    }

    P derivative_from_output(P y) const {
        P zero = set<P>(0), one = set<P>(1);
        return pieces(y, zero, one, zero, square_root(y), one);
    }
};

template <class S>
struct SquareplusConstants;

// A b below `least` is multiplied by grow^2, which keeps the kernels' intermediate results clear of the denormals;
// where grow * x overflows, the result is its limit. Far above it doesn't differ from x, and far^2 is a number.
template <>
struct SquareplusConstants<float> {
    static constexpr float least = 0x1p-90f, grow = 0x1p45f, far = 0x1p60f;
};

template <>
struct SquareplusConstants<double> {
    static constexpr double least = 0x1p-700, grow = 0x1p350, far = 0x1p500;
};

// (x + sqrt(x^2 + b)) / 2, 0 <= b <= 1e18 (Barron 2021, arXiv 2112.11687). With a = |x| and the root r of a^2 + b, that
// is half of big = a + r or of small = b / big. relu for b = 0.
template <class S>
struct Squareplus {
    static constexpr const char* name = "squareplus";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    // Functions of x are computed with x * unit and b * unit^2, and back = 1 / (2 * unit).
    P unit, back, far;
    P b, b_inverse, b_of_derivative;
    // The function of y is computed with y * y_unit and b_of_y = b * y_unit^2 / 4.
    P y_unit, b_of_y;

    explicit Squareplus(const Parameters& parameters) {
        using C = SquareplusConstants<S>;
        const S value = S(parameters.p[0]);
        // With a half, big doesn't overflow.
        const S u = value < C::least ? C::grow : S(0.5);
        const bool relu = value == 0;
        // Any b will do for relu, as every small becomes 0.
        const S scaled = relu ? C::least : value * u * u;
        unit = set<P>(u);
        back = set<P>(relu ? S(0) : S(0.5) / u);
        far = set<P>(relu ? S(0) : C::far);
        b = set<P>(scaled);
        b_inverse = set<P>(1 / scaled);
        b_of_derivative = set<P>(relu ? S(0) : scaled);
        int exponent;
        std::frexp(value, &exponent);
        const S v = relu ? std::numeric_limits<S>::max() / 2 : std::ldexp(S(1), -exponent / 2);
        y_unit = set<P>(v);
        b_of_y = set<P>(relu ? std::numeric_limits<S>::min() : value * v * v / 4);
    }

    P forward(P x) const {
        P a = absolute(multiply(x, unit));
        Mask<P> near = less(a, far);
        P bounded = minimum(a, far);
        P r = maximum(square_root(multiply_add(bounded, bounded, b)), a);
        P big = add(a, r);
        P small = divide(b, big);
        P small_lo = multiply(multiply(residual(b, small, big), b_inverse), small);
        // big - small would be 2a, were it not for the error in r. big's share in that is big / (big + small).
        P twice = add(a, a);
        P error = subtract(subtract(subtract(big, maximum(twice, small)), minimum(twice, small)), small_lo);
        P ratio = multiply(multiply(small, b_inverse), small);
        P share = multiply(error, polynomial(ratio, share_of_big));
        P corrected = multiply(subtract(big, share), back);
        small = add(small, select(near, multiply_add(share, ratio, small_lo), set<P>(0)));
        return select(positive(x), select(near, corrected, x), multiply(small, back));
    }

    P derivative(P x) const {
        Slope s = slope(x);
        return select(s.is_far, s.far, add(s.near.hi, s.rest));
    }

    Pair<P> derivative_pair(P x) const {
        Slope s = slope(x);
        return select(s.is_far, Pair<P>{s.far, set<P>(0)}, Pair<P>{s.near.hi, add(s.near.lo, s.rest)});
    }

    // y^2 / (y^2 + b / 4), for b = 0 y > 0 ? 1 : 0
    P derivative_from_output(P y) const {
        P scaled = minimum(multiply(y, y_unit), set<P>(1 / std::numeric_limits<S>::epsilon()));
        Pair<P> square = two_product(scaled, scaled);
        Pair<P> sum = two_sum(square.hi, b_of_y);
        Pair<P> q = quotient(square, Pair<P>{sum.hi, add(sum.lo, square.lo)});
        return add(q.hi, q.lo);
    }

  private:
    // 1 / (1 + x) on [0, 1] by interpolation at Chebyshev's points, off by at most 1.1 %.
    static constexpr S share_of_big[] = {S(98) / 99, S(-80) / 99, S(32) / 99};

    // far where is_far, and near.hi + near.lo + rest elsewhere.
    struct Slope {
        Pair<P> near;
        P rest, far;
        Mask<P> is_far;
    };

    // (1 + x / sqrt(x^2 + b)) / 2 near 0; far away, where that cancels, by w = b / (x^2 + b).
    Slope slope(P x) const {
        P half = set<P>(S(0.5));
        P a = absolute(multiply(x, unit));
        P bounded = minimum(a, far);
        Pair<P> square = two_product(bounded, bounded);
        Pair<P> sum = two_sum(square.hi, b);
        P r = maximum(square_root(sum.hi), a);
        P inverse = divide(set<P>(1), r);
        // 1 / sqrt(a^2 + b) = inverse * (1 + correction)
        P error = add(residual(sum.hi, r, r), add(sum.lo, square.lo));
        P correction =
            subtract(residual(set<P>(1), inverse, r), multiply(multiply(error, inverse), multiply(half, inverse)));
        P ratio = multiply(a, inverse);
        P ratio_lo = subtract(multiply(ratio, correction), residual(ratio, a, inverse));
        P signed_half = copy_sign(half, x);
        P sum_hi = multiply_add(signed_half, ratio, half);
        Pair<P> nearby = {sum_hi, multiply_add(signed_half, ratio, subtract(half, sum_hi))};

        P w = multiply(multiply(b_of_derivative, inverse), inverse);
        P quarter = multiply(w, set<P>(S(0.25)));
        P tail = multiply_add(quarter, quarter, quarter);
        P distant = select(positive(x), subtract(set<P>(1), tail), tail);
        Mask<P> is_far = less(w, set<P>(8 * std::numeric_limits<S>::epsilon()));
        return {nearby, multiply(signed_half, ratio_lo), distant, is_far};
    }
};

using Algebraic = Family<Softsign, SparsePlus, Squareplus>;

}  // namespace

#endif
