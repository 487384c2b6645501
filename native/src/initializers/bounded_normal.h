// N(mean, stddev^2) restricted to [low, high], by inversion in double precision, whatever the type. The arithmetic is
// that of distributions.h: the same bits everywhere.
#ifndef RECTIFIER_INITIALIZERS_BOUNDED_NORMAL_H
#define RECTIFIER_INITIALIZERS_BOUNDED_NORMAL_H

#include "distributions.h"

namespace {

// The first double after `low` from which on `reached` holds, or `high` if there is none before it; 0 <= low < high.
template <class Reached>
double first_double(double low, double high, const Reached& reached) {
    int64_t before, from;
    std::memcpy(&before, &low, sizeof low);
    std::memcpy(&from, &high, sizeof high);
    while (from - before > 1) {
        const int64_t bits = before + (from - before) / 2;
        double middle;
        std::memcpy(&middle, &bits, sizeof bits);
        (reached(middle) ? from : before) = bits;
    }
    double result;
    std::memcpy(&result, &from, sizeof from);
    return result;
}

// Inlined into every loop and every search, what this distribution is made of would be a twelfth of the library.
[[gnu::noinline]] RECTIFIER_FLATTEN Packet<double> quantile_apart(Packet<double> q, Packet<double> t) {
    return lower_quantile(q, t);
}
[[gnu::noinline]] RECTIFIER_FLATTEN Packet<double> log_apart(Packet<double> x) { return fixed_log(x); }

inline double in_one_lane(Packet<double> value) {
    double all[lanes<Packet<double>>];
    store(all, value);
    return all[0];
}

// The quantile at 1/2 + q, for 0 <= q, which is at t from the upper end.
inline double upper_quantile(double q, double t) {
    using P = Packet<double>;
    return -in_one_lane(quantile_apart(set<P>(-q), set<P>(t)));
}

// 1/2 + offset and tail = 1/2 - offset are the probabilities below and above z >= 0. They are the ones whose quantile
// is z, so that no other approximation has to agree with that of the quantile.
struct Probability {
    // Up to here AS 241 takes the distance from the middle, and from there on that from the end.
    static constexpr double central = 0.425;

    double offset, tail;

    [[gnu::noinline]] RECTIFIER_FLATTEN explicit Probability(double z) {
        if (!(z > upper_quantile(central, 0.5 - central))) {
            offset = first_double(0, central, [z](double q) { return upper_quantile(q, 0.5 - q) >= z; });
            tail = 0.5 - offset;
        } else {
            // No draw comes near to 2^-1000.
            tail = z < 37
                       ? first_double(0x1p-1000, 0.5 - central, [z](double t) { return upper_quantile(0.5, t) <= z; })
                       : 0;
            offset = 0.5 - tail;
        }
    }
};

// The bounds in deviations from the mean, and turned about it where else more would be below than above: -upper <=
// lower < upper.
struct Bounds {
    double lower, upper, width;
    bool turned;

    Bounds(double mean, double stddev, double low, double high)
        : lower((low - mean) / stddev),
          upper((high - mean) / stddev),
          width((high - low) / stddev),
          turned(lower + upper < 0) {
        if (turned) {
            const double old = lower;
            lower = -upper;
            upper = -old;
        }
    }

    // Where probabilities would soon be too small for double.
    bool are_far() const { return lower >= 30; }
};

// The quantile of N(0, 1) restricted to such bounds, at p and with rest = 1 - p: stddev times that is to be added to
// the mean. Probabilities are taken from the middle or from the nearer end, whichever says more.
class NearQuantile {
    using P = Packet<double>;
    P lower_offset, upper_offset, lower_tail, upper_tail, mass;

  public:
    explicit NearQuantile(const Bounds& bounds) {
        const Probability lower(std::fabs(bounds.lower)), upper(bounds.upper);
        const double offset = bounds.lower < 0 ? -lower.offset : lower.offset;
        const bool in_tail = offset > Probability::central;
        lower_offset = set<P>(offset);
        upper_offset = set<P>(upper.offset);
        lower_tail = set<P>(lower.tail);
        upper_tail = set<P>(upper.tail);
        mass = set<P>(in_tail ? lower.tail - upper.tail : upper.offset - offset);
    }

    P operator()(P p, P rest) const {
        const P from_lower = multiply(p, mass), to_upper = multiply(rest, mass), zero = set<P>(0);
        const P q = select(less(p, set<P>(0.5)), add(lower_offset, from_lower), subtract(upper_offset, to_upper));
        const P t = select(less(q, zero), add(lower_tail, from_lower), add(upper_tail, to_upper));
        return turned_where_negative(negate(q), quantile_apart(negate(absolute(q)), t));
    }
};

// The same for far bounds, as a distance from the lower one: where Q(lower + distance) / Q(lower) = rest + p * share,
// the share of the tail Q of N(0, 1) that is left above the upper bound being Q(upper) / Q(lower).
class FarQuantile {
    using P = Packet<double>;
    P lower, reciprocal, square, base, share;

