/*
 * base/err.c - raise errors, look up their rows, and carry them through the engine as text.
 *
 * In: an identifier of errors.def with parameters.  Out: a filled pz_error.  What users read of it is made in err_text.c.
 * Things start at pz_raise().
 */
#include "base.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const pz_err_row rows[PZ_ERR_COUNT] = {
    [PZ_ERR_NONE] = {"", "", PZ_CLASS_SparkException, ""},
#define ERR(id, condition, sqlstate, klass, message) [PZ_ERR_##id] = {condition, sqlstate, PZ_CLASS_##klass, message},
#include "../../tables/errors.def"
#undef ERR
    [PZ_ERR_TEXT] = {"", "", PZ_CLASS_SparkException, ""},
};

static const struct { const char *id, *chain; } classes[PZ_CLASS_COUNT] = {
#define ERR_CLASS(id, chain) [PZ_CLASS_##id] = {#id, chain},
#include "../../tables/error_classes.def"
#undef ERR_CLASS
};

const pz_err_row *
pz_err_info(pz_err_id id)
{
    return &rows[(int)id >= 0 && id < PZ_ERR_COUNT ? id : PZ_ERR_NONE];
}

const char *
pz_err_class_chain(pz_err_class c)
{
    return classes[c].chain;
}

/* ---- finding a row by its condition: a table of slots filled once ---- */
enum { FIND_SLOTS = 8192 };
_Static_assert(PZ_ERR_COUNT * 2 < FIND_SLOTS, "make FIND_SLOTS larger");
static uint16_t find_slots[FIND_SLOTS];

static void
fill_find_slots(void)
{
    for (int i = 1; i < PZ_ERR_TEXT; i++) {
        uint64_t h = pz_hash_bytes(rows[i].condition, strlen(rows[i].condition), 0);
        while (find_slots[h % FIND_SLOTS]) h++;
        find_slots[h % FIND_SLOTS] = (uint16_t)i;
    }
}

pz_err_id
pz_err_find(pz_str condition)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fill_find_slots);
    for (uint64_t h = pz_hash_bytes(condition.ptr, condition.len, 0); find_slots[h % FIND_SLOTS]; h++)
        if (pz_str_eqc(condition, rows[find_slots[h % FIND_SLOTS]].condition)) return (pz_err_id)find_slots[h % FIND_SLOTS];
    return PZ_ERR_NONE;
}

/* ---- raising ---- */
void
pz_error_init(pz_error *e, pz_arena *a)
{
    *e = (pz_error){.arena = a, .origin = PZ_NO_ORIGIN};
}

static const pz_str *
find_param(const pz_error *e, const char *name, size_t n)
{
    for (int i = 0; i < e->nparams; i++)
        if (e->params[i].name.len == n && memcmp(e->params[i].name.ptr, name, n) == 0) return &e->params[i].value;
    return NULL;
}

/* The row's sentence with each <parameter> replaced by its value. */
static pz_str
fill_sentence(const pz_error *e, const char *sentence)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (const char *p = sentence; *p;) {
        const char *close = *p == '<' ? strchr(p, '>') : NULL;
        const pz_str *value = close ? find_param(e, p + 1, (size_t)(close - p - 1)) : NULL;
        if (value) {
            pz_buf_str(&b, *value);
            p = close + 1;
        } else {
            size_t n = 1 + strcspn(p + 1, "<");
            pz_buf_add(&b, p, n);
            p += n;
        }
    }
    out = pz_buf_dup(&b, e->arena);
    pz_buf_free(&b);
    return out;
}

static void
add_param(pz_error *e, pz_str name, pz_str value)
{
    if (e->nparams == PZ_ERR_MAX_PARAMS) return;
    e->params[e->nparams].name = pz_dup(e->arena, name);
    e->params[e->nparams].value = pz_dup(e->arena, value.ptr ? value : PZ_STR(""));
    e->nparams++;
}

static void
begin(pz_error *e, pz_err_id id, pz_err_class klass, pz_origin origin)
{
    pz_assert(e->arena);
    e->id = id;
    e->klass = klass;
    e->origin = origin;
    e->nparams = 0;
    e->place_only = false;
    e->is_parse = klass == PZ_CLASS_ParseException;
}

