// The snake activation, which keeps a period outside of the data that it has seen.
#ifndef RECTIFIER_ACTIVATIONS_SNAKE_H
#define RECTIFIER_ACTIVATIONS_SNAKE_H

#include "exponential.h"
#include "family.h"
#include "phase.h"

namespace {

// sin(r) = r + r^3 * sine(r^2) and cos(r) = 1 - r^2 / 2 + r^4 * cosine(r^2): Taylor's series, good to 2^-54 of sin(r)
// and cos(r) for |r| <= pi / 4.
constexpr double sine[] = {-0x1.5555555555555p-3, 0x1.1111111111111p-7, -0x1.a01a01a01a01ap-13, 0x1.71de3a556c734p-19,
    -0x1.ae64567f544e4p-26, 0x1.6124613a86d09p-33, -0x1.ae7f3e733b81fp-41, 0x1.952c77030ad4ap-49};
constexpr double cosine[] = {0x1.5555555555555p-5, -0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-16,
    -0x1.27e4fb7789f5cp-22, 0x1.1eed8eff8d898p-29, -0x1.93974a8c07c9dp-37, 0x1.ae7f3e733b81fp-45};

// x + sin(alpha x)^2 / alpha (Ziyin et al. 2020, arXiv 2006.08195, equation 3), x for alpha = 0. Where alpha * x isn't
// finite there is no phase, and the sine counts as 0. A float is worked out in double, in halves.
template <class S>
class Snake {
    using P = Packet<S>;
    using D = Packet<double>;

    P alpha;

    // alpha * x and the squared sine of that and quarter * pi / 4.
    struct Parts {
        Pair<D> z, s2;
        Phase<D> phase;
        D s_rest;

        Parts(D alpha, D x, double quarter) : z(product_of(alpha, x)), phase(phase_of(alpha, x, z, quarter)) {
            const D r = phase.r.hi;
            const Pair<D> r2 = two_product(r, r);
            // The rest of the phase counts as cos(r) times as much.
            const D lost = multiply(phase.r.lo, multiply_add(r2.hi, set<D>(-0.5), set<D>(1)));
            s_rest = multiply_add(multiply(r, r2.hi), horner(r2.hi, sine), lost);
            const Pair<D> s = fast_two_sum(r2.hi, multiply_add(s_rest, add(add(r, r), s_rest), r2.lo));
            // Its complement for an odd number of quarters.
            Pair<D> rest = fast_two_sum(set<D>(1), negate(s.hi));
            rest.lo = subtract(rest.lo, s.lo);
            const Mask<D> is_odd = positive(phase.odd);
            s2 = {select(is_odd, rest.hi, s.hi), select(is_odd, rest.lo, s.lo)};
        }

        // Of floats it is exact.
        static Pair<D> product_of(D alpha, D x) {
            if constexpr (sizeof(S) == sizeof(float)) {
                return {multiply(alpha, x), set<D>(0)};
            } else {
                return two_product(alpha, x);
            }
        }

        Pair<D> sine_of_twice() const {
            const D r = phase.r.hi;
            const Pair<D> r2 = two_product(r, r);
            const D low = multiply_add(r2.lo, set<D>(-0.5), multiply(negate(r), phase.r.lo));
            const D fourth = multiply_add(multiply(r2.hi, r2.hi), horner(r2.hi, cosine), low);
            const D c_rest = multiply_add(r2.hi, set<D>(-0.5), fourth);
            const Pair<D> half = fast_two_sum(r, multiply_add(r, c_rest, multiply_add(s_rest, c_rest, s_rest)));
            const D sign = select(positive(phase.odd), set<D>(-2), set<D>(2));
            return {multiply(sign, half.hi), multiply(sign, half.lo)};
        }
    };

    // From here on sin(z)^2 is nothing beside z, and below the reciprocal nothing beside 1.
    static constexpr double too_far = 0x1p56;

    // Inlined into every loop, the three would make the library a quarter larger.
    [[gnu::noinline]] RECTIFIER_FLATTEN static D forward(D alpha, D x) {
        const Parts parts(alpha, x, 0);
        const Pair<D> share = quotient(parts.s2, parts.z);
        Pair<D> factor = two_sum(set<D>(1), share.hi);
        factor.lo = add(factor.lo, share.lo);
        // Without FMA the exact product would overflow before the result does.
        const Mask<D> is_huge = less(set<D>(0x1p960), absolute(x));
        const D y = select(is_huge, multiply(x, factor.hi), product(x, factor));
        const D size = absolute(parts.z.hi), near = select(less(set<D>(1 / too_far), size), y, x);
        return or_nan(alpha, select(less(size, set<D>(too_far)), near, x));
    }

    [[gnu::noinline]] RECTIFIER_FLATTEN static D derivative(D alpha, D x) {
        const Parts parts(alpha, x, 1);
        const D half = add(parts.s2.hi, parts.s2.lo);
        return add(half, half);
    }

    // (z sin(2z) - sin(z)^2) / alpha^2, x^2 where z is next to nothing.
    [[gnu::noinline]] RECTIFIER_FLATTEN static D parameter_derivative(D alpha, D x) {
        const Parts parts(alpha, x, 0);
        const D z = parts.z.hi, infinity = set<D>(std::numeric_limits<double>::infinity());
        const Pair<D> twice = parts.sine_of_twice();
        D value;
        if constexpr (sizeof(S) == sizeof(float)) {
            const D whole = subtract(multiply(z, twice.hi), parts.s2.hi);
            value = divide(divide(whole, alpha), alpha);
        } else {
            // Without FMA the exact products would overflow before z and the result do.
            const Mask<D> is_huge = either(less(set<D>(0x1p450), absolute(x)), less(set<D>(0x1p900), absolute(z)));
            const D unit = select(is_huge, set<D>(0x1p-200), set<D>(1));
            const Pair<D> scaled = two_product(alpha, multiply(x, unit)), first = two_product(scaled.hi, twice.hi);
            const Pair<D> whole = two_difference(first.hi, multiply(parts.s2.hi, unit));
            D lost = multiply_add(scaled.hi, twice.lo, multiply_add(scaled.lo, twice.hi, first.lo));
            lost = subtract(lost, multiply(parts.s2.lo, unit));
            const Pair<D> divisor = {alpha, set<D>(0)};
            const Pair<D> result = quotient(quotient({whole.hi, add(whole.lo, lost)}, divisor), divisor);
            value = add(result.hi, result.lo);
            value = select(less(absolute(value), infinity), value, result.hi);
            value = multiply(value, select(is_huge, set<D>(0x1p200), set<D>(1)));
        }
        const Mask<D> is_small = less(absolute(z), set<D>(0x1p-30));
        value = select(is_small, multiply(x, x), value);
        return select(less(absolute(z), infinity), value, set<D>(0));
    }

    template <class F>
    P map(P x, const F& f) const {
        if constexpr (sizeof(S) == sizeof(float)) {
            const Wide a = widen(alpha), v = widen(x);
            return narrow(Wide{f(a.low, v.low), f(a.high, v.high)});
        } else {
            return f(alpha, x);
        }
    }

  public:
    static constexpr const char* name = "snake";
    static constexpr Cost cost = Cost::exponential;

    explicit Snake(P alpha) : alpha(alpha) {}

    P forward(P x) const {
        return map(x, [](D a, D v) { return forward(a, v); });
    }
    P derivative(P x) const {
        return map(x, [](D a, D v) { return derivative(a, v); });
    }
    P parameter_derivative(P x) const {
        return map(x, [](D a, D v) { return parameter_derivative(a, v); });
    }
};

}  // namespace

#endif
