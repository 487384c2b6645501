// What libFuzzer calls with input after input: a kernel, a number of slices, addresses, a place for the result,
// threads, an instruction set, parameters, and elements of any bits. The result must be that of calls of one slice
// each, and nothing else may be written.
#include "../test/kernels.h"

namespace {

// What is left of an input; after its end come zeros.
struct Bytes {
    const uint8_t* at;
    size_t left;

    uint8_t byte() {
        if (left == 0) {
            return 0;
        }
        --left;
        return *at++;
    }

    int64_t below(int64_t n) { return ((int64_t(byte()) << 8) + byte()) % n; }

    // The bytes that are left again and again, so that a short input has long arrays.
    template <class S>
    std::vector<S> elements(int64_t n, uint8_t shift) const {
        std::vector<S> values(size_t(n), S(0));
        auto* to = reinterpret_cast<uint8_t*>(values.data());
        for (size_t i = 0; left > 0 && i < values.size() * sizeof(S); ++i) {
            to[i] = at[(i + shift) % left];
        }
        return values;
    }
};

[[noreturn]] void fail(const std::string& kernel, int64_t n, const char* what) {
    std::fprintf(stderr, "%s of %lld slices with %s: %s\n", kernel.c_str(), static_cast<long long>(n),
        rectifier_instruction_set(), what);
    std::abort();
}

// An elementwise activation, whose parameters are those of the tests times factors from 1/4 to 4.
template <class S>
Kernel<S> elementwise_kernel(Bytes& bytes) {
    using A = Api<S>;
    const Oracle& o = oracles()[size_t(bytes.below(int64_t(oracles().size())))];
    double p[3];
    for (int i = 0; i < 3; ++i) {
        p[i] = o.p(i) * std::exp2((double(bytes.byte()) - 128) / 64);
    }
    const int32_t f = o.index(), form = bytes.byte() % 3, from_output = form == 2 && o.from_output;
    if (form == 0) {
        return {o.title() + " forward", 1, 1, false,
            [=](const Call<S>& c) { A::forward(f, p[0], p[1], p[2], c.x, c.out, c.n, c.threads); }};
    }
    return {o.title() + " backward", 2, 1, false,
        [=](const Call<S>& c) { A::backward(f, from_output, p[0], p[1], p[2], c.x, c.dy, c.out, c.n, c.threads); }};
}

template <class S>
Kernel<S> any_kernel(Bytes& bytes) {
    static const std::vector<Kernel<S>> all = all_kernels<S>();
    return bytes.byte() % 2 == 0 ? elementwise_kernel<S>(bytes) : all[size_t(bytes.below(int64_t(all.size())))];
}

template <class S>
void try_one(Bytes bytes) {
    static const std::vector<std::string> sets = all_instruction_sets();
    rectifier_use_instruction_set(sets[size_t(bytes.byte()) % sets.size()].c_str());
    const Kernel<S> kernel = any_kernel<S>(bytes);
    // Now and then so many that a call is cut into pieces for threads.
    const bool is_long = bytes.byte() == 0;
    const int64_t n = is_long ? 40000 / kernel.slice : bytes.below(1 + std::max<int64_t>(300 / kernel.slice, 3));
    const int64_t first = kernel.sources == 0 ? bytes.below(1000) : 0;
    const int32_t threads = bytes.byte() % 5;
    const int place = bytes.byte() % (kernel.sources + 1);
    size_t gap[3];
    for (size_t& g : gap) {
        g = bytes.byte() % 70;
    }
    const std::vector<S> x = bytes.elements<S>(n * kernel.slice, 0), dy = bytes.elements<S>(n * kernel.slice, 1);
    Guarded<S> a(x, gap[0]), b(dy, gap[1]), c(std::vector<S>(x.size()), gap[2]);
    Guarded<S>& out = place == 1 ? a : place == 2 ? b : c;
    kernel.run({a.data(), b.data(), out.data(), first, n, threads});
    if (!a.untouched() || !b.untouched() || !c.untouched() || (place != 1 && !same_bits(a.values(), x)) ||
        (place != 2 && !same_bits(b.values(), dy))) {
        fail(kernel.name, n, "something else was written");
    }
    const std::vector<S> result = out.values();
    std::vector<S> single(static_cast<size_t>(kernel.slice));
    const int64_t step = is_long ? 997 : 1;
    for (int64_t i = 0; i < n; i += step) {
        const int64_t at = i * kernel.slice;
        kernel.run({x.data() + at, dy.data() + at, single.data(), first + i, 1, 1});
        if (!bits_equal(single, {result.begin() + at, result.begin() + at + kernel.slice})) {
            fail(kernel.name, n, "a slice depends on its place");
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    allow_threads();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Bytes bytes{data, size};
    switch (bytes.byte() % 4) {
        case 0:
            try_one<float>(bytes);
            break;
        case 1:
            try_one<double>(bytes);
            break;
        case 2:
            try_one<BFloat16>(bytes);
            break;
        default:
            try_one<Float16>(bytes);
            break;
    }
    return 0;
}