static pz_status
raise(pz_error *e, pz_err_class klass, pz_err_id id, pz_origin origin, va_list ap)
{
    const char *name;
    if (!e || e->id != PZ_ERR_NONE) return PZ_FAIL;
    begin(e, id, klass, origin);
    while ((name = va_arg(ap, const char *)) != NULL) {
        const char *value = va_arg(ap, const char *);
        add_param(e, pz_str_c(name), pz_str_c(value));
    }
    e->message = fill_sentence(e, rows[id].message);
    return PZ_FAIL;
}

pz_status
pz_raise(pz_error *e, pz_err_id id, pz_origin origin, ...)
{
    va_list ap;
    va_start(ap, origin);
    raise(e, rows[id].klass, id, origin, ap);
    va_end(ap);
    return PZ_FAIL;
}

pz_status
pz_raise_as(pz_error *e, pz_err_class klass, pz_err_id id, pz_origin origin, ...)
{
    va_list ap;
    va_start(ap, origin);
    raise(e, klass, id, origin, ap);
    va_end(ap);
    return PZ_FAIL;
}

static pz_str
format(pz_arena *a, const char *fmt, va_list ap)
{
    char text[2048];
    vsnprintf(text, sizeof text, fmt, ap);
    return pz_dupc(a, text);
}

pz_status
pz_raise_text(pz_error *e, pz_err_class klass, const char *fmt, ...)
{
    va_list ap;
    if (!e || e->id != PZ_ERR_NONE) return PZ_FAIL;
    begin(e, PZ_ERR_TEXT, klass, PZ_NO_ORIGIN);
    va_start(ap, fmt);
    e->message = format(e->arena, fmt, ap);
    va_end(ap);
    return PZ_FAIL;
}

pz_status
pz_raise_internal(pz_error *e, const char *fmt, ...)
{
    va_list ap;
    if (!e || e->id != PZ_ERR_NONE) return PZ_FAIL;
    begin(e, PZ_ERR_INTERNAL_ERROR, rows[PZ_ERR_INTERNAL_ERROR].klass, PZ_NO_ORIGIN);
    va_start(ap, fmt);
    e->message = format(e->arena, fmt, ap);
    va_end(ap);
    add_param(e, PZ_STR("message"), e->message);
    return PZ_FAIL;
}

void
pz_error_copy(pz_error *to, const pz_error *from)
{
    pz_arena *a = to->arena;
    pz_assert(a);
    *to = *from;
    to->arena = a;
    for (int i = 0; i < from->nparams; i++) {
        to->params[i].name = pz_dup(a, from->params[i].name);
        to->params[i].value = pz_dup(a, from->params[i].value);
    }
    to->message = pz_dup(a, from->message);
    to->plan = pz_dup(a, from->plan);
    to->seen.type = pz_dup(a, from->seen.type);
    to->seen.left = pz_dup(a, from->seen.left);
    to->seen.right = pz_dup(a, from->seen.right);
    to->seen.symbol = pz_dup(a, from->seen.symbol);
    if (from->origin.source) {
        pz_source *s = PZ_NEW(a, pz_source);
        s->text = pz_dup(a, from->origin.source->text);
        s->call_site = pz_dup(a, from->origin.source->call_site);
        s->object_type = pz_dup(a, from->origin.source->object_type);
        s->object_name = pz_dup(a, from->origin.source->object_name);
        to->origin.source = s;
    }
}

void
pz_error_keep(pz_error *e)
{
    pz_error was = *e;
    if (e->id != PZ_ERR_NONE) pz_error_copy(e, &was);
}

/* ---- as text inside the engine ---- */
enum { MARK = 1, FIELD = 2, VALUE = 3, ESCAPE = 4 };   /* bytes that structure the text; in values they follow ESCAPE, shifted */

static void
pack_text(pz_buf *b, pz_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] <= ESCAPE) {
            pz_buf_putc(b, ESCAPE);
            pz_buf_putc(b, (char)(s.ptr[i] + '@'));
        } else {
            pz_buf_putc(b, s.ptr[i]);
        }
    }
}

static void
pack_field(pz_buf *b, pz_str name, pz_str value)
{
    pz_buf_putc(b, FIELD);
    pz_buf_str(b, name);
    pz_buf_putc(b, VALUE);
    pack_text(b, value);
}

