// Elementwise activations against the oracle's table.
#include <algorithm>
#include <cstdio>

#include "oracle.h"
#include "support.h"

namespace {

enum class Direction { forward, derivative };

constexpr Direction directions[] = {Direction::forward, Direction::derivative};

const Formula& formula(const Oracle& oracle, Direction direction) {
    return direction == Direction::forward ? oracle.forward : oracle.derivative;
}

template <class S>
double allowed(const Oracle& oracle, Direction direction) {
    const double forward = sizeof(S) == sizeof(float) ? oracle.float_ulps : oracle.double_ulps;
    return direction == Direction::forward ? forward : 1.5;
}

template <class S>
std::vector<S> apply(const Oracle& o, Direction direction, const std::vector<S>& x, S dy = 1) {
    const int64_t n = int64_t(x.size());
    std::vector<S> result(x.size());
    if (direction == Direction::forward) {
        Api<S>::forward(o.index(), o.p(0), o.p(1), o.p(2), x.data(), 0, result.data(), 0, n, 1);
    } else {
        const std::vector<S> dys(x.size(), dy);
        Api<S>::backward(o.index(), o.p(0), o.p(1), o.p(2), x.data(), 0, dys.data(), 0, result.data(), 0, n, 1);
    }
    return result;
}

template <class T, class S>
std::vector<T> exact_values(const Oracle& oracle, Direction direction, const std::vector<S>& x) {
    const std::vector<T> p = oracle.rounded_parameters<S, T>();
    std::vector<T> exact(x.size());
    std::transform(x.begin(), x.end(), exact.begin(), [&](S v) {
        return std::isnan(v) ? std::numeric_limits<T>::quiet_NaN() : formula(oracle, direction)(T(v), p.data());
    });
    return exact;
}

template <class S, class T>
double error(Direction direction, S actual, T exact) {
    if (actual == 0) {
        // A zero has the sign of what was rounded to it; a gradient's is always +0.
        const bool negative = direction == Direction::forward && std::signbit(exact);
        if (std::signbit(actual) != negative) {
            return std::numeric_limits<double>::infinity();
        }
    }
    if (direction == Direction::forward) {
        return ulps(actual, exact);
    }
    const long double least = sizeof(S) == sizeof(float) ? 0x1p-20L : 0x1p-49L;
    return ulps(actual, exact, std::max(std::fabs((long double)(exact)), least));
}

template <class S>
struct Worst {
    double ulps = 0;
    S x = 0;
    S actual = 0;
    long double exact = 0;
};

template <class S, class T>
void find_worst(Worst<S>& worst, Direction direction, const std::vector<S>& x, const std::vector<S>& actual,
    const std::vector<T>& exact) {
    for (size_t i = 0; i < x.size(); ++i) {
        if (actual[i] == S(exact[i]) && actual[i] != 0) {
            continue;
        }
        const double e = error(direction, actual[i], exact[i]);
        if (e > worst.ulps) {
            worst = {e, x[i], actual[i], exact[i]};
        }
    }
}

template <class S>
void expect_accurate(Direction direction) {
    const std::vector<S> x = stratified_sample<S>(64, 1 << 20);
    for (const Oracle& oracle : oracles()) {
        const std::vector<long double> exact = exact_values<long double>(oracle, direction, x);
        on_every_instruction_set([&](const std::string&) {
            Worst<S> worst;
            find_worst(worst, direction, x, apply(oracle, direction, x), exact);
            EXPECT_LE(worst.ulps, allowed<S>(oracle, direction)) << oracle.title() << " of " << std::hexfloat << worst.x
                                                                 << " is " << worst.actual << ", not " << worst.exact;
        });
    }
}

TEST(Registry, EveryActivationHasALineInTheOraclesTable) {
    for (int i = 0; i < rectifier_activation_count(); ++i) {
        EXPECT_TRUE(std::any_of(oracles().begin(), oracles().end(), [i](const Oracle& oracle) {
            return oracle.name == rectifier_activation_name(i);
        })) << rectifier_activation_name(i);
    }
    for (const Oracle& oracle : oracles()) {
        ASSERT_GE(oracle.index(), 0) << oracle.name;
        EXPECT_EQ(rectifier_activation_parameters(oracle.index()), int(oracle.parameters.size())) << oracle.name;
    }
}

TEST(Registry, EveryInstructionSetHasTheSameActivations) {
    std::vector<std::string> names;
    on_every_instruction_set([&](const std::string&) {
        std::vector<std::string> here;
        for (int i = 0; i < rectifier_activation_count(); ++i) {
            here.push_back(rectifier_activation_name(i));
        }
        names = names.empty() ? here : names;
        EXPECT_EQ(here, names);
    });
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::unique(names.begin(), names.end()), names.end()) << "a name stands for two functions";
}

