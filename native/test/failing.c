// Loaded before the C library (LD_PRELOAD): makes it refuse memory or threads at the call that a test chooses, or sends
// the process a thousand signals of a profiler in each second of processor time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

typedef int (*Create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

static Create create;
static atomic_int_fast64_t calls, chosen, signals;
static atomic_int goes_on;
// What GNU's OpenMP runtime is refused ends the process, whatever its caller does.
static _Thread_local __attribute__((tls_model("initial-exec"))) int exempt;

static int is_of_openmp(const void* caller) {
    struct dl_find_object found;
    return _dl_find_object((void*)(uintptr_t)caller, &found) == 0 && found.dlfo_link_map != NULL &&
           strstr(found.dlfo_link_map->l_name, "libgomp") != NULL;
}

static int is_refused(const void* caller) {
    const int_fast64_t n = atomic_load(&chosen);
    if (n == 0 || exempt || is_of_openmp(caller)) {
        return 0;
    }
    const int_fast64_t call = atomic_fetch_add(&calls, 1) + 1;
    return call == n || (call > n && atomic_load(&goes_on));
}

#define REFUSED is_refused(__builtin_return_address(0))

// The n-th call from now on is refused and, if it is to go on, all that follow.
void failing_begin(int64_t n, int go_on) {
    atomic_store(&calls, 0);
    atomic_store(&goes_on, go_on);
    atomic_store(&chosen, n);
}

// How many calls there were.
int64_t failing_end(void) {
    atomic_store(&chosen, 0);
    return atomic_load(&calls);
}

int64_t failing_signals(void) { return atomic_load(&signals); }

void* malloc(size_t size) {
    if (REFUSED) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

void* calloc(size_t n, size_t size) {
    if (REFUSED) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(n, size);
}

void* realloc(void* old, size_t size) {
    if (REFUSED) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(old, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
    if (REFUSED) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** result, size_t alignment, size_t size) {
    void* const memory = REFUSED ? NULL : __libc_memalign(alignment, size);
    if (memory == NULL) {
        return ENOMEM;
    }
    *result = memory;
    return 0;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument) {
    const void* const caller = __builtin_return_address(0);
    if (is_refused(caller)) {
        return EAGAIN;
    }
    const int before = exempt;
    exempt = before || is_of_openmp(caller);
    const int result = create(thread, attributes, body, argument);
    exempt = before;
    return result;
}

static void on_signal(int signal) {
    (void)signal;
    atomic_fetch_add(&signals, 1);
}

static void begin(void) __attribute__((constructor));
static void begin(void) {
    create = (Create)dlsym(RTLD_NEXT, "pthread_create");
    if (getenv("FAILING_PROFILER") != NULL) {
        struct sigaction action = {.sa_handler = on_signal};
        sigaction(SIGPROF, &action, NULL);
        const struct itimerval often = {{0, 1000}, {0, 1000}};
        setitimer(ITIMER_PROF, &often, NULL);
    }
}

static void end(void) __attribute__((destructor));
static void end(void) {
    // A storm that didn't blow proves nothing.
    if (getenv("FAILING_PROFILER") != NULL && atomic_load(&signals) < 10) {
        _Exit(99);
    }
}
