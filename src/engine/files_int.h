/*
 * engine/files_int.h - reading files: what listing, schema inference and the scans share.
 *
 * files.c is the entry; files_list.c finds files and partitions; files_parquet.c makes SQL over the engine's own reader;
 * files_scan.c is our table function for CSV, JSON and text, because what a malformed line becomes is Spark's and not the
 * engine's: files_csv.c and files_json.c decode records for it and infer schemas.
 */
#ifndef PZ_FILES_INT_H
#define PZ_FILES_INT_H

#include "../types/datetime_pattern.h"
#include "engine_int.h"

typedef struct pz_file {
    pz_str path;
    int64_t size, mtime;
    pz_str *parts;                             /* text of each partition column; ptr NULL: null */
} pz_file;

typedef struct pz_listing {
    PZ_VEC(pz_file) files;                     /* sorted by path */
    PZ_VEC(pz_field) parts;                    /* partition columns with inferred types */
} pz_listing;

typedef struct pz_source_in {                  /* one call of pz_files_open */
    pz_engine *engine;
    pz_str format;                             /* lower case */
    const pz_strs *paths;
    const pz_options *options;
    const pz_schema *user_schema;              /* may be NULL */
    const pz_strs *defaults;                   /* NULL, or beside user_schema */
    const pz_file_parts *parts;                /* NULL: the directories tell */
    const pz_strs *texts;                      /* records themselves, instead of files; ptr NULL: null */
    pz_str time_zone;
    const pz_zone *zone;
    pz_arena *a;
    pz_error *err;
    pz_strs roots;                             /* paths with globs still in them, absolute */
    pz_listing list;
    pz_schema data;                            /* columns of the files, without partition columns */
    pz_strs absent;                            /* empty, or beside `data`: what a record without the column has, as engine text; ptr NULL: null */
    bool case_sensitive;                       /* names that differ in case are two */
    bool metadata;                             /* text is being made for a scan with column _metadata */
} pz_source_in;

bool pz_source_same_name(const pz_source_in *in, pz_str a, pz_str b);
pz_status pz_source_named_twice(pz_source_in *in, pz_str name);
bool pz_option_bool(const pz_options *o, const char *name, bool otherwise);

/* files.c */
pz_str pz_file_padded(const pz_source_in *in, const pz_field *f, pz_str text);  /* engine text of a column; blanks behind what is shorter than its CHAR(n) */

/* files_list.c */
pz_status pz_files_list(pz_source_in *in);
const pz_file *pz_files_to_read(const pz_source_in *in);       /* the listed files in the order Spark reads them: large ones first */
pz_str pz_file_uri_quoted(pz_arena *a, pz_str path);    /* the same with what no URI may hold as %20 and the like */
pz_str pz_file_uri(pz_arena *a, pz_str path);   /* file:/a/b as Spark shows paths */

/* files_memo.c: answers to questions about one file, kept while the file stays as it is.  A question is a constant text. */
struct pz_memos *pz_memos_open(void);
void pz_memos_close(struct pz_memos *m);       /* NULL allowed */
bool pz_memo_get(pz_engine *e, pz_str path, const char *question, const pz_type *const *types, int ntypes, pz_arena *a, pz_values **rows, int *n);
void pz_memo_put(pz_engine *e, pz_str path, const char *question, const pz_type *const *types, int ntypes, pz_arena *a, const pz_values *rows, int n);

bool pz_file_is_fresh(pz_str path, pz_arena *a); /* changed a moment ago, or gone */

/* files_parquet.c */
pz_status pz_parquet_open(pz_source_in *in, pz_scan *scan);
void pz_parquet_drop_corrupt(pz_source_in *in);

/* ---- our own scans: a spec travels as text inside the SQL, so that a scan needs no state between plan and run ---- */
typedef struct pz_text_spec {
    pz_str format;
    pz_str zone_id;
    const pz_zone *zone;
    pz_options options;
    pz_schema data;                            /* columns decoded from records, in order; the corrupt record column is one of them */
    pz_schema parts;
    PZ_VEC(pz_file) files;
    bool metadata;                             /* one more column, behind the partitions */
    bool *told;                                /* NULL, or per data column: a boolean column behind all tells where a record lacks it */
    int ntold;
} pz_text_spec;
/* A value of such a column where the record has none; others are PZ_NULL. */
#define PZ_NULL ((pz_value){.null = true})
#define PZ_ABSENT ((pz_value){.null = true, .i = 1})
static inline bool pz_is_absent(const pz_value *v) { return v->null && v->i == 1; }
void pz_text_spec_print(pz_buf *b, const pz_source_in *in);
pz_status pz_text_spec_parse(pz_str text, pz_arena *a, pz_text_spec *out, pz_error *err);
/* Rows of our scan: pz_scan_files('<spec>') with columns k0, k1, ...: data, then partitions. */
pz_status pz_text_scan_register(pz_engine *e, pz_error *err);

typedef enum pz_parse_mode { PZ_PERMISSIVE, PZ_DROPMALFORMED, PZ_FAILFAST } pz_parse_mode;

