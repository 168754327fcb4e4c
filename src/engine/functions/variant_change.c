/*
 * engine/functions/variant_change.c - variants with a part inserted, set, appended or deleted.
 *
 * In: a variant, a path, a value.  Out: the variant decoded to a tree, changed and encoded again.  What is missing on the way
 * is made: objects for names, arrays filled up with null for positions; what is there and of another kind is an error.
 */
#include "variant.h"

/* No variant gets larger than this. */
static const size_t size_limit = 128u << 20;

typedef enum change { INSERT, SET, APPEND } change;

typedef struct job {
    pz_fn_ctx *c;
    pz_str path;
    const pz_variant_path *p;
    change how;
    bool create;
    pz_error *err;
} job;

static pz_status
bad_path(pz_fn_ctx *c, pz_str path)
{
    return pz_raise(c->err, PZ_ERR_INVALID_VARIANT_PATH, PZ_NO_ORIGIN, "path", pz_dup(c->scratch, path).ptr, "functionName",
                    backticked(c->scratch, c->site->name).ptr, NULL);
}

static pz_status
too_large(pz_fn_ctx *c, pz_error *err)
{
    return pz_raise(err, PZ_ERR_VARIANT_SIZE_LIMIT, PZ_NO_ORIGIN, "sizeLimit", "128.0 MiB", "functionName", backticked(c->scratch, c->site->name).ptr, NULL);
}

