/*
 * base/base.h - what every other room stands on: strings, arenas, buffers, maps, errors, log.
 *
 * Nothing here knows about Spark, SQL or DuckDB.  Thread rules: an arena, buffer, map or error is used by
 * one thread at a time; everything else is pure.
 */
#ifndef PZ_BASE_H
#define PZ_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- strings: pointer and length; text that lives in an arena is NUL-terminated as well, but may contain NULs ---- */
typedef struct pz_str {
    const char *ptr;
    size_t len;
} pz_str;

#define PZ_STR(lit) ((pz_str){("" lit), sizeof(lit) - 1})
#define PZ_FMT "%.*s"                          /* printf of a pz_str: printf(PZ_FMT, PZ_ARG(s)) */
#define PZ_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""
#define PZ_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

pz_str pz_str_c(const char *c);                /* view of a C string; NULL gives an empty string with ptr NULL */
bool pz_str_eq(pz_str a, pz_str b);
bool pz_str_eqc(pz_str a, const char *b);
bool pz_str_ieq(pz_str a, pz_str b);           /* ASCII case-insensitive */
bool pz_str_ieqc(pz_str a, const char *b);
int pz_str_cmp(pz_str a, pz_str b);            /* bytewise */
bool pz_str_starts(pz_str s, const char *prefix);
bool pz_str_ends(pz_str s, const char *suffix);
pz_str pz_str_trim(pz_str s);                  /* ASCII white space and control characters, both ends */
uint64_t pz_hash_bytes(const void *p, size_t n, uint64_t seed);
uint64_t pz_hash_istr(pz_str s);               /* of the ASCII-lowered text */