/* Where in the text; of a view's text also which view, for the query's own text is another. */
void
pz_err_pack_origin(pz_buf *b, pz_origin o)
{
    char at[32];
    if (o.start < 0) return;
    snprintf(at, sizeof at, "%d,%d", o.start, o.stop);
    pack_field(b, PZ_STR("@at"), pz_str_c(at));
    if (!o.source || !o.source->object_type.len) return;
    pack_field(b, PZ_STR("@type"), o.source->object_type);
    pack_field(b, PZ_STR("@name"), o.source->object_name);
    pack_field(b, PZ_STR("@source"), o.source->text);
}

void
pz_err_pack(pz_buf *b, const pz_error *e)
{
    pz_buf_putc(b, MARK);
    pz_buf_puts(b, rows[e->id].condition);
    for (int i = 0; i < e->nparams; i++) pack_field(b, e->params[i].name, e->params[i].value);
    if (e->id == PZ_ERR_TEXT) pack_field(b, PZ_STR("@text"), e->message);
    if (e->klass != rows[e->id].klass) pack_field(b, PZ_STR("@class"), pz_str_c(classes[e->klass].id));
    pz_err_pack_origin(b, e->origin);
}

static pz_err_class
find_class(pz_str id, pz_err_class otherwise)
{
    for (int i = 0; i < PZ_CLASS_COUNT; i++)
        if (pz_str_eqc(id, classes[i].id)) return (pz_err_class)i;
    return otherwise;
}

/* Take the text up to a structuring byte off the front of *rest, undoing escapes. */
static pz_str
unpack_text(pz_str *rest, pz_arena *a)
{
    char *p = pz_alloc(a, rest->len + 1);
    size_t n = 0;
    while (rest->len && ((unsigned char)*rest->ptr > VALUE || *rest->ptr == 0)) {
        char c = *rest->ptr++;
        rest->len--;
        if (c == ESCAPE && rest->len) {
            c = (char)(*rest->ptr++ - '@');
            rest->len--;
        }
        p[n++] = c;
    }
    return (pz_str){p, n};
}

static pz_source *
source_of(pz_error *e)
{
    if (!e->origin.source) e->origin.source = PZ_NEW(e->arena, pz_source);
    return (pz_source *)(uintptr_t)e->origin.source;
}

static void
take_field(pz_error *e, pz_str name, pz_str value)
{
    if (pz_str_eqc(name, "@class")) e->klass = find_class(value, e->klass);
    else if (pz_str_eqc(name, "@text")) e->message = value;
    else if (pz_str_eqc(name, "@at")) sscanf(value.ptr, "%d,%d", &e->origin.start, &e->origin.stop);
    else if (pz_str_eqc(name, "@type")) source_of(e)->object_type = value;
    else if (pz_str_eqc(name, "@name")) source_of(e)->object_name = value;
    else if (pz_str_eqc(name, "@source")) source_of(e)->text = value;
    else add_param(e, name, value);
}

bool
pz_err_unpack(pz_str text, pz_error *e)
{
    const char *mark = text.len ? memchr(text.ptr, MARK, text.len) : NULL;
    pz_str rest, condition;
    pz_err_id id;
    if (!mark) return false;
    if (e->id != PZ_ERR_NONE) return true;
    rest = (pz_str){mark + 1, text.len - (size_t)(mark + 1 - text.ptr)};
    condition = unpack_text(&rest, e->arena);
    id = condition.len ? pz_err_find(condition) : PZ_ERR_TEXT;
    if (id == PZ_ERR_NONE) return false;
    begin(e, id, rows[id].klass, PZ_NO_ORIGIN);
    while (rest.len && *rest.ptr == FIELD) {
        pz_str name, value = {0};
        rest.ptr++, rest.len--;
        name = unpack_text(&rest, e->arena);
        if (rest.len && *rest.ptr == VALUE) {
            rest.ptr++, rest.len--;
            value = unpack_text(&rest, e->arena);
        }
        take_field(e, name, value);
    }
    e->is_parse = e->klass == PZ_CLASS_ParseException;
    if (id != PZ_ERR_TEXT) e->message = fill_sentence(e, rows[id].message);
    return true;
}