/* Decoder of one format.  Made once per scan (read-only then), used by many threads with an arena each. */
typedef struct pz_record_format pz_record_format;
typedef struct pz_record_sink {                /* where decoded rows go */
    pz_arena *a;                               /* values live here */
    const bool *wanted;                        /* per data column */
    int nwanted;                               /* how many of them are */
    pz_value *row;                             /* to be filled: one value per data column */
    void (*emit)(struct pz_record_sink *s);    /* row is complete; a fresh one takes its place */
    const pz_file *file;                       /* the records come from */
    pz_str document;                           /* the whole file, where it is read whole */
    bool at_start;                             /* the next line is the first of its file that is no comment */
    bool failed;                               /* FAILFAST met a bad record */
    int64_t from, to;                          /* the part of the file; to < 0: all of it */
    void *own;                                 /* the format's, about this part; NULL at first */
} pz_record_sink;
struct pz_record_format {
    void *(*open)(const pz_text_spec *spec, pz_arena *a);
    bool (*whole_files)(const pz_text_spec *spec); /* records do not end with lines */
    /* one line as a record */
    void (*line)(void *state, pz_str line, pz_record_sink *sink);
    bool (*record)(void *state, pz_str *rest, pz_record_sink *sink); /* whole files; false at the end */
    bool (*skip)(void *state, pz_str line);    /* lines that are no records: empty, comments */
    bool keeps_corrupt;                        /* malformed records may go to a column: pz_corrupt_column() */
    bool reads_itself;                         /* record() reads the file, by parts */
    void (*end)(pz_record_sink *sink);         /* frees what is its own; NULL: nothing is */
};
/* Option singleVariantColumn: the column that takes whole records; -1: there is none. */
int pz_one_variant(const pz_options *o, const pz_schema *data);
int pz_corrupt_column(const pz_text_spec *spec);               /* -1: none is declared */
pz_status pz_corrupt_check(const pz_schema *s, pz_str name, pz_error *err);      /* it must be text where there is one */
extern const pz_record_format pz_csv_format, pz_json_format, pz_text_format, pz_binary_format, pz_xml_format, pz_avro_format;
const pz_record_format *pz_record_format_find(pz_str name);

/* Text of a whole file or of the lines of a part of it, decompressed and in UTF-8; malloc'd. */
typedef struct pz_file_text { char *ptr; size_t len; } pz_file_text;
bool pz_file_is_packed(pz_str path);
pz_status pz_file_read(pz_str path, pz_str charset, pz_file_text *out, pz_error *err);
bool pz_file_unpack(pz_str path, pz_file_text *t);             /* files_unpack.c; false: broken, and freed */
bool pz_file_may_skip(const pz_options *o, const pz_error *e); /* ignoreMissingFiles, ignoreCorruptFiles */
pz_status pz_source_read(pz_source_in *in, pz_str path, pz_str charset, pz_file_text *out);   /* for inference: empty where it may be skipped */
pz_status pz_file_read_raw(pz_str path, pz_file_text *out, pz_error *err);
pz_str pz_json_decoded(pz_str s, pz_arena *a);
/* Lines that begin in [from, to) */
pz_status pz_file_read_lines(pz_str path, int64_t from, int64_t to, pz_file_text *out, pz_error *err);
/* Next line of *rest without its end; separator empty: LF, CR or CRLF */
bool pz_next_line(pz_str *rest, pz_str separator, pz_str *line);

/* files_csv.c, files_json.c: schema from the files */
pz_status pz_csv_infer(pz_source_in *in, pz_schema *out);
void pz_csv_infer_line(const pz_options *o, pz_str text, const pz_zone *zone, pz_arena *a, pz_schema *out);  /* one record */
bool pz_csv_beyond(const pz_options *o, pz_str text, int64_t columns, int64_t chars, pz_arena *a);          /* has one record more of them? */
pz_status pz_json_infer(pz_source_in *in, pz_schema *out);

/* Charsets that Spark takes, whatever else there is. */
#define PZ_CHARSETS "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8"
bool pz_charset_known(pz_str name);
pz_status pz_xml_infer(pz_source_in *in, pz_schema *out);
pz_status pz_avro_infer(pz_source_in *in, pz_schema *out);
pz_parse_mode pz_parse_mode_of(const pz_options *o);

/* Which records schema inference looks at (option samplingRatio), by Spark's generator. */
typedef struct pz_sampler { double ratio; uint64_t state; } pz_sampler;
void pz_sampler_init(pz_sampler *s, const pz_options *o, int64_t seed);
bool pz_sampler_takes(pz_sampler *s);
/* files_options.c: options and their values, before anything is read */
pz_status pz_files_check_options(pz_source_in *in);

/* files_value.c: scalar texts to values as CSV and JSON readers do it */
typedef struct pz_text_rules {
    const pz_zone *zone;
    const pz_datetime_pattern *date_pattern, *timestamp_pattern, *ntz_pattern; /* NULL: the lenient forms of CAST */
    bool plain_decimals;                       /* no marks between groups of digits */
    bool fallback;                             /* what a pattern does not fit may have a form of CAST */
    pz_str nan, plus_inf, minus_inf;
    const pz_locale *locale;                   /* of decimals and names; NULL: English of the United States */
} pz_text_rules;
bool pz_text_value(const pz_text_rules *r, const pz_type *t, pz_str s, pz_arena *a, pz_value *out);
/* Text that is not UTF-8 keeps its good characters; the rest becomes U+FFFD. */
pz_str pz_text_clean(pz_str s, pz_arena *a);
void pz_text_rules_init(pz_text_rules *r, const pz_options *o, const pz_zone *zone, pz_arena *a);
bool pz_text_base64(pz_str s, pz_arena *a, pz_str *out); /* false: it is none */
/* A decimal of type t, rounded half up. */
bool pz_text_decimal(pz_str s, const pz_locale *locale, const pz_type *t, pz_value *out);
bool pz_plain_decimal(pz_str s, const pz_type *t, pz_value *out);      /* without marks between groups of digits */
bool pz_text_has_zone(pz_str s);                        /* a timestamp that names its zone */
bool pz_text_long(pz_str s, int64_t *out);
bool pz_text_double(pz_str s, double *out);    /* as Java's parseDouble */

#endif
