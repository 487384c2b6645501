// The registry through the C header: each elementwise activation, forward, backward and from its output, and the fills.
//
// As it is, a program of Google Benchmark, with names such as forward/gelu/float32/65536. With --worker it takes part
// in the benchmarks of java/benchmarks, so that Java and C++ are timed in turns: it reads an order per line and answers
// each with a line that begins with "ok" or "error".
//
//   prepare KIND FUNCTION DTYPE LENGTH THREADS P0 P1 P2 FILE...   the files hold what the call reads: x or y, then dy
//   run FILE                                                      one call, whose result goes into the file
//   time WARMUP_MILLIS MILLIS                                     answers with the nanoseconds of a call
//   release
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "rectifier.h"

namespace {

template <class T>
struct Kernels;

template <>
struct Kernels<float> {
    static constexpr const char* dtype = "float32";
    static constexpr auto forward = rectifier_activation_forward_f32;
    static constexpr auto backward = rectifier_activation_backward_f32;
    static constexpr auto uniform = rectifier_fill_uniform_f32;
    static constexpr auto normal = rectifier_fill_normal_f32;
    static constexpr auto truncated_normal = rectifier_fill_truncated_normal_f32;
};

template <>
struct Kernels<double> {
    static constexpr const char* dtype = "float64";
    static constexpr auto forward = rectifier_activation_forward_f64;
    static constexpr auto backward = rectifier_activation_backward_f64;
    static constexpr auto uniform = rectifier_fill_uniform_f64;
    static constexpr auto normal = rectifier_fill_normal_f64;
    static constexpr auto truncated_normal = rectifier_fill_truncated_normal_f64;
};

// What is timed, in the words of an order.
struct Task {
    std::string kind;
    std::string function;
    std::string dtype;
    int64_t length = 0;
    int32_t threads = 1;
    double p[3] = {};
};

int activation(const std::string& name) {
    for (int i = 0; i < rectifier_activation_count(); ++i) {
        if (name == rectifier_activation_name(i)) {
            return i;
        }
    }
    throw std::runtime_error("no activation is named " + name);
}

// A task made ready.
class Work {
  public:
    virtual ~Work() = default;
    virtual void run() = 0;
    // Source 0 is x or y, source 1 is dy.
    virtual void read(int source, const std::string& file) = 0;
    virtual void write(const std::string& file) const = 0;
};

template <class T>
class TypedWork : public Work {
  public:
    explicit TypedWork(const Task& task) : call(call_of(task)), out(size_t(task.length)) {
        for (auto& source : sources) {
            // Normal numbers, unless a file brings others.
            source.resize(out.size());
            Kernels<T>::normal(0, 3, 42, 0, 0, source.data(), task.length, 1);
        }
    }

    void run() override { call(sources[0].data(), sources[1].data(), out.data()); }

    void read(int source, const std::string& file) override {
        auto& values = sources[source];
        std::ifstream in(file, std::ios::binary);
        if (!in.read(reinterpret_cast<char*>(values.data()), std::streamsize(values.size() * sizeof(T)))) {
            throw std::runtime_error("can't read " + file);
        }
    }

    void write(const std::string& file) const override {
        std::ofstream to(file, std::ios::binary);
        if (!to.write(reinterpret_cast<const char*>(out.data()), std::streamsize(out.size() * sizeof(T))).flush()) {
            throw std::runtime_error("can't write " + file);
        }
    }

  private:
    using Call = std::function<void(const T* source, const T* dy, T* out)>;

    static Call call_of(const Task& task) {
        using K = Kernels<T>;
        const int64_t n = task.length;
        const int32_t threads = task.threads;
        const double p0 = task.p[0], p1 = task.p[1], p2 = task.p[2];
        if (task.kind == "fill") {
            const auto fill = task.function == "uniform"  ? K::uniform
                              : task.function == "normal" ? K::normal
                                                          : K::truncated_normal;
            return [=](const T*, const T*, T* out) { fill(0, 1, 42, 0, 0, out, n, threads); };
        }
        const int f = activation(task.function);
        if (task.kind == "forward") {
            return [=](const T* x, const T*, T* y) { K::forward(f, p0, p1, p2, x, y, n, threads); };
        }
        const int from_output = task.kind == "from-output";
        return [=](const T* v, const T* dy, T* dx) { K::backward(f, from_output, p0, p1, p2, v, dy, dx, n, threads); };
    }

