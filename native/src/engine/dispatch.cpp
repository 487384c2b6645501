#include "dispatch.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#ifdef RECTIFIER_X86_LEVELS
#include <cpuid.h>
#endif

extern "C" const KernelTable rectifier_kernels_baseline;
#ifdef RECTIFIER_X86_LEVELS
extern "C" const KernelTable rectifier_kernels_avx2;
extern "C" const KernelTable rectifier_kernels_avx512;
#endif

namespace {

struct Level {
    const char* name;
    const KernelTable* table;
    bool (*runs)();
};

#ifdef RECTIFIER_X86_LEVELS
// Whether the processor has them all, and the operating system keeps the registers. __builtin_cpu_supports needs a
// run-time library that not every Clang has, which also doesn't know F16C.
bool has(unsigned leaf1_ecx, unsigned leaf7_ebx, unsigned registers) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    leaf1_ecx |= bit_OSXSAVE;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & leaf1_ecx) != leaf1_ecx) {
        return false;
    }
    unsigned kept = 0;
    asm volatile("xgetbv" : "=a"(kept), "=d"(d) : "c"(0));
    return (kept & registers) == registers && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
           (b & leaf7_ebx) == leaf7_ebx;
}

constexpr unsigned ymm = 0x6;
#ifdef __APPLE__
// macOS says that it keeps them only once a thread has used them.
constexpr unsigned zmm = ymm;
#else
constexpr unsigned zmm = 0xe6;
#endif
#endif

// Worst first.
const Level levels[] = {
    {"baseline", &rectifier_kernels_baseline, [] { return true; }},
#ifdef RECTIFIER_X86_LEVELS
    {"avx2", &rectifier_kernels_avx2, [] { return has(bit_FMA | bit_F16C, bit_AVX2, ymm); }},
    {"avx512", &rectifier_kernels_avx512,
        [] { return has(bit_FMA | bit_F16C, bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL, zmm); }},
#endif
};

// In the alphabet that names have, whatever the locale.
bool same_but_for_case(const char* name, const char* given) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    for (; *name != 0 && *name == lower(*given); ++name, ++given) {
    }
    return *name == 0 && *given == 0;
}

const Level* find(const char* name) {
    for (const Level& level : levels) {
        if (same_but_for_case(level.name, name) && level.runs()) {
            return &level;
        }
    }
    return nullptr;
}

const Level* best() {
    const Level* best = nullptr;
    for (const Level& level : levels) {
        best = level.runs() ? &level : best;
    }
    return best;
}

struct Choice {
    const Level* level;
    bool as_asked;

    Choice() {
        const char* asked = std::getenv("RECTIFIER_ISA");
        const bool asks = asked != nullptr && *asked != 0;
        const Level* found = asks ? find(asked) : best();
        as_asked = found != nullptr;
        level = as_asked ? found : best();
    }
};

Choice& choice() {
    static Choice choice;
    return choice;
}

// Null until it is needed. A static variable of a function, which asks at each use whether it has been made, costs a
// nanosecond of every call.
std::atomic<const Level*> current{nullptr};

__attribute__((noinline)) const Level* first_level() {
    const Level* none = nullptr;
    current.compare_exchange_strong(none, choice().level);
    return current.load();
}

const Level* level() {
    const Level* level = current.load(std::memory_order_relaxed);
    return level != nullptr ? level : first_level();
}

}  // namespace

const KernelTable& kernel_table() { return *level()->table; }

const char* instruction_set() { return level()->name; }

bool instruction_set_is_as_asked() { return choice().as_asked; }

const char* instruction_sets() {
    // Not a string, whose memory might not be had.
    struct Names {
        char list[64] = {};

        Names() {
            size_t length = 0;
            for (const Level& level : levels) {
                if (level.runs()) {
                    const char* separator = length == 0 ? "" : ",";
                    length += size_t(std::snprintf(list + length, sizeof list - length, "%s%s", separator, level.name));
                }
            }
        }
    };
    static const Names names;
    return names.list;
}

bool use_instruction_set(const char* name) {
    const Level* level = find(name);
    if (level != nullptr) {
        current.store(level);
    }
    return level != nullptr;
}
