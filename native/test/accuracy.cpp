// The largest error of every elementwise activation under every instruction set, as a table. Ends with 1 if one is
// beyond its bound in the oracles' table. Each function and type is a test of its own, so that ctest shares them out.
//
//   rectifier_accuracy                2^24 stratified inputs per function and type, 2^20 for its further parameters
//   rectifier_accuracy --all          all 2^32 floats and 10^8 stratified doubles for the first parameters of each
//                                     function, 2^26 and 2^24 for its others
//   rectifier_accuracy --inputs N     N stratified inputs, N / 16 for further parameters; likewise RECTIFIER_INPUTS
//   rectifier_accuracy --only NAME    one function
//   rectifier_accuracy --type TYPE    float32 or float64
//   rectifier_accuracy --threads N    as many as there are processors if N is 0, which is the default
//
// forward: in ULP of the true result. derivative: in ULP of the greater of its size and 2^-20 (float32) or 2^-49
// (float64), since it may cross zero where its neighbours' rounding is far larger; likewise the derivative from the
// output, at the output that the kernel gave.
//
// A float's oracle computes in double, a double's in long double. Wherever one of them comes near the largest error
// seen so far, and besides at every 8192nd input, the next wider type decides: so the figures are those of a type with
// more than twice the bits. That the two oracles agree to 2^-10 ULP of float and 2^-5 ULP
// of double at every 8192nd input is checked, too.
//
// In a sweep of all floats the function's own kernel for double stands for the oracle in double, which would take
// several times as long: it is in the same table, within 2 ULP of double, and shares no formula with a kernel that
// computes in float. The next wider type decides as always.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <thread>

#include "oracle.h"
#include "support.h"

