/*
 * engine/files_parquet.c - Parquet through the engine's reader, with Spark's schema.
 *
 * In: listed files.  Out: the data schema as Spark infers it from footers, and a FROM item over read_parquet() whose
 * columns are plain references where types agree, so that filters and projections push down.
 * Things start at pz_parquet_open().
 */
#include <stdio.h>
#include <stdlib.h>

#include "files_int.h"
#include "write.h"

typedef enum node_kind { NODE_SCALAR, NODE_STRUCT, NODE_LIST, NODE_MAP } node_kind;
typedef enum repetition { REP_REQUIRED, REP_OPTIONAL, REP_REPEATED } repetition;

typedef struct node {                          /* a column of the file, lists and maps already folded */
    node_kind kind;
    pz_str name, physical, converted, logical;
    pz_str alias;                              /* top columns: as the engine names them, which takes names that differ in case for one */
    repetition rep;
    int length, precision, scale;
    struct node *kids;                         /* STRUCT: fields; LIST: element; MAP: key, value */
    int nkids;
    const pz_type *type;                       /* as Spark infers it */
    bool absent;                               /* not in the file: always null */
} node;

#define FILE_COLUMN " file"                    /* no column of a file has this name */

typedef struct reader {
    pz_source_in *in;
    pz_values *rows;                           /* of parquet_schema() */
    int nrows, at;
    node *top;
    pz_str path;
} reader;

enum { COL_NAME, COL_TYPE, COL_LENGTH, COL_REP, COL_KIDS, COL_CONVERTED, COL_SCALE, COL_PRECISION, COL_LOGICAL, COL_COUNT };

/* ---- the footer ---- */
static pz_status
fetch(reader *r, const char *head, pz_str path, const char *tail, const pz_type *const *types, int ntypes, pz_values **rows, int *n)
{
    pz_run_settings settings = {.time_zone = PZ_STR("UTC"), .fresh_files = pz_file_is_fresh(path, r->in->a)};
    pz_buf b;
    pz_status st;
    if (pz_memo_get(r->in->engine, path, head, types, ntypes, r->in->a, rows, n)) return PZ_OK;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, head);
    pz_buf_quoted(&b, path, '\'');
    pz_buf_puts(&b, tail);
    st = pz_engine_rows(r->in->engine, &settings, pz_buf_view(&b), types, ntypes, r->in->a, rows, n, r->in->err);
    pz_buf_free(&b);
    if (st == PZ_OK) pz_memo_put(r->in->engine, path, head, types, ntypes, r->in->a, *rows, *n);
    return st;
}

static pz_str
text_at(const reader *r, int row, int col)
{
    const pz_value *v = &r->rows[row].data[col];
    return v->null ? (pz_str){NULL, 0} : v->s;
}

static int
int_at(const reader *r, int row, int col)
{
    const pz_value *v = &r->rows[row].data[col];
    return v->null ? 0 : (int)v->i;
}

static bool read_node(reader *r, node *n);

static bool
read_kids(reader *r, node *n, int count)
{
    n->kids = PZ_NEWN(r->in->a, node, count);
    n->nkids = count;
    for (int i = 0; i < count; i++)
        if (!read_node(r, &n->kids[i])) return false;
    return true;
}

/* A LIST group holds one repeated field: the element itself in old files, else a group around it. */
static void
fold_list(node *n)
{
    node *rep = &n->kids[0];
    bool wrapped = rep->kind == NODE_STRUCT && rep->nkids == 1 && !pz_str_eqc(rep->name, "array") &&
                   !(pz_str_ends(rep->name, "_tuple") && rep->name.len == n->name.len + 6 && !memcmp(rep->name.ptr, n->name.ptr, n->name.len));
    n->kind = NODE_LIST;
    if (wrapped) n->kids = rep->kids;
    else rep->rep = REP_REQUIRED;
}

static bool
read_node(reader *r, node *n)
{
    int row = r->at++, kids;
    pz_str rep;
    if (row >= r->nrows) return false;
    n->name = text_at(r, row, COL_NAME);
    n->physical = text_at(r, row, COL_TYPE);
    n->converted = text_at(r, row, COL_CONVERTED);
    n->logical = text_at(r, row, COL_LOGICAL);
    n->length = int_at(r, row, COL_LENGTH);
    n->precision = int_at(r, row, COL_PRECISION);
    n->scale = int_at(r, row, COL_SCALE);
    rep = text_at(r, row, COL_REP);
    n->rep = pz_str_eqc(rep, "OPTIONAL") ? REP_OPTIONAL : pz_str_eqc(rep, "REPEATED") ? REP_REPEATED : REP_REQUIRED;
    kids = int_at(r, row, COL_KIDS);
    if (!kids) return true;
    n->kind = NODE_STRUCT;
    if (!read_kids(r, n, kids)) return false;
    if (pz_str_eqc(n->converted, "LIST") && kids == 1) {
        fold_list(n);
    } else if ((pz_str_eqc(n->converted, "MAP") || pz_str_eqc(n->converted, "MAP_KEY_VALUE")) && kids == 1 && n->kids[0].nkids == 2) {
        n->kind = NODE_MAP;
        n->kids = n->kids[0].kids;
        n->nkids = 2;
    }
    return true;
}