/* The first `n` steps, written plainly. */
static pz_str
steps_text(pz_arena *a, const pz_variant_path *p, int n)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '$');
    for (int i = 0; i < n; i++) {
        const pz_variant_step *s = &p->data[i];
        if (s->is_key)
            pz_buf_printf(&b, "." PZ_FMT, PZ_ARG(s->key));
        else
            pz_buf_printf(&b, "[%lld]", (long long)s->index);
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

/* What stands after `n` steps is no object or no array. */
static pz_status
wrong_kind(const job *j, int n)
{
    pz_arena *a = j->c->scratch;
    return pz_raise(j->err, PZ_ERR_VARIANT_PATH_TYPE_MISMATCH, PZ_NO_ORIGIN, "path", pz_dup(a, j->path).ptr, "failedAt",
                    steps_text(a, j->p, n).ptr, "functionName", backticked(a, j->c->site->name).ptr, NULL);
}

static pz_vnode *
find_node(pz_vnode *n, const pz_variant_step *s)
{
    if (s->is_key) {
        for (int i = 0; n->kind == PZ_V_OBJECT && i < n->n; i++)
            if (pz_str_eq(n->items[i].key, s->key))
                return &n->items[i];
        return NULL;
    }
    return n->kind == PZ_V_ARRAY && s->index < n->n ? &n->items[s->index] : NULL;
}

/* Room for one more at `at`; positions between the end and `at` become null. */
static pz_vnode *
insert_at(pz_arena *a, pz_vnode *n, int at, const pz_vnode *item)
{
    int count = (at > n->n ? at : n->n) + 1;
    pz_vnode *items = PZ_NEWN(a, pz_vnode, count);
    int before = at < n->n ? at : n->n;
    if (before > 0)
        memcpy(items, n->items, sizeof(*items) * (size_t)before);
    for (int i = n->n; i < at; i++)
        items[i] = (pz_vnode){.kind = PZ_V_NULL};
    items[at] = *item;
    if (n->n > at)
        memcpy(items + at + 1, n->items + at, sizeof(*items) * (size_t)(n->n - at));
    n->items = items;
    n->n = count;
    return &items[at];
}

/* The value under what is left of the path: {"b": [null, value]} for .b[1] */
static pz_status
wrapped(const job *j, int from, pz_vnode *item)
{
    for (int i = j->p->n - 1; i >= from; i--) {
        const pz_variant_step *s = &j->p->data[i];
        pz_vnode outer = {.kind = s->is_key ? PZ_V_OBJECT : PZ_V_ARRAY};
        if (!s->is_key && (size_t)s->index * 5 > size_limit)
            return too_large(j->c, j->err);
        item->key = s->key;
        insert_at(j->c->scratch, &outer, s->is_key ? 0 : (int)s->index, item);
        *item = outer;
    }
    return PZ_OK;
}

/* *changed false: the variant stays what it is. */
static pz_status
apply(const job *j, pz_vnode *root, pz_vnode *item, bool *changed)
{
    pz_arena *a = j->c->scratch;
    pz_vnode *n = root, *next = NULL;
    const pz_variant_step *s;
    int i;
    *changed = true;
    for (i = 0; i < j->p->n; i++, n = next) {
        s = &j->p->data[i];
        if (n->kind != (s->is_key ? PZ_V_OBJECT : PZ_V_ARRAY))
            return wrong_kind(j, i);
        next = find_node(n, s);
        if (next == NULL || (i == j->p->n - 1 && j->how != APPEND))
            break;
    }
    if (i == j->p->n) {                        /* APPEND arrived */
        if (n->kind != PZ_V_ARRAY)
            return wrong_kind(j, i);
        insert_at(a, n, n->n, item);
        return PZ_OK;
    }
    if (next == NULL && (j->how == APPEND || (j->how == SET && !j->create))) {
        *changed = false;
        return PZ_OK;
    }
    s = &j->p->data[i];
    if (next != NULL && j->how == SET) {
        item->key = s->key;
        *next = *item;
        return PZ_OK;
    }
    if (next != NULL && s->is_key)
        return pz_raise(j->err, PZ_ERR_VARIANT_DUPLICATE_KEY, PZ_NO_ORIGIN, "key", pz_dup(a, s->key).ptr, NULL);
    if (!s->is_key && (size_t)s->index * 5 > size_limit)
        return too_large(j->c, j->err);
    PZ_TRY(wrapped(j, i + 1, item));
    item->key = s->key;
    insert_at(a, n, s->is_key ? n->n : (int)s->index, item);
    return PZ_OK;
}

static pz_status
change_one(pz_fn_ctx *c, const pz_value *args, pz_value *out, change how, bool try)
{
    pz_variant_path p = {0};
    pz_vnode root, item;
    pz_arena *a = c->scratch;
    bool changed;
    pz_error missed;
    pz_error_init(&missed, a);
    job j = {c, args[1].s, &p, how, c->site->nargs < 4 || args[3].b, try ? &missed : c->err};
    if (!pz_variant_path_read(a, args[1].s, &p) || (p.n == 0 && how != APPEND))
        return bad_path(c, args[1].s);
    pz_vnode_from_variant(a, pz_variant_of(&args[0]), &root);
    pz_vnode_from_value(a, c->site->arg_types[2], &args[2], c->site->zone, &item);
    if (apply(&j, &root, &item, &changed) != PZ_OK)
        return try ? give_null(out) : PZ_FAIL;
    *out = changed ? pz_variant_encode(a, &root) : args[0];
    if (out->list.items[0].s.len > size_limit)
        return try ? give_null(out) : too_large(c, c->err);
    return PZ_OK;
}

PZ_FN(fn_variant_insert) { return change_one(c, args, out, INSERT, false); }
PZ_FN(fn_try_variant_insert) { return change_one(c, args, out, INSERT, true); }
PZ_FN(fn_variant_set) { return change_one(c, args, out, SET, false); }
PZ_FN(fn_try_variant_set) { return change_one(c, args, out, SET, true); }
PZ_FN(fn_variant_array_append) { return change_one(c, args, out, APPEND, false); }
PZ_FN(fn_try_variant_array_append) { return change_one(c, args, out, APPEND, true); }

/* Paths that are NULL or lead nowhere delete nothing. */
PZ_FN(fn_variant_delete)
{
    pz_vnode root;
    pz_arena *a = c->scratch;
    if (args[0].null)
        return give_null(out);
    pz_vnode_from_variant(a, pz_variant_of(&args[0]), &root);
    for (int i = 1; i < c->site->nargs; i++) {
        pz_variant_path p = {0};
        pz_vnode *n = &root;
        if (args[i].null)
            continue;
        if (!pz_variant_path_read(a, args[i].s, &p) || p.n == 0)
            return bad_path(c, args[i].s);
        for (int k = 0; n != NULL && k < p.n - 1; k++)
            n = find_node(n, &p.data[k]);
        pz_vnode *gone = n ? find_node(n, &p.data[p.n - 1]) : NULL;
        if (gone == NULL)
            continue;
        int at = (int)(gone - n->items);
        memmove(n->items + at, n->items + at + 1, sizeof(*gone) * (size_t)(n->n - at - 1));
        n->n--;
    }
    *out = pz_variant_encode(a, &root);
    return PZ_OK;
}

static void
strip(pz_vnode *n, bool arrays)
{
    int keep = 0;
    for (int i = 0; i < n->n; i++) {
        strip(&n->items[i], arrays);
        if (n->items[i].kind != PZ_V_NULL || (n->kind == PZ_V_ARRAY && !arrays))
            n->items[keep++] = n->items[i];
    }
    n->n = keep;
}

PZ_FN(fn_variant_strip_nulls)
{
    pz_vnode root;
    pz_vnode_from_variant(c->scratch, pz_variant_of(&args[0]), &root);
    strip(&root, c->site->nargs < 2 || args[1].b);
    *out = pz_variant_encode(c->scratch, &root);
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "try_variant_array_append", .call = fn_try_variant_array_append},
    {.name = "try_variant_insert", .call = fn_try_variant_insert},
    {.name = "try_variant_set", .call = fn_try_variant_set},
    {.name = "variant_array_append", .call = fn_variant_array_append},
    {.name = "variant_delete", .call = fn_variant_delete, .takes_nulls = true},
    {.name = "variant_insert", .call = fn_variant_insert},
    {.name = "variant_set", .call = fn_variant_set},
    {.name = "variant_strip_nulls", .call = fn_variant_strip_nulls},
};
const pz_fn_family pz_family_variant_change = {"variant_change", defs, (int)PZ_COUNTOF(defs), NULL, 0};
