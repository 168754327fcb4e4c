/*
 * tests/fuzz/fuzz_ipc.c - hostile Arrow IPC streams, as clients send them in LocalRelations.
 *
 *   fuzz_ipc [-n rounds] [-s seed] FILE...    run every file as it is, then `rounds` mutations of them
 *
 * Nothing may crash, hang or allocate without bound; errors are fine.  A failure is a signal.
 */
#include "engine/local_int.h"
#include "fuzz_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { INPUT_SIZE = 1 << 16 };
typedef struct input { uint8_t bytes[INPUT_SIZE]; size_t n; } input;
typedef PZ_VEC(input *) inputs;

static bool
run_one(const input *in, bool say)
{
    pz_local *l = calloc(1, sizeof *l);
    uint8_t *copy = malloc(in->n + 1);         /* of the exact size: what reads past it is seen */
    pz_arena *a = pz_arena_open();
    pz_error err;
    bool ok;
    if (!l || !copy) abort();
    memcpy(copy, in->bytes, in->n);
    pz_error_init(&err, a);
    l->arena = pz_arena_open();
    ok = pz_local_decode(l, (pz_str){(const char *)copy, in->n}, &err) == PZ_OK;
    if (!ok && say) fprintf(stderr, PZ_FMT "\n", PZ_ARG(pz_error_text(&err, a)));
    pz_local_drop(l);
    pz_arena_close(a);
    free(copy);
    return ok;
}

static void
mutate(const inputs *corpus, input *out)
{
    const input *from = corpus->data[next_random((uint32_t)corpus->n)];
    *out = *from;
    for (uint32_t k = 1 + next_random(4); k > 0 && out->n; k--) {
        uint32_t at = next_random((uint32_t)out->n);
        uint32_t word = next_random(4) ? next_random(300) : (uint32_t)state;
        switch (next_random(6)) {
        case 0: out->bytes[at] = (uint8_t)next_random(256); break;
        case 1: out->bytes[at] ^= (uint8_t)(1u << next_random(8)); break;
        case 2:
            if (next_random(4) == 0) out->n = at;
            break;
        case 3:
            at &= ~3u;
            if (at + 4 <= out->n) memcpy(out->bytes + at, &word, 4);
            break;
        case 4:
            if (out->n < INPUT_SIZE) {
                memmove(out->bytes + at + 1, out->bytes + at, out->n - at);
                out->n++;
            }
            break;
        default: {
            const input *other = corpus->data[next_random((uint32_t)corpus->n)];
            size_t n = next_random((uint32_t)other->n), room = INPUT_SIZE - at;
            if (next_random(3)) break;
            if (n > room) n = room;
            memcpy(out->bytes + at, other->bytes, n);
            if (at + n > out->n) out->n = at + n;
        }
        }
    }
}

int
main(int argc, char **argv)
{
    long rounds = 100000, read = 0;
    inputs corpus = {0};
    pz_arena *a = pz_arena_open();
    input *in = malloc(sizeof *in);
    for (int c; (c = getopt(argc, argv, "n:s:")) != -1;) {
        if (c == 'n') rounds = atol(optarg);
        else if (c == 's') state = strtoull(optarg, NULL, 10) | 1;
        else return 2;
    }
    for (int i = optind; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        input *seed = PZ_NEW(a, input);
        if (!f || !in) return 2;
        seed->n = fread(seed->bytes, 1, INPUT_SIZE, f);
        fclose(f);
        pz_vec_push(a, &corpus, seed);
        if (!run_one(seed, true)) {
            fprintf(stderr, "%s is refused as it is\n", argv[i]);
            return 1;
        }
    }
    if (!corpus.n) return 0;
    for (long i = 0; i < rounds; i++) {
        mutate(&corpus, in);
        read += run_one(in, false);
    }
    printf("fuzz_ipc: %d inputs, %ld mutations, %ld of them read\n", corpus.n, rounds, read);
    free(in);
    pz_arena_close(a);
    return 0;
}