/* ---- Spark's type of a column ---- */
static pz_status
illegal(reader *r, const node *n, const char *what)
{
    pz_str t = what ? pz_strf(r->in->a, PZ_FMT " (%s)", PZ_ARG(n->physical), what) : pz_strf(r->in->a, PZ_FMT, PZ_ARG(n->physical));
    return pz_raise(r->in->err, PZ_ERR_PARQUET_TYPE_ILLEGAL, PZ_NO_ORIGIN, "parquetType", t.ptr, NULL);
}

static bool
adjusted(const node *n)
{
    return !n->logical.ptr || !strstr(n->logical.ptr, "isAdjustedToUTC=0");
}

static bool
in_nanos(const node *n)
{
    return n->logical.ptr && strstr(n->logical.ptr, "NANOS=NanoSeconds");
}

static pz_status
scalar_type(reader *r, node *n)
{
    static const struct { const char *converted; const pz_type *type; } annotated[] = {
        {"INT_8", &pz_t_byte}, {"INT_16", &pz_t_short}, {"INT_32", &pz_t_int}, {"INT_64", &pz_t_long}, {"UINT_8", &pz_t_short},
        {"UINT_16", &pz_t_int}, {"UINT_32", &pz_t_long}, {"DATE", &pz_t_date}, {"UTF8", &pz_t_string}, {"ENUM", &pz_t_string},
        {"JSON", &pz_t_string}, {"BSON", &pz_t_binary},
    };
    static const struct { const char *physical; const pz_type *type; } plain[] = {
        {"BOOLEAN", &pz_t_boolean}, {"INT32", &pz_t_int}, {"INT64", &pz_t_long}, {"INT96", &pz_t_timestamp}, {"FLOAT", &pz_t_float},
        {"DOUBLE", &pz_t_double}, {"BYTE_ARRAY", &pz_t_binary}, {"FIXED_LEN_BYTE_ARRAY", &pz_t_binary},
    };
    bool time = n->logical.ptr && !strncmp(n->logical.ptr, "TimeType", 8), stamp = n->logical.ptr && !strncmp(n->logical.ptr, "TimestampType", 13);
    if (stamp && in_nanos(n)) return illegal(r, n, adjusted(n) ? "TIMESTAMP(NANOS,true)" : "TIMESTAMP(NANOS,false)");
    if (stamp || pz_str_starts(n->converted, "TIMESTAMP_")) {
        n->type = adjusted(n) ? &pz_t_timestamp : &pz_t_timestamp_ntz;
        return PZ_OK;
    }
    if (time || pz_str_starts(n->converted, "TIME_")) {
        bool micros = time ? strstr(n->logical.ptr, "MICROS=MicroSeconds") != NULL : pz_str_eqc(n->converted, "TIME_MICROS");
        if (!micros) return illegal(r, n, in_nanos(n) ? "TIME(NANOS,false)" : "TIME(MILLIS,false)");
        n->type = pz_type_time(r->in->a, 6);
        return PZ_OK;
    }
    if (pz_str_eqc(n->converted, "DECIMAL") || (n->logical.ptr && !strncmp(n->logical.ptr, "DecimalType", 11))) {
        if (n->precision > 38) return illegal(r, n, pz_strf(r->in->a, "DECIMAL(%d,%d)", n->precision, n->scale).ptr);
        n->type = pz_type_decimal(r->in->a, n->precision, n->scale);
        return PZ_OK;
    }
    if (pz_str_eqc(n->converted, "UINT_64")) {
        n->type = pz_type_decimal(r->in->a, 20, 0);
        return PZ_OK;
    }
    if (pz_str_eqc(n->converted, "INTERVAL")) return illegal(r, n, "INTERVAL");
    if (n->logical.ptr && !strncmp(n->logical.ptr, "UUIDType", 8)) return illegal(r, n, "UUID");
    for (size_t i = 0; i < PZ_COUNTOF(annotated); i++)
        if (pz_str_eqc(n->converted, annotated[i].converted)) {
            n->type = annotated[i].type;
            return PZ_OK;
        }
    for (size_t i = 0; i < PZ_COUNTOF(plain); i++)
        if (pz_str_eqc(n->physical, plain[i].physical)) {
            n->type = plain[i].type;
            return PZ_OK;
        }
    return illegal(r, n, NULL);
}

static pz_status
infer(reader *r, node *n)
{
    pz_arena *a = r->in->a;
    for (int i = 0; i < n->nkids; i++) PZ_TRY(infer(r, &n->kids[i]));
    switch (n->kind) {
    case NODE_SCALAR: PZ_TRY(scalar_type(r, n)); break;
    case NODE_LIST: n->type = pz_type_array(a, n->kids[0].type, true); break;
    case NODE_MAP: n->type = pz_type_map(a, n->kids[0].type, n->kids[1].type, true); break;
    case NODE_STRUCT: {
        pz_field *f = PZ_NEWN(a, pz_field, n->nkids);
        for (int i = 0; i < n->nkids; i++) f[i] = (pz_field){n->kids[i].name, n->kids[i].type, true, {NULL, 0}};
        n->type = pz_type_struct(a, f, n->nkids);
        break;
    }
    }
    if (n->rep == REP_REPEATED) {              /* a repeated field outside LIST and MAP is a list by itself */
        node *element = PZ_NEW(a, node);
        *element = *n;
        element->rep = REP_REQUIRED;
        n->kind = NODE_LIST;
        n->kids = element;
        n->nkids = 1;
        n->type = pz_type_array(a, element->type, false);
    }
    return PZ_OK;
}

