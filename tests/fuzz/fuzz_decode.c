/*
 * tests/fuzz/fuzz_decode.c - hostile bytes through wire check, unpacking and decoding.
 *
 *   fuzz_decode [-n rounds] [-s seed] FILE...    run every file as it is, then `rounds` mutations of them (or of built-in seeds)
 *
 * Nothing may crash, hang or allocate without bound; errors are fine.  Prints what it ran; a failure is a signal.
 */
#include "decode/decode.h"
#include "spark/connect/base.pb-c.h"
#include "fuzz_random.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { INPUT_SIZE = 1 << 16 };
typedef struct input { uint8_t bytes[INPUT_SIZE]; size_t n; } input;
typedef PZ_VEC(input *) inputs;

static void
run_one(const uint8_t *bytes, size_t n)
{
    pz_arena *a = pz_arena_open();
    ProtobufCMessage *m;
    pz_error err;
    pz_plan *plan;
    pz_error_init(&err, a);
    if (pz_unpack(&spark__connect__plan__descriptor, bytes, n, a, &m, &err) != PZ_OK ||
        pz_decode_plan((Spark__Connect__Plan *)m, a, &plan, &err) != PZ_OK)
        pz_error_text(&err, a);
    pz_arena_close(a);
}

/* A plan with much in it, built of a few bytes each: tag, length, content. */
static void
put(input *in, uint32_t field, const void *bytes, size_t n)
{
    in->bytes[in->n++] = (uint8_t)((field << 3 | 2) & 0x7f) | (field > 15 ? 0x80 : 0);
    if (field > 15) in->bytes[in->n++] = (uint8_t)(field >> 4);
    if (n > 127) in->bytes[in->n++] = (uint8_t)((n & 0x7f) | 0x80);
    in->bytes[in->n++] = (uint8_t)(n > 127 ? n >> 7 : n);
    memcpy(in->bytes + in->n, bytes, n);
    in->n += n;
}

/* One seed per member of Relation.rel_type and of Expression.expr_type: the member with every plausible field around a range. */
static void
built_in(pz_arena *a, inputs *out)
{
    static const uint8_t range[] = {0x7a, 0x04, 0x10, 0x0a, 0x18, 0x01};
    for (uint32_t f = 2; f < 110; f++) {
        input body = {.n = 0}, rel = {.n = 0}, *plan = PZ_NEW(a, input);
        for (uint32_t k = 1; k < 8; k++) put(&body, k, k < 3 ? (const void *)range : "id", k < 3 ? sizeof range : 2);
        put(&rel, f, body.bytes, body.n);
        put(plan, 1, rel.bytes, rel.n);
        pz_vec_push(a, out, plan);
    }
    for (uint32_t f = 1; f < 24; f++) {
        input body = {.n = 0}, expr = {.n = 0}, project = {.n = 0}, rel = {.n = 0}, *plan = PZ_NEW(a, input);
        for (uint32_t k = 1; k < 6; k++) put(&body, k, "a", 1);
        put(&expr, f, body.bytes, body.n);
        put(&project, 1, range, sizeof range);
        put(&project, 3, expr.bytes, expr.n);
        put(&rel, 3, project.bytes, project.n);
        put(plan, 1, rel.bytes, rel.n);
        pz_vec_push(a, out, plan);
    }
}

static void
mutate(const inputs *corpus, input *out)
{
    const input *from = corpus->data[next_random((uint32_t)corpus->n)];
    *out = *from;
    for (uint32_t i = 0, k = 1 + next_random(6); i < k && out->n; i++) {
        uint32_t at = next_random((uint32_t)out->n);
        switch (next_random(5)) {
        case 0: out->bytes[at] = (uint8_t)next_random(256); break;
        case 1: out->bytes[at] ^= (uint8_t)(1u << next_random(8)); break;
        case 2: out->n = at; break;
        case 3:
            memmove(out->bytes + at, out->bytes + at + 1, out->n - at - 1);
            out->n--;
            break;
        default: {                              /* splice in a piece of another input */
            const input *other = corpus->data[next_random((uint32_t)corpus->n)];
            size_t n = other->n ? next_random((uint32_t)other->n) : 0;
            if (n > INPUT_SIZE - at) n = INPUT_SIZE - at;
            memcpy(out->bytes + at, other->bytes, n);
            if (at + n > out->n) out->n = at + n;
        }
        }
    }
}

static bool
read_file(pz_arena *a, const char *path, inputs *out)
{
    FILE *f = fopen(path, "rb");
    input *in = PZ_NEW(a, input);
    if (!f) return false;
    in->n = fread(in->bytes, 1, INPUT_SIZE, f);
    fclose(f);
    pz_vec_push(a, out, in);
    return true;
}

typedef struct job { pz_arena *a; inputs corpus; long rounds; } job;

static void *
work(void *arg)
{
    job *j = arg;
    input *in = malloc(sizeof *in);
    for (int i = 0; i < j->corpus.n; i++) run_one(j->corpus.data[i]->bytes, j->corpus.data[i]->n);
    for (long i = 0; i < j->rounds; i++) {
        mutate(&j->corpus, in);
        run_one(in->bytes, in->n);
    }
    free(in);
    return NULL;
}

int
main(int argc, char **argv)
{
    job j = {.a = pz_arena_open(), .rounds = 200000};
    pthread_attr_t attr;
    pthread_t thread;
    for (int c; (c = getopt(argc, argv, "n:s:")) != -1;) {
        if (c == 'n') j.rounds = atol(optarg);
        else if (c == 's') state = strtoull(optarg, NULL, 10) | 1;
        else return 2;
    }
    for (int i = optind; i < argc; i++)
        if (!read_file(j.a, argv[i], &j.corpus)) return 2;
    built_in(j.a, &j.corpus);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, (size_t)256 << 20);     /* as the server's workers, with room for sanitizers */
    if (pthread_create(&thread, &attr, work, &j) != 0) return 2;
    pthread_join(thread, NULL);
    printf("fuzz_decode: %d inputs, %ld mutations\n", j.corpus.n, j.rounds);
    pz_arena_close(j.a);
    return 0;
}