RECTIFIER_TYPED_SUITE(Accuracy);

TYPED_TEST(Accuracy, EveryForwardIsWithinItsBound) { expect_accurate<TypeParam>(Direction::forward); }

TYPED_TEST(Accuracy, EveryDerivativeIsWithinOneAndAHalfUlp) { expect_accurate<TypeParam>(Direction::derivative); }

// Every float there is, under every instruction set: a few minutes per line. 0 stands for correctly rounded
// throughout. `ctest -C exhaustive -L exhaustive`.
TEST(Exhaustive, DISABLED_EveryFloatIsWithinItsBound) {
    constexpr uint64_t chunk = 1 << 20;
    std::vector<float> x(chunk);
    for (const Oracle& oracle : oracles()) {
        for (Direction direction : directions) {
            std::vector<Worst<float>> worst(instruction_sets().size());
            for (uint64_t first = 0; first < uint64_t(1) << 32; first += chunk) {
                for (uint64_t i = 0; i < chunk; ++i) {
                    x[i] = from_bits<float>(uint32_t(first + i));
                }
                const std::vector<double> exact = exact_values<double>(oracle, direction, x);
                size_t set = 0;
                on_every_instruction_set([&](const std::string&) {
                    find_worst(worst[set++], direction, x, apply(oracle, direction, x), exact);
                });
            }
            for (size_t set = 0; set < worst.size(); ++set) {
                const Worst<float>& w = worst[set];
                std::printf("%-22s %-10s %-8s %6.3f ULP at %a\n", oracle.title().c_str(),
                    direction == Direction::forward ? "forward" : "derivative", instruction_sets()[set].c_str(), w.ulps,
                    double(w.x));
                std::fflush(stdout);
                EXPECT_LE(w.ulps, allowed<float>(oracle, direction)) << oracle.title() << " of " << w.x;
            }
        }
    }
}

RECTIFIER_TYPED_SUITE(SpecialValues);

TYPED_TEST(SpecialValues, ADeadUnitsGradientIsPlusZeroWhateverArrives) {
    using S = TypeParam;
    const std::vector<S> x = stratified_sample<S>(8, 1000);
    for (const Oracle& oracle : oracles()) {
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> derivative = apply(oracle, Direction::derivative, x);
            for (const S dy : special_values<S>()) {
                const std::vector<S> dx = apply(oracle, Direction::derivative, x, dy);
                for (size_t i = 0; i < x.size(); ++i) {
                    if (derivative[i] == 0) {
                        ASSERT_EQ(to_bits(dx[i]), Bits<S>(0)) << oracle.title() << " at " << x[i] << ", dy " << dy;
                    } else if (std::isnan(x[i]) || std::isnan(dy)) {
                        ASSERT_TRUE(std::isnan(dx[i])) << oracle.title() << " at " << x[i] << ", dy " << dy;
                    } else {
                        ASSERT_EQ(dx[i], derivative[i] * dy) << oracle.title() << " at " << x[i] << ", dy " << dy;
                    }
                }
            }
        });
    }
}