/* a, A and A are a, A_1 and A_2 to the engine. */
static void
name_columns(const pz_source_in *in, node *top)
{
    for (int i = 0; i < top->nkids; i++) {
        int before = 0;
        for (int k = 0; k < i; k++) before += pz_str_ieq(top->kids[k].name, top->kids[i].name);
        top->kids[i].alias = before ? pz_strf(in->a, PZ_FMT "_%d", PZ_ARG(top->kids[i].name), before) : top->kids[i].name;
    }
}

static pz_status
read_footer(reader *r, pz_str path)
{
    static const pz_type *const types[COL_COUNT] = {
        [COL_NAME] = &pz_t_string, [COL_TYPE] = &pz_t_string, [COL_LENGTH] = &pz_t_long, [COL_REP] = &pz_t_string, [COL_KIDS] = &pz_t_long,
        [COL_CONVERTED] = &pz_t_string, [COL_SCALE] = &pz_t_long, [COL_PRECISION] = &pz_t_long, [COL_LOGICAL] = &pz_t_string,
    };
    r->path = path;
    r->at = 0;
    r->top = PZ_NEW(r->in->a, node);
    PZ_TRY(fetch(r,
                 "SELECT name, type, CAST(type_length AS BIGINT), repetition_type, num_children, converted_type, scale, precision, logical_type "
                 "FROM parquet_schema(",
                 path, ")", types, COL_COUNT, &r->rows, &r->nrows));
    if (!read_node(r, r->top)) return pz_raise_internal(r->in->err, "broken schema in " PZ_FMT, PZ_ARG(path));
    for (int i = 0; i < r->top->nkids; i++) PZ_TRY(infer(r, &r->top->kids[i]));
    name_columns(r->in, r->top);
    return PZ_OK;
}

/* Names that differ in case only, where that tells nothing apart: no column of the file, or none that may be read. */
static pz_status
check_twice(reader *r)
{
    pz_source_in *in = r->in;
    for (int i = 0; i < r->top->nkids && !in->case_sensitive; i++)
        for (int k = 0; k < i; k++) {
            bool asked = !in->user_schema;
            if (!pz_str_ieq(r->top->kids[i].name, r->top->kids[k].name)) continue;
            if (!in->user_schema) return pz_source_named_twice(in, r->top->kids[i].name);
            for (int f = 0; f < in->data.n; f++) asked |= pz_str_ieq(in->data.fields[f].name, r->top->kids[i].name);
            if (asked)
                return pz_raise(in->err, PZ_ERR_FAILED_READ_FILE_NO_HINT, PZ_NO_ORIGIN, "path", pz_strf(in->a, "file://" PZ_FMT, PZ_ARG(r->path)).ptr, NULL);
        }
    return PZ_OK;
}

/* Spark leaves its own schema in the footer: it knows what Parquet cannot say (intervals, char(n), comments). */
static const pz_type *
spark_schema(reader *r, pz_str path)
{
    static const pz_type *const types[] = {&pz_t_string};
    pz_values *rows;
    pz_error ignored;
    const pz_type *t = NULL;
    int n = 0;
    if (fetch(r, "SELECT decode(value) FROM parquet_kv_metadata(", path, ") WHERE key = 'org.apache.spark.sql.parquet.row.metadata'::BLOB", types,
              1, &rows, &n) != PZ_OK || !n || rows[0].data[0].null)
        return NULL;
    pz_error_init(&ignored, r->in->a);
    if (pz_type_from_json(rows[0].data[0].s, r->in->a, &t, &ignored) != PZ_OK || t->id != PZ_T_STRUCT) return NULL;
    return t;
}

static const pz_field *
find_field(const pz_source_in *in, const pz_field *f, int n, pz_str name)
{
    for (int i = 0; i < n; i++)
        if (pz_source_same_name(in, f[i].name, name)) return &f[i];
    return NULL;
}

static node *
find_node(const pz_source_in *in, const node *top, pz_str name)
{
    for (int i = 0; i < top->nkids; i++)
        if (pz_str_eq(top->kids[i].name, name)) return &top->kids[i];
    for (int i = 0; i < top->nkids && !in->case_sensitive; i++)
        if (pz_str_ieq(top->kids[i].name, name)) return &top->kids[i];
    return NULL;
}

static bool
is_partition(const pz_source_in *in, pz_str name)
{
    for (int i = 0; i < in->list.parts.n; i++)
        if (pz_str_ieq(in->list.parts.data[i].name, name)) return true;
    return false;
}

/* Columns of type VOID are only in Spark's own schema: a place for them among those of the file. */
static void
add_void(reader *r, const pz_type *own)
{
    node *all = own ? PZ_NEWN(r->in->a, node, r->top->nkids + own->nfields) : NULL;
    int n = 0;
    for (int i = 0; own && i < own->nfields; i++) {
        const node *k = find_node(r->in, r->top, own->fields[i].name);
        if (k) all[n++] = *k;
        else if (own->fields[i].type->id == PZ_T_VOID) all[n++] = (node){.name = own->fields[i].name, .type = &pz_t_void, .absent = true};
    }
    if (n <= r->top->nkids) return;
    for (int i = 0; i < r->top->nkids; i++)
        if (!find_field(r->in, own->fields, own->nfields, r->top->kids[i].name)) all[n++] = r->top->kids[i];
    r->top->kids = all;
    r->top->nkids = n;
}

