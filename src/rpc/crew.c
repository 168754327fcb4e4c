/*
 * rpc/crew.c - see crew.h.
 *
 * Roles, all under one lock: the leader polls or runs `current`; the deputy sleeps on the timer, which runs only while the leader
 * has a job; reserves sleep until one is wanted; the others finish jobs they began as leaders.  A leader takes up a job only when
 * there is a deputy, so that somebody always polls.  Things start at member().
 */
#include "crew.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "../base/base.h"

enum {
    IDLE_SECONDS = 30,
    THREADS_KEPT = 2,                          /* leader and deputy */
    LONG_NANOS = 500000,                       /* a job is long when it takes this, */
    CROWDED_NANOS = 50000,                     /* or this while others run as well */
    STACK_KEPT = 256 << 10                     /* of a reserve's stack */
};

typedef struct waiting { pz_job job; struct waiting *next; } waiting;
struct pz_crew {
    pthread_mutex_t lock;
    pthread_cond_t wanted, gone;
    bool (*poll)(void *ctx);
    void *ctx;
    size_t stack;
    int timer;
    const void *leader;                        /* address of a variable of that thread's; NULL: none */
    const pz_job *current;                     /* the leader's job, NULL: it polls */
    bool deputy;                               /* there is one, or one is on its way */
    int wanted_deputies, wanted_hands;         /* roles offered to reserves and to threads being made */
    int threads, reserves, jobs, deep, deep_max;
    waiting *first, *last;                     /* deep jobs over the limit */
    bool over;
};

static void
set_timer(pz_crew *w, long nanos)
{
    struct itimerspec t = {.it_value = {0, nanos}};
    (void)timerfd_settime(w->timer, 0, &t, NULL);
}

/* ---- jobs ---- */
/* With the lock held, as on return. */
static void
run_unlocked(pz_crew *w, const pz_job *j)
{
    w->jobs++;
    w->deep += j->deep;
    pthread_mutex_unlock(&w->lock);
    j->run(j->arg);
    pthread_mutex_lock(&w->lock);
    w->jobs--;
    w->deep -= j->deep;
    if (!w->jobs) pthread_cond_broadcast(&w->gone);
}

static bool
take_waiting(pz_crew *w, pz_job *out)
{
    waiting *q = w->first;
    if (!q || w->deep >= w->deep_max) return false;
    *out = q->job;
    w->first = q->next;
    if (!w->first) w->last = NULL;
    free(q);
    return true;
}

/* ---- roles; all with the lock held, as on return ---- */
static void
lead(pz_crew *w, const void *me)
{
    w->leader = me;
    while (w->leader == me && !w->over) {
        bool more;
        pthread_mutex_unlock(&w->lock);
        more = w->poll(w->ctx);
        pthread_mutex_lock(&w->lock);
        if (more) continue;
        w->over = true;
        set_timer(w, 1);
        pthread_cond_broadcast(&w->wanted);
    }
    if (w->leader == me) w->leader = NULL;
}

/* Sleep on the timer.  Back as leader, or because it is over. */
static void
watch(pz_crew *w, const void *me)
{
    uint64_t times;
    pz_job late;
    for (;;) {
        ssize_t n;
        pthread_mutex_unlock(&w->lock);
        n = read(w->timer, &times, sizeof times);
        pthread_mutex_lock(&w->lock);
        if (w->over || (n == sizeof times && w->current)) break;
    }
    w->deputy = false;
    if (w->over) {
        set_timer(w, 1);                       /* another may be on its way to the timer */
        return;
    }
    late = *w->current;
    w->current = NULL;
    w->leader = me;
    if (!late.late) return;
    late.ref(late.arg);
    pthread_mutex_unlock(&w->lock);
    late.late(late.arg);
    late.unref(late.arg);
    pthread_mutex_lock(&w->lock);
}

/* A long job may have been a deep one: what it used of the stack goes back.  Without the lock. */
static void
trim_stack(const pz_crew *w)
{
    pthread_attr_t attr;
    void *base;
    size_t size;
    char *here = (char *)&attr;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return;
    if (pthread_attr_getstack(&attr, &base, &size) == 0 && size >= w->stack && here - (char *)base > STACK_KEPT) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE), unused = (size_t)(here - (char *)base) - STACK_KEPT;
        (void)madvise(base, unused / page * page, MADV_DONTNEED);
    }
    pthread_attr_destroy(&attr);
}

