/*
 * rpc/crew.h - the threads of the server: one leads and polls, and works off what it finds itself.
 *
 * A hand-over costs more than a small request.  So the leader serves a request where it stands; if that takes long, its deputy, woken
 * by a timer, leads on, and the old leader is one of the crew again when it is done.
 */
#ifndef PZ_RPC_CREW_H
#define PZ_RPC_CREW_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pz_crew pz_crew;
typedef struct pz_job {
    void (*run)(void *arg);
    void (*late)(void *arg);                   /* called once from another thread when run() takes long or has to wait for its turn; may be NULL */
    void (*ref)(void *arg), (*unref)(void *arg); /* arg lives while late() runs */
    void *arg;
    bool deep;                                 /* may work for long: of these only so many run at a time, the others wait */
} pz_job;

/* poll(ctx) waits for one event and serves it, perhaps by pz_crew_run(); false: there will be no more. */
pz_crew *pz_crew_open(bool (*poll)(void *ctx), void *ctx, size_t stack, int deep_max);
void pz_crew_run(pz_crew *w, const pz_job *j); /* only from within poll */
void pz_crew_drain(pz_crew *w);                /* waits until no job runs or waits */
void pz_crew_close(pz_crew *w);                /* waits for every thread; poll must have given, or soon give, false */

#endif
