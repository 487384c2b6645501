#include "team.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

// How long a worker looks for the next call before it sleeps. Waking one takes about as long; a caller that comes once
// in a millisecond costs 5 % of a processor so.
constexpr std::chrono::microseconds patience(50);

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

struct Job {
    int64_t pieces;
    void (*body)(void*, int64_t);
    void* context;
    std::atomic<int64_t> next{0};
    std::atomic<int32_t> workers{0};

    void work() {
        for (int64_t i = next.fetch_add(1, std::memory_order_relaxed); i < pieces;
             i = next.fetch_add(1, std::memory_order_relaxed)) {
            body(context, i);
        }
    }
};

// Where one worker finds its jobs.
class alignas(64) Seat {
  public:
    void offer(Job* job) {
        offered.store(job);
        if (asleep.load()) {
            const std::lock_guard<std::mutex> lock(mutex);
            awakened.notify_one();
        }
    }

    bool is_asleep() const { return asleep.load(std::memory_order_relaxed); }

    // Whether the worker hasn't taken the job yet, and now never will.
    bool retract(Job* job) { return offered.compare_exchange_strong(job, nullptr); }

    Job* take() {
        const Clock::time_point end = Clock::now() + patience;
        do {
            for (int i = 0; i < 100; ++i) {
                if (offered.load(std::memory_order_relaxed) != nullptr) {
                    if (Job* job = offered.exchange(nullptr)) {
                        return job;
                    }
                }
                pause();
            }
        } while (Clock::now() < end);
        std::unique_lock<std::mutex> lock(mutex);
        asleep.store(true);
        Job* job = nullptr;
        awakened.wait(lock, [&] { return (job = offered.exchange(nullptr)) != nullptr; });
        asleep.store(false);
        return job;
    }

  private:
    std::atomic<Job*> offered{nullptr};
    std::atomic<bool> asleep{false};
    std::mutex mutex;
    std::condition_variable awakened;
};

class Team {
  public:
    explicit Team(int32_t size) : seats(size_t(size)) {}

    int32_t size() const { return int32_t(seats.size()); }

    // To wake one costs as much as thousands of elements.
    bool is_asleep() const { return seats.front().is_asleep(); }

    void start(TeamRunner runner) {
        // The runtime's threads belong to the one that calls it.
        master = std::thread([this, runner] {
            runner(
                size(), [](void* team, int32_t i) { static_cast<Team*>(team)->work(i); }, this);
        });
    }

    void run(Job& job, int32_t workers) {
        job.workers.store(workers, std::memory_order_relaxed);
        for (int32_t i = 0; i < workers; ++i) {
            seats[size_t(i)].offer(&job);
        }
        job.work();
        // A worker still asleep has nothing left to do.
        for (int32_t i = 0; i < workers; ++i) {
            if (seats[size_t(i)].retract(&job)) {
                job.workers.fetch_sub(1, std::memory_order_relaxed);
            }
        }
        for (int turns = 0; job.workers.load(std::memory_order_acquire) > 0; ++turns) {
            if (turns < 10000) {
                pause();
            } else {
                std::this_thread::yield();
            }
        }
    }

    void dismiss() {
        for (Seat& seat : seats) {
            seat.offer(&farewell);
        }
        master.join();
    }

  private:
    std::vector<Seat> seats;
    std::thread master;
    Job farewell{};

    void work(int32_t i) {
        for (Job* job = seats[size_t(i)].take(); job != &farewell; job = seats[size_t(i)].take()) {
            job->work();
            job->workers.fetch_sub(1, std::memory_order_release);
        }
    }
};

// An OpenMP runtime ends the process when it can't create a thread, so that one must know beforehand.
bool threads_can_be_had(int32_t threads) {
    std::mutex gate;
    std::vector<std::thread> probes;
    bool created = true;
    {
        // All probes must exist at the same time.
        const std::lock_guard<std::mutex> closed(gate);
        try {
            probes.reserve(size_t(threads));
            for (int32_t i = 0; i < threads; ++i) {
                probes.emplace_back([&gate] { const std::lock_guard<std::mutex> wait(gate); });
            }
        } catch (const std::exception&) {
            created = false;
        }
    }
    for (std::thread& probe : probes) {
        probe.join();
    }
    return created;
}

std::mutex occupied;
// When a job was last found too short to wake the team.
Clock::time_point refused;
// Not an object that is destroyed when the process ends, which its threads may outlive.
Team* team = nullptr;

void end_team_while_occupied() {
    if (team != nullptr) {
        team->dismiss();
        delete team;
        team = nullptr;
    }
}

// The team of that many workers, or of more; null if they can't be had.
Team* team_of(int32_t workers, TeamRunner runner) {
    if (team != nullptr && team->size() >= workers) {
        return team;
    }
    // One more for the runtime's own needs.
    if (!threads_can_be_had(workers + 1)) {
        return nullptr;
    }
    end_team_while_occupied();
    try {
        std::unique_ptr<Team> larger = std::make_unique<Team>(workers);
        larger->start(runner);
        team = larger.release();
    } catch (const std::exception&) {
        return nullptr;
    }
    return team;
}

}  // namespace

void end_team() {
    const std::lock_guard<std::mutex> lock(occupied);
    end_team_while_occupied();
}

TeamResult run_in_team(
    TeamRunner runner, int64_t pieces, bool is_long, int32_t threads, void (*body)(void*, int64_t), void* context) {
    const std::unique_lock<std::mutex> lock(occupied, std::try_to_lock);
    if (!lock.owns_lock()) {
        return TeamResult::occupied;
    }
    if (!is_long && (team == nullptr || team->is_asleep())) {
        const Clock::time_point now = Clock::now(), last = refused;
        refused = now;
        if (now - last > patience) {
            return TeamResult::occupied;
        }
    }
    Team* workers = team_of(threads - 1, runner);
    if (workers == nullptr) {
        return TeamResult::no_threads;
    }
    Job job;
    job.pieces = pieces;
    job.body = body;
    job.context = context;
    workers->run(job, threads - 1);
    return TeamResult::done;
}
