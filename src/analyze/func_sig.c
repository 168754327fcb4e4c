/*
 * analyze/func_sig.c - the signature language of functions.def: text to pz_sig.
 *
 * Grammar: head of tables/functions.def.  Things start at pz_sig_of(); results are cached for the process.
 */
#include "func_int.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reader {
    const char *p;
    pz_arena *a;
    const char *why;
} reader;

static void
space(reader *r)
{
    while (*r->p == ' ' || *r->p == '\n')
        r->p++;
}

static bool
eat(reader *r, const char *s)
{
    size_t n = strlen(s);
    space(r);
    if (strncmp(r->p, s, n) != 0)
        return false;
    r->p += n;
    return true;
}

static void
fail(reader *r, const char *why)
{
    if (!r->why)
        r->why = why;
}

static bool
is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static pz_str
word(reader *r)
{
    const char *s;
    space(r);
    s = r->p;
    while (is_word(*r->p))
        r->p++;
    return (pz_str){s, (size_t)(r->p - s)};
}

static const pz_sig_type *read_type(reader *r);

static pz_sig_type *
make(reader *r, pz_sig_kind k)
{
    pz_sig_type *t = PZ_NEW(r->a, pz_sig_type);
    t->kind = k;
    return t;
}

static const pz_type *
atom(pz_arena *a, pz_str w)
{
    static const pz_type *const atoms[] = {&pz_t_void, &pz_t_boolean, &pz_t_byte, &pz_t_short, &pz_t_int, &pz_t_long, &pz_t_float,
                                           &pz_t_double, &pz_t_string, &pz_t_binary, &pz_t_date, &pz_t_timestamp,
                                           &pz_t_timestamp_ntz, &pz_t_variant};
    for (size_t i = 0; i < PZ_COUNTOF(atoms); i++)
        if (pz_str_eq(w, pz_type_simple(atoms[i], a)))
            return atoms[i];
    if (pz_str_eqc(w, "time"))
        return &pz_t_time;
    if (pz_str_eqc(w, "calendar_interval"))
        return &pz_t_calendar_interval;
    return NULL;
}

static void
read_marks(reader *r, pz_sig_type *t)
{
    while (*r->p == '!' || *r->p == '?') {
        if (*r->p == '!') {
            t->no_null = t->not_null;          /* the second */
            t->not_null = true;
        } else {
            t->optional = true;
        }
        r->p++;
    }
}

/* fn(T, int?) -> U */
static const pz_sig_type *
read_fn(reader *r)
{
    pz_sig_type *t = make(r, PZ_SIG_FN);
    const pz_sig_type *parts[8];
    if (!eat(r, "("))
        fail(r, "( expected after fn");
    while (!r->why && !eat(r, ")")) {
        if (t->nparts == 8) {
            fail(r, "too many lambda parameters");
            break;
        }
        parts[t->nparts++] = read_type(r);
        eat(r, ",");
    }
    if (!eat(r, "->"))
        fail(r, "-> expected after fn(...)");
    t->a = read_type(r);
    t->parts = PZ_NEWN(r->a, const pz_sig_type *, t->nparts + 1);
    memcpy(t->parts, parts, sizeof(parts[0]) * (size_t)t->nparts);
    return t;
}

/* struct<a: int, b: T> */
static const pz_sig_type *
read_struct(reader *r)
{
    pz_sig_type *t = make(r, PZ_SIG_STRUCT);
    t->parts = PZ_NEWN(r->a, const pz_sig_type *, 32);
    t->names = PZ_NEWN(r->a, pz_str, 32);
    while (!r->why && !eat(r, ">")) {
        t->names[t->nparts] = pz_dup(r->a, word(r));
        if (!eat(r, ":"))
            fail(r, ": expected in struct");
        t->parts[t->nparts++] = read_type(r);
        eat(r, ",");
        if (t->nparts == 32)
            fail(r, "too many fields");
    }
    return t;
}

