/*
 * engine/local_ipc.c - Arrow IPC bytes of a client to validated arrays and a Spark schema.
 *
 * In: one IPC stream, or several of the same schema one after another (chunks of a big relation).  Bytes are hostile until
 * ArrowArrayViewValidate() and the UTF-8 check have passed.  Things start at pz_local_decode().
 */
#include <nanoarrow/nanoarrow_ipc.h>
#include <stdlib.h>

#include "local_int.h"

/* ---- Arrow types to Spark's ---- */
static pz_status
unsupported(pz_error *err, const char *name)
{
    return pz_raise(err, PZ_ERR_UNSUPPORTED_ARROWTYPE, PZ_NO_ORIGIN, "typeName", name, NULL);
}

static const char *
unit_name(enum ArrowTimeUnit u)
{
    static const char *const names[] = {"SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"};
    return (size_t)u < PZ_COUNTOF(names) ? names[u] : "?";
}

/* As Arrow's Java library prints types: what the condition shows. */
static const char *
arrow_name(const struct ArrowSchemaView *v, pz_arena *a)
{
    switch (v->type) {
    case NANOARROW_TYPE_UINT8: return "Int(8, false)";
    case NANOARROW_TYPE_UINT16: return "Int(16, false)";
    case NANOARROW_TYPE_UINT32: return "Int(32, false)";
    case NANOARROW_TYPE_UINT64: return "Int(64, false)";
    case NANOARROW_TYPE_HALF_FLOAT: return "FloatingPoint(HALF)";
    case NANOARROW_TYPE_DATE64: return "Date(MILLISECOND)";
    case NANOARROW_TYPE_TIMESTAMP:
        return pz_strf(a, "Timestamp(%s, %s)", unit_name(v->time_unit), v->timezone && *v->timezone ? v->timezone : "null").ptr;
    case NANOARROW_TYPE_TIME32: return pz_strf(a, "Time(%s, 32)", unit_name(v->time_unit)).ptr;
    case NANOARROW_TYPE_TIME64: return pz_strf(a, "Time(%s, 64)", unit_name(v->time_unit)).ptr;
    case NANOARROW_TYPE_DURATION: return pz_strf(a, "Duration(%s)", unit_name(v->time_unit)).ptr;
    case NANOARROW_TYPE_INTERVAL_DAY_TIME: return "Interval(DAY_TIME)";
    case NANOARROW_TYPE_FIXED_SIZE_BINARY: return pz_strf(a, "FixedSizeBinary(%d)", v->fixed_size).ptr;
    case NANOARROW_TYPE_LARGE_LIST: return "LargeList";
    case NANOARROW_TYPE_FIXED_SIZE_LIST: return pz_strf(a, "FixedSizeList(%d)", v->fixed_size).ptr;
    case NANOARROW_TYPE_RUN_END_ENCODED: return "RunEndEncoded";
    case NANOARROW_TYPE_DENSE_UNION: return "Union(Dense, [0])";
    case NANOARROW_TYPE_SPARSE_UNION: return "Union(Sparse, [0])";
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL256:
        return pz_strf(a, "Decimal(%d, %d, %d)", v->decimal_precision, v->decimal_scale, v->decimal_bitwidth).ptr;
    default: return ArrowTypeString(v->type) ? ArrowTypeString(v->type) : "?";
    }
}

static pz_status spark_type(const struct ArrowSchema *s, pz_arena *a, const pz_type **out, pz_error *err);

static pz_str
metadata_of(const struct ArrowSchema *s, const char *key)
{
    struct ArrowStringView v = {NULL, 0};
    if (!s->metadata || ArrowMetadataGetValue(s->metadata, ArrowCharView(key), &v) != NANOARROW_OK || !v.data) return (pz_str){NULL, 0};
    return (pz_str){v.data, (size_t)v.size_bytes};
}

static pz_status
spark_field(const struct ArrowSchema *s, pz_arena *a, pz_field *out, pz_error *err)
{
    out->name = pz_dupc(a, s->name ? s->name : "");
    out->nullable = (s->flags & ARROW_FLAG_NULLABLE) != 0;
    out->metadata = pz_dup(a, metadata_of(s, "SPARK::metadata::json"));
    return spark_type(s, a, &out->type, err);
}

