// What the library does where memory and threads (calls) or address space can't be had: after each refusal of the n-th
// call, for every n, there is a status or the right result, and the next call is right. Each try has its own process.
//
//     failing_test LIBRARY PARALLEL_LIBRARY calls|address-space
//
// With failing.c loaded before the C library.
#include <dlfcn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

extern "C" {
void failing_begin(int64_t n, int go_on) __attribute__((weak));
int64_t failing_end() __attribute__((weak));
}

namespace {

const char* library_path;
const char* parallel_path;

enum Ending { ended = 0, never_refused = 3, wrong = 4 };
constexpr unsigned patience_in_seconds = 60;

// The functions that are tried, found by their names.
struct Library {
    void* handle = nullptr;

    bool open() {
        handle = handle != nullptr ? handle : dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
        return handle != nullptr;
    }

    template <class F>
    F* of(const char* name) const {
        return reinterpret_cast<F*>(dlsym(handle, name));
    }
};

using Forward = void(int32_t, double, double, double, const float*, float*, int64_t, int32_t);
using Orthogonal = int32_t(double, int64_t, int64_t, int64_t, int64_t, int64_t, double*, int64_t, int32_t);
using Gumbel = void(double, int64_t, int64_t, int64_t, const float*, float*, int64_t, int32_t);
using Dense = void(int32_t, double, double, double, const float*, const float*, const float*, float*, float*, int64_t,
    int64_t, int64_t, int32_t);
using Text = const char*();
using Path = void(const char*);
using Nothing = void();

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
    return std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// All memory is taken before anything is refused.
struct State {
    static constexpr int64_t n = 1 << 20, side = 160, rows = 96;
    Library library;
    std::vector<float> x = std::vector<float>(n), y = x, right = x, logits = x, right_logits = x;
    std::vector<float> products = std::vector<float>(rows * side), right_products = products;
    std::vector<double> q = std::vector<double>(side * side), right_q = q;

    State() {
        for (int64_t i = 0; i < n; ++i) {
            x[size_t(i)] = float(i % 2001) / 100 - 10;
        }
    }

    void load() {
        if (library.open()) {
            library.of<Path>("rectifier_set_parallel_library")(parallel_path);
        }
    }

    bool is_loaded() const { return library.handle != nullptr; }

    void forward(int32_t threads, std::vector<float>& to) {
        library.of<Forward>("rectifier_activation_forward_f32")(0, 0, 0, 0, x.data(), to.data(), n, threads);
    }

    int32_t others(int32_t threads, std::vector<float>& gumbel, std::vector<float>& z, std::vector<double>& matrix) {
        library.of<Gumbel>("rectifier_gumbel_logits_f32")(0.5, 1, 2, 3, x.data(), gumbel.data(), n, threads);
        library.of<Dense>("rectifier_dense_forward_f32")(
            -1, 0, 0, 0, x.data(), x.data() + rows * side, x.data(), z.data(), z.data(), rows, side, side, threads);
        return library.of<Orthogonal>("rectifier_orthogonal_f64")(
            1, side, side, 5, 6, 0, matrix.data(), side * side, threads);
    }

