/*
 * engine/functions/json_path.c - looking into JSON text: get_json_object, json_tuple, json_array_length, json_object_keys.
 *
 * In: text and a path ($.a.b[0][*]['x']).  Out: text.  These read more loosely than from_json (control characters inside strings), but know no
 * NaN.  The path is walked the way Hive did it, with its three ways of writing what is found; eval() is where things start.
 */
#include "json.h"

static const pz_json_options loose = {.single_quotes = true, .control_chars = true, .max_depth = 1000};

typedef struct step { enum { KEY, INDEX, WILD, NEVER } kind; pz_str key; int64_t index; } step;
typedef PZ_VEC(step) steps;

static size_t
blanks(pz_str p, size_t i)
{
    while (i < p.len && (p.ptr[i] == ' ' || (p.ptr[i] >= '\t' && p.ptr[i] <= '\r')))
        i++;
    return i;
}

/* ['name'] behind "['": what stands at *i; a star means any, which finds nothing. */
static bool
quoted_step(pz_str p, size_t *i, step *out)
{
    size_t from = blanks(p, *i), to = from;
    while (to < p.len && p.ptr[to] != '\'')
        to++;
    if (to == from || to + 1 >= p.len || p.ptr[to] != '\'' || p.ptr[to + 1] != ']')
        return false;
    *out = (step){KEY, cut(p, from, to), 0};
    *i = to + 2;
    return true;
}

/* [3] or [*] behind the bracket */
static bool
index_step(pz_str p, size_t *i, step *out)
{
    size_t at = blanks(p, *i), from = at;
    *out = (step){INDEX, {0}, 0};
    if (*i < p.len && p.ptr[*i] == '*') {
        out->kind = WILD;
        at++;
    } else {
        for (; at < p.len && p.ptr[at] >= '0' && p.ptr[at] <= '9'; at++)
            if (__builtin_mul_overflow(out->index, 10, &out->index) || __builtin_add_overflow(out->index, p.ptr[at] - '0', &out->index))
                return false;
        if (at == from)
            return false;
    }
    if (at >= p.len || p.ptr[at] != ']')
        return false;
    *i = at + 1;
    return true;
}

static bool
parse_path(pz_arena *a, pz_str p, steps *out)
{
    size_t i = 1;
    if (p.len == 0 || p.ptr[0] != '$')
        return false;
    while (i < p.len) {
        step s = {KEY, {0}, 0};
        if (p.ptr[i] == '.') {
            size_t from = blanks(p, i + 1);
            for (i = from; i < p.len && p.ptr[i] != '.' && p.ptr[i] != '['; i++) {}
            s.key = cut(p, from, i);
            if (s.key.len == 0)
                return false;
        } else if (i + 1 < p.len && p.ptr[i] == '[' && p.ptr[i + 1] == '\'') {
            i += 2;
            if (!quoted_step(p, &i, &s))
                return false;
        } else if (p.ptr[i] == '[') {
            i++;
            if (!index_step(p, &i, &s))
                return false;
        } else {
            return blanks(p, i) == p.len;
        }
        if (s.kind == KEY && pz_str_eqc(s.key, "*"))
            s.kind = NEVER;                    /* Spark reads .* and finds nothing by it */
        pz_vec_push(a, out, s);
    }
    return true;
}

/* ---- results: JSON text under construction */
typedef struct writer { pz_buf b; bool comma, inner; } writer;     /* inner: within an array of hits, where no character is escaped */
typedef enum style {
    RAW,                                       /* a string comes without its quotes */
    QUOTED,                                    /* inside an array that stays one */
    FLAT                                       /* arrays melt into the one around them */
} style;

static void
begin_value(writer *w)
{
    if (w->comma)
        pz_buf_putc(&w->b, ',');
    w->comma = true;
}

static void
open_array(writer *w)
{
    begin_value(w);
    pz_buf_putc(&w->b, '[');
    w->comma = false;
}

static void
close_array(writer *w)
{
    pz_buf_putc(&w->b, ']');
    w->comma = true;
}

static bool eval(writer *w, const pz_json *v, const steps *p, int at, style st);

static int
each(writer *w, const pz_json *v, const steps *p, int at, style st)
{
    int hits = 0;
    for (int i = 0; i < v->n; i++)
        hits += eval(w, &v->items[i], p, at, st);
    return hits;
}

static bool
write_found(writer *w, const pz_json *v, style st)
{
    begin_value(w);
    if (v->kind == PZ_JSON_STRING && st == RAW)
        pz_buf_str(&w->b, v->text);
    else
        pz_json_print(&w->b, v, !w->inner);
    return true;
}

/* [*] outside of another array: one hit comes without the array around it. */
static bool
any_element(writer *w, const pz_json *v, const steps *p, int at, style st)
{
    writer inner = {.inner = true};
    pz_buf_init(&inner.b, 0);
    open_array(&inner);
    int hits = each(&inner, v, p, at + 1, st == RAW ? QUOTED : st);
    close_array(&inner);
    pz_str text = pz_buf_view(&inner.b);
    if (hits > 0) {
        begin_value(w);
        pz_buf_str(&w->b, hits > 1 ? text : cut(text, 1, text.len - 1));
    }
    pz_buf_free(&inner.b);
    return hits > 0;
}

