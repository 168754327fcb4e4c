/*
 * engine/functions/geo.c - st_*: geometries and geographies as well-known binary with a reference system.
 *
 * In: WKB.  Out: the pair (srid, wkb), or WKB in a byte order.  The binary is walked and checked, never computed with.  Things start in the table
 * at the end.
 */
#include "fn_util.h"

typedef struct walk {
    const unsigned char *p;
    unsigned char *out;                        /* the same bytes in the wanted order; NULL: only check */
    size_t at, n;
    bool little, to_little;
    const char *wrong;
} walk;

static bool
need(walk *w, size_t n)
{
    if (w->n - w->at >= n)
        return true;
    w->wrong = "the buffer ends early";
    return false;
}

/* Copy one number of n bytes, turned if the order differs. */
static bool
number(walk *w, size_t n, uint32_t *v)
{
    if (!need(w, n))
        return false;
    if (v)
        *v = w->little ? w->p[w->at] | w->p[w->at + 1] << 8 | w->p[w->at + 2] << 16 | (uint32_t)w->p[w->at + 3] << 24
                       : (uint32_t)w->p[w->at] << 24 | w->p[w->at + 1] << 16 | w->p[w->at + 2] << 8 | w->p[w->at + 3];
    for (size_t i = 0; i < n && w->out; i++)
        w->out[w->at + i] = w->p[w->at + (w->little == w->to_little ? i : n - 1 - i)];
    w->at += n;
    return true;
}

static bool
points(walk *w, uint32_t count, int dims)
{
    if (!need(w, (size_t)count * (size_t)dims * 8))
        return false;
    for (uint64_t i = 0; i < (uint64_t)count * (unsigned)dims; i++)
        number(w, 8, NULL);
    return true;
}

static bool
shape(walk *w, int depth)
{
    uint32_t type, count, inner;
    if (depth > 32 || !need(w, 5))
        return false;
    if (w->p[w->at] > 1) {
        w->wrong = "the byte order is neither 0 nor 1";
        return false;
    }
    w->little = w->p[w->at] == 1;
    if (w->out)
        w->out[w->at] = w->to_little;
    w->at++;
    if (!number(w, 4, &type))
        return false;
    int dims = type / 1000 == 0 ? 2 : type / 1000 == 3 ? 4 : 3;
    uint32_t kind = type % 1000;
    if (kind < 1 || kind > 7 || type >= 4000) {
        w->wrong = "the geometry type is unknown";
        return false;
    }
    if (kind == 1)
        return points(w, 1, dims);
    if (!number(w, 4, &count))
        return false;
    if (kind == 2)
        return points(w, count, dims);
    for (uint32_t i = 0; i < count; i++)
        if (kind == 3 ? !number(w, 4, &inner) || !points(w, inner, dims) : !shape(w, depth + 1))
            return false;
    return true;
}

static pz_status
check_wkb(pz_fn_ctx *c, pz_str s)
{
    walk w = {.p = (const unsigned char *)s.ptr, .n = s.len};
    if (shape(&w, 0) && w.at == s.len)
        return PZ_OK;
    return pz_raise(c->err, PZ_ERR_WKB_PARSE_ERROR, PZ_NO_ORIGIN, "parseError", w.wrong ? w.wrong : "there are bytes after the geometry", "pos",
                    pz_strf(c->scratch, "%zu", w.wrong ? 0 : w.at).ptr, NULL);
}

/* (wkb, srid): the analyzer checked a constant srid. */
PZ_FN(fn_from_wkb)
{
    PZ_TRY(check_wkb(c, args[0].s));
    pz_value *pair = PZ_NEWN(c->scratch, pz_value, 2);
    pair[0] = (pz_value){.i = c->site->nargs > 1 ? args[1].i : 4326};
    pair[1] = args[0];
    *out = (pz_value){.list = {pair, 2}};
    return PZ_OK;
}

PZ_FN(fn_as_binary)
{
    pz_str s = args[0].list.items[1].s;
    bool little = !pz_str_ieqc(args[1].s, "XDR");
    if (little == (s.len && s.ptr[0] == 1))
        return give_str(out, s);
    walk w = {.p = (const unsigned char *)s.ptr, .n = s.len, .to_little = little, .out = pz_alloc(c->scratch, s.len + 1)};
    return shape(&w, 0) ? give_str(out, (pz_str){(char *)w.out, s.len}) : check_wkb(c, s);
}

PZ_FN(fn_srid)
{
    PZ_UNUSED(c);
    return give_int(out, args[0].list.items[0].i);
}

PZ_FN(fn_set_srid)
{
    pz_value *pair = PZ_NEWN(c->scratch, pz_value, 2);
    pair[0] = (pz_value){.i = args[1].i};
    pair[1] = args[0].list.items[1];
    *out = (pz_value){.list = {pair, 2}};
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "st_asbinary", .call = fn_as_binary},
    {.name = "st_fromwkb", .call = fn_from_wkb},
    {.name = "st_setsrid", .call = fn_set_srid},
    {.name = "st_srid", .call = fn_srid},
};
PZ_FAMILY(pz_family_geo, defs);
