// Gated linear units against long double, and the same bits wherever the data lie.
#include <algorithm>
#include <set>

#include "oracle.h"
#include "support.h"
#include "wide_math.h"

namespace {

long double sigmoid(long double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

long double sigmoid_derivative(long double x) {
    const long double e = std::exp(-std::fabs(x));
    return e / ((1 + e) * (1 + e));
}

// Of x of shape [outer, 2, half], whose second halves are the gates.
template <class S>
void halves_forward(const S* x, S* y, int64_t outer, int64_t half, int32_t threads) {
    Api<S>::gated_forward(elementwise("sigmoid"), 0, 0, 0, x, x + half, y, outer, half, 2 * half, threads);
}

template <class S>
void halves_backward(const S* x, const S* dy, S* dx, int64_t outer, int64_t half, int32_t threads) {
    Api<S>::gated_backward(
        elementwise("sigmoid"), 0, 0, 0, x, x + half, dy, dx, dx + half, outer, half, 2 * half, threads);
}

template <class S>
std::vector<S> forward(const std::vector<S>& x, int64_t outer, int64_t half, int32_t threads = 1) {
    std::vector<S> y(x.size() / 2);
    halves_forward(x.data(), y.data(), outer, half, threads);
    return y;
}

template <class S>
std::vector<S> backward(
    const std::vector<S>& x, const std::vector<S>& dy, int64_t outer, int64_t half, int32_t threads = 1) {
    std::vector<S> dx(x.size());
    halves_backward(x.data(), dy.data(), dx.data(), outer, half, threads);
    return dx;
}

// Each value of a with a value of b from all of the range.
template <class S>
std::vector<S> halves(const std::vector<S>& a) {
    std::vector<S> x = a, b = a;
    std::shuffle(b.begin(), b.end(), std::mt19937_64(3));
    x.insert(x.end(), b.begin(), b.end());
    return x;
}

RECTIFIER_TYPED_SUITE(Glu);

TYPED_TEST(Glu, IsTheProductWithTheLogisticFunction) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> x = halves(stratified_sample<S>(64, 1 << 18));
    const size_t n = x.size() / 2;
    const S inf = std::numeric_limits<S>::infinity();
    on_every_instruction_set([&](const std::string& level) {
        const std::vector<S> y = forward(x, 1, int64_t(n));
        for (size_t i = 0; i < n; ++i) {
            const S a = x[i], b = x[n + i];
            const long double exact = b == -inf ? a == a ? std::copysign(0.0L, (long double)(a)) : (long double)(a)
                                      : a == 0 && b == b        ? (long double)(a)
                                      : std::isinf(a) && b == b ? (long double)(a)
                                                                : a * sigmoid(b);
            ASSERT_LE(ulps(y[i], exact), 1.9) << level << ": " << a << ", " << b;
            if (exact == 0) {
                ASSERT_EQ(std::signbit(y[i]), std::signbit(a)) << level << ": " << a << ", " << b;
            }
        }
    });
}

TYPED_TEST(Glu, BackwardIsTheDerivativeOfBothHalves) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> x = halves(everyday_values<S>(100000, 5, 0));
    const size_t n = x.size() / 2;
    const std::vector<S> dy = everyday_values<S>(int64_t(n), 6, 0);
    on_every_instruction_set([&](const std::string&) {
        const std::vector<S> dx = backward(x, dy, 1, int64_t(n));
        for (size_t i = 0; i < n; ++i) {
            const long double a = x[i], b = x[n + i];
            ASSERT_LE(ulps(dx[i], dy[i] * sigmoid(b)), 3.0) << a << ", " << b;
            ASSERT_LE(ulps(dx[n + i], dy[i] * a * sigmoid_derivative(b)), 3.5) << a << ", " << b;
        }
    });
}

