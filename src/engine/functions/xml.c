/*
 * engine/functions/xml.c - from_xml, schema_of_xml.
 *
 * Attributes are fields whose name begins with attributePrefix (_), text beside them is the field valueTag (_VALUE).  Elements that
 * occur again are arrays.  What does not fit its type is NULL.
 */
#include "variant.h"
#include "xml.h"
#include "../files_int.h"

#include <stdlib.h>

static void
set_options(const pz_zone *zone, pz_arena *a, pz_xml_options *o)
{
    o->prefix = pz_option_get(&o->all, "attributePrefix", "_");
    o->value_tag = pz_option_get(&o->all, "valueTag", "_VALUE");
    o->item = pz_option_get(&o->all, "arrayElementName", "item");
    o->null_text = pz_option_get(&o->all, "nullValue", NULL);
    o->exclude_attributes = pz_option_bool(&o->all, "excludeAttribute", false);
    o->trim = pz_option_bool(&o->all, "ignoreSurroundingSpaces", true);
    o->wildcard = pz_option_get(&o->all, "wildcardColName", "xs_any");
    o->no_namespaces = pz_option_bool(&o->all, "ignoreNamespace", false);
    o->only_texts = !pz_option_bool(&o->all, "inferSchema", true);
    o->decimals = pz_option_bool(&o->all, "prefersDecimal", false);
    o->dates = pz_option_bool(&o->all, "preferDate", true);
    pz_text_rules_init(&o->rules, &o->all, zone, a);
}

void
pz_xml_options_read(pz_fn_ctx *c, const pz_value *map, pz_xml_options *o)
{
    memset(o, 0, sizeof *o);
    for (int i = 0; map && !map->null && i < map->map.n; i++) {
        pz_option one = {map->map.keys[i].s, map->map.vals[i].null ? PZ_STR("") : map->map.vals[i].s};
        pz_vec_push(c->scratch, &o->all, one);
    }
    add_corrupt_column(c, &o->all);
    set_options(c->site->zone, c->scratch, o);
}

static bool
is_attribute(const pz_xml_options *o, pz_str field)
{
    return o->prefix.len && field.len > o->prefix.len && memcmp(field.ptr, o->prefix.ptr, o->prefix.len) == 0 && !pz_str_eq(field, o->value_tag);
}

/* A name as fields have it: with its prefix, unless namespaces are ignored. */
static pz_str
name_of(const pz_xml_options *o, pz_str s)
{
    const char *colon = o->no_namespaces ? memchr(s.ptr, ':', s.len) : NULL;
    return colon ? (pz_str){colon + 1, s.len - (size_t)(colon + 1 - s.ptr)} : s;
}

/* ---------------------------------------------------------------- from_xml */

static void from_element(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, const pz_xml *e, pz_value *out, bool *bad);
static void variant_node(pz_fn_ctx *c, const pz_xml_options *o, const pz_xml *e, pz_vnode *out);

/* Doubles may have marks between groups of digits, bytes are not read at all. */
static bool
scalar(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, pz_str s, pz_value *out)
{
    pz_buf plain;
    bool ok;
    if (t->id == PZ_T_BINARY)
        return false;
    if (pz_text_value(&o->rules, t, s, c->scratch, out))
        return true;
    if ((t->id != PZ_T_DOUBLE && t->id != PZ_T_FLOAT) || !memchr(s.ptr, ',', s.len))
        return false;
    pz_buf_init(&plain, 0);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ',')
            pz_buf_putc(&plain, s.ptr[i]);
    ok = pz_text_value(&o->rules, t, pz_buf_view(&plain), c->scratch, out);
    pz_buf_free(&plain);
    return ok;
}

