/*
 * engine/functions/cast.c - CAST, TRY_CAST and the old lenient cast of one value, for every pair Spark allows.
 *
 * In: the argument's type, the result type and the mode of the call site.  Out: the value, NULL, or Spark's condition.
 * Things start at pz_cast_value(); the value function "cast" and the analyzer's folding both come through it.  Targets have
 * files of their own: numbers (cast_number.c), dates and intervals (cast_time.c); containers and texts are below.
 */
#include "cast_int.h"

/* The variant family may be absent from small programs. */
#pragma weak pz_variant_to_value
#pragma weak pz_variant_from_value

/* ---------------------------------------------------------------- failing */

/* Values in messages are SQL literals; numbers that are not finite, and floats, stand bare. */
static pz_str
shown(const cast_env *c, const pz_type *t, const pz_value *v)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    bool bare = t->id == PZ_T_FLOAT || (t->id == PZ_T_DOUBLE && (v->d != v->d || v->d - v->d != 0));
    pz_value_text(&b, t, v, bare ? PZ_TEXT_CAST : PZ_TEXT_SQL, c->zone);
    pz_str s = pz_buf_dup(&b, c->a);
    pz_buf_free(&b);
    return s;
}

static const char *
quoted(const cast_env *c, const pz_type *t)
{
    return pz_strf(c->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, c->a))).ptr;
}

pz_status
cast_fail_input(const cast_env *c, pz_err_class klass, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    if (c->mode == PZ_CAST_TRY) return cast_null(out);
    return pz_raise_as(c->err, klass, PZ_ERR_CAST_INVALID_INPUT, PZ_NO_ORIGIN, "expression", shown(c, from, in).ptr, "sourceType",
                       quoted(c, from), "targetType", quoted(c, to), "ansiConfig", "\"spark.sql.ansi.enabled\"", NULL);
}

pz_status
cast_fail_overflow(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    if (c->mode == PZ_CAST_TRY) return cast_null(out);
    return pz_raise(c->err, PZ_ERR_CAST_OVERFLOW, PZ_NO_ORIGIN, "value", shown(c, from, in).ptr, "sourceType", quoted(c, from),
                    "targetType", quoted(c, to), "ansiConfig", "\"spark.sql.ansi.enabled\"", NULL);
}

pz_status
cast_fail_decimal(const cast_env *c, pz_str value, const pz_type *to, pz_value *out)
{
    if (c->mode != PZ_CAST_ANSI) return cast_null(out);
    return pz_raise(c->err, PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION, PZ_NO_ORIGIN, "value", pz_dup(c->a, value).ptr, "precision",
                    pz_strf(c->a, "%d", to->precision).ptr, "scale", pz_strf(c->a, "%d", to->scale).ptr, "config",
                    "\"spark.sql.ansi.enabled\"", NULL);
}

/* ---------------------------------------------------------------- text, binary, boolean */

static pz_status
to_text(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)to;
    if (pz_type_is_string(from) || from->id == PZ_T_BINARY) {
        out->s = in->s;
        return PZ_OK;
    }
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_value_text(&b, from, in, c->mode == PZ_CAST_LEGACY ? PZ_TEXT_LEGACY : PZ_TEXT_CAST, c->zone);
    out->s = pz_buf_dup(&b, c->a);
    pz_buf_free(&b);
    return PZ_OK;
}

/* Integers become their big-endian bytes (ANSI off only). */
static pz_status
to_binary(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)to;
    if (!pz_type_is_integral(from)) {
        out->s = in->s;
        return PZ_OK;
    }
    int n = from->id == PZ_T_BYTE ? 1 : from->id == PZ_T_SHORT ? 2 : from->id == PZ_T_INT ? 4 : 8;
    char *p = pz_alloc(c->a, 9);
    for (int i = 0; i < n; i++) p[i] = (char)((uint64_t)in->i >> (8 * (n - 1 - i)));
    out->s = (pz_str){p, (size_t)n};
    return PZ_OK;
}

bool
pz_text_to_bool(pz_str s, bool *out)
{
    static const char *const words[2][5] = {{"f", "false", "n", "no", "0"}, {"t", "true", "y", "yes", "1"}};
    s = pz_str_trim(s);
    for (int v = 0; v < 2; v++)
        for (int i = 0; i < 5; i++)
            if (pz_str_ieqc(s, words[v][i])) {
                *out = v;
                return true;
            }
    return false;
}

static pz_status
to_boolean(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    switch (from->id) {
    case PZ_T_BOOLEAN: out->b = in->b; return PZ_OK;
    case PZ_T_FLOAT: case PZ_T_DOUBLE: out->b = in->d != 0; return PZ_OK;
    case PZ_T_DECIMAL: out->b = in->dec != 0; return PZ_OK;
    case PZ_T_DATE: return cast_null(out);
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR:
        if (pz_text_to_bool(in->s, &out->b)) return PZ_OK;
        if (c->mode != PZ_CAST_ANSI) return cast_null(out);
        return cast_fail_input(c, PZ_CLASS_SparkRuntimeException, from, to, in, out);
    default: out->b = in->i != 0; return PZ_OK;
    }
}