static pz_sig_type *
read_one(reader *r)
{
    pz_str w = word(r);
    pz_sig_type *t;
    int cls;
    if (w.len == 1 && w.ptr[0] >= 'A' && w.ptr[0] <= 'Z') {
        t = make(r, PZ_SIG_VAR);
        t->var = w.ptr[0] - 'A';
        if (*r->p == ':') {
            r->p++;
            t->a = read_type(r);
        }
    } else if (pz_str_eqc(w, "array") && *r->p == '<') {
        r->p++;
        t = make(r, PZ_SIG_ARRAY);
        t->a = read_type(r);
        if (!eat(r, ">"))
            fail(r, "> expected");
    } else if (pz_str_eqc(w, "map") && *r->p == '<') {
        r->p++;
        t = make(r, PZ_SIG_MAP);
        t->a = read_type(r);
        if (!eat(r, ","))
            fail(r, ", expected in map");
        t->b = read_type(r);
        if (!eat(r, ">"))
            fail(r, "> expected");
    } else if (pz_str_eqc(w, "struct") && *r->p == '<') {
        r->p++;
        t = (pz_sig_type *)read_struct(r);
    } else if (pz_str_eqc(w, "fn")) {
        return (pz_sig_type *)read_fn(r);
    } else if (pz_str_eqc(w, "decimal") && *r->p == '(') {
        char *e;
        long p = strtol(r->p + 1, &e, 10), s = *e == ',' ? strtol(e + 1, &e, 10) : 0;
        r->p = *e == ')' ? e + 1 : e;
        t = make(r, PZ_SIG_TYPE);
        t->type = pz_type_decimal(r->a, (int)p, (int)s);
    } else if ((cls = pz_sig_class_find(w)) >= 0) {
        t = make(r, PZ_SIG_CLASS);
        t->cls = cls;
    } else {
        t = make(r, PZ_SIG_TYPE);
        t->type = atom(r->a, w);
        if (!t->type)
            fail(r, "unknown type");
    }
    read_marks(r, t);
    return t;
}

static const pz_sig_type *
read_type(reader *r)
{
    pz_sig_type *t = read_one(r), *u;
    const pz_sig_type *parts[16];
    int n = 0;
    if (r->why || *r->p != '|')
        return t;
    parts[n++] = t;
    while (*r->p == '|' && n < 16 && !r->why) {
        r->p++;
        parts[n++] = read_one(r);
    }
    u = make(r, PZ_SIG_UNION);
    u->parts = PZ_NEWN(r->a, const pz_sig_type *, n);
    u->nparts = n;
    u->optional = parts[n - 1]->optional;
    u->not_null = parts[n - 1]->not_null;
    u->no_null = parts[n - 1]->no_null;
    memcpy(u->parts, parts, sizeof(parts[0]) * (size_t)n);
    return u;
}

/* "name:" before a type; a single capital letter before ":" is a bounded variable instead */
static void
read_name(reader *r, pz_sig_param *p)
{
    const char *mark;
    pz_str w;
    space(r);
    mark = r->p;
    w = word(r);
    space(r);
    if (w.len > 0 && *r->p == ':' && !(w.len == 1 && w.ptr[0] >= 'A' && w.ptr[0] <= 'Z')) {
        p->name = pz_dup(r->a, w);
        r->p++;
        return;
    }
    r->p = mark;
}

static pz_str
read_default(reader *r)
{
    const char *s;
    bool quoted = false;
    int depth = 0;
    space(r);
    s = r->p;
    while (*r->p && (quoted || depth > 0 || (*r->p != ',' && *r->p != ')'))) {
        if (*r->p == '\'')
            quoted = !quoted;
        else if (!quoted && *r->p == '(')
            depth++;
        else if (!quoted && *r->p == ')')
            depth--;
        r->p++;
    }
    return pz_dup(r->a, pz_str_trim((pz_str){s, (size_t)(r->p - s)}));
}

