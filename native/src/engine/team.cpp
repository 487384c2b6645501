#include "team.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "objects.h"

#ifndef _WIN32
#include <sys/mman.h>
#endif

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
    bool is_asleep() const { return seats[0].is_asleep(); }

    // False if memory or a thread can't be had. Else the runtime has all that it wants when this returns, so that what
    // others take meanwhile can't be what it lacks.
    bool start(TeamRunner new_runner) {
        runner = new_runner;
        // The runtime's threads belong to the one that calls it.
        const Thread::Body call = [](void* context) {
            Team* const team = static_cast<Team*>(context);
            team->runner(
                team->size(), [](void* t, int32_t i) { static_cast<Team*>(t)->work(i); }, team);
        };
        if (!seats.are_there() || !master.start(call, this)) {
            return false;
        }
        while (!is_complete.load(std::memory_order_acquire)) {
            std::this_thread::yield();
        }
        return true;
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
    Objects<Seat> seats;
    TeamRunner runner = nullptr;
    Thread master;
    std::atomic<bool> is_complete{false};
    Job farewell{};

    void work(int32_t i) {
        // Begins when the runtime has created the others.
        if (i == 0) {
            is_complete.store(true, std::memory_order_release);
        }
        for (Job* job = seats[size_t(i)].take(); job != &farewell; job = seats[size_t(i)].take()) {
            job->work();
            job->workers.fetch_sub(1, std::memory_order_release);
        }
    }
};

// Memory from the system itself: what free() has kept for the caller's thread a new one may not get.
class Room {
  public:
    bool is_there() const { return memory != nullptr; }
#ifdef _WIN32
    Room() : memory(VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)) {}
    ~Room() {
        if (memory != nullptr) {
            VirtualFree(memory, 0, MEM_RELEASE);
        }
    }
#else
    Room() : memory(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)) {
        memory = memory == MAP_FAILED ? nullptr : memory;
    }
    ~Room() {
        if (memory != nullptr) {
            munmap(memory, size);
        }
    }
#endif
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;

  private:
    // More than what a runtime takes by far.
    static constexpr size_t size = 8 << 20;

    void* memory;
};

// An OpenMP runtime ends the process when it can't create a thread or have a little memory, so that one must know
// beforehand.
bool threads_can_be_had(int32_t threads) {
    const Room room;
    const Objects<Thread> probes{size_t(threads)};
    if (!room.is_there() || !probes.are_there()) {
        return false;
    }
    std::mutex gate;
    size_t created = 0;
    {
        // All probes must exist at the same time.
        const std::lock_guard<std::mutex> closed(gate);
        const Thread::Body wait = [](void* mutex) {
            const std::lock_guard<std::mutex> opened(*static_cast<std::mutex*>(mutex));
        };
        while (created < probes.size() && probes[created].start(wait, &gate)) {
            ++created;
        }
    }
    for (size_t i = 0; i < created; ++i) {
        probes[i].join();
    }
    return created == probes.size();
}

std::mutex occupied;
// When a job was last found too short to wake the team.
Clock::time_point refused;
// Not an object that is destroyed when the process ends, which its threads may outlive.
alignas(Team) unsigned char team_memory[sizeof(Team)];
Team* team = nullptr;

void end_team_while_occupied() {
    if (team != nullptr) {
        team->dismiss();
        team->~Team();
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
    team = new (team_memory) Team(workers);
    if (!team->start(runner)) {
        team->~Team();
        team = nullptr;
    }
    return team;
}

}  // namespace

void end_team() {
    const std::lock_guard<std::mutex> lock(occupied);
    end_team_while_occupied();
}

void forget_team() {
    new (&occupied) std::mutex;
    // To delete it would be to wait for its threads.
    team = nullptr;
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
