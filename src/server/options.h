/*
 * server/options.h - the command line.
 */
#ifndef PZ_SERVER_OPTIONS_H
#define PZ_SERVER_OPTIONS_H

#include "../session/conf.h"

#define PZ_VERSION "0.1.0"

typedef struct pz_options_serve {
    const char *host;
    int port;
    const char *warehouse;                     /* NULL: in memory */
    const char *token_file, *tls_cert, *tls_key, *memory;
    int threads;
    bool insecure;
    const char *allowed[64];                   /* --allow-path: directories that requests may name; none: any */
    int nallowed;
    pz_confs *confs;                           /* --conf key=value */
} pz_options_serve;

typedef enum pz_what { PZ_DO_SERVE, PZ_DO_EXIT, PZ_DO_FAIL } pz_what;
/* Reads the command line; help, version and complaints are printed here. */
pz_what pz_options_read(int argc, char **argv, pz_options_serve *out);

#endif