TYPED_TEST(SpecialValues, SignsOfZeroAndLimitsAtInfinityAreTheContracts) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity();
    struct Case {
        const char* name;
        double p;
        S x, y, derivative;
    };
    const S scale_alpha = S(selu_scale * selu_alpha);
    const Case cases[] = {
        {"linear", 0, S(-0.0), S(-0.0), 1},
        {"linear", 0, -inf, -inf, 1},
        {"relu", 0, S(-0.0), S(0.0), 0},
        {"relu", 0, -inf, 0, 0},
        {"relu", 0, inf, inf, 1},
        {"leakyRelu", 0.25, S(0.0), S(0.0), S(0.25)},
        {"leakyRelu", 0.25, S(-0.0), S(-0.0), S(0.25)},
        {"leakyRelu", 0.25, -inf, -inf, S(0.25)},
        {"leakyRelu", 0, -1, S(-0.0), 0},
        {"sigmoid", 0, S(-0.0), S(0.5), S(0.25)},
        {"sigmoid", 0, -inf, 0, 0},
        {"sigmoid", 0, inf, 1, 0},
        {"tanh", 0, S(0.0), S(0.0), 1},
        {"tanh", 0, S(-0.0), S(-0.0), 1},
        {"tanh", 0, -inf, -1, 0},
        {"tanh", 0, inf, 1, 0},
        {"elu", 0.5, S(0.0), S(0.0), S(0.5)},
        {"elu", 0.5, S(-0.0), S(-0.0), S(0.5)},
        {"elu", 0.5, -inf, S(-0.5), 0},
        {"elu", 0.5, inf, inf, 1},
        {"selu", 0, S(-0.0), S(-0.0), scale_alpha},
        {"selu", 0, -inf, -scale_alpha, 0},
        {"selu", 0, inf, inf, S(selu_scale)},
    };
    on_every_instruction_set([&](const std::string&) {
        for (const Case& c : cases) {
            const auto line =
                std::find_if(oracles().begin(), oracles().end(), [&](const Oracle& o) { return o.name == c.name; });
            ASSERT_NE(line, oracles().end()) << c.name;
            Oracle oracle = *line;
            oracle.parameters = {c.p};
            const S y = apply<S>(oracle, Direction::forward, {c.x})[0];
            const S derivative = apply<S>(oracle, Direction::derivative, {c.x})[0];
            EXPECT_EQ(to_bits(y), to_bits(c.y)) << c.name << " of " << c.x << " is " << y;
            EXPECT_EQ(to_bits(derivative), to_bits(c.derivative)) << c.name << "' at " << c.x << " is " << derivative;
        }
    });
}

TYPED_TEST(SpecialValues, DenormalsAreHonoured) {
    using S = TypeParam;
    const S least = std::numeric_limits<S>::denorm_min();
    const std::vector<S> x = {8 * least, -8 * least};
    const S low = std::log(least) + 2;
    on_every_instruction_set([&](const std::string&) {
        for (const Oracle& oracle : oracles()) {
            if (oracle.name == "linear" || oracle.name == "tanh") {
                EXPECT_EQ(apply(oracle, Direction::forward, x), x) << oracle.name;
            }
            if (oracle.name == "linear" || oracle.name == "relu") {
                EXPECT_EQ(apply(oracle, Direction::derivative, {S(1)}, least)[0], least) << oracle.name;
            }
            if (oracle.name == "sigmoid") {
                EXPECT_GT(apply<S>(oracle, Direction::forward, {low})[0], 0) << oracle.name;
            }
        }
    });
}

TYPED_TEST(SpecialValues, AZeroSlopeGivesZeroAtMinusInfinity) {
    using S = TypeParam;
    const S minus_infinity = -std::numeric_limits<S>::infinity(), alpha = 0;
    on_every_instruction_set([&](const std::string&) {
        Oracle leaky = *std::find_if(
            oracles().begin(), oracles().end(), [](const Oracle& oracle) { return oracle.name == "leakyRelu"; });
        leaky.parameters = {0};
        EXPECT_EQ(apply<S>(leaky, Direction::forward, {minus_infinity})[0], 0);
        S y = 1;
        Api<S>::prelu_forward(&minus_infinity, 0, &alpha, 0, &y, 0, 1, 1, 1, 1);
        EXPECT_EQ(y, 0);
    });
}

}  // namespace