    void keep_right_results() {
        forward(0, right);
        if (others(0, right_logits, right_products, right_q) != 0) {
            std::_Exit(wrong);
        }
    }
};

struct Scenario {
    const char* name;
    std::function<void(State&)> before;
    // Whether what came of it is right, or said to have failed.
    std::function<bool(State&)> act;
};

bool forward_is_right(State& s, int32_t threads) {
    s.forward(threads, s.y);
    const char* const status = s.library.of<Text>("rectifier_parallel_status")();
    return same(s.y, s.right) && status[0] != 0;
}

bool others_are_right(State& s, int32_t threads) {
    const int32_t status = s.others(threads, s.logits, s.products, s.q);
    return same(s.logits, s.right_logits) && same(s.products, s.right_products) &&
           (status == 0 ? same(s.q, s.right_q) : status == 1);
}

const std::vector<Scenario>& scenarios() {
    const auto loaded = [](State& s) {
        s.load();
        s.keep_right_results();
    };
    const auto teamed = [loaded](int32_t threads) {
        return [=](State& s) {
            loaded(s);
            s.forward(threads, s.y);
        };
    };
    static const std::vector<Scenario> all = {
        {"first load", [](State&) {},
            [](State& s) {
                s.load();
                return s.is_loaded() || dlerror() != nullptr;
            }},
        {"first call", [](State& s) { s.load(); },
            [](State& s) {
                s.forward(1, s.y);
                return s.library.of<Text>("rectifier_instruction_sets")()[0] != 0 &&
                       s.library.of<Text>("rectifier_instruction_set")()[0] != 0;
            }},
        {"first parallel call", loaded, [](State& s) { return forward_is_right(s, 4); }},
        {"growth of the team", teamed(2), [](State& s) { return forward_is_right(s, 6); }},
        {"end of the team, and a new one", teamed(3),
            [](State& s) {
                s.library.of<Nothing>("rectifier_end_threads")();
                return forward_is_right(s, 3);
            }},
        {"a library that isn't there",
            [](State& s) {
                s.load();
                s.keep_right_results();
            },
            [](State& s) {
                s.library.of<Path>("rectifier_set_parallel_library")("/nonexistent/librectifier_omp.so");
                return forward_is_right(s, 4);
            }},
        {"working memory, serial", loaded, [](State& s) { return others_are_right(s, 1); }},
        {"working memory, parallel", teamed(4), [](State& s) { return others_are_right(s, 4); }},
    };
    return all;
}

int64_t bytes_of_address_space() {
    long pages = 0;
    if (FILE* file = std::fopen("/proc/self/statm", "r")) {
        pages = std::fscanf(file, "%ld", &pages) == 1 ? pages : 0;
        std::fclose(file);
    }
    return int64_t(pages) * sysconf(_SC_PAGESIZE);
}

void limit_address_space(rlim_t bytes) {
    const rlimit limit = {bytes, RLIM_INFINITY};
    if (setrlimit(RLIMIT_AS, &limit) != 0) {
        std::_Exit(wrong);
    }
}

// One try, in a process of its own, which says how it ended.
[[noreturn]] void attempt(const Scenario& scenario, bool of_space, int64_t n, bool goes_on) {
    alarm(patience_in_seconds);
    State state;
    scenario.before(state);
    if (of_space) {
        // Small steps at first, and in the end what a few threads' stacks take.
        limit_address_space(rlim_t(bytes_of_address_space() + (n - 1) * (n - 1) * (16 << 10)));
    } else {
        failing_begin(n, goes_on);
    }
    bool right = scenario.act(state);
    const bool refused = of_space || failing_end() >= n;
    if (of_space) {
        limit_address_space(RLIM_INFINITY);
    }
    // Whatever there was, now all is as if there had been nothing.
    state.load();
    state.keep_right_results();
    right = right && forward_is_right(state, 4) && others_are_right(state, 2);
    std::_Exit(!right ? wrong : refused ? ended : never_refused);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: failing_test LIBRARY PARALLEL_LIBRARY calls|address-space\n");
        return 2;
    }
    library_path = argv[1];
    parallel_path = argv[2];
    const bool of_space = std::strcmp(argv[3], "address-space") == 0;
    if (!of_space && failing_begin == nullptr) {
        std::fprintf(stderr, "failing.so isn't loaded\n");
        return 2;
    }
    constexpr int64_t most_refusals = 500, steps_of_space = 60;
    int failures = 0;
    for (const Scenario& scenario : scenarios()) {
        int64_t tries = 0;
        for (const bool goes_on : {false, true}) {
            for (int64_t n = 1; n <= (of_space ? steps_of_space : most_refusals); ++n) {
                std::fflush(stdout);
                const pid_t child = fork();
                if (child == 0) {
                    attempt(scenario, of_space, n, goes_on);
                }
                int how = 0;
                if (child < 0 || waitpid(child, &how, 0) != child) {
                    std::perror("failing_test");
                    return 2;
                }
                ++tries;
                if (WIFEXITED(how) && WEXITSTATUS(how) == never_refused) {
                    break;
                }
                if (!WIFEXITED(how) || WEXITSTATUS(how) != ended) {
                    std::printf("%s: refusal %lld%s: %s %d\n", scenario.name, static_cast<long long>(n),
                        goes_on ? " and all after it" : "", WIFEXITED(how) ? "exit code" : "signal",
                        WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how));
                    ++failures;
                }
            }
            if (of_space) {
                break;
            }
        }
        std::printf("%s: %lld tries\n", scenario.name, static_cast<long long>(tries));
    }
    return failures == 0 ? 0 : 1;
}
