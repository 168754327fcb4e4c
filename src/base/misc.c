/*
 * base/misc.c - clocks, random identifiers, and the end of the road.
 */
#include "base.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

_Noreturn void
pz_panic(const char *file, int line, const char *what)
{
    fprintf(stderr, "piezo: panic at %s:%d: %s\n", file, line, what);
    abort();
}

void
pz_uuid_make(char out[37])
{
    static const char hex[] = "0123456789abcdef";
    static _Thread_local unsigned char pool[1024];     /* a system call buys 64 identifiers */
    static _Thread_local size_t left;
    unsigned char *r;
    int o = 0;
    if (left < 16) {
        size_t got = 0;
        while (got < sizeof pool) {
            ssize_t n = getrandom(pool + got, sizeof pool - got, 0);
            if (n > 0) got += (size_t)n;
        }
        left = sizeof pool;
    }
    left -= 16;
    r = pool + left;
    r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);      /* version 4, variant 1 */
    r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out[o++] = '-';
        out[o++] = hex[r[i] >> 4];
        out[o++] = hex[r[i] & 15];
    }
    out[o] = 0;
}

/* ---- what a thread keeps ---- */
enum { MOST_ENDS = 8 };
static _Thread_local void (*ends[MOST_ENDS])(void);
static pthread_key_t end_key;

static void
run_ends(void *first)
{
    (void)first;
    for (int i = 0; i < MOST_ENDS && ends[i]; i++) ends[i]();
}

static void
make_end_key(void)
{
    pz_assert(pthread_key_create(&end_key, run_ends) == 0);
}

void
pz_at_thread_end(void (*f)(void))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int n = 0;
    while (n < MOST_ENDS && ends[n] && ends[n] != f) n++;
    pz_assert(n < MOST_ENDS);
    if (ends[n]) return;
    ends[n] = f;
    pthread_once(&once, make_end_key);
    pthread_setspecific(end_key, ends);
}

static int64_t
micros(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
pz_now_micros(void)
{
    return micros(CLOCK_REALTIME);
}

int64_t
pz_mono_micros(void)
{
    return micros(CLOCK_MONOTONIC);
}
