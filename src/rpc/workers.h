/*
 * rpc/workers.h - threads that run jobs: a fixed crew for short ones, and as many as there are running operations for deep ones.
 */
#ifndef PZ_RPC_WORKERS_H
#define PZ_RPC_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pz_workers pz_workers;
/* `fixed` threads from the start; more, up to `max`, are made when all are busy and go after a while without work. */
pz_workers *pz_workers_open(int fixed, int max, size_t stack);
void pz_workers_run(pz_workers *w, void (*job)(void *), void *arg);
void pz_workers_close(pz_workers *w);          /* waits for every job */

#endif