static pz_status
spark_struct(const struct ArrowSchema *s, pz_arena *a, const pz_type **out, pz_error *err)
{
    int n = (int)s->n_children;
    pz_field *fields = PZ_NEWN(a, pz_field, n);
    bool variant = n == 2;
    for (int i = 0; i < n; i++) PZ_TRY(spark_field(s->children[i], a, &fields[i], err));
    for (int i = 0; variant && i < n; i++) variant = fields[i].type->id == PZ_T_BINARY;
    if (variant && pz_str_eqc(fields[0].name, "value") && pz_str_eqc(fields[1].name, "metadata") &&
        pz_str_eqc(metadata_of(s->children[1], "variant"), "true"))
        *out = &pz_t_variant;
    else
        *out = pz_type_struct(a, fields, n);
    return PZ_OK;
}

static pz_status
spark_map(const struct ArrowSchema *s, pz_arena *a, const pz_type **out, pz_error *err)
{
    const struct ArrowSchema *entries = s->children[0];
    const pz_type *key, *value;
    if (entries->n_children != 2) return unsupported(err, "Map(false)");
    PZ_TRY(spark_type(entries->children[0], a, &key, err));
    PZ_TRY(spark_type(entries->children[1], a, &value, err));
    *out = pz_type_map(a, key, value, (entries->children[1]->flags & ARROW_FLAG_NULLABLE) != 0);
    return PZ_OK;
}

static pz_status
spark_time(const struct ArrowSchemaView *v, pz_arena *a, const pz_type **out, pz_error *err)
{
    bool micro = v->time_unit == NANOARROW_TIME_UNIT_MICRO;
    if (v->type == NANOARROW_TYPE_TIMESTAMP && micro) {
        *out = v->timezone && *v->timezone ? &pz_t_timestamp : &pz_t_timestamp_ntz;
        return PZ_OK;
    }
    if (v->type == NANOARROW_TYPE_TIMESTAMP && v->time_unit == NANOARROW_TIME_UNIT_NANO) {
        pz_type *t = PZ_NEW(a, pz_type);
        t->id = v->timezone && *v->timezone ? PZ_T_TIMESTAMP_LTZ_NANOS : PZ_T_TIMESTAMP_NTZ_NANOS;
        t->precision = 9;
        *out = t;
        return PZ_OK;
    }
    if (v->type == NANOARROW_TYPE_DURATION && micro) {
        *out = &pz_t_dt_interval;
        return PZ_OK;
    }
    if (v->type == NANOARROW_TYPE_TIME64 && v->time_unit == NANOARROW_TIME_UNIT_NANO) {
        *out = pz_type_time(a, 6);
        return PZ_OK;
    }
    return unsupported(err, arrow_name(v, a));
}

static pz_status
spark_decimal(const struct ArrowSchemaView *v, pz_arena *a, const pz_type **out, pz_error *err)
{
    if (v->decimal_precision > 38)
        return pz_raise(err, PZ_ERR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, PZ_NO_ORIGIN, "precision", pz_strf(a, "%d", v->decimal_precision).ptr,
                        "maxPrecision", "38", NULL);
    if (v->type != NANOARROW_TYPE_DECIMAL128 || v->decimal_scale < 0) return unsupported(err, arrow_name(v, a));
    *out = pz_type_decimal(a, v->decimal_precision, v->decimal_scale);
    return PZ_OK;
}