TYPED_TEST(Glu, BothDerivativesAreWithinTheirBoundsInAllOfTheRange) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> x = halves(stratified_sample<S>(64, 1 << 18));
    const size_t n = x.size() / 2;
    const std::vector<S> one(n, 1);
    on_every_instruction_set([&](const std::string& level) {
        const std::vector<S> dx = backward(x, one, 1, int64_t(n));
        for (size_t i = 0; i < n; ++i) {
            const long double a = x[i], b = x[n + i];
            if (std::isfinite(a) && std::isfinite(b)) {
                ASSERT_LE(ulps(dx[i], sigmoid(b)), 1.5) << level << ": " << a << ", " << b;
                ASSERT_LE(ulps(dx[n + i], a * sigmoid_derivative(b)), 1.5) << level << ": " << a << ", " << b;
            }
        }
    });
}

TYPED_TEST(Glu, DeadGatesPassNothingOnAndNanIsNanInBothHalves) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    const std::vector<S> x = {1, inf, nan, 1, 0, 2, -inf, -inf, 1, nan, 1, inf};
    on_every_instruction_set([&](const std::string&) {
        for (S dy : {S(1), -inf, nan}) {
            const std::vector<S> dx = backward(x, std::vector<S>(6, dy), 1, 6);
            EXPECT_EQ(to_bits(dx[0]), 0u);
            EXPECT_EQ(to_bits(dx[1]), 0u);
            EXPECT_EQ(to_bits(dx[6]), 0u);
            EXPECT_EQ(to_bits(dx[7]), 0u);
            EXPECT_TRUE(std::isnan(dx[2]) && std::isnan(dx[8]) && std::isnan(dx[3]) && std::isnan(dx[9]));
            // a = 0
            EXPECT_EQ(to_bits(dx[10]), 0u);
            EXPECT_EQ(to_bits(dx[11]), 0u);
        }
    });
}

TYPED_TEST(Glu, HasTheSameBitsForAnyShapeThreadsPlaceAndInstructionSet) {
    using S = TypeParam;
    allow_threads();
    const std::vector<S> sample = halves(everyday_values<S>(120000, 7));
    const std::vector<S> dy = everyday_values<S>(120000, 8);
    std::vector<S> y_expected, dx_expected;
    on_every_instruction_set([&](const std::string& level) {
        const std::vector<S> y = forward(sample, 1, 120000), dx = backward(sample, dy, 1, 120000);
        if (has_fma(level)) {
            y_expected = y_expected.empty() ? y : y_expected;
            dx_expected = dx_expected.empty() ? dx : dx_expected;
            EXPECT_TRUE(bits_equal(y, y_expected));
            EXPECT_TRUE(bits_equal(dx, dx_expected));
        }
        for (int32_t threads : {2, 3, 8}) {
            EXPECT_TRUE(bits_equal(forward(sample, 1, 120000, threads), y));
            EXPECT_TRUE(bits_equal(backward(sample, dy, 1, 120000, threads), dx));
        }
        std::vector<S> place = sample;
        halves_backward(place.data(), dy.data(), place.data(), 1, 120000, 3);
        EXPECT_TRUE(bits_equal(place, dx));
        for (int64_t half : {1, 3, 16, 17, 257, 1000}) {
            // The same pairs as rows of two halves each.
            const int64_t outer = 2000 / half + 1;
            std::vector<S> rows, expected, above, expected_dx;
            for (int64_t row = 0; row < outer; ++row) {
                for (size_t from : {size_t(0), size_t(120000)}) {
                    const auto begin = int64_t(from) + row * half;
                    rows.insert(rows.end(), sample.begin() + begin, sample.begin() + begin + half);
                    expected_dx.insert(expected_dx.end(), dx.begin() + begin, dx.begin() + begin + half);
                }
            }
            expected.assign(y.begin(), y.begin() + outer * half);
            above.assign(dy.begin(), dy.begin() + outer * half);
            Guarded<S> x(rows, size_t(half % 70)), g(above, 3), out(std::vector<S>(expected.size()), size_t(half % 5));
            halves_forward(x.data(), out.data(), outer, half, 2);
            EXPECT_TRUE(bits_equal(out.values(), expected)) << half;
            halves_backward(x.data(), g.data(), x.data(), outer, half, 2);
            EXPECT_TRUE(bits_equal(x.values(), expected_dx)) << half;
            EXPECT_TRUE(x.untouched() && g.untouched() && out.untouched());
        }
    });
}

