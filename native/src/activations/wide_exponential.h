// The exponential function and its relatives for formulas that are evaluated in double and rounded to float.
#ifndef RECTIFIER_ACTIVATIONS_WIDE_EXPONENTIAL_H
#define RECTIFIER_ACTIVATIONS_WIDE_EXPONENTIAL_H

#include "../engine/wide.h"
#include "exponential.h"

namespace {

// exp(x) = 2^exponent * (1 + excess) for |x| <= 700, where excess is off by no more than 1.1e-8 of itself, and 4.5e-9
// of exp(x). For a function with a zero where exponentials cancel, `precise` makes that 4.2e-14 and 1.4e-14.
template <bool precise = false>
class WideExp {
  public:
    explicit WideExp(Wide x) {
        Wide magic = set<Wide>(rounder<double>);
        exponent = subtract(multiply_add(x, set<Wide>(0x1.71547652b82fep+0), magic), magic);
        r = multiply_add(exponent, set<Wide>(-0x1.62e42fefa39efp-1), x);
        if constexpr (precise) {
            slope = polynomial(r, precise_coefficients);
        } else {
            slope = horner(r, coefficients);
        }
    }

    Wide value() const { return scale(multiply_add(r, slope, set<Wide>(1)), exponent); }

    Wide minus_one() const {
        Wide power = scale(set<Wide>(1), exponent);
        return multiply_add(multiply(power, r), slope, subtract(power, set<Wide>(1)));
    }

  private:
    Wide exponent, r, slope;

    // Near-minimax for (exp(r) - 1) / r on |r| <= ln(2) / 2.
    static constexpr double coefficients[] = {0x1.0000002daeefp0, 0x1.fffffebd95c8ap-2, 0x1.55547ddea3882p-3,
        0x1.5556518cdd434p-5, 0x1.123cea6f67c5fp-7, 0x1.6c16a6182495cp-10};
    static constexpr double precise_coefficients[] = {0x1.fffffffffff9dp-1, 0x1.fffffffff7344p-2, 0x1.555555556d817p-3,
        0x1.55555573f98ddp-5, 0x1.111110d919167p-7, 0x1.6c164e541e2e7p-10, 0x1.a01a8d8db4503p-13, 0x1.a159e0b3066ecp-16,
        0x1.71de05e5d4d1ep-19};
};

// Of z, which counts as no farther than 700 from 0: e = exp(-|z|), and share = 1 / (1 + e) = sigmoid(|z|).
template <bool precise = false>
struct WideLogistic {
    Wide z, e, share;

    explicit WideLogistic(Wide wanted) : z(clamped(wanted, 700)) {
        e = WideExp<precise>(negate(absolute(z))).value();
        share = divide(set<Wide>(1), add(set<Wide>(1), e));
    }

    // sigmoid(z)
    Wide value() const { return multiply(share, select_less(z, set<Wide>(0), e, set<Wide>(1))); }
    // sigmoid'(z)
    Wide derivative() const { return multiply(multiply(e, share), share); }
};

// log1p(e) for 0 <= e <= 1, as 2 atanh(s) with s = e / (2 + e), off by no more than 4.0e-9 of itself.
inline Wide wide_log1p(Wide e) {
    // Near-minimax for atanh(s) / s in s^2 on |s| <= 1/3.
    constexpr double coefficients[] = {
        0x1.0000001102a48p0, 0x1.5554df3a11a4ap-2, 0x1.99dae69c64077p-3, 0x1.1e510ad331ac9p-3, 0x1.208bd0addebaep-3};
    Wide s = divide(e, add(e, set<Wide>(2)));
    return multiply(add(s, s), polynomial(multiply(s, s), coefficients));
}

}  // namespace

#endif