/* What there is so far against the footer. */
static pz_status
cannot_merge(reader *r)
{
    pz_arena *a = r->in->a;
    pz_field *fields = PZ_NEWN(a, pz_field, r->top->nkids);
    for (int i = 0; i < r->top->nkids; i++) fields[i] = (pz_field){r->top->kids[i].name, r->top->kids[i].type, true, {NULL, 0}};
    return pz_raise_as(r->in->err, PZ_CLASS_SparkException, PZ_ERR_CANNOT_MERGE_SCHEMAS, PZ_NO_ORIGIN,
                       "left", pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(pz_type_struct(a, r->in->data.fields, r->in->data.n), a))).ptr,
                       "right", pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(pz_type_struct(a, fields, r->top->nkids), a))).ptr, NULL);
}

/* Columns of one footer that are not there yet. */
static pz_status
merge_footer(reader *r, pz_str path)
{
    pz_source_in *in = r->in;
    const pz_type *own = spark_schema(r, path);
    pz_field *all;
    int n = in->data.n;
    add_void(r, own);
    all = PZ_NEWN(in->a, pz_field, in->data.n + r->top->nkids);
    if (n) memcpy(all, in->data.fields, sizeof *all * (size_t)n);
    for (int i = 0; i < r->top->nkids; i++) {
        const node *k = &r->top->kids[i];
        const pz_field *mine = own ? find_field(in, own->fields, own->nfields, k->name) : NULL, *had = find_field(in, all, n, k->name);
        pz_field f = {k->name, mine ? pz_type_as_nullable(in->a, mine->type) : k->type, true, mine ? mine->metadata : (pz_str){NULL, 0}};
        if (is_partition(in, k->name)) continue;
        if (!had) {
            all[n++] = f;
        } else if (!pz_type_eq_loose(had->type, f.type)) {
            const pz_type *both = pz_type_tightest(in->a, had->type, f.type, true);
            if (!both)
                return cannot_merge(r);
            all[had - all].type = both;
        }
    }
    in->data.fields = all;
    in->data.n = n;
    return PZ_OK;
}

/* ---- SQL ---- */
static pz_status
mismatch(reader *r, const node *n, const pz_type *want)
{
    const char *path = pz_strf(r->in->a, "file://" PZ_FMT, PZ_ARG(r->path)).ptr;
    if (!n->physical.ptr) return pz_raise(r->in->err, PZ_ERR_FAILED_READ_FILE_NO_HINT, PZ_NO_ORIGIN, "path", path, NULL);
    return pz_raise(r->in->err, PZ_ERR_FAILED_READ_FILE_PARQUET_COLUMN_DATA_TYPE_MISMATCH, PZ_NO_ORIGIN, "path", path,
                    "column", pz_strf(r->in->a, "[" PZ_FMT "]", PZ_ARG(n->name)).ptr, "expectedType", pz_type_simple(want, r->in->a).ptr,
                    "actualType", pz_str_eqc(n->physical, "BYTE_ARRAY") ? "BINARY" : pz_dup(r->in->a, n->physical).ptr, NULL);
}

/* Integers count as decimals of the digits that their width can hold; digits may be added, none taken. */
static bool
fits_decimal(const node *n, const pz_type *want)
{
    bool decimal = n->type->id == PZ_T_DECIMAL, wide = pz_str_eqc(n->physical, "INT64");
    int precision = decimal ? n->type->precision : wide ? 20 : 10, scale = decimal ? n->type->scale : 0;
    if (!decimal && !wide && !pz_str_eqc(n->physical, "INT32")) return false;
    return want->scale >= scale && want->precision - precision >= want->scale - scale;
}

/* What Spark's reader converts without a cast. */
static bool
readable(const node *n, const pz_type *want)
{
    const char *ph = n->physical.ptr ? n->physical.ptr : "";
    bool decimal = n->type->id == PZ_T_DECIMAL;
    switch (want->id) {
    case PZ_T_VOID: return true;               /* never anything but null */
    case PZ_T_BOOLEAN: return !strcmp(ph, "BOOLEAN");
    case PZ_T_BYTE:
    case PZ_T_SHORT:
    case PZ_T_INT:
    case PZ_T_YM_INTERVAL: return !strcmp(ph, "INT32") && !decimal && n->type->id != PZ_T_DATE;
    case PZ_T_LONG:
    case PZ_T_DT_INTERVAL: return (!strcmp(ph, "INT32") || !strcmp(ph, "INT64")) && !decimal && n->type->id != PZ_T_DATE;
    case PZ_T_FLOAT: return !strcmp(ph, "FLOAT");
    case PZ_T_DOUBLE: return !strcmp(ph, "FLOAT") || !strcmp(ph, "DOUBLE") || (!strcmp(ph, "INT32") && !decimal);
    case PZ_T_DECIMAL: return fits_decimal(n, want);
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
    case PZ_T_BINARY: return strstr(ph, "BYTE_ARRAY") && !decimal;
    case PZ_T_DATE: return n->type->id == PZ_T_DATE || n->type->id == PZ_T_INT;
    case PZ_T_TIMESTAMP: return n->type->id == PZ_T_TIMESTAMP;
    case PZ_T_TIMESTAMP_NTZ: return n->type->id == PZ_T_TIMESTAMP_NTZ || n->type->id == PZ_T_DATE || n->type->id == PZ_T_TIMESTAMP;
    default: return want->id == n->type->id;
    }
}

static pz_status emit(reader *r, pz_buf *b, const node *n, const pz_type *want, pz_str ref, int depth);