// The gates of floats that are not worked out in double where there is fused multiply-add.
const std::set<std::string>& in_floats() {
    static const std::set<std::string> names = {"silu", "gelu", "geluTanh"};
    return names;
}

// Every elementwise activation with all parameters that there are oracles for.
RECTIFIER_TYPED_SUITE(GatedUnits);

TYPED_TEST(GatedUnits, AreProductsWithAnyGateWithinTheStatedBounds) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> a = everyday_values<S>(20000, 11), b = everyday_values<S>(20000, 12);
    std::vector<S> y(a.size());
    on_every_instruction_set([&](const std::string& level) {
        for (const Oracle& oracle : oracles()) {
            const auto p = oracle.rounded_parameters<S, long double>();
            Api<S>::gated_forward(oracle.index(), oracle.p(0), oracle.p(1), oracle.p(2), a.data(), b.data(), y.data(),
                1, int64_t(a.size()), int64_t(a.size()), 1);
            if (sizeof(S) == sizeof(double) && oracle.name != "sigmoid") {
                continue;  // The suite below has them.
            }
            const bool in_float = in_floats().count(oracle.name) != 0 && has_fma(level);
            const double bound = oracle.name == "sigmoid" ? 1.9 : in_float ? 2 : 0.51;
            for (size_t i = 0; i < a.size(); ++i) {
                if (!std::isfinite(a[i]) || !std::isfinite(b[i])) {
                    continue;
                }
                const long double gate = oracle.forward((long double)(b[i]), p.data()), exact = a[i] * gate;
                // What a denormal gate has lost in double is more than rounding.
                if (std::fabs(gate) >= std::numeric_limits<double>::min() && std::isfinite(double(gate))) {
                    ASSERT_LE(ulps(y[i], exact), bound)
                        << level << ": " << oracle.title() << ", " << a[i] << ", " << b[i];
                }
            }
        }
    });
}

TYPED_TEST(GatedUnits, BackwardHasTheGateAndItsDerivativeAsFactors) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> a = everyday_values<S>(20000, 13, 0), b = everyday_values<S>(20000, 14, 0);
    const std::vector<S> one(a.size(), 1);
    std::vector<S> da(a.size()), db(a.size());
    constexpr bool is_float = sizeof(S) == sizeof(float);
    on_every_instruction_set([&](const std::string& level) {
        for (const Oracle& oracle : oracles()) {
            const auto p = oracle.rounded_parameters<S, long double>();
            Api<S>::gated_backward(oracle.index(), oracle.p(0), oracle.p(1), oracle.p(2), a.data(), b.data(),
                one.data(), da.data(), db.data(), 1, int64_t(a.size()), int64_t(a.size()), 1);
            const bool has_own = oracle.name == "sigmoid";
            if (!is_float && !has_own) {
                continue;
            }
            for (size_t i = 0; i < a.size(); ++i) {
                const long double gate = oracle.forward((long double)(b[i]), p.data());
                const long double slope = oracle.derivative((long double)(b[i]), p.data());
                const double bound = has_own ? 1.5 : 0.51;
                ASSERT_LE(ulps(da[i], gate), bound) << level << ": " << oracle.title() << ", " << b[i];
                const long double size = std::max(std::fabs(slope), 0x1p-20L);
                ASSERT_LE(ulps(db[i], a[i] * slope, a[i] * size), bound)
                    << level << ": " << oracle.title() << ", " << a[i] << ", " << b[i];
            }
        }
    });
}

// From where functions bend, from 2^-40 to 1000, and from 2^-1020 on, where they are straight lines.
std::vector<double> gate_arguments(size_t n) {
    std::mt19937_64 random(21);
    std::vector<double> b;
    while (b.size() < n) {
        for (double limit : {1.5, 4.0, 40.0, 700.0}) {
            b.push_back(up_to(limit, random()));
        }
        for (double half : {25.0, 505.0}) {
            b.push_back(std::copysign(std::exp2(up_to(half, random()) + 10 - half), up_to(1.0, random())));
        }
    }
    return b;
}