static void
from_text(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, pz_str s, pz_value *out, bool *bad)
{
    *out = (pz_value){.null = true};
    if (o->trim)
        s = pz_str_trim(s);
    if (o->null_text.ptr && pz_str_eq(s, o->null_text))
        return;
    if (pz_type_is_string(t)) {
        *out = (pz_value){.s = s};
        return;
    }
    if (s.len == 0)
        return;
    *out = (pz_value){0};
    if (t->id == PZ_T_BOOLEAN && (pz_str_eqc(s, "1") || pz_str_eqc(s, "0"))) {
        out->b = s.ptr[0] == '1';
        return;
    }
    if (!scalar(c, o, t, s, out)) {
        *out = (pz_value){.null = true};
        *bad = true;
    }
}

static bool
has_elements(const pz_xml *e)
{
    for (int i = 0; i < e->children.n; i++)
        if (e->children.data[i]->kind == PZ_XML_ELEMENT)
            return true;
    return false;
}

static void
array_of(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, const pz_xml *parent, pz_str name, pz_value *out, bool *bad)
{
    PZ_VEC(pz_value) items = {0};
    for (int i = 0; i < parent->children.n; i++) {
        const pz_xml *e = parent->children.data[i];
        pz_value v;
        if (e->kind != PZ_XML_ELEMENT || !pz_str_ieq(name_of(o, e->name), name))
            continue;
        from_element(c, o, t->element, e, &v, bad);
        pz_vec_push(c->scratch, &items, v);
    }
    *out = (pz_value){.null = items.n == 0};
    if (items.n) {
        out->list.items = items.data;
        out->list.n = items.n;
    }
}

static void
from_field(pz_fn_ctx *c, const pz_xml_options *o, const pz_field *f, const pz_xml *e, pz_value *out, bool *bad)
{
    *out = (pz_value){.null = true};
    if (pz_str_eq(f->name, o->value_tag)) {
        pz_buf b;
        pz_buf_init(&b, 0);
        for (int i = 0; i < e->children.n; i++)
            if (e->children.data[i]->kind == PZ_XML_TEXT && pz_str_trim(e->children.data[i]->text).len)
                pz_buf_str(&b, e->children.data[i]->text);
        if (b.len)
            from_text(c, o, f->type, pz_buf_dup(&b, c->scratch), out, bad);
        pz_buf_free(&b);
        return;
    }
    if (is_attribute(o, f->name) || !o->prefix.len) {
        pz_str name = {f->name.ptr + o->prefix.len, f->name.len - o->prefix.len};
        for (int i = 0; i < e->attrs.n && !o->exclude_attributes; i++)
            if (pz_str_ieq(name_of(o, e->attrs.data[i]->name), name))
                from_text(c, o, f->type, e->attrs.data[i]->text, out, bad);
        if (o->prefix.len || !out->null) return;
    }
    if (f->type->id == PZ_T_ARRAY) {
        array_of(c, o, f->type, e, f->name, out, bad);
        return;
    }
    for (int i = 0; i < e->children.n; i++)
        if (e->children.data[i]->kind == PZ_XML_ELEMENT && pz_str_ieq(name_of(o, e->children.data[i]->name), f->name))
            from_element(c, o, f->type, e->children.data[i], out, bad);
}

/* The column of elements that no other column is for: the last one's text, or the texts of all. */
static void
rest_of(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, int field, const pz_xml *e, pz_value *out)
{
    PZ_VEC(pz_value) items = {0};
    for (int i = 0; i < e->children.n; i++) {
        const pz_xml *k = e->children.data[i];
        bool known = k->kind != PZ_XML_ELEMENT;
        pz_value v;
        for (int n = 0; !known && n < t->nfields; n++) known = n != field && pz_str_eq(t->fields[n].name, name_of(o, k->name));
        if (known)
            continue;
        v = (pz_value){.s = pz_xml_string(c->scratch, k)};
        pz_vec_push(c->scratch, &items, v);
    }
    *out = (pz_value){.null = items.n == 0};
    if (items.n == 0)
        return;
    if (t->fields[field].type->id == PZ_T_ARRAY)
        *out = (pz_value){.list = {items.data, items.n}};
    else
        *out = items.data[items.n - 1];
}