/* The engine needs another value only where names of struct fields or types differ. */
static bool
is_plain(const node *n, const pz_type *want)
{
    if (n->kind == NODE_SCALAR) return pz_type_eq_loose(n->type, want) && !pz_str_eqc(n->physical, "INT96") && !pz_str_starts(n->converted, "UINT");
    if (n->kind == NODE_LIST) return want->id == PZ_T_ARRAY && is_plain(&n->kids[0], want->element);
    if (n->kind == NODE_MAP) return want->id == PZ_T_MAP && is_plain(&n->kids[0], want->key) && is_plain(&n->kids[1], want->element);
    return false;
}

static pz_status
emit_scalar(reader *r, pz_buf *b, const node *n, const pz_type *want, pz_str ref)
{
    if (!readable(n, want)) return mismatch(r, n, want);
    if (want->id == PZ_T_BINARY && is_plain(n, want)) {
        /* Compared in the reader, bytes are looked for in the file's Bloom filter as the text that stands for them, and are not found. */
        pz_buf_printf(b, "CASE WHEN " PZ_FMT " IS NOT NULL THEN " PZ_FMT " END", PZ_ARG(ref), PZ_ARG(ref));
    } else if (is_plain(n, want)) {
        pz_buf_str(b, ref);
    } else if (want->id == PZ_T_TIMESTAMP && pz_str_eqc(n->physical, "INT96")) {
        pz_buf_printf(b, "make_timestamptz(epoch_us(" PZ_FMT "))", PZ_ARG(ref));
    } else if (want->id == PZ_T_TIMESTAMP_NTZ && n->type->id == PZ_T_TIMESTAMP) {
        pz_buf_printf(b, "make_timestamp(epoch_us(" PZ_FMT "))", PZ_ARG(ref));
    } else if (want->id == PZ_T_DATE && n->type->id == PZ_T_INT) {
        pz_buf_printf(b, "(DATE '1970-01-01' + " PZ_FMT ")", PZ_ARG(ref));
    } else if (pz_type_is_string(want) && n->type->id == PZ_T_BINARY) {
        pz_buf_printf(b, "decode(" PZ_FMT ", 'replace')", PZ_ARG(ref));
    } else {
        pz_buf_printf(b, "CAST(" PZ_FMT " AS " PZ_FMT ")", PZ_ARG(ref), PZ_ARG(pz_type_duckdb(want, r->in->a)));
    }
    return PZ_OK;
}

static pz_status
emit_struct(reader *r, pz_buf *b, const node *n, const pz_type *want, pz_str ref, int depth)
{
    bool any = false;
    pz_buf_printf(b, "CASE WHEN " PZ_FMT " IS NOT NULL THEN struct_pack(", PZ_ARG(ref));
    for (int i = 0; i < want->nfields; i++) {
        const node *kid = find_node(r->in, n, want->fields[i].name);
        pz_buf_printf(b, "%sf%d := ", i ? ", " : "", i);
        if (kid) {
            pz_buf inner;
            pz_str text;
            pz_buf_init(&inner, 0);
            pz_buf_printf(&inner, "struct_extract(" PZ_FMT ", ", PZ_ARG(ref));
            pz_buf_quoted(&inner, kid->name, '\'');
            pz_buf_putc(&inner, ')');
            text = pz_buf_dup(&inner, r->in->a);
            pz_buf_free(&inner);
            PZ_TRY(emit(r, b, kid, want->fields[i].type, text, depth));
            any = true;
        } else {
            pz_buf_printf(b, "CAST(NULL AS " PZ_FMT ")", PZ_ARG(pz_type_duckdb(want->fields[i].type, r->in->a)));
        }
    }
    pz_buf_puts(b, ") END");
    (void)any;
    return PZ_OK;
}

static pz_status
emit_elements(reader *r, pz_buf *b, const node *n, const pz_type *want, pz_str list, int depth)
{
    if (is_plain(n, want)) {
        pz_buf_str(b, list);
        return PZ_OK;
    }
    pz_buf_printf(b, "list_transform(" PZ_FMT ", lambda e%d: ", PZ_ARG(list), depth);
    PZ_TRY(emit(r, b, n, want, pz_strf(r->in->a, "e%d", depth), depth + 1));
    pz_buf_putc(b, ')');
    return PZ_OK;
}

static pz_status
emit(reader *r, pz_buf *b, const node *n, const pz_type *want, pz_str ref, int depth)
{
    if (want->id == PZ_T_UDT && want->element) want = want->element;
    if (n->kind == NODE_SCALAR) return emit_scalar(r, b, n, want, ref);
    if (is_plain(n, want)) {
        pz_buf_str(b, ref);
        return PZ_OK;
    }
    if (n->kind == NODE_STRUCT && want->id == PZ_T_VARIANT && find_node(r->in, n, PZ_STR("typed_value"))) { /* shredded: the engine has put it together */
        pz_str bytes = pz_strf(r->in->a, "CAST(variant_to_parquet_variant(" PZ_FMT ") AS STRUCT(metadata BLOB, value BLOB))", PZ_ARG(ref));
        pz_buf_printf(b, "CASE WHEN " PZ_FMT " IS NOT NULL THEN struct_pack(value := struct_extract(" PZ_FMT ", 'value'), metadata := struct_extract(" PZ_FMT
                      ", 'metadata')) END", PZ_ARG(ref), PZ_ARG(bytes), PZ_ARG(bytes));
        return PZ_OK;
    }
    if (n->kind == NODE_STRUCT && want->id == PZ_T_VARIANT) {
        pz_buf_printf(b, "CASE WHEN " PZ_FMT " IS NOT NULL THEN struct_pack(value := struct_extract(" PZ_FMT ", 'value'), metadata := struct_extract(" PZ_FMT
                      ", 'metadata')) END", PZ_ARG(ref), PZ_ARG(ref), PZ_ARG(ref));
        return PZ_OK;
    }
    if (n->kind == NODE_STRUCT) return want->id == PZ_T_STRUCT ? emit_struct(r, b, n, want, ref, depth) : mismatch(r, n, want);
    if (n->kind == NODE_LIST) return want->id == PZ_T_ARRAY ? emit_elements(r, b, &n->kids[0], want->element, ref, depth) : mismatch(r, n, want);
    if (want->id != PZ_T_MAP) return mismatch(r, n, want);
    pz_buf_printf(b, "CASE WHEN " PZ_FMT " IS NOT NULL THEN map(", PZ_ARG(ref));
    PZ_TRY(emit_elements(r, b, &n->kids[0], want->key, pz_strf(r->in->a, "map_keys(" PZ_FMT ")", PZ_ARG(ref)), depth));
    pz_buf_puts(b, ", ");
    PZ_TRY(emit_elements(r, b, &n->kids[1], want->element, pz_strf(r->in->a, "map_values(" PZ_FMT ")", PZ_ARG(ref)), depth));
    pz_buf_puts(b, ") END");
    return PZ_OK;
}

