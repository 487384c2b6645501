#include "parallel.h"

#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <new>

#include "team.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

// Where GCC is, the runtime is GNU's; others have LLVM's.
#if defined(__GLIBC__) && !defined(__clang__)
#define RECTIFIER_GNU_RUNTIME
#include <execinfo.h>
#endif

// macOS would call a handler of a library that has been unloaded.
#if !defined(_WIN32) && !defined(__APPLE__)
#define RECTIFIER_FORKS
#include <pthread.h>
#endif

namespace {

#if defined(_WIN32)
constexpr const char* default_name = "rectifier_omp.dll";
#elif defined(__APPLE__)
constexpr const char* default_name = "librectifier_omp.dylib";
#else
constexpr const char* default_name = "librectifier_omp.so";
#endif

// Text that takes no memory, which might not be had; what is too long is cut, and then set() returns false.
template <size_t size>
struct Text {
    char content[size];

    __attribute__((format(printf, 2, 3))) bool set(const char* format, ...) {
        va_list arguments;
        va_start(arguments, format);
        const int length = std::vsnprintf(content, size, format, arguments);
        va_end(arguments);
        return length >= 0 && size_t(length) < size;
    }
};

// As long as a path can be on Linux.
constexpr size_t longest_path = 4096;

std::mutex mutex;
const char* path = default_name;
Text<longest_path> given_path;
Text<longest_path + 512> status = {"unused"}, shown_status;
std::atomic<TeamRunner> runner{nullptr};
std::atomic<bool> failed{false};

// Threads that calls which wanted more than one are using now.
std::atomic<int32_t> busy{0};

// Whether this process was forked from one whose runtime can't go on in it.
bool is_cut_off = false;

#ifdef RECTIFIER_FORKS
// In a new process only the thread that forked goes on: nobody holds a lock, uses a thread or works in a team.
void after_fork() {
    new (&mutex) std::mutex;
    busy.store(0);
    forget_team();
#ifndef RECTIFIER_GNU_RUNTIME
    // LLVM's runtime crashes if others were in it when the process was forked.
    is_cut_off = true;
    runner.store(nullptr);
    failed.store(true);
    status.set("not in a process that was forked");
#endif
}
#endif

// Opens the library and sets the status; null if that fails.
TeamRunner open_runner() {
    status.set("loaded");
#ifdef _WIN32
    HMODULE library = LoadLibraryA(path);
    if (library == nullptr) {
        status.set("%s: error %lu", path, GetLastError());
        return nullptr;
    }
    return reinterpret_cast<TeamRunner>(reinterpret_cast<void*>(GetProcAddress(library, "rectifier_omp_run")));
#else
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void* symbol = library == nullptr ? nullptr : dlsym(library, "rectifier_omp_run");
    if (symbol == nullptr) {
        const char* reason = dlerror();
        status.set("%s", reason == nullptr ? path : reason);
    }
#ifdef RECTIFIER_GNU_RUNTIME
    // GNU's runtime ends its threads with pthread_exit(), which ends the process if it can't open the unwinder then.
    // What opens it now is the first trace.
    void* frame = nullptr;
    if (symbol != nullptr && backtrace(&frame, 1) == 0) {
        status.set("libgcc_s.so.1, which threads end with, can't be opened");
        return nullptr;
    }
#endif
#ifdef RECTIFIER_FORKS
    if (symbol != nullptr && pthread_atfork(nullptr, nullptr, after_fork) != 0) {
        status.set("%s: no memory", path);
        return nullptr;
    }
#endif
    return reinterpret_cast<TeamRunner>(symbol);
#endif
}

TeamRunner find_runner() {
    TeamRunner found = runner.load(std::memory_order_acquire);
    if (found != nullptr || failed.load(std::memory_order_relaxed)) {
        return found;
    }
    const std::lock_guard<std::mutex> lock(mutex);
    if (runner.load() == nullptr && !failed.load()) {
        found = open_runner();
        failed.store(found == nullptr);
        runner.store(found, std::memory_order_release);
    }
    return runner.load();
}

// Takes what is left of `wanted` threads besides those that other calls use, at least the caller's own.
int32_t take_threads(int32_t wanted) {
    int32_t others = busy.load(std::memory_order_relaxed);
    int32_t taken;
    do {
        taken = wanted - others < 1 ? 1 : wanted - others;
    } while (!busy.compare_exchange_weak(others, others + taken, std::memory_order_relaxed));
    return taken;
}

}  // namespace

void run_pieces(int64_t pieces, bool is_long, int32_t threads, void (*body)(void*, int64_t), void* context) {
    const int32_t taken = take_threads(threads);
    TeamRunner runner = taken > 1 ? find_runner() : nullptr;
    const TeamResult result =
        runner == nullptr ? TeamResult::occupied : run_in_team(runner, pieces, is_long, taken, body, context);
    if (result == TeamResult::no_threads) {
        const std::lock_guard<std::mutex> lock(mutex);
        status.set("loaded, but %d threads could not be created", taken);
    }
    if (result != TeamResult::done) {
        for (int64_t piece = 0; piece < pieces; ++piece) {
            body(context, piece);
        }
    }
    busy.fetch_sub(taken, std::memory_order_relaxed);
}

void set_parallel_library(const char* new_path) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (runner.load() != nullptr) {
        return;
    }
    const bool fits = given_path.set("%s", new_path == nullptr ? "" : new_path);
    path = given_path.content;
    failed.store(new_path == nullptr || !fits || is_cut_off);
    status.set("%s", new_path == nullptr ? "switched off" : fits ? "unused" : "the path is too long");
}

const char* parallel_status() {
    const std::lock_guard<std::mutex> lock(mutex);
    shown_status = status;
    return shown_status.content;
}
