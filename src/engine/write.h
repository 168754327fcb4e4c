/*
 * engine/write.h - files of rows: Parquet through the engine's own writer, lines of text through ours.
 *
 * Both fill a directory that nobody else looks at (a stage); publishing it is the caller's.  Rows come from a SELECT whose columns are
 * the data columns (text formats: one line), then the partition columns as Spark's text of their values.  Thread rules: one thread per writer.
 */
#ifndef PZ_ENGINE_WRITE_H
#define PZ_ENGINE_WRITE_H

#include "engine.h"

typedef struct pz_sink pz_sink;                /* row of tables/sinks.def */
const pz_sink *pz_sink_find(pz_str format);    /* NULL: not one that can be written */
const char *pz_sink_label(const pz_sink *s);
const char *pz_sink_codec_setting(const pz_sink *s); /* "": none */
const char *pz_sink_default_codec(const pz_sink *s);
const char *pz_sink_extension(const pz_sink *s);
bool pz_sink_is_lines(const pz_sink *s);
bool pz_sink_is(const pz_sink *s, const char *name);
/* Suffix and word of a codec.  CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION for others. */
pz_status pz_sink_codec(const pz_sink *s, pz_str name, const char **suffix, const char **how, pz_error *err);
/* May the column be written?  UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE and kin. */
pz_status pz_sink_check_type(const pz_sink *s, pz_str column, const pz_type *t, pz_error *err);

typedef struct pz_file_write {
    const pz_sink *sink;
    const char *suffix, *how;                  /* of the codec */
    const char *extension;                     /* lines: of the files */
    pz_str dir;                                /* the stage: exists, absolute */
    const char *uuid;                          /* in the names of the files */
    const pz_schema *data;                     /* data columns */
    pz_strs partitions;                        /* names of partition columns */
    int64_t max_records;                       /* rows a file may have; 0: any */
    int tasks;                                 /* files to spread the rows over, as partitions of a plan do; up to 1: one */
    bool bucketed;                             /* the SELECT has one more column, the number of the row's bucket, which file names tell */
    pz_str header, line_sep, charset;          /* lines: header ptr NULL: none; charset empty: UTF-8 */
    bool skip_empty;                           /* lines: empty ones are left out */
    pz_str footer;                             /* lines: ptr NULL: none; header and footer then surround lines only, a file without has none */
    pz_str avro_schema;                        /* lines: ptr NULL: texts; else records of an Avro file, packed by `how` at `level` */
    int level;
    uint32_t highest;                          /* lines: XML; characters above it are written as references; 0: none */
} pz_file_write;

/* COPY of the SELECT into the stage; pz_parquet_arrange() then gives directories and files Spark's names. */
void pz_parquet_copy_text(const pz_file_write *w, pz_str select, pz_arena *a, pz_buf *out);
pz_status pz_parquet_arrange(const pz_file_write *w, pz_arena *a, pz_error *err);

/* The SELECT whose chunks a line writer takes. */
void pz_lines_select_text(const pz_file_write *w, pz_str select, pz_buf *out);
typedef struct pz_line_writer pz_line_writer;
pz_line_writer *pz_line_writer_open(const pz_file_write *w);   /* w must outlive it */
pz_status pz_line_writer_add(pz_line_writer *l, struct pz_chunk *c, pz_error *err);
pz_status pz_line_writer_close(pz_line_writer *l, bool keep, pz_error *err); /* keep false: an error is under way, nothing is promised */

/* engine text for the number of a row's file: ", <expr>", or nothing where files have no numbers; k<first>.. are the partition columns */
bool pz_file_is_numbered(const pz_file_write *w);
void pz_file_number_text(const pz_file_write *w, int first, pz_buf *out);

pz_str pz_file_bucket_text(const pz_file_write *w, int64_t number, pz_arena *a);       /* between uuid and counter in a file's name */

/* The schema of Avro files with such rows, as Spark writes it (avro_schema.c).  false: a type has no place in it. */
bool pz_avro_schema_text(const pz_schema *rows, pz_str name, pz_str space, pz_arena *a, pz_str *out);

/* ---- XML: what its writing asks of options.  Class and words as Spark's. */
pz_status pz_xml_check_options(const pz_options *o, pz_error *err);

/* key=value with Spark's escapes; value ptr NULL or empty: the default partition. */
void pz_partition_dir(pz_buf *b, pz_str name, pz_str value);

#endif