/* Do the paths tell the partitions as the engine reads them?  Those a catalog knows may lie anywhere, names come in any case. */
static bool
is_told_by_paths(const pz_source_in *in)
{
    for (int i = 0; i < in->list.files.n; i++) {
        const pz_file *f = &in->list.files.data[i];
        pz_str rest = f->path;
        for (int p = in->list.parts.n; p-- > 0;) {
            const char *slash = memrchr(rest.ptr, '/', rest.len);
            pz_buf want;
            bool same;
            if (!slash) return false;
            rest.len = (size_t)(slash - rest.ptr);
            slash = memrchr(rest.ptr, '/', rest.len);
            if (!slash) return false;
            pz_buf_init(&want, 0);
            pz_partition_dir(&want, in->list.parts.data[p].name, f->parts[p]);
            same = pz_str_eq(pz_buf_view(&want), (pz_str){slash + 1, rest.len - (size_t)(slash + 1 - rest.ptr)});
            pz_buf_free(&want);
            if (!same) return false;
        }
    }
    return true;
}

static void
emit_value(pz_buf *b, pz_str value)
{
    pz_buf_puts(b, ", ");
    if (value.ptr) pz_buf_quoted(b, value, '\'');
    else pz_buf_puts(b, "NULL::VARCHAR");
}

static void
emit_source(pz_source_in *in, pz_buf *b)
{
    bool told = is_told_by_paths(in);
    const pz_file *files = pz_files_to_read(in);
    pz_buf_puts(b, " FROM read_parquet([");
    for (int i = 0; i < in->list.files.n; i++) {
        if (i && pz_str_eq(files[i].path, files[i - 1].path)) continue;        /* of two partitions */
        if (i) pz_buf_puts(b, ", ");
        pz_buf_quoted(b, files[i].path, '\'');
    }
    pz_buf_puts(b, in->list.files.n > 1 ? "], union_by_name=true" : "]");
    if (in->metadata || !told) pz_buf_puts(b, ", filename='" FILE_COLUMN "'");
    if (in->metadata) pz_buf_puts(b, ", file_row_number=true");
    if (in->list.parts.n && told) {
        pz_buf_puts(b, ", hive_partitioning=true, hive_types_autocast=false, hive_types={");
        for (int i = 0; i < in->list.parts.n; i++) {
            if (i) pz_buf_puts(b, ", ");
            pz_buf_quoted(b, in->list.parts.data[i].name, '\'');
            pz_buf_puts(b, ": VARCHAR");
        }
        pz_buf_putc(b, '}');
    } else {
        pz_buf_puts(b, ", hive_partitioning=false");
    }
    pz_buf_putc(b, ')');
    if (in->metadata || !told) {
        pz_buf_puts(b, " AS d JOIN (VALUES ");
        for (int i = 0; i < in->list.files.n; i++) {
            const pz_file *f = &files[i];
            const char *slash = memrchr(f->path.ptr, '/', f->path.len);
            pz_buf_puts(b, i ? ", (" : "(");
            pz_buf_quoted(b, f->path, '\'');
            pz_buf_puts(b, ", ");
            pz_buf_quoted(b, pz_file_uri_quoted(in->a, f->path), '\'');
            pz_buf_puts(b, ", ");
            pz_buf_quoted(b, slash ? (pz_str){slash + 1, f->path.len - (size_t)(slash + 1 - f->path.ptr)} : f->path, '\'');
            pz_buf_printf(b, ", %lld::BIGINT, %lld::BIGINT", (long long)f->size, (long long)(f->mtime / 1000 * 1000));
            for (int p = 0; p < in->list.parts.n && !told; p++) emit_value(b, f->parts[p]);
            pz_buf_putc(b, ')');
        }
        pz_buf_puts(b, ") AS \" m\"(\" p\", \" u\", \" n\", \" s\", \" t\"");
        for (int p = 0; p < in->list.parts.n && !told; p++) pz_buf_printf(b, ", \" v%d\"", p);
        pz_buf_puts(b, ") ON d.\"" FILE_COLUMN "\" = \" m\".\" p\"");
    }
    pz_buf_putc(b, ')');
}

