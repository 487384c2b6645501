// What would throw where memory or a thread can't be had, without exceptions: in a library that a program has opened,
// the first one of a thread takes memory, and where that can't be had the C library ends the process.
#ifndef RECTIFIER_ENGINE_OBJECTS_H
#define RECTIFIER_ENGINE_OBJECTS_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#ifdef _WIN32
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <pthread.h>
#endif

// n objects side by side; none if memory can't be had.
template <class T>
class Objects {
  public:
    explicit Objects(size_t n) : memory(n > most ? nullptr : std::malloc(n * sizeof(T) + alignof(T))) {
        if (memory == nullptr) {
            return;
        }
        first = reinterpret_cast<T*>((reinterpret_cast<uintptr_t>(memory) + alignof(T)) / alignof(T) * alignof(T));
        for (; count < n; ++count) {
            new (first + count) T;
        }
    }
    Objects(const Objects&) = delete;
    Objects& operator=(const Objects&) = delete;
    ~Objects() {
        for (size_t i = 0; i < count; ++i) {
            first[i].~T();
        }
        std::free(memory);
    }

    bool are_there() const { return memory != nullptr; }
    size_t size() const { return count; }
    T* begin() const { return first; }
    T* end() const { return first + count; }
    T& operator[](size_t i) const { return first[i]; }

  private:
    static constexpr size_t most = (PTRDIFF_MAX - alignof(T)) / sizeof(T);

    void* const memory;
    T* first = nullptr;
    size_t count = 0;
};

// A thread; the object stays where it is until the thread has been joined.
class Thread {
  public:
    using Body = void (*)(void* context);

    // False if it can't be had.
    bool start(Body new_body, void* new_context) {
        body = new_body;
        context = new_context;
#ifdef _WIN32
        handle = CreateThread(nullptr, 0, run, this, 0, nullptr);
        return handle != nullptr;
#else
        return pthread_create(&handle, nullptr, run, this) == 0;
#endif
    }

    void join() {
#ifdef _WIN32
        WaitForSingleObject(handle, INFINITE);
        CloseHandle(handle);
#else
        pthread_join(handle, nullptr);
#endif
    }

  private:
    Body body = nullptr;
    void* context = nullptr;
#ifdef _WIN32
    HANDLE handle = nullptr;

    static DWORD WINAPI run(void* thread) {
        static_cast<Thread*>(thread)->body(static_cast<Thread*>(thread)->context);
        return 0;
    }
#else
    pthread_t handle = {};

    static void* run(void* thread) {
        static_cast<Thread*>(thread)->body(static_cast<Thread*>(thread)->context);
        return nullptr;
    }
#endif
};

#endif