static void
from_any_field(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, int i, const pz_xml *e, pz_value *out, bool *bad)
{
    const pz_type *ft = t->fields[i].type;
    if (pz_str_eq(t->fields[i].name, o->wildcard) && (pz_type_is_string(ft) || (ft->id == PZ_T_ARRAY && pz_type_is_string(ft->element))))
        rest_of(c, o, t, i, e, out);
    else
        from_field(c, o, &t->fields[i], e, out, bad);
}

/* What stands inside an element, tags and all; comments are left out and references replaced. */
static void
write_inside(pz_buf *b, const pz_xml *e)
{
    for (int i = 0; i < e->children.n; i++) {
        const pz_xml *k = e->children.data[i];
        if (k->kind == PZ_XML_TEXT)
            pz_buf_str(b, k->text);
        if (k->kind != PZ_XML_ELEMENT)
            continue;
        pz_buf_printf(b, "<" PZ_FMT, PZ_ARG(k->name));
        for (int m = 0; m < k->attrs.n; m++)
            pz_buf_printf(b, " " PZ_FMT "=\"" PZ_FMT "\"", PZ_ARG(k->attrs.data[m]->name), PZ_ARG(k->attrs.data[m]->text));
        pz_buf_putc(b, '>');
        write_inside(b, k);
        pz_buf_printf(b, "</" PZ_FMT ">", PZ_ARG(k->name));
    }
}

static pz_str
inner_text(pz_arena *a, const pz_xml *e)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    write_inside(&b, e);
    pz_str s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

/* A text as the variant it seems to be: truth, whole number, decimal, else the text. */
static void
variant_text(const pz_xml_options *o, pz_str s, pz_vnode *out)
{
    __int128 u;
    int precision, scale;
    *out = (pz_vnode){.kind = PZ_V_NULL, .key = out->key};
    if (o->trim)
        s = pz_str_trim(s);
    if (s.len == 0 || (o->null_text.ptr && pz_str_eq(s, o->null_text)))
        return;
    if (pz_str_ieqc(s, "true") || pz_str_ieqc(s, "false")) {
        out->kind = PZ_V_BOOL;
        out->scalar.b = pz_str_ieqc(s, "true");
    } else if (pz_text_long(s, &out->scalar.i)) {
        out->kind = PZ_V_INT;
    } else if (pz_decimal_parse(s, &u, &precision, &scale) && precision <= 38 && scale >= 0 && scale <= 38 && !memchr(s.ptr, 'e', s.len) && !memchr(s.ptr, 'E', s.len)) {
        out->kind = PZ_V_DECIMAL;
        out->scalar.dec = u;
        out->scale = scale;
    } else {
        out->kind = PZ_V_STRING;
        out->scalar.s = s;
    }
}

static void
variant_add(pz_arena *a, pz_vnode *object, pz_vnode one)
{
    for (int i = 0; i < object->n; i++) {
        pz_vnode *old = &object->items[i];
        if (!pz_str_eq(old->key, one.key))
            continue;
        bool array = old->kind == PZ_V_ARRAY;  /* the second of a name makes an array of them */
        pz_vnode *items = PZ_NEWN(a, pz_vnode, (array ? old->n : 1) + 1);
        if (array)
            memcpy(items, old->items, (size_t)old->n * sizeof *items);
        else
            items[0] = *old;
        int n = array ? old->n : 1;
        items[n] = one;
        *old = (pz_vnode){.kind = PZ_V_ARRAY, .key = one.key, .items = items, .n = n + 1};
        return;
    }
    object->items[object->n++] = one;
}