static pz_status
spark_type(const struct ArrowSchema *s, pz_arena *a, const pz_type **out, pz_error *err)
{
    static const struct { enum ArrowType arrow; const pz_type *spark; } plain[] = {
        {NANOARROW_TYPE_NA, &pz_t_void}, {NANOARROW_TYPE_BOOL, &pz_t_boolean}, {NANOARROW_TYPE_INT8, &pz_t_byte},
        {NANOARROW_TYPE_INT16, &pz_t_short}, {NANOARROW_TYPE_INT32, &pz_t_int}, {NANOARROW_TYPE_INT64, &pz_t_long},
        {NANOARROW_TYPE_FLOAT, &pz_t_float}, {NANOARROW_TYPE_DOUBLE, &pz_t_double}, {NANOARROW_TYPE_STRING, &pz_t_string},
        {NANOARROW_TYPE_LARGE_STRING, &pz_t_string}, {NANOARROW_TYPE_BINARY, &pz_t_binary}, {NANOARROW_TYPE_LARGE_BINARY, &pz_t_binary},
        {NANOARROW_TYPE_DATE32, &pz_t_date}, {NANOARROW_TYPE_INTERVAL_MONTHS, &pz_t_ym_interval},
        {NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO, &pz_t_calendar_interval},
    };
    struct ArrowSchemaView v;
    struct ArrowError why = {0};
    if (ArrowSchemaViewInit(&v, s, &why) != NANOARROW_OK) return unsupported(err, s->format ? s->format : "?");
    if (s->dictionary) return spark_type(s->dictionary, a, out, err); /* Spark shows the indices there: a bug we do not copy */
    for (size_t i = 0; i < PZ_COUNTOF(plain); i++)
        if (v.type == plain[i].arrow) {
            *out = plain[i].spark;
            return PZ_OK;
        }
    switch (v.type) {
    case NANOARROW_TYPE_TIMESTAMP:
    case NANOARROW_TYPE_DURATION:
    case NANOARROW_TYPE_TIME64: return spark_time(&v, a, out, err);
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128:
    case NANOARROW_TYPE_DECIMAL256: return spark_decimal(&v, a, out, err);
    case NANOARROW_TYPE_STRUCT: return spark_struct(s, a, out, err);
    case NANOARROW_TYPE_MAP: return spark_map(s, a, out, err);
    case NANOARROW_TYPE_LIST: {
        const pz_type *element;
        PZ_TRY(spark_type(s->children[0], a, &element, err));
        *out = pz_type_array(a, element, (s->children[0]->flags & ARROW_FLAG_NULLABLE) != 0);
        return PZ_OK;
    }
    default: return unsupported(err, arrow_name(&v, a));
    }
}

/* ---- checks beyond nanoarrow's ---- */
static bool
texts_valid(const struct ArrowArrayView *v, const pz_type *t)
{
    if (v->dictionary) return texts_valid(v->dictionary, t);
    if (t->id == PZ_T_STRING) {
        for (int64_t i = 0; i < v->length; i++) {
            struct ArrowBufferView s;
            if (ArrowArrayViewIsNull(v, i)) continue;
            s = ArrowArrayViewGetBytesUnsafe(v, i);
            if (s.size_bytes && !pz_utf8_valid((pz_str){s.data.as_char, (size_t)s.size_bytes})) return false;
        }
    } else if (t->id == PZ_T_ARRAY) {
        return texts_valid(v->children[0], t->element);
    } else if (t->id == PZ_T_MAP) {
        return texts_valid(v->children[0]->children[0], t->key) && texts_valid(v->children[0]->children[1], t->element);
    } else if (t->id == PZ_T_STRUCT) {
        for (int i = 0; i < t->nfields; i++)
            if (!texts_valid(v->children[i], t->fields[i].type)) return false;
    }
    return true;
}

static bool
indices_valid(const struct ArrowArrayView *v)
{
    for (int64_t i = 0; v->dictionary && i < v->length; i++) {
        int64_t k;
        if (ArrowArrayViewIsNull(v, i)) continue;
        k = ArrowArrayViewGetIntUnsafe(v, i);
        if (k < 0 || k >= v->dictionary->length) return false;
    }
    for (int64_t i = 0; i < v->n_children; i++)
        if (!indices_valid(v->children[i])) return false;
    return true;
}

static pz_status
broken(pz_error *err, const char *why)
{
    if (strstr(why, "RunEndEncoded")) return unsupported(err, "RunEndEncoded");       /* a type that Spark has no name for either */
    return pz_raise_text(err, PZ_CLASS_SparkException, "The Arrow data of the local relation is damaged: %s", why);
}

/* ---- reading ---- */
typedef struct reader { pz_str rest; } reader;  /* what is left of the bytes; outlives each stream over it */

static ArrowErrorCode
read_bytes(struct ArrowIpcInputStream *s, uint8_t *buf, int64_t size, int64_t *size_read, struct ArrowError *error)
{
    reader *r = s->private_data;
    size_t n = size > 0 && (size_t)size < r->rest.len ? (size_t)size : r->rest.len;
    (void)error;
    if (size <= 0) n = 0;
    if (n) memcpy(buf, r->rest.ptr, n);
    r->rest.ptr += n;
    r->rest.len -= n;
    *size_read = (int64_t)n;
    return NANOARROW_OK;
}

