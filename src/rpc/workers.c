/*
 * rpc/workers.c - see workers.h.  One queue, one lock; a thread that is done looks for the next job before it sleeps.
 */
#include "workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "../base/base.h"

enum { IDLE_SECONDS = 30 };

typedef struct job { void (*run)(void *); void *arg; struct job *next; } job;
struct pz_workers {
    pthread_mutex_t lock;
    pthread_cond_t work, gone;
    job *first, *last;
    int fixed, max, threads, idle;
    int waiting;                               /* jobs in the queue */
    size_t stack;
    bool closing;
};

/* With the lock held: wait for a job; NULL: this thread is to go. */
static job *
next_job(pz_workers *w)
{
    job *j;
    while (!(j = w->first) && !w->closing) {
        struct timespec until;
        int timed_out;
        w->idle++;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += IDLE_SECONDS;
        timed_out = pthread_cond_timedwait(&w->work, &w->lock, &until) == ETIMEDOUT;
        w->idle--;
        if (timed_out && !w->first && w->threads > w->fixed) return NULL;
    }
    if (!j) return NULL;
    w->first = j->next;
    if (!w->first) w->last = NULL;
    w->waiting--;
    return j;
}

static void *
work(void *arg)
{
    pz_workers *w = arg;
    job *j;
    pthread_mutex_lock(&w->lock);
    while ((j = next_job(w))) {
        pthread_mutex_unlock(&w->lock);
        j->run(j->arg);
        free(j);
        pthread_mutex_lock(&w->lock);
    }
    w->threads--;
    pthread_cond_signal(&w->gone);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* With the lock held. */
static void
add_thread(pz_workers *w)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, w->stack);
    if (pthread_create(&t, &attr, work, w) == 0) w->threads++;
    else if (!w->threads) pz_panic(__FILE__, __LINE__, "no thread can be made");
    pthread_attr_destroy(&attr);
}

pz_workers *
pz_workers_open(int fixed, int max, size_t stack)
{
    pz_workers *w = calloc(1, sizeof *w);
    pz_assert(w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    pthread_cond_init(&w->gone, NULL);
    w->fixed = fixed;
    w->max = max;
    w->stack = stack;
    pthread_mutex_lock(&w->lock);
    while (w->threads < fixed) add_thread(w);
    pthread_mutex_unlock(&w->lock);
    return w;
}

void
pz_workers_run(pz_workers *w, void (*run)(void *), void *arg)
{
    job *j = malloc(sizeof *j);
    pz_assert(j);
    *j = (job){run, arg, NULL};
    pthread_mutex_lock(&w->lock);
    if (w->last) w->last->next = j;
    else w->first = j;
    w->last = j;
    w->waiting++;
    if (w->waiting > w->idle && w->threads < w->max) add_thread(w);
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
}

void
pz_workers_close(pz_workers *w)
{
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->work);
    while (w->threads) pthread_cond_wait(&w->gone, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->gone);
    free(w);
}
