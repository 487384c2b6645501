// Elementwise activations against the oracle's table.
#include <algorithm>

#include "oracle.h"
#include "support.h"

namespace {

enum class Direction { forward, derivative, from_output };

template <class S>
std::vector<S> apply(const Oracle& o, Direction direction, const std::vector<S>& x, S dy = 1) {
    const int64_t n = int64_t(x.size());
    std::vector<S> result(x.size());
    if (direction == Direction::forward) {
        Api<S>::forward(o.index(), o.p(0), o.p(1), o.p(2), x.data(), 0, result.data(), 0, n, 1);
    } else {
        const std::vector<S> dys(x.size(), dy);
        Api<S>::backward(o.index(), direction == Direction::from_output, o.p(0), o.p(1), o.p(2), x.data(), 0,
            dys.data(), 0, result.data(), 0, n, 1);
    }
    return result;
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
        // With some parameters the output doesn't tell, with others it does.
        EXPECT_LE(bool(oracle.from_output), rectifier_activation_from_output(oracle.index())) << oracle.name;
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

RECTIFIER_TYPED_SUITE(SpecialValues);

TYPED_TEST(SpecialValues, ADeadUnitsGradientIsPlusZeroWhateverArrives) {
    using S = TypeParam;
    const std::vector<S> x = stratified_sample<S>(8, 1000);
    for (const Oracle& oracle : oracles()) {
        on_every_instruction_set([&](const std::string&) {
            for (Direction direction : {Direction::derivative, Direction::from_output}) {
                if (direction == Direction::from_output && !oracle.from_output) {
                    continue;
                }
                const std::vector<S> in = direction == Direction::derivative ? x : apply(oracle, Direction::forward, x);
                const std::vector<S> slope = apply(oracle, direction, in);
                for (const S dy : special_values<S>()) {
                    const std::vector<S> dx = apply(oracle, direction, in, dy);
                    for (size_t i = 0; i < in.size(); ++i) {
                        if (slope[i] == 0) {
                            ASSERT_EQ(to_bits(dx[i]), Bits<S>(0)) << oracle.title() << " at " << in[i] << ", dy " << dy;
                        } else if (std::isnan(in[i]) || std::isnan(dy)) {
                            ASSERT_TRUE(std::isnan(dx[i])) << oracle.title() << " at " << in[i] << ", dy " << dy;
                        } else {
                            ASSERT_EQ(dx[i], slope[i] * dy) << oracle.title() << " at " << in[i] << ", dy " << dy;
                        }
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
        Api<S>::learned_forward(learned("prelu"), &minus_infinity, 0, &alpha, 0, &y, 0, 1, 1, 1, 1);
        EXPECT_EQ(y, 0);
    });
}

}  // namespace