// A factor that makes a product with `gate` as large as can be in terms of its ULP, so that what the gate is off by
// counts most; every fourth time any factor, every fifth time one near the ends of the range.
double hard_factor(long double gate, uint64_t i, uint64_t word) {
    int exponent;
    const long double significand = std::frexp(std::fabs(gate), &exponent);
    const double share = double(word >> 11) * 0x1p-53, any = 1 + share;
    double factor = i % 4 == 0 || significand == 0 ? any : double(1 / significand * (1 - share / 16));
    if (i % 5 == 0) {
        // Neither a denormal product nor one that overflows.
        factor =
            std::ldexp(factor, (word & 1) == 0 ? std::min(1000, 1000 - exponent) : std::max(-1000, -990 - exponent));
    }
    return (word & 2) == 0 ? factor : -factor;
}

// The error in ULP of double, by the more precise oracle where it is near the bound. That of a derivative as in
// accuracy.cpp, times the factor.
double product_error(const Formula& f, double actual, double factor, double b, long double gate,
    const std::vector<long double>& p, bool is_derivative) {
    const long double exact = factor * gate, least = is_derivative ? std::fabs(factor) * 0x1p-49L : 0;
    const double error = ulps(actual, exact, std::max(std::fabs(exact), least));
#if defined(RECTIFIER_QUADMATH)
    if (error > 1.5) {
        const std::vector<Quad> widest(p.begin(), p.end());
        const Quad judged = Quad(factor) * f(Quad(b), widest.data());
        const long double off = (long double)(Quad(actual) - judged);
        return ulps(0.0, off, std::max((long double)(wide::fabs(judged)), least));
    }
#else
    (void)f, (void)b, (void)p;
#endif
    return error;
}

TEST(GatedUnitsOfDoubles, AreWithinTwoUlpsAlsoForTheFactorsThatAreHardest) {
    RECTIFIER_SKIP_UNLESS_JUDGED(double);
    const std::vector<double> b = gate_arguments(40000);
    const size_t n = b.size();
    std::vector<double> a(n), one(n, 1), y(n), da(n), db(n);
    std::vector<long double> gate(n), slope(n);
    for (const Oracle& o : oracles()) {
        if (o.name == "sigmoid") {
            continue;
        }
        const auto p = o.rounded_parameters<double, long double>();
        for (size_t i = 0; i < n; ++i) {
            gate[i] = o.forward((long double)(b[i]), p.data());
            slope[i] = o.derivative((long double)(b[i]), p.data());
        }
        for (bool is_derivative : {false, true}) {
            const std::vector<long double>& factor = is_derivative ? slope : gate;
            std::mt19937_64 random(22);
            for (size_t i = 0; i < n; ++i) {
                a[i] = hard_factor(factor[i], i, random());
            }
            std::vector<double> fused;
            on_every_instruction_set([&](const std::string& level) {
                const auto m = int64_t(n);
                if (is_derivative) {
                    Api<double>::gated_backward(o.index(), o.p(0), o.p(1), o.p(2), a.data(), b.data(), one.data(),
                        da.data(), db.data(), 1, m, m, 1);
                } else {
                    Api<double>::gated_forward(
                        o.index(), o.p(0), o.p(1), o.p(2), a.data(), b.data(), y.data(), 1, m, m, 1);
                }
                const std::vector<double>& results = is_derivative ? db : y;
                if (has_fma(level)) {
                    fused = fused.empty() ? results : fused;
                    EXPECT_TRUE(bits_equal(results, fused)) << level << ": " << o.title();
                }
                for (size_t i = 0; i < n; ++i) {
                    const long double size = std::fabs(factor[i]), product = std::fabs(a[i] * factor[i]);
                    const double limit = std::numeric_limits<double>::max() / 4;
                    if (size < std::numeric_limits<double>::min() || size > limit || product > limit) {
                        continue;  // What a denormal gate has lost is more than rounding.
                    }
                    const Formula& f = is_derivative ? o.derivative : o.forward;
                    ASSERT_LE(product_error(f, results[i], a[i], b[i], factor[i], p, is_derivative), 2)
                        << level << ": " << o.title() << (is_derivative ? "', " : ", ") << a[i] << ", " << b[i];
                }
            });
        }
    }
}