/* An element as a variant: text alone is a scalar, all else an object of attributes, text and elements. */
static void
variant_node(pz_fn_ctx *c, const pz_xml_options *o, const pz_xml *e, pz_vnode *out)
{
    bool attributes = e->attrs.n > 0 && !o->exclude_attributes;
    pz_str key = out->key;
    if (!attributes && !has_elements(e)) {
        variant_text(o, pz_xml_string(c->scratch, e), out);
        return;
    }
    *out = (pz_vnode){.kind = PZ_V_OBJECT, .key = key, .items = PZ_NEWN(c->scratch, pz_vnode, e->attrs.n + e->children.n + 1)};
    for (int i = 0; i < e->attrs.n && attributes; i++) {
        pz_vnode one = {.key = pz_strf(c->scratch, PZ_FMT PZ_FMT, PZ_ARG(o->prefix), PZ_ARG(name_of(o, e->attrs.data[i]->name)))};
        variant_text(o, e->attrs.data[i]->text, &one);
        variant_add(c->scratch, out, one);
    }
    for (int i = 0; i < e->children.n; i++) {
        const pz_xml *k = e->children.data[i];
        pz_vnode one = {.key = k->kind == PZ_XML_TEXT ? o->value_tag : name_of(o, k->name)};
        if (k->kind == PZ_XML_TEXT && pz_str_trim(k->text).len == 0)
            continue;
        if (k->kind == PZ_XML_TEXT)
            variant_text(o, k->text, &one);
        else if (k->kind == PZ_XML_ELEMENT)
            variant_node(c, o, k, &one);
        else
            continue;
        variant_add(c->scratch, out, one);
    }
}

static void
from_element(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, const pz_xml *e, pz_value *out, bool *bad)
{
    *out = (pz_value){.null = true};
    switch (t->id) {
    case PZ_T_STRUCT:
        *out = (pz_value){.list = {PZ_NEWN(c->scratch, pz_value, t->nfields + 1), t->nfields}};
        for (int i = 0; i < t->nfields; i++)
            from_any_field(c, o, t, i, e, &out->list.items[i], bad);
        return;
    case PZ_T_MAP: {
        int n = 0, most = e->children.n + e->attrs.n + 1;
        if (!has_elements(e))
            return;
        *out = (pz_value){.map = {PZ_NEWN(c->scratch, pz_value, most), PZ_NEWN(c->scratch, pz_value, most), 0}};
        for (int i = 0; i < e->attrs.n && !o->exclude_attributes; i++, n++) {
            out->map.keys[n] = (pz_value){.s = pz_strf(c->scratch, PZ_FMT PZ_FMT, PZ_ARG(o->prefix), PZ_ARG(name_of(o, e->attrs.data[i]->name)))};
            from_text(c, o, t->element, e->attrs.data[i]->text, &out->map.vals[n], bad);
        }
        for (int i = 0; i < e->children.n; i++) {
            const pz_xml *k = e->children.data[i];
            if (k->kind != PZ_XML_ELEMENT)
                continue;
            out->map.keys[n] = (pz_value){.s = name_of(o, k->name)};
            from_element(c, o, t->element, k, &out->map.vals[n], bad);
            n++;
        }
        out->map.n = n;
        return;
    }
    case PZ_T_ARRAY: array_of(c, o, t, e, o->item, out, bad); return;
    case PZ_T_VARIANT: {
        pz_vnode n;
        variant_node(c, o, e, &n);
        *out = pz_variant_encode(c->scratch, &n);
        return;
    }
    default:
        if (!has_elements(e))
            from_text(c, o, t, pz_xml_string(c->scratch, e), out, bad);
        else if (pz_type_is_string(t))
            *out = (pz_value){.s = inner_text(c->scratch, e)};
        else
            *bad = true;
    }
}

static pz_status
malformed(pz_fn_ctx *c, pz_str record)
{
    return pz_raise(c->err, PZ_ERR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "badRecord", pz_dup(c->scratch, record).ptr, "failFastMode",
                    "FAILFAST", NULL);
}

/* [null,null] */
static pz_str
nulls_text(pz_arena *a, int n)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    for (int i = 0; i < n; i++)
        pz_buf_puts(&b, i ? ",null" : "[null");
    pz_buf_putc(&b, ']');
    pz_str s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

