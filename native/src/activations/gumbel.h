// Logits with Gumbel noise (Jang et al. 2016, arXiv 1611.01144; Maddison et al. 2016, arXiv 1611.00712).
#ifndef RECTIFIER_ACTIVATIONS_GUMBEL_H
#define RECTIFIER_ACTIVATIONS_GUMBEL_H

#include "../engine/loop.h"
#include "../initializers/distributions.h"

namespace {

// A draw from the standard Gumbel distribution, -log(-log(U)). U is never 0 or 1.
inline Packet<double> standard_gumbel(Packet<double> uniform) { return negate(fixed_log(negate(fixed_log(uniform)))); }
inline Packet<double> standard_gumbel(LongWords bits) { return standard_gumbel(open_unit(bits)); }
inline Packet<float> standard_gumbel(Words bits) {
    return narrowed(
        standard_gumbel(open_unit_of_32(widened_low(bits))), standard_gumbel(open_unit_of_32(widened_high(bits))));
}

// (x + G) / temperature
template <class S>
void gumbel_logits(double temperature, const RandomKey& key, const S* x, S* y, int64_t first, int64_t last) {
    using P = Packet<S>;
    constexpr int64_t run = 1024;
    const P divisor = set<P>(S(temperature));
    S noise[run];
    for (int64_t from = first; from < last; from += run) {
        const int64_t n = last - from < run ? last - from : run;
        draw(key, Domain::gumbel, from, n, noise, [](DrawBits<S> bits) { return standard_gumbel(bits); });
        for_each([divisor](P v, P g) { return divide(add(v, g), divisor); }, n, y + from, x + from, noise);
    }
}

}  // namespace

#endif