/* ---- arenas: bump allocation, freed at once; never NULL (aborts when the machine is out of memory) ---- */
typedef struct pz_arena pz_arena;
pz_arena *pz_arena_open(void);
void pz_arena_close(pz_arena *a);              /* NULL allowed */
void pz_arena_reset(pz_arena *a);              /* forget everything, keep the first block */
void *pz_alloc(pz_arena *a, size_t n);         /* zeroed, 16-byte aligned */
size_t pz_arena_used(const pz_arena *a);
pz_str pz_dup(pz_arena *a, pz_str s);          /* copy, NUL-terminated */
pz_str pz_dupc(pz_arena *a, const char *c);
pz_str pz_strf(pz_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
pz_str pz_lower_ascii(pz_arena *a, pz_str s);
pz_str pz_upper_ascii(pz_arena *a, pz_str s);
void pz_arena_on_close(pz_arena *a, void (*fn)(void *), void *arg); /* run at close or reset, newest first */
#define PZ_NEW(a, T) ((T *)pz_alloc((a), sizeof(T)))
#define PZ_NEWN(a, T, n) ((T *)pz_alloc((a), sizeof(T) * (size_t)(n)))

/* ---- vectors in an arena: declare PZ_VEC(T) and push ---- */
#define PZ_VEC(T) struct { T *data; int n, cap; }
#define pz_vec_push(a, v, x) \
    do { \
        if ((v)->n == (v)->cap) pz_vec_grow((a), (void **)&(v)->data, &(v)->cap, sizeof(*(v)->data), (v)->n); \
        (v)->data[(v)->n++] = (x); \
    } while (0)
void pz_vec_grow(pz_arena *a, void **data, int *cap, size_t size, int n);
/* An empty list gets room for `count`, so that lists of known length leave no smaller copies in the arena. */
#define pz_vec_room(a, v, count) \
    do { \
        (v)->n = 0; \
        (v)->cap = (count); \
        (v)->data = pz_alloc((a), sizeof(*(v)->data) * (size_t)(v)->cap); \
    } while (0)
typedef PZ_VEC(pz_str) pz_strs;
pz_str pz_dotted(pz_arena *a, const pz_strs *parts);   /* a.b */

/* ---- growing text and byte buffers (malloc, not arena) ---- */
typedef struct pz_buf {
    char *ptr;
    size_t len, cap, max;                      /* max 0: no limit; past it `failed` is set and text is dropped */
    bool failed;
} pz_buf;
void pz_buf_init(pz_buf *b, size_t max);
void pz_buf_free(pz_buf *b);
void pz_buf_clear(pz_buf *b);
void pz_buf_add(pz_buf *b, const void *p, size_t n);
char *pz_buf_room(pz_buf *b, size_t n);        /* n bytes behind the contents that may be written and count once len is moved; NULL: failed */
void pz_buf_str(pz_buf *b, pz_str s);
void pz_buf_puts(pz_buf *b, const char *c);
void pz_buf_putc(pz_buf *b, char c);
void pz_buf_base64(pz_buf *b, pz_str s, bool lines); /* with padding; lines: a line break after every 76 characters, as in mail */
void pz_buf_quoted(pz_buf *b, pz_str s, char mark);           /* between marks, those inside doubled */
void pz_buf_printf(pz_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
pz_str pz_buf_view(const pz_buf *b);           /* valid until the next change */
pz_str pz_buf_dup(const pz_buf *b, pz_arena *a);

/* ---- hash map from string to pointer, in an arena; keys are kept, not copied; insertion order is kept ---- */
typedef struct pz_map pz_map;
pz_map *pz_map_make(pz_arena *a, bool ignore_case);
void *pz_map_get(const pz_map *m, pz_str key); /* NULL if absent */
void pz_map_put(pz_map *m, pz_str key, void *value);   /* replaces */
bool pz_map_del(pz_map *m, pz_str key);
int pz_map_count(const pz_map *m);
bool pz_map_at(const pz_map *m, int i, pz_str *key, void **value); /* i-th live entry in insertion order; false past the end */

/* ---- UTF-8 ---- */
int pz_utf8_decode(const char *p, size_t n, uint32_t *cp); /* bytes used, 0 if n is 0; bad bytes give U+FFFD and 1 */
int pz_utf8_encode(uint32_t cp, char out[4]);
int pz_hex4(const char *p);                    /* the number that four hexadecimal digits write, or -1 */
size_t pz_utf8_count(pz_str s);                /* code points */
bool pz_utf8_valid(pz_str s);

/* ---- where in the user's program something stands ---- */
typedef struct pz_origin {
    int start, stop;                           /* byte offsets in `text`, stop inclusive; start < 0: none */
    int line, pos;                             /* of start: line from 1, character from 0 */
    const struct pz_source *source;            /* the SQL text, or the DataFrame call site; NULL: none */
} pz_origin;
typedef struct pz_source {
    pz_str text;                               /* whole SQL text; for a DataFrame call: the fragment, such as __truediv__ */
    pz_str call_site;                          /* set for DataFrame origins */
    pz_str object_type, object_name;           /* set inside views */
} pz_source;
#define PZ_NO_ORIGIN ((pz_origin){-1, -1, 0, 0, NULL})

/* ---- errors: raised once, where the knowledge is ---- */
typedef enum pz_status { PZ_OK = 0, PZ_FAIL = 1 } pz_status;

typedef enum pz_err_id {
    PZ_ERR_NONE = 0,
#define ERR(id, condition, sqlstate, klass, message) PZ_ERR_##id,
#include "../../tables/errors.def"
#undef ERR
    PZ_ERR_TEXT,                               /* class and text only, no condition: pz_raise_text() */
    PZ_ERR_COUNT
} pz_err_id;

/* Java exception classes as sent in ErrorInfo; the chain of parents is derived (base/err.c). */
typedef enum pz_err_class {
#define ERR_CLASS(id, chain) PZ_CLASS_##id,
#include "../../tables/error_classes.def"
#undef ERR_CLASS
    PZ_CLASS_COUNT
} pz_err_class;

typedef struct pz_err_row {
    const char *condition;                     /* "" for errors without a condition */
    const char *sqlstate;                      /* "" if none */
    pz_err_class klass;
    const char *message;                       /* our words, with <parameter> places */
} pz_err_row;
const pz_err_row *pz_err_info(pz_err_id id);
const char *pz_err_class_chain(pz_err_class c); /* comma-separated, concrete class first, ends with java.lang.Object */
pz_err_id pz_err_find(pz_str condition);       /* PZ_ERR_NONE if unknown */

#define PZ_ERR_MAX_PARAMS 8
typedef struct pz_error {
    pz_arena *arena;                           /* where texts are kept; the owner sets it before first use */
    pz_err_id id;                              /* PZ_ERR_NONE: no error so far */
    pz_err_class klass;                        /* row's class unless overridden */
    int nparams;
    struct { pz_str name, value; } params[PZ_ERR_MAX_PARAMS];
    pz_origin origin;
    pz_str message;                            /* sentence without condition, SQLSTATE and context */
    bool is_parse;                             /* sent in the shape of a parse error */
    bool nowhere;                              /* an expression that nobody wrote raised it: an empty query context is sent */
    bool place_only;                           /* the origin tells line and position, but is no query context */
    pz_str plan;                               /* text of the plan for analysis errors; may be empty */
    struct { pz_str type, left, right, symbol; } seen; /* what the engine told of an operation that failed: its type and operands, in its words; or empty */
} pz_error;

void pz_error_init(pz_error *e, pz_arena *a);
/* Fill *e and return PZ_FAIL.  Pairs of (const char *name, pz_str *or* const char * value) are C strings; end with NULL:
 *   return pz_raise(err, PZ_ERR_DIVIDE_BY_ZERO, origin, "config", "\"spark.sql.ansi.enabled\"", NULL);
 * The first error wins: raising on a filled error keeps the first. */
pz_status pz_raise(pz_error *e, pz_err_id id, pz_origin origin, ...) __attribute__((sentinel));
/* As above, with another exception class than the row's. */
pz_status pz_raise_as(pz_error *e, pz_err_class klass, pz_err_id id, pz_origin origin, ...) __attribute__((sentinel));
/* An error without condition: class and text only. */
pz_status pz_raise_text(pz_error *e, pz_err_class klass, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A broken invariant of ours: INTERNAL_ERROR. */
pz_status pz_raise_internal(pz_error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void pz_error_copy(pz_error *to, const pz_error *from); /* texts copied into to->arena */
void pz_error_keep(pz_error *e);           /* all that it points to is copied into its arena, because where it came from ends */
/* Whole text as Spark sends it: "[COND] sentence. SQLSTATE: xxxxx" plus position or query context. */
pz_str pz_error_text(const pz_error *e, pz_arena *a);
bool pz_error_is_analysis(const pz_error *e);  /* its Java class is AnalysisException or below */

/* What FetchErrorDetails tells of the place; false if there is none (parse errors have none).  Indexes count code points. */
typedef struct pz_context {
    bool is_dataframe;
    int start_index, stop_index;               /* inclusive; of the SQL text */
    pz_str fragment, summary, call_site, object_type, object_name;
} pz_context;
bool pz_error_context(const pz_error *e, pz_arena *a, pz_context *out);

/* An error as text inside the engine, where only a message travels: \001COND\002name\003value...; optional fields @class, @at (start,stop in the
 * SQL text), @text.  Unpacking finds \001 anywhere in the text, so that an engine's prefix does not matter; false if there is none. */
void pz_err_pack_origin(pz_buf *b, pz_origin o);
void pz_err_pack(pz_buf *b, const pz_error *e);
bool pz_err_unpack(pz_str text, pz_error *e);  /* origin gets start and stop; its source is the caller's to set */

#define PZ_TRY(x) do { if ((x) != PZ_OK) return PZ_FAIL; } while (0)
#define pz_assert(c) ((c) ? (void)0 : pz_panic(__FILE__, __LINE__, #c))
_Noreturn void pz_panic(const char *file, int line, const char *what);

/* ---- log to stderr: one line, key=value ---- */
typedef enum pz_log_level { PZ_LOG_ERROR, PZ_LOG_WARN, PZ_LOG_INFO, PZ_LOG_DEBUG, PZ_LOG_TRACE } pz_log_level;
void pz_log_set_level(pz_log_level l);
bool pz_log_on(pz_log_level l);
void pz_log(pz_log_level l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- small facts ---- */
void pz_at_thread_end(void (*f)(void));         /* f is called when this thread ends, to free what it kept; asking again changes nothing; not for the main thread */
void pz_uuid_make(char out[37]);               /* random, lower case, NUL-terminated; thread-safe */
int64_t pz_now_micros(void);                   /* wall clock, microseconds since 1970 UTC */
int64_t pz_mono_micros(void);                  /* monotonic */

#endif