namespace {

enum Direction { forward, derivative, from_output };
constexpr int directions = 3;

const Formula& formula(const Oracle& oracle, Direction direction) {
    return direction == forward ? oracle.forward : direction == derivative ? oracle.derivative : oracle.from_output;
}

template <class S>
struct Types;
template <>
struct Types<float> {
    using Quick = double;
    using Judge = long double;
    static constexpr const char* name = "float32";
    static constexpr double least = 0x1p-20;
    // The most that the quick oracle may be off, in ULP.
    static constexpr double disagreement = 0x1p-10;
};
template <>
struct Types<double> {
    using Quick = long double;
    using Judge = Quad;
    static constexpr const char* name = "float64";
    static constexpr double least = 0x1p-49;
    static constexpr double disagreement = 0x1p-5;
};

template <class S>
double bound(const Oracle& oracle, Direction direction) {
    return direction != forward ? 2 : sizeof(S) == sizeof(float) ? oracle.float_ulps : oracle.double_ulps;
}

template <class T>
int binary_exponent(T x) {
    return x == 0 ? -(1 << 20) : wide::ilogb(x);
}

template <class T>
T times_power_of_two(T x, int e) {
    return wide::ldexp(x, e);
}

// A sweep spends its time here.
inline int binary_exponent(double x) { return int(to_bits(x) >> 52 & 0x7FF) - 1023; }
inline double times_power_of_two(double x, int e) { return x * from_bits<double>(uint64_t(e + 1023) << 52); }
#if defined(RECTIFIER_QUADMATH)
inline int binary_exponent(long double x) {
    uint16_t sign_and_exponent;
    std::memcpy(&sign_and_exponent, reinterpret_cast<const char*>(&x) + sizeof(uint64_t), sizeof sign_and_exponent);
    return (sign_and_exponent & 0x7FFF) - 16383;
}
inline long double times_power_of_two(long double x, int e) {
    const uint64_t leading_bit = uint64_t(1) << 63;
    const uint16_t exponent = uint16_t(e + 16383);
    long double power = 0;
    std::memcpy(&power, &leading_bit, sizeof leading_bit);
    std::memcpy(reinterpret_cast<char*>(&power) + sizeof leading_bit, &exponent, sizeof exponent);
    return x * power;
}
#endif

// |actual - exact| in ULP of S at the greater of |exact| and least.
template <class S, class T>
double error(Direction direction, S actual, T exact) {
    using L = std::numeric_limits<S>;
    if (!(exact == exact) || std::isnan(actual)) {
        return HUGE_VAL;
    }
    // A zero has the sign of what was rounded to it; a gradient's is always +0.
    if (actual == 0 && std::signbit(actual) != (direction == forward && wide::signbit(exact))) {
        return HUGE_VAL;
    }
    T value = T(actual);
    if (std::isinf(actual)) {
        const T beyond = times_power_of_two(T(1), L::max_exponent);
        // What would be infinite if it were rounded is right; else the error is that of the number after the largest.
        const T limit = beyond - times_power_of_two(T(1), L::max_exponent - L::digits - 1);
        if ((actual > 0 ? exact : -exact) >= limit) {
            return 0;
        }
        value = actual > 0 ? beyond : -beyond;
    }
    T size = wide::fabs(exact);
    if (direction != forward && size < T(Types<S>::least)) {
        size = T(Types<S>::least);
    }
    const int exponent = std::min(std::max(binary_exponent(size), L::min_exponent - 1), L::max_exponent - 1);
    return double(times_power_of_two(wide::fabs(value - exact), L::digits - 1 - exponent));
}

#if defined(RECTIFIER_QUADMATH)
#define RECTIFIER_WIDE_REGISTERS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define RECTIFIER_WIDE_REGISTERS
#endif

// Whether any error may be greater than `known`, or is none that can be had by plain arithmetic. A sieve: most of a
// sweep's time would go into error().
RECTIFIER_WIDE_REGISTERS
bool may_be_worse(Direction direction, const float* actual, const double* exact, int n, double known) {
    constexpr uint64_t exponent_bits = uint64_t(0x7FF) << 52, sign_bit = uint64_t(1) << 63;
    const double least = direction == forward ? double(std::numeric_limits<float>::min()) : Types<float>::least;
    // An exact infinity has no ULP of its own.
    const double most = 0x1p127;
    const uint64_t signs_of_exact = direction == forward ? sign_bit : 0;
    uint64_t odd = 0;
    int worse = 0;
    for (int i = 0; i < n; ++i) {
        const double value = double(actual[i]), magnitude = std::fabs(exact[i]),
                     size = magnitude < least  ? least
                            : magnitude < most ? magnitude
                                               : most;
        // 2^-exponent
        const double inverse = from_bits<double>((uint64_t(2046) << 52) - (to_bits(size) & exponent_bits));
        const double e = std::fabs(value - exact[i]) * inverse * 0x1p23;
        worse += e <= known ? 0 : 1;
        const uint64_t zero = value == 0 ? ~uint64_t(0) : 0;
        odd |= zero & (to_bits(value) ^ (to_bits(exact[i]) & signs_of_exact)) & sign_bit;
    }
    return worse != 0 || odd != 0;
}

bool may_be_worse(Direction, const double*, const long double*, int, double) { return true; }

template <class S>
struct Worst {
    double error = -1;
    S at = 0;

