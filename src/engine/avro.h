/*
 * engine/avro.h - Avro: schemas, records to Spark values and back, container files.
 *
 * A schema is JSON text (avro_schema.c).  Records of one schema are read into values of SQL types by a plan made once
 * (avro_read.c), and written the same way (avro_write.c).  Files are blocks of records behind a header (avro_file.c).
 * Everything made here is read-only and may be shared by threads.
 */
#ifndef PZ_ENGINE_AVRO_H
#define PZ_ENGINE_AVRO_H

#include "functions/json.h"

typedef enum pz_avro_kind {
    PZ_AVRO_NULL, PZ_AVRO_BOOLEAN, PZ_AVRO_INT, PZ_AVRO_LONG, PZ_AVRO_FLOAT, PZ_AVRO_DOUBLE, PZ_AVRO_BYTES, PZ_AVRO_STRING,
    PZ_AVRO_RECORD, PZ_AVRO_ENUM, PZ_AVRO_ARRAY, PZ_AVRO_MAP, PZ_AVRO_UNION, PZ_AVRO_FIXED
} pz_avro_kind;
typedef enum pz_avro_logical {
    PZ_AVRO_PLAIN, PZ_AVRO_DATE, PZ_AVRO_TIMESTAMP_MILLIS, PZ_AVRO_TIMESTAMP_MICROS, PZ_AVRO_LOCAL_MILLIS, PZ_AVRO_LOCAL_MICROS, PZ_AVRO_DECIMAL
} pz_avro_logical;

typedef struct pz_avro pz_avro;
typedef struct pz_avro_field { pz_str name; pz_strs aliases; const pz_avro *type; const pz_json *fallback; } pz_avro_field;
struct pz_avro {
    pz_avro_kind kind;
    pz_avro_logical logical;
    int precision, scale;
    pz_str name;                               /* full name; RECORD, ENUM, FIXED */
    pz_strs aliases;                           /* full names */
    pz_avro_field *fields; int nfields;        /* RECORD */
    pz_strs symbols; pz_str fallback;          /* ENUM; ptr NULL: none */
    const pz_avro **branches; int nbranches;   /* UNION */
    const pz_avro *items;                      /* ARRAY, MAP */
    int64_t size;                              /* FIXED */
    pz_str spark_type;                         /* property spark.sql.catalyst.type */
};

/* ---- avro_schema.c.  false: no schema, *why tells. */
bool pz_avro_parse(pz_str json, pz_arena *a, const pz_avro **out, const char **why);
typedef struct pz_avro_typing { int recursion; bool stable_names; pz_str stable_prefix; } pz_avro_typing;
/* The SQL type.  *nullable: a union with null.  false: there is none, *why tells. */
bool pz_avro_type(const pz_avro *s, const pz_avro_typing *how, pz_arena *a, const pz_type **out, bool *nullable, const char **why);
const char *pz_avro_kind_name(pz_avro_kind k);

/* ---- avro_read.c */
typedef struct pz_avro_plan pz_avro_plan;
typedef struct pz_avro_bytes { const unsigned char *at, *end; } pz_avro_bytes;
/* Records written as `from`, seen as `as` (NULL: as they are), into rows of `to` (a STRUCT) of which only `wanted` columns matter
 * (NULL: all); positions: fields go by place.  NULL: impossible; why tells. */
const pz_avro_plan *pz_avro_plan_make(const pz_avro *from, const pz_avro *as, const pz_type *to, const bool *wanted, bool positions, bool any_case, pz_arena *a,
                                      const char **why);
bool pz_avro_read(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *out);       /* false: broken */
bool pz_avro_read_row(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *row); /* into the columns themselves */
bool pz_avro_long(pz_avro_bytes *in, int64_t *out);
bool pz_avro_counted(pz_avro_bytes *in, pz_str *out);         /* a length and so many bytes */

/* ---- avro_write.c: false: the value has no place in the schema */
bool pz_avro_fits(const pz_avro *s, const pz_type *t);
bool pz_avro_write(const pz_avro *s, const pz_type *t, const pz_value *v, pz_buf *b);
void pz_avro_put_long(pz_buf *b, int64_t n);

/* ---- avro_file.c */
enum { PZ_AVRO_SYNC = 16, PZ_AVRO_BLOCK_MAX = 1 << 30 };     /* bytes of the mark; bytes that a block may have unpacked */
typedef struct pz_avro_header { pz_str schema, codec; char sync[PZ_AVRO_SYNC]; size_t size; } pz_avro_header;
/* size: bytes of it, where the blocks begin.  false: not such a file, or cut off (*more: perhaps further bytes help) */
bool pz_avro_header_read(pz_str bytes, pz_arena *a, pz_avro_header *out, bool *more);
void pz_avro_header_write(pz_buf *b, pz_str schema, pz_str codec, const char *sync);
bool pz_avro_codec_known(pz_str codec);
bool pz_avro_unpack(pz_str codec, pz_str packed, pz_buf *out);
bool pz_avro_pack(pz_str codec, int level, pz_str plain, pz_buf *out);

#endif
