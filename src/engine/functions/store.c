/*
 * engine/functions/store.c - a value on its way into a table's column: cast, its numbers checked, its texts fitted to CHAR and VARCHAR.
 *
 * In: the argument's type, the column's declared type as the result type, the mode of the cast, and the column's name as the call's
 * name.  Out: the value, CAST_OVERFLOW_IN_TABLE_INSERT with the path to the part that does not fit, or EXCEED_LIMIT_LENGTH.
 */
#include "cast_int.h"

typedef struct path { const struct path *up; pz_str name; } path;
typedef struct store_env { cast_env cast; pz_str column; } store_env;

static void
write_path(pz_buf *b, const store_env *c, const path *p)
{
    if (!p) {
        pz_buf_str(b, c->column);
        return;
    }
    write_path(b, c, p->up);
    pz_buf_printf(b, ".`" PZ_FMT "`", PZ_ARG(p->name));
}

/* ---- texts: at most n characters, spaces past that dropped; CHAR filled up with spaces ---- */
static size_t
bytes_of(pz_str s, size_t chars)
{
    size_t at = 0;
    uint32_t cp;
    while (chars-- && at < s.len) at += (size_t)pz_utf8_decode(s.ptr + at, s.len - at, &cp);
    return at;
}

static pz_status
fit_text(const store_env *c, const pz_type *to, pz_value *v)
{
    size_t n = pz_utf8_count(v->s), limit = (size_t)to->length;
    if (n > limit) {
        size_t keep = bytes_of(v->s, limit);
        for (size_t i = keep; i < v->s.len; i++)
            if (v->s.ptr[i] != ' ')
                return pz_raise(c->cast.err, PZ_ERR_EXCEED_LIMIT_LENGTH, PZ_NO_ORIGIN, "limit", pz_strf(c->cast.a, "%d", to->length).ptr, NULL);
        v->s.len = keep;
    } else if (to->id == PZ_T_CHAR && n < limit) {
        char *p = pz_alloc(c->cast.a, v->s.len + limit - n + 1);
        if (v->s.len) memcpy(p, v->s.ptr, v->s.len);
        memset(p + v->s.len, ' ', limit - n);
        v->s = (pz_str){p, v->s.len + limit - n};
    }
    return PZ_OK;
}

/* ---- one part ---- */
static const char *
quoted(const store_env *c, const pz_type *t)
{
    return pz_strf(c->cast.a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, c->cast.a))).ptr;
}

static pz_status
store_leaf(const store_env *c, const path *p, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    pz_error own;
    cast_env cast = c->cast;
    bool text = to->id == PZ_T_CHAR || to->id == PZ_T_VARCHAR;
    pz_error_init(&own, c->cast.a);
    cast.err = &own;
    if (cast_any(&cast, from, text ? &pz_t_string : to, in, out) == PZ_OK) return text && !out->null ? fit_text(c, to, out) : PZ_OK;
    if (own.klass == PZ_CLASS_SparkArithmeticException) {
        pz_buf b;
        pz_str name;
        pz_buf_init(&b, 0);
        write_path(&b, c, p);
        name = pz_buf_dup(&b, c->cast.a);
        pz_buf_free(&b);
        return pz_raise(c->cast.err, PZ_ERR_CAST_OVERFLOW_IN_TABLE_INSERT, PZ_NO_ORIGIN, "sourceType", quoted(c, from), "targetType", quoted(c, to),
                        "columnName", name.ptr, NULL);
    }
    pz_error_copy(c->cast.err, &own);
    return PZ_FAIL;
}

static pz_status
store_any(const store_env *c, const path *up, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    path p = {up, PZ_STR("element")}, k = {up, PZ_STR("key")};
    if (in->null || from->id != to->id || !pz_type_is_nested(to)) return store_leaf(c, up, from, to, in, out);
    memset(out, 0, sizeof *out);
    switch (to->id) {
    case PZ_T_ARRAY:
        out->list.n = in->list.n;
        out->list.items = PZ_NEWN(c->cast.a, pz_value, in->list.n + 1);
        for (int i = 0; i < in->list.n; i++) PZ_TRY(store_any(c, &p, from->element, to->element, &in->list.items[i], &out->list.items[i]));
        return PZ_OK;
    case PZ_T_MAP:
        p.name = PZ_STR("value");
        out->map.n = in->map.n;
        out->map.keys = PZ_NEWN(c->cast.a, pz_value, in->map.n + 1);
        out->map.vals = PZ_NEWN(c->cast.a, pz_value, in->map.n + 1);
        for (int i = 0; i < in->map.n; i++) {
            PZ_TRY(store_any(c, &k, from->key, to->key, &in->map.keys[i], &out->map.keys[i]));
            PZ_TRY(store_any(c, &p, from->element, to->element, &in->map.vals[i], &out->map.vals[i]));
        }
        return PZ_OK;
    default:
        out->list.n = to->nfields;
        out->list.items = PZ_NEWN(c->cast.a, pz_value, to->nfields + 1);
        for (int i = 0; i < to->nfields; i++) {
            p.name = to->fields[i].name;
            PZ_TRY(store_any(c, &p, from->fields[i].type, to->fields[i].type, &in->list.items[i], &out->list.items[i]));
        }
        return PZ_OK;
    }
}

/* ---- the value function ---- */
static pz_status
fn_store_value(pz_fn_ctx *f, const pz_value *args, pz_value *out)
{
    const pz_call_site *s = f->site;
    store_env c = {{(pz_cast_mode)s->eval_mode, s->zone, f->scratch, f->err}, s->name};
    return store_any(&c, NULL, s->arg_types[0], s->result, &args[0], out);
}

static const pz_value_fn_def fns[] = {{.name = "store_value", .call = fn_store_value}};
const pz_fn_family pz_family_store = {"store", fns, (int)PZ_COUNTOF(fns), NULL, 0};