static pz_str
quoted_name(pz_source_in *in, pz_str name)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_buf_quoted(&b, name, '"');
    out = pz_buf_dup(&b, in->a);
    pz_buf_free(&b);
    return out;
}

/* The text of a partition in its type.  What the engine would cast otherwise (times that a zone has twice, intervals) is looked up. */
static void
emit_part(pz_source_in *in, pz_buf *b, int part, pz_str name)
{
    const pz_type *t = in->list.parts.data[part].type;
    pz_text_rules rules = {.zone = in->zone, .plain_decimals = true};
    pz_map *seen = pz_map_make(in->a, false);
    pz_buf keys, values;
    if (t->id == PZ_T_BINARY) {
        pz_buf_printf(b, "encode(nullif(" PZ_FMT ", '__HIVE_DEFAULT_PARTITION__'))", PZ_ARG(name));
        return;
    }
    if (t->id != PZ_T_TIMESTAMP && !pz_type_is_ansi_interval(t)) {
        pz_buf_printf(b, "CAST(nullif(" PZ_FMT ", '__HIVE_DEFAULT_PARTITION__') AS " PZ_FMT ")", PZ_ARG(name), PZ_ARG(pz_type_duckdb(t, in->a)));
        return;
    }
    pz_buf_init(&keys, 0);
    pz_buf_init(&values, 0);
    for (int i = 0; i < in->list.files.n; i++) {
        pz_str text = in->list.files.data[i].parts[part];
        pz_value v;
        if (!text.ptr || pz_map_get(seen, text) || !pz_text_value(&rules, t, text, in->a, &v)) continue;
        pz_map_put(seen, text, seen);
        pz_buf_puts(&keys, keys.len ? ", " : "");
        pz_buf_quoted(&keys, text, '\'');
        pz_buf_printf(&values, t->id == PZ_T_TIMESTAMP ? "%smake_timestamptz(%lld)" : "%s%lld", values.len ? ", " : "", (long long)v.i);
    }
    pz_buf_printf(b, "CAST(map_extract_value(MAP([" PZ_FMT "]::VARCHAR[], [" PZ_FMT "]), " PZ_FMT ") AS " PZ_FMT ")", PZ_ARG(pz_buf_view(&keys)),
                  PZ_ARG(pz_buf_view(&values)), PZ_ARG(name), PZ_ARG(pz_type_duckdb(t, in->a)));
    pz_buf_free(&keys);
    pz_buf_free(&values);
}

static pz_status
emit_all(reader *r, pz_buf *b)
{
    pz_source_in *in = r->in;
    int k = 0;
    bool told = is_told_by_paths(in);
    pz_buf_puts(b, "(SELECT ");
    for (int i = 0; i < in->data.n; i++, k++) {
        const node *n = find_node(in, r->top, in->data.fields[i].name);
        if (k) pz_buf_puts(b, ", ");
        if (n && !n->absent) PZ_TRY(emit(r, b, n, in->data.fields[i].type, pz_file_padded(in, &in->data.fields[i], quoted_name(in, n->alias)), 0));
        else if (i < in->absent.n && in->absent.data[i].ptr) pz_buf_str(b, in->absent.data[i]);
        else pz_buf_printf(b, "CAST(NULL AS " PZ_FMT ")", PZ_ARG(pz_type_duckdb(in->data.fields[i].type, in->a)));
        pz_buf_printf(b, " AS k%d", k);
    }
    for (int i = 0; i < in->list.parts.n; i++, k++) {
        pz_str name = told ? quoted_name(in, in->list.parts.data[i].name) : pz_strf(in->a, "\" m\".\" v%d\"", i);
        if (k) pz_buf_puts(b, ", ");
        emit_part(in, b, i, name);
        pz_buf_printf(b, " AS k%d", k);
    }
    if (in->metadata)
        pz_buf_printf(b, "%sstruct_pack(f0 := \" m\".\" u\", f1 := \" m\".\" n\", f2 := \" m\".\" s\", f3 := 0::BIGINT, f4 := \" m\".\" s\", "
                      "f5 := make_timestamptz(\" m\".\" t\"), f6 := d.file_row_number) AS k%d", k ? ", " : "", k);
    else if (!k) pz_buf_puts(b, "1 AS k");
    emit_source(in, b);
    return PZ_OK;
}

/* All top-level columns over all footers, for emit_all() to find; later files add what earlier ones lack. */
static void
join_nodes(const reader *r, node *top)
{
    const node *more = r->top;
    node *all = PZ_NEWN(r->in->a, node, top->nkids + more->nkids);
    int n = top->nkids;
    memcpy(all, top->kids, sizeof *all * (size_t)n);
    for (int i = 0; i < more->nkids; i++)
        if (!find_node(r->in, top, more->kids[i].name)) all[n++] = more->kids[i];
    top->kids = all;
    top->nkids = n;
}

/* A footer that cannot be read: told while a schema is looked for, else what reading the file would tell. */
static pz_status
bad_footer(reader *r, pz_str path)
{
    bool infers = !r->in->user_schema;
    return pz_raise(r->in->err, infers ? PZ_ERR_FAILED_READ_FILE_CANNOT_READ_FILE_FOOTER : PZ_ERR_FAILED_READ_FILE_NO_HINT, PZ_NO_ORIGIN, "path",
                    pz_strf(r->in->a, "%s" PZ_FMT, infers ? "file:" : "file://", PZ_ARG(path)).ptr, NULL);
}