PZ_FN(fn_from_xml)
{
    const pz_type *t = c->site->result;
    pz_xml_options o;
    pz_xml *doc;
    bool bad = false;
    pz_str mode;
    if (args[0].null)
        return give_null(out);
    pz_xml_options_read(c, c->site->nargs > 1 ? &args[1] : NULL, &o);
    mode = pz_option_get(&o.all, "mode", "PERMISSIVE");
    if (pz_str_ieqc(mode, "DROPMALFORMED"))
        return pz_raise(c->err, PZ_ERR_PARSE_MODE_UNSUPPORTED, PZ_NO_ORIGIN, "funcName", "`from_xml`", "mode", "DROPMALFORMED", NULL);
    PZ_TRY(pz_corrupt_check(&(pz_schema){(pz_field *)t->fields, t->nfields}, pz_option_get(&o.all, "columnNameOfCorruptRecord", ""), c->err));
    doc = pz_xml_read(c->scratch, args[0].s, false);
    if (t->id == PZ_T_VARIANT) {
        if (!doc && pz_str_ieqc(mode, "FAILFAST"))
            return malformed(c, PZ_STR("[null]"));
        if (!doc)
            return give_null(out);
        from_element(c, &o, t, doc->children.data[0], out, &bad);
        return PZ_OK;
    }
    *out = (pz_value){.list = {PZ_NEWN(c->scratch, pz_value, t->nfields + 1), t->nfields}};
    for (int i = 0; i < t->nfields; i++) {
        out->list.items[i].null = true;
        if (doc)
            from_any_field(c, &o, t, i, doc->children.data[0], &out->list.items[i], &bad);
    }
    if (!doc || bad) {
        pz_str corrupt = pz_option_get(&o.all, "columnNameOfCorruptRecord", "_corrupt_record");
        if (pz_str_ieqc(mode, "FAILFAST"))
            return malformed(c, nulls_text(c->scratch, t->nfields));
        for (int i = 0; i < t->nfields; i++)
            if (pz_str_eq(t->fields[i].name, corrupt) && pz_type_is_string(t->fields[i].type))
                out->list.items[i] = (pz_value){.s = args[0].s};
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- schema_of_xml */

/* A form of its own, or the usual one. */
static bool
is_time(pz_fn_ctx *c, const pz_xml_options *o, const pz_type *t, bool patterned, pz_str s)
{
    pz_value v;
    bool usual = t->id != PZ_T_DATE || (s.len == 10 && s.ptr[4] == '-');
    return (patterned || usual) && pz_text_value(&o->rules, t, s, c->scratch, &v);
}

static const pz_type *
guess_text(pz_fn_ctx *c, const pz_xml_options *o, pz_str s)
{
    int64_t n;
    double d;
    __int128 dec;
    int precision, scale;
    if (o->trim)
        s = pz_str_trim(s);
    if (s.len == 0 || (o->null_text.ptr && pz_str_eq(s, o->null_text)))
        return &pz_t_void;
    if (o->only_texts)
        return &pz_t_string;
    if (pz_str_ieqc(s, "true") || pz_str_ieqc(s, "false"))
        return &pz_t_boolean;
    if (pz_text_long(s, &n))
        return &pz_t_long;
    if (o->decimals && pz_decimal_parse(s, &dec, &precision, &scale) && precision <= 38 && scale >= 0 && scale <= precision)
        return pz_type_decimal(c->scratch, precision, scale);
    if (strchr("0123456789.", s.ptr[s.len - 1]) && pz_text_double(s, &d))
        return &pz_t_double;
    if (o->dates && is_time(c, o, &pz_t_date, o->rules.date_pattern != NULL, s))
        return &pz_t_date;
    if (is_time(c, o, &pz_t_timestamp, o->rules.timestamp_pattern != NULL, s))
        return &pz_t_timestamp;
    return &pz_t_string;
}

static const pz_type *
both(pz_arena *a, const pz_type *x, const pz_type *y)
{
    const pz_type *t;
    if (x->id == PZ_T_STRUCT && y->id == PZ_T_STRUCT) {
        PZ_VEC(pz_field) f = {0};
        for (int i = 0; i < x->nfields; i++)
            pz_vec_push(a, &f, x->fields[i]);
        for (int i = 0; i < y->nfields; i++) {
            int at = -1;
            for (int k = 0; k < x->nfields; k++)
                if (pz_str_eq(x->fields[k].name, y->fields[i].name))
                    at = k;
            if (at < 0)
                pz_vec_push(a, &f, y->fields[i]);
            else
                f.data[at].type = both(a, f.data[at].type, y->fields[i].type);
        }
        return pz_type_struct(a, f.data, f.n);
    }
    if (x->id == PZ_T_ARRAY && y->id != PZ_T_ARRAY)
        return pz_type_array(a, both(a, x->element, y), true);
    if (y->id == PZ_T_ARRAY && x->id != PZ_T_ARRAY)
        return pz_type_array(a, both(a, x, y->element), true);
    t = pz_type_tightest(a, x, y, false);
    return t ? t : &pz_t_string;
}

static int
by_name(const void *x, const void *y)
{
    return pz_str_cmp(((const pz_field *)x)->name, ((const pz_field *)y)->name);
}

static const pz_type *
guess_element(pz_fn_ctx *c, const pz_xml_options *o, const pz_xml *e, bool root)
{
    pz_arena *a = c->scratch;
    PZ_VEC(pz_field) f = {0};
    bool attributes = e->attrs.n && !o->exclude_attributes;
    if (!root && !has_elements(e) && !attributes)
        return guess_text(c, o, pz_xml_string(a, e));
    for (int i = 0; attributes && i < e->attrs.n; i++) {
        pz_field one = {pz_strf(a, PZ_FMT PZ_FMT, PZ_ARG(o->prefix), PZ_ARG(name_of(o, e->attrs.data[i]->name))), guess_text(c, o, e->attrs.data[i]->text), true, {NULL, 0}};
        pz_vec_push(a, &f, one);
    }
    for (int i = 0; i < e->children.n; i++) {
        const pz_xml *k = e->children.data[i];
        pz_field one = {o->value_tag, NULL, true, {NULL, 0}};
        int at = -1;
        if (k->kind == PZ_XML_TEXT) {
            if (pz_str_trim(k->text).len == 0)
                continue;
            one.type = guess_text(c, o, k->text);
        } else {
            one.name = name_of(o, k->name);
            one.type = guess_element(c, o, k, false);
        }
        for (int m = 0; m < f.n; m++)
            if (pz_str_eq(f.data[m].name, one.name))
                at = m;
        if (at < 0)
            pz_vec_push(a, &f, one);
        else if (f.data[at].type->id == PZ_T_ARRAY)
            f.data[at].type = pz_type_array(a, both(a, f.data[at].type->element, one.type), true);
        else
            f.data[at].type = pz_type_array(a, both(a, f.data[at].type, one.type), true);
    }
    if (f.n > 1)
        qsort(f.data, (size_t)f.n, sizeof *f.data, by_name);
    return pz_type_struct(a, f.data, f.n);
}

/* Nothing but NULL was seen: text. */
static const pz_type *
settled(pz_arena *a, const pz_type *t)
{
    pz_field *f;
    if (t->id == PZ_T_VOID)
        return &pz_t_string;
    if (t->id == PZ_T_ARRAY)
        return pz_type_array(a, settled(a, t->element), true);
    if (t->id != PZ_T_STRUCT)
        return t;
    f = PZ_NEWN(a, pz_field, t->nfields + 1);
    for (int i = 0; i < t->nfields; i++) {
        f[i] = t->fields[i];
        f[i].type = settled(a, f[i].type);
    }
    return pz_type_struct(a, f, t->nfields);
}

PZ_FN(fn_schema_of_xml)
{
    pz_xml_options o;
    pz_xml *doc;
    pz_str mode;
    const pz_type *t;
    pz_xml_options_read(c, c->site->nargs > 1 ? &args[1] : NULL, &o);
    mode = pz_option_get(&o.all, "mode", "PERMISSIVE");
    if (pz_str_ieqc(mode, "DROPMALFORMED"))
        return pz_raise(c->err, PZ_ERR_PARSE_MODE_UNSUPPORTED, PZ_NO_ORIGIN, "funcName", "`schema_of_xml`", "mode", "DROPMALFORMED", NULL);
    doc = pz_xml_read(c->scratch, args[0].s, false);
    if (!doc && pz_str_ieqc(mode, "FAILFAST"))
        return malformed(c, corrupt_column(c));
    if (!doc) {
        pz_field f = {pz_option_get(&o.all, "columnNameOfCorruptRecord", "_corrupt_record"), &pz_t_string, true, {NULL, 0}};
        return give_str(out, pz_type_sql(pz_type_struct(c->scratch, &f, 1), c->scratch));
    }
    t = settled(c->scratch, guess_element(c, &o, doc->children.data[0], true));
    return give_str(out, pz_type_sql(t, c->scratch));
}

/* ---------------------------------------------------------------- for files and columns of records */

/* The functions above see a call; here there is none. */
static pz_fn_ctx
no_call(const pz_options *options, const pz_zone *zone, pz_arena *a, pz_call_site *site, pz_xml_options *o)
{
    *site = (pz_call_site){.zone = zone};
    memset(o, 0, sizeof *o);
    if (options)
        o->all = *options;
    set_options(zone, a, o);
    return (pz_fn_ctx){.site = site, .scratch = a};
}

bool
pz_xml_variant(const pz_options *options, const pz_zone *zone, pz_arena *a, pz_str text, pz_value *out)
{
    pz_call_site site;
    pz_xml_options o;
    pz_vnode n = {0};
    pz_fn_ctx c = no_call(options, zone, a, &site, &o);
    pz_xml *doc = pz_xml_read(a, text, false);
    if (!doc)
        return false;
    variant_node(&c, &o, doc->children.data[0], &n);
    *out = pz_variant_encode(a, &n);
    return true;
}

bool
pz_xml_row(const pz_options *options, const pz_zone *zone, pz_arena *a, pz_str text, const pz_type *t, pz_value *fields)
{
    pz_call_site site;
    pz_xml_options o;
    pz_fn_ctx c = no_call(options, zone, a, &site, &o);
    pz_xml *doc = pz_xml_read(a, text, false);
    bool bad = false;
    for (int i = 0; i < t->nfields; i++) {
        fields[i] = (pz_value){.null = true};
        if (doc)
            from_any_field(&c, &o, t, i, doc->children.data[0], &fields[i], &bad);
    }
    return doc && !bad;
}

const pz_type *
pz_xml_guess(const pz_options *options, const pz_zone *zone, pz_arena *a, pz_str text)
{
    pz_call_site site;
    pz_xml_options o;
    pz_fn_ctx c = no_call(options, zone, a, &site, &o);
    pz_xml *doc = pz_xml_read(a, text, false);
    return doc ? guess_element(&c, &o, doc->children.data[0], true) : NULL;
}

const pz_type *
pz_xml_merge(pz_arena *a, const pz_type *x, const pz_type *y)
{
    return both(a, x, y);
}

const pz_type *
pz_xml_settle(pz_arena *a, const pz_type *t)
{
    return settled(a, t);
}

static const pz_value_fn_def defs[] = {
    {.name = "from_xml", .call = fn_from_xml, .takes_nulls = true},
    {.name = "schema_of_xml", .call = fn_schema_of_xml},
};
PZ_FAMILY(pz_family_xml, defs);