static void
lead_and_trim(pz_crew *w, const void *me)
{
    lead(w, me);
    pthread_mutex_unlock(&w->lock);
    trim_stack(w);
    pthread_mutex_lock(&w->lock);
}

/* false: nothing came for long. */
static bool
rest(pz_crew *w)
{
    struct timespec until;
    int timed_out;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += IDLE_SECONDS;
    w->reserves++;
    timed_out = pthread_cond_timedwait(&w->wanted, &w->lock, &until) == ETIMEDOUT;
    w->reserves--;
    return !timed_out || w->wanted_deputies || w->wanted_hands;
}

static void *
member(void *arg)
{
    pz_crew *w = arg;
    char me;
    pthread_mutex_lock(&w->lock);
    while (!w->over) {
        pz_job j;
        if (take_waiting(w, &j)) {
            if (w->wanted_hands) w->wanted_hands--;
            run_unlocked(w, &j);
        } else if (w->wanted_deputies) {
            w->wanted_deputies--;
            watch(w, &me);
            if (!w->over) lead_and_trim(w, &me);
        } else if (!w->leader) {
            lead_and_trim(w, &me);
        } else {
            w->wanted_hands = 0;
            if (!rest(w) && w->threads > THREADS_KEPT) break;
        }
    }
    w->threads--;
    pthread_cond_broadcast(&w->gone);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* With the lock held. */
static bool
add_thread(pz_crew *w)
{
    pthread_attr_t attr;
    pthread_t t;
    bool ok;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, w->stack);
    ok = pthread_create(&t, &attr, member, w) == 0;
    if (ok) w->threads++;
    pthread_attr_destroy(&attr);
    return ok;
}

/* With the lock held: offer a role to a reserve or a new thread.  false: nobody is to be had. */
static bool
offer(pz_crew *w, int *role)
{
    ++*role;
    if (w->reserves >= w->wanted_deputies + w->wanted_hands) pthread_cond_signal(&w->wanted);
    else if (!add_thread(w)) {
        --*role;
        return false;
    }
    return true;
}

/* With the lock held. */
static void
put_off(pz_crew *w, const pz_job *j)
{
    waiting *q = malloc(sizeof *q);
    pz_assert(q);
    *q = (waiting){*j, NULL};
    if (w->last) w->last->next = q;
    else w->first = q;
    w->last = q;
    if (w->deep < w->deep_max) (void)offer(w, &w->wanted_hands);   /* else who is done takes it */
}

void
pz_crew_run(pz_crew *w, const pz_job *j)
{
    const void *me;
    bool alone;
    pthread_mutex_lock(&w->lock);
    me = w->leader;
    if (!w->deputy) w->deputy = offer(w, &w->wanted_deputies);
    if (!w->deputy || (j->deep && w->deep >= w->deep_max)) {
        put_off(w, j);
        pthread_mutex_unlock(&w->lock);
        if (j->late) j->late(j->arg);
        return;
    }
    alone = !w->jobs;
    w->current = j;
    set_timer(w, alone ? LONG_NANOS : CROWDED_NANOS);
    run_unlocked(w, j);
    if (w->leader == me) {
        w->current = NULL;
        set_timer(w, 0);
    }
    pthread_mutex_unlock(&w->lock);
}

/* ---- begin and end ---- */
pz_crew *
pz_crew_open(bool (*poll)(void *ctx), void *ctx, size_t stack, int deep_max)
{
    pz_crew *w = calloc(1, sizeof *w);
    pz_assert(w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wanted, NULL);
    pthread_cond_init(&w->gone, NULL);
    w->poll = poll;
    w->ctx = ctx;
    w->stack = stack;
    w->deep_max = deep_max;
    w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    pz_assert(w->timer >= 0);
    pthread_mutex_lock(&w->lock);
    for (int i = 0; i < THREADS_KEPT; i++)
        if (!add_thread(w) && !w->threads) pz_panic(__FILE__, __LINE__, "no thread can be made");
    pthread_mutex_unlock(&w->lock);
    return w;
}

void
pz_crew_drain(pz_crew *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->jobs || w->first) pthread_cond_wait(&w->gone, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

void
pz_crew_close(pz_crew *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->threads) pthread_cond_wait(&w->gone, &w->lock);
    pthread_mutex_unlock(&w->lock);
    close(w->timer);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wanted);
    pthread_cond_destroy(&w->gone);
    free(w);
}
