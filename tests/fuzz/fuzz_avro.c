/*
 * tests/fuzz/fuzz_avro.c - hostile Avro files: headers, schemas, blocks in every codec, records.
 *
 *   fuzz_avro [-n rounds] [-s seed] FILE...    FILEs must be read as they are, then `rounds` mutations of them are
 *
 * What is mutated is the file, or its schema, or a block once it is unpacked, since a checksum would hide the records behind.
 * Nothing may crash, hang or allocate without bound.  An input that takes more than two seconds of the processor ends the run with status 1.
 */
#include "engine/avro.h"
#include "fuzz_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { INPUT_SIZE = 8192, RECORDS_MAX = 2000 };
typedef struct input { size_t n; unsigned char bytes[INPUT_SIZE]; } input;
typedef PZ_VEC(input *) inputs;
enum { OF_FILE, OF_SCHEMA, OF_BLOCK };

static void
mutate(const inputs *corpus, input *out)
{
    for (uint32_t k = 1 + next_random(4); k > 0 && out->n; k--) {
        uint32_t at = next_random((uint32_t)out->n);
        switch (next_random(6)) {
        case 0: out->bytes[at] = (unsigned char)next_random(256); break;
        case 1: out->bytes[at] ^= (unsigned char)(1u << next_random(8)); break;
        case 2:
            if (next_random(4) == 0) out->n = at;
            break;
        case 3:
            for (uint32_t i = at; i < out->n && i < at + 9; i++) out->bytes[i] |= 0x80;       /* a long number */
            break;
        case 4:
            if (out->n < INPUT_SIZE) memmove(out->bytes + at + 1, out->bytes + at, out->n++ - at);
            break;
        default: {
            const input *other = corpus->data[next_random((uint32_t)corpus->n)];
            size_t from = next_random((uint32_t)other->n), n = next_random((uint32_t)(other->n - from)), room = INPUT_SIZE - at;
            if (n > room) n = room;
            memcpy(out->bytes + at, other->bytes + from, n);
            if (at + n > out->n) out->n = at + n;
        }
        }
    }
}

/* The text, mutated, in memory of its exact size, so that what reads past it is seen. */
static pz_str
changed(const inputs *corpus, pz_str text, bool change)
{
    static input one;
    char *copy;
    one.n = text.len < INPUT_SIZE ? text.len : INPUT_SIZE;
    memcpy(one.bytes, text.ptr, one.n);
    if (change) mutate(corpus, &one);
    copy = malloc(one.n + !one.n);
    if (!copy) abort();
    memcpy(copy, one.bytes, one.n);
    return (pz_str){copy, one.n};
}

static bool
read_records(const pz_avro_plan *plan, pz_str block, int64_t count, int columns, pz_arena *a)
{
    pz_avro_bytes rest = {(const unsigned char *)block.ptr, (const unsigned char *)block.ptr + block.len};
    pz_value *row = PZ_NEWN(a, pz_value, columns + 1);
    for (int64_t i = 0; i < count && i < RECORDS_MAX; i++)
        if (!pz_avro_read_row(plan, &rest, a, row)) return false;
    return true;
}

static bool
read_blocks(const inputs *corpus, pz_str file, const pz_avro_header *h, const pz_avro_plan *plan, int columns, int what, pz_arena *a)
{
    pz_avro_bytes rest = {(const unsigned char *)file.ptr + h->size, (const unsigned char *)file.ptr + file.len};
    bool ok = true;
    while (ok && rest.at < rest.end) {
        int64_t count, bytes;
        pz_buf plain;
        pz_str block;
        if (!pz_avro_long(&rest, &count) || !pz_avro_long(&rest, &bytes) || count < 0 || bytes < 0 || bytes > rest.end - rest.at) return false;
        pz_buf_init(&plain, 0);
        ok = pz_avro_unpack(h->codec, (pz_str){(const char *)rest.at, (size_t)bytes}, &plain);
        rest.at += bytes;
        if (ok) {
            block = changed(corpus, pz_buf_view(&plain), what == OF_BLOCK);
            ok = read_records(plan, block, count, columns, a);
            free((char *)(uintptr_t)block.ptr);
        }
        pz_buf_free(&plain);
        rest.at += rest.end - rest.at < PZ_AVRO_SYNC ? rest.end - rest.at : PZ_AVRO_SYNC;
    }
    return ok;
}

static bool
read_file(const inputs *corpus, pz_str file, int what, pz_arena *a)
{
    pz_avro_typing how = {.recursion = (int)next_random(3), .stable_names = next_random(2)};
    pz_avro_header h;
    const pz_avro *s;
    const pz_avro_plan *plan;
    const pz_type *t;
    const char *why;
    bool more, nullable, ok;
    pz_str schema;
    if (!pz_avro_header_read(file, a, &h, &more) || !pz_avro_codec_known(h.codec)) return false;
    schema = changed(corpus, h.schema, what == OF_SCHEMA);
    ok = pz_avro_parse(schema, a, &s, &why) && s->kind == PZ_AVRO_RECORD && pz_avro_type(s, &how, a, &t, &nullable, &why);
    plan = ok ? pz_avro_plan_make(s, NULL, t, NULL, next_random(2), next_random(2), a, &why) : NULL;
    if (ok) (void)pz_avro_fits(s, t);
    ok = plan && read_blocks(corpus, file, &h, plan, t->nfields, what, a);
    free((char *)(uintptr_t)schema.ptr);
    return ok;
}

static bool
run_one(const inputs *corpus, const input *in, int what)
{
    pz_arena *a = pz_arena_open();
    pz_str file = changed(corpus, (pz_str){(const char *)in->bytes, in->n}, what == OF_FILE);
    double start = cpu_seconds();
    bool ok = read_file(corpus, file, what, a);
    free((char *)(uintptr_t)file.ptr);
    pz_arena_close(a);
    if (cpu_seconds() - start > 2) {
        fprintf(stderr, "an input took %.1f s\n", cpu_seconds() - start);
        exit(1);
    }
    return ok;
}

int
main(int argc, char **argv)
{
    long rounds = 60000, read = 0;
    inputs corpus = {0};
    pz_arena *a = pz_arena_open();
    for (int c; (c = getopt(argc, argv, "n:s:")) != -1;) {
        if (c == 'n') rounds = atol(optarg);
        else if (c == 's') state = strtoull(optarg, NULL, 10) | 1;
        else return 2;
    }
    for (int i = optind; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        input *seed = PZ_NEW(a, input);
        if (!f) return 2;
        seed->n = fread(seed->bytes, 1, INPUT_SIZE, f);
        fclose(f);
        pz_vec_push(a, &corpus, seed);
        if (!run_one(&corpus, seed, -1)) {
            fprintf(stderr, "%s is refused as it is\n", argv[i]);
            return 1;
        }
    }
    if (!corpus.n) return 0;
    for (long i = 0; i < rounds; i++) read += run_one(&corpus, corpus.data[next_random((uint32_t)corpus.n)], (int)next_random(3));
    printf("fuzz_avro: %d inputs, %ld mutations, %ld of them read\n", corpus.n, rounds, read);
    pz_arena_close(a);
    return 0;
}