static bool
in_array(writer *w, const pz_json *v, const steps *p, int at, style st)
{
    const step *s = &p->data[at], *next = at + 1 < p->n ? &p->data[at + 1] : NULL;
    bool hit;
    if (s->kind == INDEX)
        return s->index < v->n && eval(w, &v->items[s->index], p, at + 1, next && next->kind == WILD ? QUOTED : st);
    if (s->kind != WILD)
        return false;
    if (st != QUOTED && !(next && next->kind == WILD))
        return any_element(w, v, p, at, st);
    open_array(w);                             /* two stars make one flat array */
    hit = next && next->kind == WILD ? each(w, v, p, at + 2, FLAT) > 0 : each(w, v, p, at + 1, QUOTED) > 0;
    close_array(w);
    return hit;
}

/* Was anything written?  Of members with one name the first that leads somewhere counts. */
static bool
eval(writer *w, const pz_json *v, const steps *p, int at, style st)
{
    if (at == p->n)
        return st == FLAT && v->kind == PZ_JSON_ARRAY ? each(w, v, p, at, st) > 0 : write_found(w, v, st);
    if (v->kind == PZ_JSON_ARRAY)
        return in_array(w, v, p, at, st);
    if (v->kind == PZ_JSON_OBJECT && p->data[at].kind == KEY)
        for (int i = 0; i < v->n; i++)
            if (v->items[i].kind != PZ_JSON_NULL && pz_str_eq(v->items[i].key, p->data[at].key) && eval(w, &v->items[i], p, at + 1, st))
                return true;
    return false;
}

PZ_FN(fn_get_json_object)
{
    steps p = {0};
    pz_json doc;
    writer w = {0};
    if (!parse_path(c->scratch, args[1].s, &p) || !pz_json_read(c->scratch, args[0].s, &loose, &doc, NULL))
        return give_null(out);
    pz_buf_init(&w.b, 0);
    bool hit = eval(&w, &doc, &p, 0, RAW);
    pz_str text = pz_buf_dup(&w.b, c->scratch);
    pz_buf_free(&w.b);
    return hit ? give_str(out, text) : give_null(out);
}

/* ---- members of the top */
pz_str
pz_json_string(pz_arena *a, const pz_json *v)
{
    pz_buf b;
    if (v->kind == PZ_JSON_STRING)
        return v->text;
    pz_buf_init(&b, 0);
    pz_json_print(&b, v, true);
    pz_str s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

/* json_tuple(json, k1, k2, ...): one row of texts.  The last of equal names that is not null counts. */
PZ_FN(fn_json_tuple)
{
    pz_json doc;
    int n = c->site->nargs - 1;
    bool ok = !args[0].null && pz_json_read(c->scratch, args[0].s, &loose, &doc, NULL) && doc.kind == PZ_JSON_OBJECT;
    pz_value row = {.null = false};
    row.list.items = PZ_NEWN(c->scratch, pz_value, n);
    row.list.n = n;
    for (int i = 0; i < n; i++) {
        const pz_json *m = NULL;
        for (int k = 0; ok && !args[i + 1].null && k < doc.n; k++)
            if (doc.items[k].kind != PZ_JSON_NULL && pz_str_eq(doc.items[k].key, args[i + 1].s))
                m = &doc.items[k];
        row.list.items[i].null = m == NULL;
        if (m != NULL)
            row.list.items[i].s = pz_json_string(c->scratch, m);
    }
    *out = (pz_value){.null = false};
    out->list.items = PZ_NEW(c->scratch, pz_value);
    out->list.items[0] = row;
    out->list.n = 1;
    return PZ_OK;
}

PZ_FN(fn_json_array_length)
{
    pz_json doc;
    if (!pz_json_read(c->scratch, args[0].s, &loose, &doc, NULL) || doc.kind != PZ_JSON_ARRAY)
        return give_null(out);
    return give_int(out, doc.n);
}

PZ_FN(fn_json_object_keys)
{
    pz_json doc;
    if (!pz_json_read(c->scratch, args[0].s, &loose, &doc, NULL) || doc.kind != PZ_JSON_OBJECT)
        return give_null(out);
    *out = (pz_value){.null = false};
    out->list.items = PZ_NEWN(c->scratch, pz_value, doc.n + 1);
    for (int i = 0; i < doc.n; i++)
        out->list.items[i].s = doc.items[i].key;
    out->list.n = doc.n;
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "get_json_object", .call = fn_get_json_object},
    {.name = "json_array_length", .call = fn_json_array_length},
    {.name = "json_object_keys", .call = fn_json_object_keys},
    {.name = "json_tuple", .call = fn_json_tuple, .takes_nulls = true},
};
PZ_FAMILY(pz_family_json_path, defs);