float any_finite(uint64_t word) {
    const float value = from_bits<float>(uint32_t(word));
    return std::isfinite(value) ? value : 1.5f;
}

// Lanes that are ordinary and lanes that are not stand side by side: a few in a hundred are beyond where a gate is
// worked out in float, too small, or too large.
TEST(GatedUnitsOfFloats, AreWithinTwoUlpsInWhateverCompany) {
    RECTIFIER_SKIP_UNLESS_JUDGED(float);
    std::mt19937_64 random(23);
    std::vector<float> b;
    for (size_t i = 0; i < 50000; ++i) {
        for (double limit : {1.5, 4.0, 8.1, 10.1, i % 30 == 0 ? 200.0 : 12.0}) {
            b.push_back(float(up_to(limit, random())));
        }
        b.push_back(i % 10 == 0 ? any_finite(random()) : float(up_to(0.01, random())));
    }
    const size_t n = b.size();
    const auto m = int64_t(n);
    std::vector<float> a(n), y(n), alone(1);
    std::vector<long double> gate(n);
    for (const Oracle& o : oracles()) {
        if (in_floats().count(o.name) == 0) {
            continue;
        }
        const auto p = o.rounded_parameters<float, long double>();
        for (size_t i = 0; i < n; ++i) {
            gate[i] = o.forward((long double)(b[i]), p.data());
            a[i] = i % 20 == 0 ? any_finite(random()) : float(hard_factor(gate[i], i | 1, random() | 1));
            a[i] = std::isfinite(a[i]) ? a[i] : 2.5f;
        }
        std::vector<float> fused;
        on_every_instruction_set([&](const std::string& level) {
            Api<float>::gated_forward(o.index(), 0, 0, 0, a.data(), b.data(), y.data(), 1, m, m, 1);
            if (has_fma(level)) {
                fused = fused.empty() ? y : fused;
                EXPECT_TRUE(bits_equal(y, fused)) << level << ": " << o.title();
            }
            for (size_t i = 0; i < n; ++i) {
                const long double exact = a[i] * gate[i];
                if (std::fabs(exact) < std::numeric_limits<float>::max()) {
                    ASSERT_LE(ulps(y[i], exact), 2) << level << ": " << o.title() << ", " << a[i] << ", " << b[i];
                }
                ASSERT_TRUE(std::signbit(y[i]) == std::signbit(exact)) << level << ": " << a[i] << ", " << b[i];
            }
            for (size_t i = 0; i < n; i += 7) {
                Api<float>::gated_forward(o.index(), 0, 0, 0, &a[i], &b[i], alone.data(), 1, 1, 1, 1);
                ASSERT_EQ(to_bits(alone[0]), to_bits(y[i]))
                    << level << ": " << o.title() << ", " << a[i] << ", " << b[i];
            }
        });
    }
}