/* The footer of a file, or what is wrong with the file. */
static pz_status
open_footer(reader *r, pz_str path)
{
    pz_error *err = r->in->err, failed;
    pz_status st;
    pz_error_init(&failed, r->in->a);
    r->in->err = &failed;
    st = read_footer(r, path);
    r->in->err = err;
    if (st == PZ_OK) return PZ_OK;
    if (failed.id != PZ_ERR_NONE && failed.id != PZ_ERR_INTERNAL_ERROR && failed.id != PZ_ERR_FAILED_READ_FILE_NO_HINT &&
        failed.id != PZ_ERR_FAILED_READ_FILE_CANNOT_READ_FILE_FOOTER) {
        pz_error_copy(err, &failed);           /* a type Spark refuses, and the like */
        return PZ_FAIL;
    }
    return bad_footer(r, path);
}

/* All of the file is read once, which is remembered as long as it stays. */
static bool
has_sound_pages(reader *r)
{
    static const pz_type *const types[] = {&pz_t_string};
    pz_values *rows;
    int n;
    return fetch(r, "SELECT max(hash(t))::VARCHAR FROM read_parquet(", r->path, ", hive_partitioning=false) AS t", types, 1, &rows, &n) == PZ_OK;
}

/* With ignoreCorruptFiles the broken ones leave the list. */
void
pz_parquet_drop_corrupt(pz_source_in *in)
{
    reader r = {.in = in};
    pz_error *err = in->err, quiet;
    int n = 0;
    for (int i = 0; i < in->list.files.n; i++) {
        pz_error_init(&quiet, in->a);
        in->err = &quiet;
        if ((open_footer(&r, in->list.files.data[i].path) == PZ_OK && has_sound_pages(&r)) ||
            (quiet.id != PZ_ERR_FAILED_READ_FILE_CANNOT_READ_FILE_FOOTER && quiet.id != PZ_ERR_FAILED_READ_FILE_NO_HINT))
            in->list.files.data[n++] = in->list.files.data[i];
    }
    in->err = err;
    in->list.files.n = n;
}

/* A declared column that this file, not the first one, holds as something else. */
static pz_status
check_columns(reader *r)
{
    const pz_schema *want = &r->in->data;
    for (int i = 0; r->in->user_schema && i < want->n; i++) {
        const node *k = find_node(r->in, r->top, want->fields[i].name);
        if (k && k->kind == NODE_SCALAR && !k->absent && !readable(k, want->fields[i].type)) return mismatch(r, k, want->fields[i].type);
    }
    return PZ_OK;
}

/* Files that have the same of the columns with a default: those that lack one get its value. */
typedef struct group { pz_str has; node *top; pz_listing list; } group;
typedef struct groups { PZ_VEC(group) list; } groups;

static group *
find_group(reader *r, groups *all)
{
    pz_source_in *in = r->in;
    char *has = pz_alloc(in->a, (size_t)in->absent.n + 1);
    group g = {.has = {has, (size_t)in->absent.n}, .top = r->top, .list = {.parts = in->list.parts}};
    for (int i = 0; i < in->absent.n; i++) {
        const node *n = in->absent.data[i].ptr ? find_node(in, r->top, in->data.fields[i].name) : NULL;
        has[i] = n && !n->absent ? 'y' : '-';
    }
    for (int i = 0; i < all->list.n; i++)
        if (pz_str_eq(all->list.data[i].has, g.has)) {
            join_nodes(r, all->list.data[i].top);
            return &all->list.data[i];
        }
    pz_vec_push(in->a, &all->list, g);
    return &all->list.data[all->list.n - 1];
}

static pz_status
emit_groups(reader *r, groups *all, pz_buf *b)
{
    pz_source_in *in = r->in;
    pz_listing whole = in->list;
    pz_status st = PZ_OK;
    if (all->list.n > 1) pz_buf_puts(b, "(SELECT * FROM ");
    for (int i = 0; i < all->list.n && st == PZ_OK; i++) {
        if (i) pz_buf_puts(b, " UNION ALL SELECT * FROM ");
        in->list = all->list.data[i].list;
        r->top = all->list.data[i].top;
        st = emit_all(r, b);
    }
    if (all->list.n > 1) pz_buf_putc(b, ')');
    in->list = whole;
    return st;
}

pz_status
pz_parquet_open(pz_source_in *in, pz_scan *scan)
{
    reader r = {.in = in};
    groups all = {0};
    group *g = NULL;
    pz_buf b;
    pz_status st;
    bool every = in->user_schema || pz_option_bool(in->options, "mergeSchema", false);
    for (int i = 0; i < in->list.files.n; i++) {
        if (!i || every) {
            PZ_TRY(open_footer(&r, in->list.files.data[i].path));
            PZ_TRY(check_twice(&r));
            if (!in->user_schema) PZ_TRY(merge_footer(&r, r.path));
            if (i) PZ_TRY(check_columns(&r));
            g = find_group(&r, &all);
        }
        pz_vec_push(in->a, &g->list.files, in->list.files.data[i]);
    }
    pz_buf_init(&b, 0);
    st = emit_groups(&r, &all, &b);
    if (st == PZ_OK) scan->sql = pz_buf_dup(&b, in->a);
    in->metadata = true;
    pz_buf_clear(&b);
    if (st == PZ_OK) st = emit_groups(&r, &all, &b);
    if (st == PZ_OK) scan->metadata_sql = pz_buf_dup(&b, in->a);
    in->metadata = false;
    pz_buf_free(&b);
    return st;
}