    // log(phi(z) / z) - log(Q(z)) for y = 1 / z^2 <= 1 / 900, of the asymptotic series of Q (Abramowitz and Stegun
    // 1964, 26.2.12).
    static P correction(P y) {
        constexpr double series[] = {0, 1, -2.5, 37.0 / 3, -88.25, 816.2};
        return unfused_polynomial(y, series);
    }

    // log(Q(lower) / Q(lower + distance))
    P decline(P distance) const {
        const P stretch = add(set<P>(1), multiply(distance, reciprocal));
        const P density = multiply(distance, add(lower, multiply(distance, set<P>(0.5))));
        const P corrected = subtract(correction(divide(square, multiply(stretch, stretch))), base);
        return add(density, add(log_apart(stretch), corrected));
    }

  public:
    [[gnu::noinline]] RECTIFIER_FLATTEN explicit FarQuantile(const Bounds& bounds) {
        // A square that is finite; so far out, all draws are one of a few numbers.
        const double near_end = std::min(bounds.lower, 0x1p300);
        lower = set<P>(near_end);
        reciprocal = set<P>(1 / near_end);
        square = multiply(reciprocal, reciprocal);
        base = correction(square);
        share = set<P>(0);
        if (bounds.width * (near_end + bounds.width * 0.5) < 700) {
            const double most = in_one_lane(decline(set<P>(bounds.width)));
            share = set<P>(
                first_double(0x1p-1020, 1, [most](double u) { return -in_one_lane(log_apart(set<P>(u))) <= most; }));
        }
    }

    P operator()(P p, P rest) const {
        const P wanted = negate(log_apart(add(rest, multiply(p, share)))), twice = add(wanted, wanted);
        // Of the density alone, and then two of Newton's steps.
        P distance = divide(twice, add(lower, square_root(add(multiply(lower, lower), twice))));
        for (int step = 0; step < 2; ++step) {
            const P z = add(lower, distance), r = divide(set<P>(1), z);
            const P slope = add(z, subtract(r, multiply(multiply(r, r), add(r, r))));
            distance = subtract(distance, divide(subtract(decline(distance), wanted), slope));
        }
        return distance;
    }
};

template <class Quantile>
class BoundedValue {
    using P = Packet<double>;
    P origin, deviation, first, last;
    bool turned;
    Quantile quantile;

  public:
    // What lies between `first` and `last` is all there is.
    BoundedValue(const Bounds& bounds, double origin, double stddev, double first, double last)
        : origin(set<P>(origin)),
          deviation(set<P>(bounds.turned ? -stddev : stddev)),
          first(set<P>(first)),
          last(set<P>(last)),
          turned(bounds.turned),
          quantile(bounds) {}

    [[gnu::noinline]] RECTIFIER_FLATTEN P at(P p) const {
        const P rest = subtract(set<P>(1), p), z = turned ? quantile(rest, p) : quantile(p, rest);
        const P x = add(origin, multiply(deviation, z)), raised = select(less(x, first), first, x);
        return select(less(last, raised), last, raised);
    }
};

template <class S, class Quantile>
class BoundedNormal {
    BoundedValue<Quantile> value;

    static constexpr S infinity = std::numeric_limits<S>::infinity();
    static S lowest(double low) { return double(S(low)) < low ? std::nextafter(S(low), infinity) : S(low); }
    static S highest(double high) { return double(S(high)) > high ? std::nextafter(S(high), -infinity) : S(high); }

  public:
    // origin is the mean, or for FarQuantile the nearer bound.
    BoundedNormal(const Bounds& bounds, double origin, double stddev, double low, double high)
        : value(bounds, origin, stddev, lowest(low), highest(high)) {}

    Packet<double> operator()(LongWords bits) const { return value.at(open_unit(bits)); }
    Packet<float> operator()(Words bits) const {
        return narrowed(value.at(open_unit_of_32(widened_low(bits))), value.at(open_unit_of_32(widened_high(bits))));
    }
};

// Calls use(transform) with the transform for draw.
template <class S, class Use>
void with_bounded_normal(double mean, double stddev, double low, double high, const Use& use) {
    const Bounds bounds(mean, stddev, low, high);
    if (bounds.are_far()) {
        use(BoundedNormal<S, FarQuantile>(bounds, bounds.turned ? high : low, stddev, low, high));
    } else {
        use(BoundedNormal<S, NearQuantile>(bounds, mean, stddev, low, high));
    }
}

}  // namespace

#endif