    Call call;
    std::vector<T> sources[2];
    std::vector<T> out;
};

std::unique_ptr<Work> make(const Task& task) {
    if (task.dtype == Kernels<float>::dtype) {
        return std::make_unique<TypedWork<float>>(task);
    }
    if (task.dtype == Kernels<double>::dtype) {
        return std::make_unique<TypedWork<double>>(task);
    }
    throw std::runtime_error("no kernels for " + task.dtype);
}

void repeat(benchmark::State& state, Work& work) {
    for (auto _ : state) {
        work.run();
        benchmark::ClobberMemory();
    }
}

class TakesTime : public benchmark::BenchmarkReporter {
  public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override { nanos = runs.back().GetAdjustedRealTime(); }

    double nanos = 0;
};

double nanos_per_call(Work& work, double warmup_millis, double millis) {
    benchmark::ClearRegisteredBenchmarks();
    benchmark::RegisterBenchmark("call", [&](benchmark::State& state) { repeat(state, work); })
        ->UseRealTime()
        ->MinWarmUpTime(warmup_millis / 1000)
        ->MinTime(millis / 1000);
    TakesTime reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter, "call");
    return reporter.nanos;
}

std::string answer(std::unique_ptr<Work>& work, const std::string& order) {
    std::istringstream words(order);
    std::string verb, file;
    words >> verb;
    if (verb == "prepare") {
        Task task;
        words >> task.kind >> task.function >> task.dtype >> task.length >> task.threads;
        for (double& p : task.p) {
            // A stream would not take infinity for a number.
            std::string number;
            words >> number;
            p = std::strtod(number.c_str(), nullptr);
        }
        if (!words) {
            throw std::runtime_error("not understood: " + order);
        }
        work = make(task);
        for (int source = 0; words >> file; ++source) {
            work->read(source, file);
        }
        return std::string(rectifier_version()) + " " + rectifier_instruction_set();
    }
    if (verb == "release") {
        work.reset();
        return "";
    }
    if (!work) {
        throw std::runtime_error("nothing is prepared for: " + order);
    }
    if (verb == "run" && words >> file) {
        work->run();
        work->write(file);
        return "";
    }
    double warmup_millis, millis;
    if (verb == "time" && words >> warmup_millis >> millis) {
        std::ostringstream nanos;
        nanos << nanos_per_call(*work, warmup_millis, millis);
        return nanos.str();
    }
    throw std::runtime_error("not understood: " + order);
}

void take_orders() {
    std::unique_ptr<Work> work;
    for (std::string order; std::getline(std::cin, order);) {
        try {
            const std::string said = answer(work, order);
            std::cout << (said.empty() ? "ok" : "ok " + said) << std::endl;
        } catch (const std::exception& e) {
            std::cout << "error " << e.what() << std::endl;
        }
    }
}

void add(const std::string& kind, const std::string& function) {
    for (const char* dtype : {Kernels<float>::dtype, Kernels<double>::dtype}) {
        for (const int64_t n : {1, 64, 1 << 10, 1 << 16, 1 << 20, 1 << 24}) {
            // The parameters are legal for all, and the time doesn't depend on them.
            const Task task{kind, function, dtype, n, 1, {0.25, 0, 0}};
            const std::string name = kind + "/" + function + "/" + dtype + "/" + std::to_string(n);
            benchmark::RegisterBenchmark(name.c_str(), [task](benchmark::State& state) {
                const auto work = make(task);
                repeat(state, *work);
                state.SetItemsProcessed(state.iterations() * task.length);
            });
        }
    }
}

void add_registry() {
    for (const char* distribution : {"uniform", "normal", "truncatedNormal"}) {
        add("fill", distribution);
    }
    for (int i = 0; i < rectifier_activation_count(); ++i) {
        const char* name = rectifier_activation_name(i);
        add("forward", name);
        add("backward", name);
        if (rectifier_activation_from_output(i)) {
            add("from-output", name);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--worker") == 0) {
        take_orders();
        return 0;
    }
    add_registry();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