static void
read_end(struct ArrowIpcInputStream *s)
{
    s->release = NULL;
}

/* Takes the array over. */
static pz_status
add_batch(pz_local *l, struct ArrowArray *array, pz_error *err)
{
    struct ArrowError why = {0};
    pz_local_batch *b = PZ_NEW(l->arena, pz_local_batch);
    int index = l->batches.n;
    b->array = *array;
    array->release = NULL;
    pz_vec_push(l->arena, &l->batches, b);
    if (ArrowArrayViewInitFromSchema(&b->view, &l->arrow, &why) != NANOARROW_OK ||
        ArrowArrayViewSetArray(&b->view, &b->array, &why) != NANOARROW_OK ||
        ArrowArrayViewValidate(&b->view, NANOARROW_VALIDATION_LEVEL_FULL, &why) != NANOARROW_OK)
        return broken(err, why.message);
    if (!indices_valid(&b->view)) return broken(err, "a dictionary index is out of range");
    for (int i = 0; i < l->schema.n; i++)
        if (!texts_valid(b->view.children[i], l->schema.fields[i].type)) return broken(err, "a text is not UTF-8");
    for (int64_t at = 0; at < b->array.length; at += PZ_LOCAL_STEP) pz_vec_push(l->arena, &l->steps, ((pz_local_step){index, at}));
    l->rows += b->array.length;
    return PZ_OK;
}

static pz_status
take_schema(pz_local *l, struct ArrowSchema *s, pz_error *err)
{
    if (l->arrow.release) {                    /* a further chunk */
        bool same = s->n_children == l->arrow.n_children;
        for (int64_t i = 0; same && i < s->n_children; i++) same = !strcmp(s->children[i]->format, l->arrow.children[i]->format);
        s->release(s);
        return same ? PZ_OK : broken(err, "its chunks have different schemas");
    }
    l->arrow = *s;
    s->release = NULL;
    l->schema.n = (int)l->arrow.n_children;
    l->schema.fields = PZ_NEWN(l->arena, pz_field, l->schema.n);
    for (int i = 0; i < l->schema.n; i++) PZ_TRY(spark_field(l->arrow.children[i], l->arena, &l->schema.fields[i], err));
    return PZ_OK;
}

static pz_status
read_stream(pz_local *l, struct ArrowArrayStream *stream, pz_error *err)
{
    struct ArrowSchema s = {0};
    const char *why;
    if (stream->get_schema(stream, &s) != 0) goto failed;
    PZ_TRY(take_schema(l, &s, err));
    for (;;) {
        struct ArrowArray array = {0};
        if (stream->get_next(stream, &array) != 0) goto failed;
        if (!array.release) return PZ_OK;
        PZ_TRY(add_batch(l, &array, err));
    }
failed:
    why = stream->get_last_error(stream);
    return broken(err, why && *why ? why : "it cannot be read");
}

pz_status
pz_local_decode(pz_local *l, pz_str ipc, pz_error *err)
{
    reader r = {ipc};
    const char *why = pz_local_check(ipc);
    if (why) return broken(err, why);
    do {
        struct ArrowIpcInputStream in = {read_bytes, read_end, &r};
        struct ArrowArrayStream stream = {0};
        size_t before = r.rest.len;
        pz_status st;
        if (ArrowIpcArrayStreamReaderInit(&stream, &in, NULL) != NANOARROW_OK) return broken(err, "it cannot be read");
        st = read_stream(l, &stream, err);
        stream.release(&stream);
        PZ_TRY(st);
        if (r.rest.len == before) break;
    } while (r.rest.len > 8);
    return PZ_OK;
}

void
pz_local_drop(pz_local *l)
{
    for (int i = 0; i < l->batches.n; i++) {
        pz_local_batch *b = l->batches.data[i];
        ArrowArrayViewReset(&b->view);
        if (b->array.release) b->array.release(&b->array);
    }
    if (l->arrow.release) l->arrow.release(&l->arrow);
    pz_arena_close(l->arena);
    free(l);
}