TEST(GatedUnitsOfDoubles, AreWhatTheGateGivesForSpecialValues) {
    const std::vector<double> values = special_values<double>();
    std::vector<double> a, b;
    for (double u : values) {
        for (double v : values) {
            for (double w : {v, v * 3, v + 0.5}) {
                a.push_back(u);
                b.push_back(w);
            }
        }
    }
    const size_t n = a.size();
    const auto m = int64_t(n);
    std::vector<double> one(n, 1), gate(n), slope(n), y(n), da(n), db(n);
    on_every_instruction_set([&](const std::string& level) {
        for (const Oracle& o : oracles()) {
            if (o.name == "sigmoid") {
                continue;
            }
            Api<double>::forward(o.index(), o.p(0), o.p(1), o.p(2), b.data(), gate.data(), m, 1);
            Api<double>::backward(o.index(), 0, o.p(0), o.p(1), o.p(2), b.data(), one.data(), slope.data(), m, 1);
            Api<double>::gated_forward(o.index(), o.p(0), o.p(1), o.p(2), a.data(), b.data(), y.data(), 1, m, m, 1);
            Api<double>::gated_backward(
                o.index(), o.p(0), o.p(1), o.p(2), a.data(), b.data(), one.data(), da.data(), db.data(), 1, m, m, 1);
            for (size_t i = 0; i < n; ++i) {
                SCOPED_TRACE(testing::Message() << level << ": " << o.title() << ", " << a[i] << ", " << b[i]);
                if (std::isnan(a[i]) || std::isnan(b[i])) {
                    ASSERT_TRUE(std::isnan(y[i]) && std::isnan(da[i]) && std::isnan(db[i]));
                    continue;
                }
                ASSERT_EQ(to_bits(da[i]), to_bits(gate[i] == 0 ? 0.0 : gate[i]));
                const double product = gate[i] == 0 ? std::copysign(0.0, a[i]) * gate[i] : a[i] * gate[i];
                const double below = slope[i] == 0 || a[i] * slope[i] == 0 ? 0.0 : a[i] * slope[i];
                // A factor of 0 or infinity leaves no rounding to differ in.
                if (std::isnan(product)) {
                    ASSERT_TRUE(std::isnan(y[i]));
                } else if (a[i] == 0 || gate[i] == 0 || std::isinf(a[i]) || std::isinf(gate[i])) {
                    ASSERT_EQ(to_bits(y[i]), to_bits(product));
                } else if (std::fabs(gate[i]) >= std::numeric_limits<double>::min()) {
                    ASSERT_LE(ulps(y[i], (long double)(a[i]) * gate[i]), 4.5);
                }
                if (std::isnan(below)) {
                    ASSERT_TRUE(std::isnan(db[i]));
                } else if (a[i] == 0 || slope[i] == 0 || std::isinf(a[i])) {
                    ASSERT_EQ(to_bits(db[i]), to_bits(below));
                }
            }
        }
    });
}

TYPED_TEST(GatedUnits, AGateThatIsShutLetsNothingThroughAndNanIsNanInBoth) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    const std::vector<S> a = {inf, -inf, -2, nan, 1, 0}, b = {-1, -1, -1, 1, nan, inf};
    on_every_instruction_set([&](const std::string&) {
        std::vector<S> y(6), da(6), db(6);
        const int32_t relu = elementwise("relu");
        Api<S>::gated_forward(relu, 0, 0, 0, a.data(), b.data(), y.data(), 1, 6, 6, 1);
        EXPECT_EQ(to_bits(y[0]), to_bits(S(0.0)));
        EXPECT_EQ(to_bits(y[1]), to_bits(S(-0.0)));
        EXPECT_EQ(to_bits(y[2]), to_bits(S(-0.0)));
        EXPECT_TRUE(std::isnan(y[3]) && std::isnan(y[4]) && std::isnan(y[5]));
        for (S above : {S(1), -inf, nan}) {
            const std::vector<S> dy(6, above);
            Api<S>::gated_backward(relu, 0, 0, 0, a.data(), b.data(), dy.data(), da.data(), db.data(), 1, 6, 6, 1);
            for (int i : {0, 1, 2}) {
                EXPECT_EQ(to_bits(da[size_t(i)]), 0u);
                EXPECT_EQ(to_bits(db[size_t(i)]), 0u);
            }
            EXPECT_TRUE(std::isnan(da[3]) && std::isnan(db[3]) && std::isnan(da[4]) && std::isnan(db[4]));
            EXPECT_EQ(to_bits(db[5]), 0u);
        }
    });
}

