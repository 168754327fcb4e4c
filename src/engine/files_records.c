/*
 * engine/files_records.c - records that are values of a column, as spark.read.json(df) reads them, instead of lines of files.
 *
 * In: texts.  Out: the schema (given or inferred as from a file), and a spec that the function "parse records"(text, spec, schema)
 * turns each text into an array of rows with.  Things start at pz_records_open(); parse_records() runs inside the engine.
 */
#include "files_int.h"
#include "functions/fn_util.h"

/* ---- before: what the columns are */
static const struct { const char *name; pz_status (*infer)(pz_source_in *in, pz_schema *out); } formats[] = {
    {"csv", pz_csv_infer}, {"json", pz_json_infer}, {"xml", pz_xml_infer},
};

static pz_schema
nullable(const pz_schema *s, pz_arena *a)
{
    pz_schema out = {PZ_NEWN(a, pz_field, s->n + 1), s->n};
    for (int i = 0; i < s->n; i++) {
        out.fields[i] = s->fields[i];
        out.fields[i].nullable = true;
    }
    return out;
}

pz_status
pz_records_open(pz_engine *e, pz_str format, const pz_options *options, const pz_schema *user_schema, const pz_strs *texts, pz_str time_zone,
                pz_arena *a, pz_schema *schema, pz_str *spec, pz_error *err)
{
    pz_source_in in = {.engine = e, .format = format, .options = options, .user_schema = user_schema, .texts = texts, .time_zone = time_zone, .a = a,
                       .err = err};
    pz_buf b;
    in.zone = pz_zone_find(time_zone.len ? time_zone : PZ_STR("UTC"));
    if (user_schema) {
        *schema = nullable(user_schema, a);
    } else {
        for (size_t i = 0; i < PZ_COUNTOF(formats); i++)
            if (pz_str_eqc(format, formats[i].name)) PZ_TRY(formats[i].infer(&in, schema));
    }
    in.data = *schema;
    pz_buf_init(&b, 0);
    pz_text_spec_print(&b, &in);
    *spec = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return PZ_OK;
}

/* ---- during: texts to rows */
typedef struct parser {
    pz_text_spec spec;
    const pz_record_format *format;
    void *state;
    bool *wanted;
    pz_parse_mode mode;
} parser;

static pz_status
prepare(pz_call_site *site, pz_error *err)
{
    parser *p = PZ_NEW(site->arena, parser);
    if (site->nargs < 2 || !site->is_const[1]) return pz_raise_internal(err, "records without a spec");
    PZ_TRY(pz_text_spec_parse(site->const_args[1].s, site->arena, &p->spec, err));
    p->format = pz_record_format_find(p->spec.format);
    if (!p->format) return pz_raise_internal(err, "records of no known format");
    p->state = p->format->open(&p->spec, site->arena);
    p->mode = pz_parse_mode_of(&p->spec.options);
    p->wanted = PZ_NEWN(site->arena, bool, p->spec.data.n + 1);
    memset(p->wanted, 1, sizeof *p->wanted * (size_t)p->spec.data.n);
    site->state = p;
    return PZ_OK;
}

typedef struct rows {
    pz_record_sink sink;                       /* first: emit() gets it */
    pz_values list;
    int n;
} rows;

static void
emit(pz_record_sink *s)
{
    rows *r = (rows *)s;
    pz_vec_push(s->a, &r->list, ((pz_value){.list = {s->row, r->n}}));
    s->row = PZ_NEWN(s->a, pz_value, r->n + 1);
}

static pz_status
malformed(pz_fn_ctx *c, int n)
{
    pz_buf b;
    pz_status st;
    pz_buf_init(&b, 0);
    for (int i = 0; i < n; i++) pz_buf_puts(&b, i ? ",null" : "null");
    st = pz_raise(c->err, PZ_ERR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "badRecord", pz_strf(c->scratch, "[" PZ_FMT "]", PZ_ARG(pz_buf_view(&b))).ptr,
                  "failFastMode", "FAILFAST", NULL);
    pz_buf_free(&b);
    return st;
}

/* NULL is no record of CSV, and a bad one of the others. */
PZ_FN(fn_parse_records)
{
    const parser *p = c->site->state;
    rows r = {.n = p->spec.data.n};
    r.sink.a = c->scratch;
    r.sink.wanted = p->wanted;
    r.sink.nwanted = p->spec.data.n;
    r.sink.emit = emit;
    r.sink.row = PZ_NEWN(c->scratch, pz_value, r.n + 1);
    if (args[0].null && p->format != &pz_csv_format) {
        for (int i = 0; i < r.n; i++) r.sink.row[i].null = true;
        if (p->mode == PZ_PERMISSIVE) emit(&r.sink);
        r.sink.failed = p->mode == PZ_FAILFAST;
    } else if (!args[0].null && !(p->format->skip && p->format->skip(p->state, args[0].s))) {
        p->format->line(p->state, args[0].s, &r.sink);
    }
    if (r.sink.failed) return malformed(c, r.n);
    *out = (pz_value){.list = {r.list.data, r.list.n}};
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "parse_records", .call = fn_parse_records, .prepare = prepare, .takes_nulls = true},
};
PZ_FAMILY(pz_family_records, defs);