static void
read_param(reader *r, pz_sig_param *p)
{
    read_name(r, p);
    p->type = read_type(r);
    if (r->why)
        return;
    for (;;) {
        if (eat(r, "...")) {
            p->variadic = '+';
        } else if (eat(r, "*")) {
            p->variadic = '*';
        } else if (eat(r, "!!")) {
            p->exact = p->no_null = true;
        } else if (eat(r, "!")) {
            p->exact = true;
        } else if (eat(r, "?")) {
            p->optional = true;
        } else if (eat(r, "=")) {
            p->default_text = read_default(r);
            p->optional = true;
        } else if (strncmp(r->p, "lit", 3) == 0 && !is_word(r->p[3])) {
            r->p += 3;
            p->lit = true;
        } else {
            break;
        }
    }
    p->exact |= p->type->not_null;
    p->no_null |= p->type->no_null;
    if (p->type->kind == PZ_SIG_FN ? p->type->a->optional : p->type->optional)
        p->optional = true;
}

static void
read_sig(reader *r, pz_sig *s)
{
    pz_sig_param list[16];
    memset(list, 0, sizeof list);
    if (!eat(r, "("))
        fail(r, "( expected");
    while (!r->why && !eat(r, ")")) {
        if (s->n == 16) {
            fail(r, "too many parameters");
            break;
        }
        read_param(r, &list[s->n]);
        pz_sig_param *p = &list[s->n++];
        if (!r->why && !eat(r, ",") && (space(r), *r->p != ')'))
            fail(r, ", or ) expected");
        s->has_lambda |= !r->why && p->type->kind == PZ_SIG_FN;
        s->has_names |= p->name.len > 0;
        if (!p->optional && p->variadic != '*')
            s->min = s->n;
        s->max = p->variadic ? -1 : s->n;
    }
    s->params = PZ_NEWN(r->a, pz_sig_param, s->n + 1);
    memcpy(s->params, list, sizeof(list[0]) * (size_t)s->n);
    if (!eat(r, "->"))
        fail(r, "-> expected");
    space(r);
    if (*r->p == '@') {
        r->p++;
        s->rule_name = pz_dup(r->a, word(r));
        s->rule = pz_return_rule_find(s->rule_name);
        if (!s->rule)
            fail(r, "unknown rule");
    } else {
        s->result = read_type(r);
    }
    space(r);
    if (*r->p)
        fail(r, "text after the result");
}

static _Atomic(const pz_sig *) *cache;
static pz_arena *cache_arena;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start(void)
{
    cache = calloc((size_t)pz_fn_count() + 1, sizeof *cache);
    cache_arena = pz_arena_open();
    pz_assert(cache);
}

const pz_sig *
pz_sig_of(int row)
{
    const pz_sig *s;
    pthread_once(&once, start);
    s = atomic_load_explicit(&cache[row], memory_order_acquire);
    if (s)
        return s;
    pthread_mutex_lock(&lock);
    pz_sig *made = PZ_NEW(cache_arena, pz_sig);
    reader r = {pz_fn_row(row)->signature, cache_arena, NULL};
    read_sig(&r, made);
    pthread_mutex_unlock(&lock);
    if (r.why) {
        pz_log(PZ_LOG_ERROR, "bad_row=%s signature=\"%s\" why=\"%s\" at=\"%s\"", pz_fn_row(row)->name, pz_fn_row(row)->signature, r.why, r.p);
        memset(made, 0, sizeof *made);
        made->min = INT32_MAX;                 /* no call ever fits */
    }
    atomic_store_explicit(&cache[row], made, memory_order_release);
    return made;
}

bool
pz_signature_ok(const char *signature, char *why, size_t n)
{
    pz_arena *a = pz_arena_open();
    pz_sig s = {0};
    reader r = {signature, a, NULL};
    read_sig(&r, &s);
    if (r.why)
        snprintf(why, n, "%s at \"%s\"", r.why, r.p);
    pz_arena_close(a);
    return r.why == NULL;
}
