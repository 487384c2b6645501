// Periodic functions of alpha * x for any alpha and x: where in its period the product is, however large it is.
#ifndef RECTIFIER_ACTIVATIONS_PHASE_H
#define RECTIFIER_ACTIVATIONS_PHASE_H

#include <cmath>
#include <cstdint>

#include "../engine/wide.h"
#include "../engine/words.h"

namespace {

// r.hi + r.lo = alpha * x + quarter * pi / 4 - j * pi / 2 for an integral j, |r.hi| <= pi / 4 and a little more, and 1
// for an odd j, else 0. quarter is 0 or 1.
template <class P>
struct Phase {
    Pair<P> r;
    P odd;
};

// As far as this n * (pi / 4) is exact in the first two of its four parts, and the others are small.
constexpr double nearest_phases = 0x1p26;

constexpr double quarter_pi[] = {
    0x1.921fb50000000p-1, 0x1.110b460000000p-27, 0x1.1a62633145c07p-55, -0x1.f1976b7ed8fbcp-111};

// By the digits of 1 / pi that matter (Payne and Hanek 1983, SIGNUM Newsletter 18, 19-24), with the exact product.
class FarPhase {
    using Wide = unsigned __int128;

    // After the point.
    static constexpr uint64_t digits[] = {0x517CC1B727220A94, 0xFE13ABE8FA9A6EE0, 0x6DB14ACC9E21C820,
        0xFF28B1D5EF5DE2B0, 0xDB92371D2126E970, 0x0324977504E8C90E, 0x7F0EF58E5894D39F, 0x74411AFA975DA242,
        0x74CE38135A2FBF20, 0x9CC8EB1CC1A99CFA, 0x4E422FC5DEFC941D, 0x8FFC4BFFEF02CC07, 0xF79788C5AD05368F,
        0xB69B3F6793E584DB, 0xA7A31FB34F2FF516, 0xBA93DD63F5F2F8BD, 0x9E839CFBC5294975, 0x35FDAFD88FC6AE84,
        0x2B0198237E3DB5D5, 0xF867DE104D7A1B0E, 0xD4F1C8B0AF730D84, 0x32CCC2AF8A503420, 0x46FFEC4026B99398,
        0x83030AAB6539D464, 0xB0713DE04635A3E2, 0x0CE1B3E6EE740495, 0x41ACE23B45CB0E53, 0x6ED7A268AB8C829F,
        0x52FF83829FBF19F4, 0x19616F27CC193EDD, 0xE19E9377B58F2F7C, 0x4F9D0F9AE5793F8E, 0xC3F890C83E3E1235,
        0x7D376ABB9698219D, 0x8AE30A5ACE8CE1E1, 0x6256A0A6962E8006, 0x233EC316B8F1CD63};

    // 64 digits of 1 / pi after the first `skipped`, which may be less than none.
    static uint64_t digits_after(int skipped) {
        const int word = skipped >> 6, shift = skipped & 63;
        const auto at = [](int i) { return i < 0 ? 0 : digits[i]; };
        return shift == 0 ? at(word) : at(word) << shift | at(word + 1) >> (64 - shift);
    }

    // The first 128 digits after the point of m * 2^e / pi.
    static Wide fraction(uint64_t m, int e) {
        const Wide upper = Wide(m) * digits_after(e + 64) + (Wide(m) * digits_after(e + 128) >> 64);
        return (Wide(m * digits_after(e)) << 64) + upper;
    }

  public:
    double hi, lo, odd;

    FarPhase(double alpha, double x, int quarter) : hi(0), lo(0), odd(0) {
        if (!std::isfinite(alpha * x)) {
            // There is no phase: the sine of twice the product counts as 0.
            hi = alpha != alpha ? alpha : quarter * (quarter_pi[0] + quarter_pi[1]);
            return;
        }
        int e_alpha, e_x;
        const double m_alpha = std::frexp(std::fabs(alpha), &e_alpha), m_x = std::frexp(std::fabs(x), &e_x);
        const Wide m = Wide(uint64_t(m_alpha * 0x1p53)) * uint64_t(m_x * 0x1p53);
        const int e = e_alpha + e_x - 106;
        Wide turn = fraction(uint64_t(m), e) + fraction(uint64_t(m >> 64), e + 64);
        turn = std::signbit(alpha) == std::signbit(x) ? turn : -turn;
        turn += Wide(unsigned(quarter)) << 126;
        const unsigned j = unsigned((turn >> 126) + 1) >> 1;
        Wide rest = turn - (Wide(j) << 127);
        const bool negative = rest >> 127 != 0;
        rest = negative ? -rest : rest;
        if (rest != 0) {
            int scale = -126;
            for (; rest >> 127 == 0; --scale) {
                rest <<= 1;
            }
            // pi / 4 in units of 2^-64
            const uint64_t product = uint64_t((rest >> 64) * 0xC90FDAA22168C235 >> 64);
            const uint64_t upper = product & ~uint64_t(0x7FF);
            hi = std::ldexp(negative ? -double(upper) : double(upper), scale + 64);
            lo = std::ldexp(negative ? -double(product - upper) : double(product - upper), scale + 64);
        }
        const double whole = hi + lo;
        lo -= whole - hi;
        hi = whole;
        odd = j % 2;
    }
};

// Out of the way of what is usual: inlined, it would be most of the library's code.
[[gnu::noinline]] void replace_far(Phase<Packet<double>>& phase, const Packet<double>& is_far,
    const Packet<double>& alpha, const Packet<double>& x, int quarter) {
    using P = Packet<double>;
    double far[lanes<P>], alphas[lanes<P>], xs[lanes<P>], hi[lanes<P>], lo[lanes<P>], odds[lanes<P>];
    store(far, is_far);
    store(alphas, alpha);
    store(xs, x);
    store(hi, phase.r.hi);
    store(lo, phase.r.lo);
    store(odds, phase.odd);
    for (int i = 0; i < lanes<P>; ++i) {
        if (far[i] != 0) {
            const FarPhase exact(alphas[i], xs[i], quarter);
            hi[i] = exact.hi;
            lo[i] = exact.lo;
            odds[i] = exact.odd;
        }
    }
    phase = {{load<P>(hi), load<P>(lo)}, load<P>(odds)};
}

inline Phase<Packet<double>> phase_of(Packet<double> alpha, Packet<double> x, Pair<Packet<double>> z, double quarter) {
    using P = Packet<double>;
    P j = round(multiply_add(z.hi, set<P>(0x1.45f306dc9c883p-1), set<P>(0.5 * quarter)));
    P n = subtract(add(j, j), set<P>(quarter));
    Pair<P> first = two_difference(z.hi, multiply(n, set<P>(quarter_pi[0])));
    Pair<P> second = two_difference(first.hi, multiply(n, set<P>(quarter_pi[1])));
    P rest = subtract(add(add(first.lo, second.lo), z.lo), multiply(n, set<P>(quarter_pi[2])));
    P half = multiply(j, set<P>(0.5)), odd = subtract(half, round(half));
    Phase<P> phase = {two_sum(second.hi, subtract(rest, multiply(n, set<P>(quarter_pi[3])))),
        multiply(multiply(odd, odd), set<P>(4))};
    // Also where the product isn't exact.
    P is_far =
        select(less(absolute(add(z.hi, multiply(z.lo, set<P>(0)))), set<P>(nearest_phases)), set<P>(0), set<P>(1));
    if (any(positive(is_far))) {
        replace_far(phase, is_far, alpha, x, int(quarter));
    }
    return phase;
}

}  // namespace

#endif
