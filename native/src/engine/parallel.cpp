#include "parallel.h"

#include <atomic>
#include <mutex>
#include <string>

#include "team.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace {

#if defined(_WIN32)
constexpr const char* default_name = "rectifier_omp.dll";
#elif defined(__APPLE__)
constexpr const char* default_name = "librectifier_omp.dylib";
#else
constexpr const char* default_name = "librectifier_omp.so";
#endif

std::mutex mutex;
std::string path = default_name;
std::string status = "unused";
std::string shown_status;
std::atomic<TeamRunner> runner{nullptr};
std::atomic<bool> failed{false};

// Threads that calls which wanted more than one are using now.
std::atomic<int32_t> busy{0};

TeamRunner open_runner(std::string& error) {
#ifdef _WIN32
    HMODULE library = LoadLibraryA(path.c_str());
    if (library == nullptr) {
        error = path + ": error " + std::to_string(GetLastError());
        return nullptr;
    }
    return reinterpret_cast<TeamRunner>(reinterpret_cast<void*>(GetProcAddress(library, "rectifier_omp_run")));
#else
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* symbol = library == nullptr ? nullptr : dlsym(library, "rectifier_omp_run");
    if (symbol == nullptr) {
        const char* reason = dlerror();
        error = reason == nullptr ? path : reason;
    }
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
        std::string error;
        found = open_runner(error);
        status = found == nullptr ? error : "loaded";
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
        status = "loaded, but " + std::to_string(taken) + " threads could not be created";
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
    path = new_path == nullptr ? "" : new_path;
    failed.store(new_path == nullptr);
    status = new_path == nullptr ? "switched off" : "unused";
}

const char* parallel_status() {
    const std::lock_guard<std::mutex> lock(mutex);
    shown_status = status;
    return shown_status.c_str();
}