    void merge(const Worst& other) {
        if (other.error > error) {
            *this = other;
        }
    }
};

size_t workers = 0;

// Calls body(i, first, last) for parts of [0, n), part i in thread i.
void parallel(size_t n, const std::function<void(size_t, size_t, size_t)>& body) {
    std::vector<std::thread> threads;
    for (size_t i = 0; i < workers; ++i) {
        threads.emplace_back(body, i, n * i / workers, n * (i + 1) / workers);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

// Where functions bend, saturate or cross zero.
template <class S>
std::vector<S> breakpoints(const Oracle& oracle) {
    std::vector<double> at = {0.5, 1, 2.5, 3, 6, 20, 0.751791524693564, 0.752461287500645, 1.19240633610337,
        1.27846454276107, std::log(double(std::numeric_limits<S>::max())),
        -std::log(double(std::numeric_limits<S>::denorm_min()))};
    for (size_t i = 0, n = at.size(); i < n; ++i) {
        for (double p : oracle.parameters) {
            at.push_back(at[i] / p);
            at.push_back(at[i] * p);
        }
    }
    for (double p : oracle.parameters) {
        at.push_back(p);
    }
    std::vector<S> points;
    for (double x : at) {
        for (S point : {S(x), S(-x)}) {
            points.push_back(point);
            S below = point, above = point;
            for (int i = 0; i < 100; ++i) {
                points.push_back(below = std::nextafter(below, -std::numeric_limits<S>::infinity()));
                points.push_back(above = std::nextafter(above, std::numeric_limits<S>::infinity()));
            }
        }
    }
    return points;
}

// n inputs: of every eight, four from the binades of both signs in turn, two from the range where exp is neither 0 nor
// infinite, one from [-16, 16], and one with random bits. The first ones are special values and breakpoints.
template <class S>
std::vector<S> stratified(const Oracle& oracle, uint64_t first, size_t n) {
    using L = std::numeric_limits<S>;
    constexpr int mantissa_bits = L::digits - 1;
    constexpr uint64_t binades = 4 * uint64_t(L::max_exponent);
    // Where exp is neither 0 nor infinite, and a little beyond.
    constexpr S range = sizeof(S) == sizeof(float) ? S(108.5) : S(782);
    std::mt19937_64 random(first);
    std::vector<S> x;
    if (first == 0) {
        x = special_values<S>();
        const std::vector<S> points = breakpoints<S>(oracle);
        x.insert(x.end(), points.begin(), points.end());
    }
    for (uint64_t i = first + x.size(); x.size() < n; ++i) {
        const Bits<S> bits = Bits<S>(random());
        switch (i % 8) {
            case 4:
            case 5:
                x.push_back(up_to(range, random()));
                break;
            case 6:
                x.push_back(up_to(S(16), random()));
                break;
            case 7:
                x.push_back(from_bits<S>(bits));
                break;
            default: {
                const Bits<S> binade = Bits<S>((i / 8 * 4 + i % 8) % binades);
                x.push_back(from_bits<S>(binade << mantissa_bits | (bits & ((Bits<S>(1) << mantissa_bits) - 1))));
            }
        }
    }
    return x;
}

template <class S>
void run(const Oracle& o, Direction direction, const S* x, S* out, size_t n, const std::vector<double>& p) {
    static const std::vector<S> one(size_t(1) << 22, 1);
    if (direction == forward) {
        Api<S>::forward(o.index(), p[0], p[1], p[2], x, out, int64_t(n), 1);
    } else {
        Api<S>::backward(o.index(), direction == from_output, p[0], p[1], p[2], x, one.data(), out, int64_t(n), 1);
    }
}

// The largest errors of one function for one type.
template <class S>
class Measurement {
    using Quick = typename Types<S>::Quick;
    using Judge = typename Types<S>::Judge;

    const Oracle& oracle;
    const std::vector<std::string> sets = all_instruction_sets();
    const std::vector<double> parameters = {oracle.p(0), oracle.p(1), oracle.p(2)};
    const std::vector<Quick> quick_parameters = oracle.rounded_parameters<S, Quick>();
    const std::vector<Judge> judge_parameters = oracle.rounded_parameters<S, Judge>();
    const bool sweep;
    std::vector<Quick> exact;
    std::vector<double> widened;
    std::vector<S> outputs, result, other;

    double judged(Direction direction, S x, S actual) const {
        return error(direction, actual, formula(oracle, direction)(Judge(x), judge_parameters.data()));
    }

    // The results of in[first, last), or NaN, which the sieve doesn't let pass.
    void approximate(Direction direction, const S* in, size_t first, size_t last) {
        if constexpr (sizeof(S) == sizeof(float)) {
            if (sweep) {
                std::copy(in + first, in + last, widened.begin() + std::ptrdiff_t(first));
                run(oracle, direction, widened.data() + first, exact.data() + first, last - first, quick_parameters);
                return;
            }
        }
        for (size_t i = first; i < last; ++i) {
            exact[i] = std::isnan(in[i]) ? std::numeric_limits<Quick>::quiet_NaN()
                                         : formula(oracle, direction)(Quick(in[i]), quick_parameters.data());
        }
    }

    Worst<S> worst_of(Direction direction, const S* x, const S* actual, size_t first, size_t last, double known,
        double& doubt) const {
        constexpr double margin = Types<S>::disagreement;
        Worst<S> w;
        w.error = known;
        constexpr size_t block = 1024;
        for (size_t from = first; from < last; from += block) {
            const size_t to = std::min(from + block, last);
            const bool audited = from / block % 256 == 0;
            if (!audited && !may_be_worse(direction, actual + from, exact.data() + from, int(to - from),
                                std::max(0.0, w.error - margin))) {
                continue;
            }
            for (size_t i = from; i < to; ++i) {
                if (std::isnan(x[i])) {
                    if (!std::isnan(actual[i])) {
                        w = {HUGE_VAL, x[i]};
                    }
                    continue;
                }
                const double e = error(direction, actual[i], exact[i]);
                const bool audit = audited && i % 32 == 0;
                if ((e > 0 && e > w.error - margin) || audit) {
                    const double verdict = judged(direction, x[i], actual[i]);
                    if (audit && std::isfinite(verdict)) {
                        doubt = std::max(doubt, std::fabs(verdict - e));
                    }
                    if (verdict > w.error) {
                        w = {verdict, x[i]};
                    }
                }
            }
        }
        return w;
    }

  public:
    // By instruction set and direction.
    std::vector<std::vector<Worst<S>>> worst;
    // Whether all sets with fused multiply-add gave the same bits.
    bool fused_agree = true;
    // The largest difference between the two oracles.
    double doubt = 0;

    Measurement(const Oracle& oracle, bool sweep)
        : oracle(oracle), sweep(sweep), worst(sets.size(), std::vector<Worst<S>>(directions)) {}

    void add(const std::vector<S>& x) {
        const size_t n = x.size();
        exact.resize(n);
        widened.resize(sweep ? n : 0);
        outputs.resize(n);
        result.resize(n);
        other.resize(n);
        for (Direction direction : {forward, derivative, from_output}) {
            if (!formula(oracle, direction)) {
                continue;
            }
            const S* in = x.data();
            if (direction == from_output) {
                parallel(n, [&](size_t, size_t first, size_t last) {
                    run(oracle, forward, x.data() + first, outputs.data() + first, last - first, parameters);
                });
                in = outputs.data();
            }
            parallel(n, [&](size_t, size_t first, size_t last) { approximate(direction, in, first, last); });
            int fused = -1;
            for (size_t set = 0; set < sets.size(); ++set) {
                rectifier_use_instruction_set(sets[set].c_str());
                std::vector<S>& actual = fused >= 0 ? other : result;
                parallel(n, [&](size_t, size_t first, size_t last) {
                    run(oracle, direction, in + first, actual.data() + first, last - first, parameters);
                });
                if (fused >= 0) {
                    if (same_bits(result, other)) {
                        worst[set][direction].merge(worst[size_t(fused)][direction]);
                        continue;
                    }
                    fused_agree = false;
                }
                // Merged in the order of the inputs, so that of equal errors the first one is printed.
                std::vector<Worst<S>> parts(workers);
                std::vector<double> doubts(workers);
                parallel(n, [&](size_t k, size_t first, size_t last) {
                    parts[k] =
                        worst_of(direction, in, actual.data(), first, last, worst[set][direction].error, doubts[k]);
                });
                for (size_t k = 0; k < workers; ++k) {
                    worst[set][direction].merge(parts[k]);
                    doubt = std::max(doubt, doubts[k]);
                }
                if (has_fma(sets[set])) {
                    fused = int(set);
                }
            }
        }
    }
};

template <class S>
std::string cell(double error, S at) {
    char text[64];
    if (error < 0) {
        return " | ";
    }
    std::snprintf(text, sizeof text, error == 0 ? "0 | " : "%.3f | %.*g", error, std::numeric_limits<S>::max_digits10,
        double(at));
    return text;
}

struct Options {
    bool all = false;
    uint64_t inputs = uint64_t(1) << 24;
    std::string only, type;
};

// Prints the lines of one function and type for so many inputs, or for all if 0.
template <class S>
void measure(const Oracle& oracle, uint64_t inputs) {
    constexpr uint64_t chunk = 1 << 18;
    Measurement<S> m(oracle, inputs == 0);
    if (inputs == 0) {
        std::vector<S> x(chunk);
        for (uint64_t first = 0; first < uint64_t(1) << 32; first += chunk) {
            for (uint64_t i = 0; i < chunk; ++i) {
                x[i] = from_bits<S>(Bits<S>(first + i));
            }
            m.add(x);
        }
    } else {
        for (uint64_t first = 0; first < inputs; first += chunk) {
            m.add(stratified<S>(oracle, first, size_t(std::min(chunk, inputs - first))));
        }
    }
    const std::string count = inputs == 0 ? "all" : std::to_string(inputs);
    const std::vector<std::string> sets = all_instruction_sets();
    for (size_t set = 0; set < sets.size(); ++set) {
        // One line for all sets that gave the same bits.
        std::string names = sets[set];
        while (m.fused_agree && has_fma(sets[set]) && set + 1 < sets.size()) {
            names += ", " + sets[++set];
        }
        std::string line = "| " + oracle.title() + " | " + Types<S>::name + " | " + names + " | " + count;
        for (Direction direction : {forward, derivative, from_output}) {
            const Worst<S>& w = m.worst[set][direction];
            line += " | " + cell(w.error, w.at);
            EXPECT_LE(w.error, bound<S>(oracle, direction)) << oracle.title() << " at " << w.at << ", " << names;
        }
        std::printf("%s |\n", line.c_str());
    }
    EXPECT_TRUE(m.fused_agree) << oracle.title() << ": instruction sets with fused multiply-add differ";
    EXPECT_LE(m.doubt, Types<S>::disagreement) << oracle.title() << ": the oracles differ";
    std::fflush(stdout);
}

// All parameters of one function.
template <class S>
class Accuracy : public testing::Test {
    const std::string name;
    const Options& options;

  public:
    Accuracy(const std::string& name, const Options& options) : name(name), options(options) {}

    void TestBody() override {
        RECTIFIER_SKIP_UNLESS_JUDGED(S)
        constexpr bool exhaustible = sizeof(S) == sizeof(float);
        bool first = true;
        for (const Oracle& oracle : oracles()) {
            if (oracle.name == name) {
                const uint64_t all = first ? exhaustible ? 0 : 100'000'000 : uint64_t(1) << (exhaustible ? 26 : 24);
                measure<S>(oracle, options.all ? all : first ? options.inputs : options.inputs / 16);
                first = false;
            }
        }
    }
};

template <class S>
void add_test(const std::string& name, const Options& options) {
    const std::string type = Types<S>::name;
    if ((options.only.empty() || options.only == name) && (options.type.empty() || options.type == type)) {
        testing::RegisterTest("Accuracy", (name + "_" + type).c_str(), nullptr, nullptr, __FILE__, __LINE__,
            [=, &options]() -> testing::Test* { return new Accuracy<S>(name, options); });
    }
}

}  // namespace

int main(int argc, char** argv) {
    // The table is what there is to read.
    testing::GTEST_FLAG(brief) = true;
    testing::InitGoogleTest(&argc, argv);
    Options options;
    if (const char* inputs = std::getenv("RECTIFIER_INPUTS")) {
        options.inputs = std::strtoull(inputs, nullptr, 10);
    }
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
        if (name == "--all") {
            options.all = true;
            continue;
        }
        if (value == nullptr) {
            std::fprintf(stderr, "%s is unknown or needs a value\n", name.c_str());
            return 2;
        }
        if (name == "--inputs") {
            options.inputs = std::strtoull(value, nullptr, 10);
        } else if (name == "--only") {
            options.only = value;
        } else if (name == "--type") {
            options.type = value;
        } else if (name == "--threads") {
            workers = std::strtoull(value, nullptr, 10);
        } else {
            std::fprintf(stderr, "%s is unknown\n", name.c_str());
            return 2;
        }
        ++i;
    }
    if (workers == 0) {
        workers = std::max(1u, std::thread::hardware_concurrency());
    }
    std::string previous;
    for (const Oracle& oracle : oracles()) {
        if (oracle.name != previous) {
            add_test<float>(oracle.name, options);
            add_test<double>(oracle.name, options);
        }
        previous = oracle.name;
    }
    if (testing::UnitTest::GetInstance()->total_test_count() == 0) {
        std::fprintf(stderr, "no function and type of that name\n");
        return 2;
    }
    if (!testing::GTEST_FLAG(list_tests)) {
        std::printf(
            "| function | type | instruction set | inputs | forward, ULP | at x | derivative, ULP | at x |"
            " derivative from the output, ULP | at y |\n|---|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        std::fflush(stdout);
    }
    return RUN_ALL_TESTS();
}