TYPED_TEST(GatedUnits, HalvesOfEitherOrderArePairsOfArraysAlsoInPlace) {
    using S = TypeParam;
    const int64_t n = 1200;
    const std::vector<S> a = everyday_values<S>(n, 15), b = everyday_values<S>(n, 16), dy = everyday_values<S>(n, 17);
    on_every_instruction_set([&](const std::string&) {
        for (const char* gate : {"sigmoid", "silu"}) {
            const int32_t f = elementwise(gate);
            std::vector<S> y(a.size()), da(a.size()), db(a.size());
            Api<S>::gated_forward(f, 0, 0, 0, a.data(), b.data(), y.data(), 1, n, n, 1);
            Api<S>::gated_backward(f, 0, 0, 0, a.data(), b.data(), dy.data(), da.data(), db.data(), 1, n, n, 1);
            for (int64_t row : {1, 3, 40, 400, 1200}) {
                for (bool gate_first : {false, true}) {
                    const int64_t of_a = gate_first ? row : 0, of_b = gate_first ? 0 : row;
                    std::vector<S> x(2 * a.size()), expected(x.size()), half(a.size());
                    for (int64_t i = 0; i < n; ++i) {
                        const int64_t at = i / row * 2 * row + i % row;
                        x[size_t(at + of_a)] = a[size_t(i)];
                        x[size_t(at + of_b)] = b[size_t(i)];
                        expected[size_t(at + of_a)] = da[size_t(i)];
                        expected[size_t(at + of_b)] = db[size_t(i)];
                    }
                    Api<S>::gated_forward(
                        f, 0, 0, 0, x.data() + of_a, x.data() + of_b, half.data(), n / row, row, 2 * row, 1);
                    EXPECT_TRUE(bits_equal(half, y));
                    Api<S>::gated_backward(f, 0, 0, 0, x.data() + of_a, x.data() + of_b, dy.data(), x.data() + of_a,
                        x.data() + of_b, n / row, row, 2 * row, 1);
                    EXPECT_TRUE(bits_equal(x, expected));
                }
            }
            std::vector<S> place = b, other = dy;
            Api<S>::gated_backward(
                f, 0, 0, 0, a.data(), place.data(), other.data(), other.data(), place.data(), 1, n, n, 1);
            EXPECT_TRUE(bits_equal(other, da) && bits_equal(place, db));
            place = b;
            Api<S>::gated_forward(f, 0, 0, 0, a.data(), place.data(), place.data(), 1, n, n, 1);
            EXPECT_TRUE(bits_equal(place, y));
        }
    });
}

RECTIFIER_TYPED_SUITE(ConcatenatedRelu);

TYPED_TEST(ConcatenatedRelu, IsReluOfBothSignsAndItsGradient) {
    using S = TypeParam;
    allow_threads();
    const S inf = std::numeric_limits<S>::infinity();
    for (const auto& [rows, row] :
        {std::pair<int64_t, int64_t>{1, 1}, {7, 13}, {1, 100003}, {40000, 3}, {3, 0}, {0, 5}, {301, 1000}}) {
        const int64_t n = rows * row;
        std::vector<S> x = everyday_values<S>(n, 1, 0);
        const std::vector<S> dy = everyday_values<S>(2 * n, 2, 0);
        const std::vector<S> special = special_values<S>();
        std::copy_n(special.begin(), std::min(special.size(), x.size()), x.begin());
        std::vector<S> y(size_t(2 * n)), dx(x.size());
        for (size_t i = 0; i < x.size(); ++i) {
            const size_t first = i / size_t(row) * size_t(2 * row) + i % size_t(row), second = first + size_t(row);
            y[first] = std::isnan(x[i]) ? x[i] : x[i] > 0 ? x[i] : S(0);
            y[second] = std::isnan(x[i]) ? x[i] : x[i] < 0 ? -x[i] : S(0);
            dx[i] = std::isnan(x[i]) ? x[i] : x[i] > 0 ? dy[first] : x[i] < 0 ? -dy[second] : S(0);
        }
        on_every_instruction_set([&](const std::string&) {
            for (int32_t threads : {1, 2, 5}) {
                SCOPED_TRACE(testing::Message() << rows << " of " << row << ", " << threads);
                std::vector<S> actual(y.size(), inf), gradient = x;
                Api<S>::crelu(x.data(), actual.data(), rows, row, threads);
                // In the place of x.
                Api<S>::crelu_backward(gradient.data(), dy.data(), gradient.data(), rows, row, threads);
                for (size_t i = 0; i < y.size(); ++i) {
                    ASSERT_TRUE(std::isnan(y[i]) ? std::isnan(actual[i]) : to_bits(y[i]) == to_bits(actual[i])) << i;
                }
                for (size_t i = 0; i < dx.size(); ++i) {
                    ASSERT_TRUE(std::isnan(dx[i]) ? std::isnan(gradient[i]) : to_bits(dx[i]) == to_bits(gradient[i]))
                        << i;
                }
            }
        });
    }
}

}  // namespace
