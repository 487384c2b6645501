#include "dispatch.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

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
// Clang's __builtin_cpu_supports doesn't know its name.
bool supports_f16c() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}
#endif

// Worst first.
const Level levels[] = {
    {"baseline", &rectifier_kernels_baseline, [] { return true; }},
#ifdef RECTIFIER_X86_LEVELS
    {"avx2", &rectifier_kernels_avx2,
        [] { return bool(__builtin_cpu_supports("avx2")) && bool(__builtin_cpu_supports("fma")) && supports_f16c(); }},
    {"avx512", &rectifier_kernels_avx512,
        [] {
            return bool(__builtin_cpu_supports("avx512f")) && bool(__builtin_cpu_supports("avx512dq")) &&
                   bool(__builtin_cpu_supports("avx512bw")) && bool(__builtin_cpu_supports("avx512vl"));
        }},
#endif
};

const Level* find(const char* name) {
    for (const Level& level : levels) {
        if (std::strcmp(level.name, name) == 0 && level.runs()) {
            return &level;
        }
    }
    return nullptr;
}

const Level* choose() {
    const char* forced = std::getenv("RECTIFIER_ISA");
    const Level* chosen = forced == nullptr ? nullptr : find(forced);
    if (chosen == nullptr) {
        for (const Level& level : levels) {
            chosen = level.runs() ? &level : chosen;
        }
    }
    return chosen;
}

std::atomic<const Level*>& current() {
    static std::atomic<const Level*> level{choose()};
    return level;
}

}  // namespace

const KernelTable& kernel_table() { return *current().load(std::memory_order_relaxed)->table; }

const char* instruction_set() { return current().load()->name; }

const char* instruction_sets() {
    static const std::string names = [] {
        std::string list;
        for (const Level& level : levels) {
            if (level.runs()) {
                list += (list.empty() ? "" : ",") + std::string(level.name);
            }
        }
        return list;
    }();
    return names.c_str();
}

bool use_instruction_set(const char* name) {
    const Level* level = find(name);
    if (level != nullptr) {
        current().store(level);
    }
    return level != nullptr;
}
