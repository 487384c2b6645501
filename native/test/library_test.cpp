// What is fixed once per process: the instruction set and the parallel part. Each body runs in a process of its own.
#ifdef __linux__
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "kernels.h"

namespace {

constexpr int64_t large = 1 << 20;

// Runs body() in a fresh process; what it returns is why it failed.
template <class Body>
void in_a_fresh_process(const Body& body) {
    // Where the processor is emulated, a program may be copied but not started.
    GTEST_FLAG_SET(death_test_style, std::getenv("RECTIFIER_EMULATED") == nullptr ? "threadsafe" : "fast");
    EXPECT_EXIT(
        {
            const std::string failure = body();
            std::fputs(failure.c_str(), stderr);
            std::_Exit(failure.empty() ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

// Whether a large call of `threads` threads is right, for the identity.
bool large_call_is_right(int32_t threads) {
    const std::vector<float> x = everyday_values<float>(large, 1);
    const Kernel<float> kernel = all_kernels<float>().front();
    return same_bits(kernel(x, {}, 0, large, threads), x);
}

void set_environment(const char* name, const char* value) {
#ifdef _WIN32
    _putenv_s(name, value);
#else
    setenv(name, value, 1);
#endif
}

// Whether this process has read a library; false where the system doesn't tell as Linux does.
bool is_mapped(const std::string& library) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find(library) != std::string::npos) {
            return true;
        }
    }
    return false;
}

std::string status() { return rectifier_parallel_status(); }

std::string upper(std::string text) {
    for (char& c : text) {
        c = c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
    }
    return text;
}

TEST(InstructionSet, TheEnvironmentChoosesItInUpperOrLowerCase) {
    for (const std::string& name : all_instruction_sets()) {
        for (const std::string& written : {name, upper(name)}) {
            in_a_fresh_process([&]() -> std::string {
                set_environment("RECTIFIER_ISA", written.c_str());
                return rectifier_instruction_set() == name && rectifier_instruction_set_status() == RECTIFIER_OK
                           ? ""
                           : written + ": " + rectifier_instruction_set();
            });
        }
    }
}

TEST(InstructionSet, ANameThatTheEnvironmentAsksForInVainIsTold) {
    for (const char* name : {"avx9", "avx", "avx22", " avx2", "\xC3\xA4"}) {
        in_a_fresh_process([&]() -> std::string {
            set_environment("RECTIFIER_ISA", name);
            return rectifier_instruction_set_status() == RECTIFIER_UNSUPPORTED &&
                           rectifier_instruction_set() == all_instruction_sets().back()
                       ? ""
                       : std::string(name) + ": " + rectifier_instruction_set();
        });
    }
    in_a_fresh_process([]() -> std::string {
        set_environment("RECTIFIER_ISA", "");
        return rectifier_instruction_set_status() == RECTIFIER_OK ? "" : "empty";
    });
}

TEST(InstructionSet, AnUnknownNameChangesNothing) {
    const std::string before = rectifier_instruction_set();
    EXPECT_EQ(rectifier_use_instruction_set("avx9"), RECTIFIER_UNSUPPORTED);
    EXPECT_EQ(rectifier_instruction_set(), before);
}

#if defined(__linux__) && !defined(__SANITIZE_THREAD__)
constexpr bool tells_threads = true;
#else
constexpr bool tells_threads = false;
#endif
constexpr const char* no_list_of_threads =
    "only Linux lists the threads of a process as files, where the thread sanitizer adds one";

int64_t threads_of_the_process() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}

// The number of threads as soon as it is `expected`, or what it is after a long time.
int64_t threads_at_last(int64_t expected) {
    for (int i = 0; i < 1000 && threads_of_the_process() != expected; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return threads_of_the_process();
}

TEST(Parallel, ALargeCallLoadsItsLibraryAndRunsOnSeveralThreads) {
    if (!tells_threads) {
        GTEST_SKIP() << no_list_of_threads;
    }
    in_a_fresh_process([]() -> std::string {
        allow_threads();
        if (!large_call_is_right(4)) {
            return "wrong result";
        }
        const int64_t threads = threads_at_last(4);
        return status() != "loaded" ? status() : threads != 4 ? std::to_string(threads) + " threads" : "";
    });
}

TEST(Parallel, ManyShortLivedCallersShareOneTeamThatGrowsAndLeaveNothingBehind) {
    if (!tells_threads) {
        GTEST_SKIP() << no_list_of_threads;
    }
    in_a_fresh_process([]() -> std::string {
        allow_threads();
        std::atomic<bool> right{true};
        const auto call = [&](int32_t threads) { right = large_call_is_right(threads) && right; };
        int64_t most = 0;
        for (int32_t round = 0; round < 20; ++round) {
            std::vector<std::thread> callers;
            for (int32_t caller = 0; caller < 16; ++caller) {
                callers.emplace_back(call, 2 + (round + caller) % 3);
            }
            most = std::max(most, threads_of_the_process());
            for (std::thread& caller : callers) {
                caller.join();
            }
        }
        if (!right) {
            return "wrong result";
        }
        // The main thread, the callers, a team of 3, and for a moment those that prove that it can be had.
        if (most > 1 + 16 + 3 + 4) {
            return std::to_string(most) + " threads at once";
        }
        const int64_t threads = threads_at_last(4);
        return threads != 4 ? std::to_string(threads) + " threads" : "";
    });
}

TEST(Parallel, WorkersSleepSoonAfterACall) {
    if (!tells_threads) {
        GTEST_SKIP() << no_list_of_threads;
    }
    in_a_fresh_process([]() -> std::string {
        allow_threads();
        if (!large_call_is_right(4) || threads_at_last(4) != 4) {
            return "no team";
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const std::clock_t before = std::clock();
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        // Even one worker that looks for work all the time would use 500 ms.
        const double used = double(std::clock() - before) / CLOCKS_PER_SEC;
        return used > 0.1 ? std::to_string(used) + " s" : "";
    });
}

TEST(Parallel, ASerialOrSmallCallNeverLoadsIt) {
    in_a_fresh_process([]() -> std::string {
        allow_threads();
        for (const Kernel<float>& kernel : all_kernels<float>()) {
            const int64_t n = many_slices(kernel), few = 1000 / kernel.slice;
            const auto x = everyday_values<float>(n * kernel.slice, 2);
            kernel(x, x, 0, n, 0);
            kernel(x, x, 0, n, 1);
            kernel(x, x, 0, few, 8);
        }
        return status() != "unused" ? status() : is_mapped("libgomp") || is_mapped("rectifier_omp") ? "mapped" : "";
    });
}

TEST(Parallel, WithoutItsLibraryCallsAreSerialAndTheStatusNamesThePath) {
    in_a_fresh_process([]() -> std::string {
        const std::string path = "/nonexistent/librectifier_omp.so";
        rectifier_set_parallel_library(path.c_str());
        if (!large_call_is_right(8)) {
            return "wrong result";
        }
        return status().find(path) == std::string::npos ? status() : "";
    });
    in_a_fresh_process([]() -> std::string {
        rectifier_set_parallel_library(nullptr);
        return large_call_is_right(8) && !is_mapped("libgomp") ? "" : "wrong result";
    });
}

TEST(Parallel, AfterAWrongPathTheRightOneWorks) {
    in_a_fresh_process([]() -> std::string {
        rectifier_set_parallel_library("/nonexistent/librectifier_omp.so");
        large_call_is_right(2);
        allow_threads();
        return large_call_is_right(2) && status() == "loaded" ? "" : status();
    });
}

#ifdef __linux__
// How a process ends that fork() makes for body(); a hang is ended by a signal.
template <class Body>
std::string in_a_fork(const Body& body) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        std::_Exit(body() ? 0 : 1);
    }
    int how = 0;
    if (child < 0 || waitpid(child, &how, 0) != child) {
        return "no process";
    }
    return how == 0 ? "" : "the new process ended with " + std::to_string(how);
}

TEST(Parallel, AProcessThatWasForkedGoesOnWithATeamOfItsOwnOrSerially) {
    if (!tells_threads) {
        GTEST_SKIP() << no_list_of_threads << ", and can't fork";
    }
    in_a_fresh_process([]() -> std::string {
        allow_threads();
        if (!large_call_is_right(3) || status() != "loaded") {
            return status();
        }
        // Made before, for a lock of the test's own might be held by a thread that a new process hasn't.
        const std::vector<float> x = everyday_values<float>(large, 1);
        const Kernel<float> kernel = all_kernels<float>().front();
        const auto is_right = [&](int32_t threads) { return same_bits(kernel(x, x, 0, large, threads), x); };
        // With LLVM's runtime calls are serial there.
        const auto grows = [&] {
            return is_right(3) && is_right(5) && (status() != "loaded" || threads_at_last(5) == 5);
        };
        const auto ends = [&] {
            rectifier_end_threads();
            return is_right(2);
        };
        for (const std::string& failure : {in_a_fork(grows), in_a_fork(ends)}) {
            if (!failure.empty()) {
                return failure;
            }
        }
        // Forked while other threads are in calls.
        std::atomic<bool> done{false}, right{true};
        std::vector<std::thread> callers;
        for (int i = 0; i < 3; ++i) {
            callers.emplace_back([&] {
                while (!done) {
                    right = is_right(3) && right;
                }
            });
        }
        std::string failure;
        for (int i = 0; i < 20 && failure.empty(); ++i) {
            failure = in_a_fork([&] { return grows() && ends(); });
        }
        done = true;
        for (std::thread& caller : callers) {
            caller.join();
        }
        return !failure.empty() ? failure : right && is_right(4) ? "" : "wrong result";
    });
}

TEST(Parallel, WhereNoThreadCanBeHadCallsAreSerial) {
    in_a_fresh_process([]() -> std::string {
        allow_threads();
        // Loads the library while its file can surely be read.
        if (!large_call_is_right(2) || status() != "loaded") {
            return status();
        }
        // The limit doesn't bind the superuser.
        if (geteuid() == 0 && setuid(65534) != 0) {
            return "can't give up the superuser's rights";
        }
        const rlimit none = {0, 0};
        if (setrlimit(RLIMIT_NPROC, &none) != 0) {
            return "can't set the limit";
        }
        if (!large_call_is_right(8)) {
            return "wrong result";
        }
        return status().find("could not be created") == std::string::npos ? status() : "";
    });
}
#endif

}  // namespace
