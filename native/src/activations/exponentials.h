// The family built on the exponential function. Forms are chosen so that nothing cancels or overflows.
#ifndef RECTIFIER_ACTIVATIONS_EXPONENTIALS_H
#define RECTIFIER_ACTIVATIONS_EXPONENTIALS_H

#include <cmath>

#include "exponential.h"
#include "family.h"
#include "parameters.h"

namespace {

// 1 / (1 + exp(-x)) = exp(x) / (1 + exp(x)); the form whose exponential is at most 1.
template <class S>
struct Sigmoid {
    static constexpr const char* name = "sigmoid";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit Sigmoid(const Parameters&) {}

    P forward(P x) const { return Logistic<P>(x).sigmoid(less(x, set<P>(0))); }

    P derivative(P x) const { return logistic_derivative(x, S(1)); }
};

// tanh(|x|) = -m / (2 + m) with m = expm1(-2|x|), which keeps full relative precision down to denormals.
template <class S>
struct Tanh {
    static constexpr const char* name = "tanh";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit Tanh(const Parameters&) {}

    P forward(P x) const {
        Pair<P> m = fast_two_sum(expm1_of_negative(multiply(absolute(x), set<P>(-2))));
        Pair<P> denominator = fast_two_sum(set<P>(2), m.hi);
        denominator.lo = add(denominator.lo, m.lo);
        Pair<P> q = quotient(m, denominator);
        return copy_sign(add(q.hi, q.lo), x);
    }

    // 1 - tanh(x)^2 = 4 sigmoid'(2x)
    P derivative(P x) const { return logistic_derivative(add(x, x), S(4)); }
};

// x > 0 ? x : alpha * expm1(x) (Clevert et al. 2015, arXiv 1511.07289).
template <class S>
struct Elu {
    static constexpr const char* name = "elu";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    P alpha, alpha_significand, alpha_exponent;

    explicit Elu(const Parameters& parameters) : alpha(set<P>(S(parameters.p[0]))) {
        int exponent;
        alpha_significand = set<P>(std::frexp(S(parameters.p[0]), &exponent));
        alpha_exponent = set<P>(S(exponent));
    }

    P forward(P x) const {
        P is_positive = positive(x);
        Pair<P> m = expm1_of_negative(select(is_positive, set<P>(0), x));
        P scaled = multiply_add(alpha, m.hi, multiply(alpha, m.lo));
        // A sum of zeros would lose the sign, and one of denormals may round to zero twice.
        scaled = select(equal(scaled, set<P>(0)), slope_times(alpha, x), scaled);
        return select(is_positive, x, scaled);
    }

    P derivative(P x) const {
        P is_positive = positive(x);
        P scaled = scaled_exp_of_negative(
            select(is_positive, set<P>(0), x), Pair<P>{alpha_significand, set<P>(0)}, alpha_exponent);
        return select(is_positive, set<P>(1), scaled);
    }
};

// scale and scale * alpha of Klambauer et al. 2017 (arXiv 1706.02515), to twice the working precision.
template <class S>
struct SeluConstants;

template <>
struct SeluConstants<float> {
    static constexpr float scale[] = {0x1.0cfabep+0f, -0x1.2adddap-25f};
    static constexpr float scale_alpha[] = {0x1.c212ccp+0f, 0x1.903c0cp-26f};
};

template <>
struct SeluConstants<double> {
    static constexpr double scale[] = {0x1.0cfabd6a91132p+0, 0x1.6fc7d272f2695p-55};
    static constexpr double scale_alpha[] = {0x1.c212cc640f031p+0, 0x1.05161b045a1fep-56};
};

// scale * (x > 0 ? x : alpha * expm1(x)) (Klambauer et al. 2017).
template <class S>
struct Selu {
    static constexpr const char* name = "selu";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;
    using C = SeluConstants<S>;

    explicit Selu(const Parameters&) {}

    P forward(P x) const {
        P is_positive = positive(x);
        P zero = set<P>(0);
        Pair<P> m = expm1_of_negative(select(is_positive, zero, x));
        P negative = product(m, Pair<P>{set<P>(C::scale_alpha[0]), set<P>(C::scale_alpha[1])});
        P scaled = multiply_add(x, set<P>(C::scale[0]), multiply(x, set<P>(C::scale[1])));
        // The low parts would spoil the sign of 0 and turn infinity into NaN.
        P exact = Eigen::internal::por(equal(x, zero), equal(x, set<P>(std::numeric_limits<S>::infinity())));
        return select(exact, x, select(is_positive, scaled, negative));
    }

    P derivative(P x) const {
        P is_positive = positive(x);
        Pair<P> factor = {set<P>(C::scale_alpha[0]), set<P>(C::scale_alpha[1])};
        P scaled = scaled_exp_of_negative(select(is_positive, set<P>(0), x), factor, set<P>(0));
        return select(is_positive, set<P>(C::scale[0]), scaled);
    }
};

using Exponentials = Family<Sigmoid, Tanh, Elu, Selu>;

}  // namespace

#endif