/* ---------------------------------------------------------------- containers */

static pz_status
to_array(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    out->list.n = in->list.n;
    out->list.items = PZ_NEWN(c->a, pz_value, in->list.n);
    for (int i = 0; i < in->list.n; i++) PZ_TRY(cast_any(c, from->element, to->element, &in->list.items[i], &out->list.items[i]));
    return PZ_OK;
}

static pz_status
to_map(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    out->map.n = in->map.n;
    out->map.keys = PZ_NEWN(c->a, pz_value, in->map.n);
    out->map.vals = PZ_NEWN(c->a, pz_value, in->map.n);
    for (int i = 0; i < in->map.n; i++) {
        PZ_TRY(cast_any(c, from->key, to->key, &in->map.keys[i], &out->map.keys[i]));
        PZ_TRY(cast_any(c, from->element, to->element, &in->map.vals[i], &out->map.vals[i]));
    }
    return PZ_OK;
}

static pz_status
to_struct(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    out->list.n = to->nfields;
    out->list.items = PZ_NEWN(c->a, pz_value, to->nfields);
    for (int i = 0; i < to->nfields; i++)
        PZ_TRY(cast_any(c, from->fields[i].type, to->fields[i].type, &in->list.items[i], &out->list.items[i]));
    return PZ_OK;
}

/* ---------------------------------------------------------------- the pairs */

static pz_status
same(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)c, (void)from, (void)to;
    *out = *in;
    return PZ_OK;
}

static cast_fn
pick(const pz_type *from, const pz_type *to)
{
    switch (to->id) {
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: return to_text;
    case PZ_T_BINARY: return to_binary;
    case PZ_T_BOOLEAN: return to_boolean;
    case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_LONG: return cast_to_integral(from);
    case PZ_T_FLOAT: case PZ_T_DOUBLE: return cast_to_float(from);
    case PZ_T_DECIMAL: return cast_to_decimal(from);
    case PZ_T_DATE: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_TIMESTAMP_LTZ_NANOS: case PZ_T_TIMESTAMP_NTZ_NANOS:
    case PZ_T_TIME: return cast_to_datetime(from, to);
    case PZ_T_YM_INTERVAL: case PZ_T_DT_INTERVAL: case PZ_T_CALENDAR_INTERVAL: return cast_to_interval(from, to);
    case PZ_T_ARRAY: return from->id == PZ_T_ARRAY ? to_array : NULL;
    case PZ_T_MAP: return from->id == PZ_T_MAP ? to_map : NULL;
    case PZ_T_STRUCT: return from->id == PZ_T_STRUCT && from->nfields == to->nfields ? to_struct : NULL;
    default: return from->id == to->id ? same : NULL;
    }
}

pz_status
cast_any(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    while (from->id == PZ_T_UDT && from->element) from = from->element;
    while (to->id == PZ_T_UDT && to->element) to = to->element;
    memset(out, 0, sizeof *out);
    if (in->null || from->id == PZ_T_VOID) return cast_null(out);
    if (from->id == PZ_T_VARIANT || to->id == PZ_T_VARIANT) {
        if (from->id == to->id) return same(c, from, to, in, out);
        if (!pz_variant_to_value) return pz_raise_internal(c->err, "no variants here");
        if (from->id == PZ_T_VARIANT) return pz_variant_to_value(in, to, c->mode, c->zone, c->a, out, c->err);
        return pz_variant_from_value(from, in, c->zone, c->a, out, c->err);
    }
    cast_fn f = pick(from, to);
    if (!f) return pz_raise_internal(c->err, "no cast from " PZ_FMT " to " PZ_FMT, PZ_ARG(pz_type_simple(from, c->a)), PZ_ARG(pz_type_simple(to, c->a)));
    return f(c, from, to, in, out);
}

pz_status
pz_cast_value(const pz_type *from, const pz_type *to, pz_cast_mode mode, const pz_zone *zone, const pz_value *in, pz_arena *a, pz_value *out,
              pz_error *err)
{
    cast_env c = {mode, zone, a, err};
    return cast_any(&c, from, to, in, out);
}

/* ---------------------------------------------------------------- the value function */

static pz_status
fn_cast(pz_fn_ctx *c, const pz_value *args, pz_value *out)
{
    const pz_call_site *s = c->site;
    return pz_cast_value(s->arg_types[0], s->result, (pz_cast_mode)s->eval_mode, s->zone, &args[0], c->scratch, out, c->err);
}

static const pz_value_fn_def fns[] = {{.name = "cast", .call = fn_cast}};
const pz_fn_family pz_family_cast = {"cast", fns, (int)PZ_COUNTOF(fns), NULL, 0};
