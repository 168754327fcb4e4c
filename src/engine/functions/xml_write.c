/*
 * engine/functions/xml_write.c - rows as XML text: to_xml, and the records of XML files.
 *
 * Fields whose name begins with attributePrefix are attributes, the field valueTag is text beside the elements; a NULL is left out unless
 * nullValue says what to write.  Elements that hold elements have these on lines of their own.  Things start at write_record().
 */
#include "../write.h"
#include "variant.h"
#include "xml.h"

typedef enum seen { NOTHING, ELEMENT, DATA } seen;
typedef struct writer {
    pz_fn_ctx *c;
    const pz_xml_options *o;
    pz_buf *b;
    const pz_zone *zone;                       /* of option timeZone */
    pz_str step;                               /* indentation; empty: everything on one line */
    bool check_names;
} writer;

/* ---- text ---- */
static size_t
utf16_length(pz_str s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.len; n++) {
        size_t size = char_bytes((unsigned char)s.ptr[at]);
        n += size == 4;
        at += size;
    }
    return n;
}

static pz_status
bad_character(writer *w, unsigned char ch)
{
    return pz_raise_text(w->c->err, PZ_CLASS_WstxIOException, "The character 0x%x has no place in XML", ch);
}

/*
 * A > needs no escape but in ]]>, which the library that Spark writes with is careful about: behind a bracket and at the start of the
 * text, of longer texts also right behind an escaped character.
 */
static pz_status
write_text(writer *w, pz_str s)
{
    enum { LONGER = 12 };
    bool longer = utf16_length(s) >= LONGER, start = true;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        const char *out = ch == '&' ? "&amp;" : ch == '<' ? "&lt;" : ch == '\r' ? "&#xd;" : NULL;
        if (ch == '>' && (start || s.ptr[i - 1] == ']')) out = "&gt;";
        if (ch < 0x20 && ch != '\n' && ch != '\t' && ch != '\r') return bad_character(w, ch);
        if (out) pz_buf_puts(w->b, out);
        else pz_buf_putc(w->b, (char)ch);
        start = out && longer;
    }
    return PZ_OK;
}

static pz_status
write_attribute_text(writer *w, pz_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        if (ch == '&') pz_buf_puts(w->b, "&amp;");
        else if (ch == '<') pz_buf_puts(w->b, "&lt;");
        else if (ch == '"') pz_buf_puts(w->b, "&quot;");
        else if (ch == '\n' || ch == '\t' || ch == '\r') pz_buf_printf(w->b, "&#x%x;", ch);
        else if (ch < 0x20) return bad_character(w, ch);
        else pz_buf_putc(w->b, (char)ch);
    }
    return PZ_OK;
}

static bool
is_name_char(unsigned char ch, bool first)
{
    if (ch >= 0x80 || ch == '_' || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')) return true;
    return !first && ((ch >= '0' && ch <= '9') || ch == '-' || ch == '.');
}

static pz_status
write_name(writer *w, pz_str name)
{
    bool ok = name.len > 0;
    for (size_t i = 0; i < name.len && ok; i++) ok = is_name_char((unsigned char)name.ptr[i], i == 0);
    if (!ok && w->check_names) return pz_raise_text(w->c->err, PZ_CLASS_XMLStreamException, "XML has no names such as \"" PZ_FMT "\"", PZ_ARG(name));
    pz_buf_str(w->b, name);
    return PZ_OK;
}

/* ---- scalars ---- */
static pz_status
scalar_text(writer *w, const pz_type *t, const pz_value *v, pz_buf *b)
{
    const pz_datetime_pattern *p;
    pz_str pattern;
    int64_t local = v->i;
    switch (t->id) {
    case PZ_T_DATE:
        pattern = pz_option_get(&w->o->all, "dateFormat", "yyyy-MM-dd");
        local = v->i * 86400000000;
        break;
    case PZ_T_TIMESTAMP:
        pattern = pz_option_get(&w->o->all, "timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXXXX");
        local = pz_zone_to_local(w->zone, v->i);
        break;
    case PZ_T_TIMESTAMP_NTZ: pattern = pz_option_get(&w->o->all, "timestampNTZFormat", "yyyy-MM-dd'T'HH:mm:ss.SSS"); break;
    case PZ_T_DECIMAL: pz_decimal_java_text(b, v->dec, t->scale); return PZ_OK;
    case PZ_T_BINARY:
        pz_buf_putc(b, '[');
        for (size_t i = 0; i < v->s.len; i++) pz_buf_printf(b, "%s%02X", i ? " " : "", (unsigned char)v->s.ptr[i]);
        pz_buf_putc(b, ']');
        return PZ_OK;
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL:
        return pz_raise_as(w->c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_LEGACY_ERROR_TEMP_3238, PZ_NO_ORIGIN, "v",
                           pz_strf(w->c->scratch, "%lld", (long long)v->i).ptr, "class", t->id == PZ_T_YM_INTERVAL ? "class java.lang.Integer" : "class java.lang.Long",
                           "dt", pz_type_scala(t, w->c->scratch).ptr, NULL);
    default: pz_value_text(b, t, v, PZ_TEXT_CAST, w->zone); return PZ_OK;
    }
    p = pz_datetime_pattern_make_in(w->c->scratch, pattern, false, pz_locale_make(w->c->scratch, pz_option_get(&w->o->all, "locale", "en-US")));
    PZ_TRY(pz_datetime_pattern_check(p, w->c->err));
    return pz_datetime_format(p, local, t->id == PZ_T_TIMESTAMP ? v->i : local, w->zone, b, w->c->err);
}

static pz_status
scalar(writer *w, const pz_type *t, const pz_value *v, pz_str *out)
{
    pz_buf text;
    pz_status st = PZ_OK;
    pz_buf_init(&text, 0);
    if (v->null) pz_buf_str(&text, w->o->null_text);
    else st = scalar_text(w, t, v, &text);
    *out = pz_buf_dup(&text, w->c->scratch);
    pz_buf_free(&text);
    return st;
}

static pz_str
variant_text(writer *w, pz_variant v)
{
    pz_buf b;
    pz_str s;
    pz_buf_init(&b, 0);
    pz_variant_json(&b, v.value, v.metadata, w->zone);
    s = pz_buf_dup(&b, w->c->scratch);
    pz_buf_free(&b);
    if (pz_variant_kind_of(v) == PZ_V_STRING) {
        pz_value text;
        int scale;
        if (pz_variant_scalar(v, &text, &scale)) return text.s;
    }
    return s.len > 1 && s.ptr[0] == '"' ? (pz_str){s.ptr + 1, s.len - 2} : s;
}

/* ---- members: of a struct, a map or a variant's object ---- */
typedef struct member { pz_str name; const pz_type *type; const pz_value *value; pz_variant variant; } member; /* type NULL: a variant */
typedef PZ_VEC(member) members;

static pz_status
list_members(writer *w, const pz_type *t, const pz_value *v, members *out)
{
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++) {
        member m = {.name = t->fields[i].name, .type = t->fields[i].type, .value = &v->list.items[i]};
        pz_vec_push(w->c->scratch, out, m);
    }
    for (int i = 0; t->id == PZ_T_MAP && i < v->map.n; i++) {
        member m = {.type = t->element, .value = &v->map.vals[i]};
        PZ_TRY(scalar(w, t->key, &v->map.keys[i], &m.name));
        pz_vec_push(w->c->scratch, out, m);
    }
    return PZ_OK;
}

static bool
is_attribute(const writer *w, pz_str name)
{
    return name.len >= w->o->prefix.len && !memcmp(name.ptr, w->o->prefix.ptr, w->o->prefix.len) && !pz_str_eq(name, w->o->value_tag);
}

static bool
is_left_out(const writer *w, const member *m)
{
    return m->type && (m->value->null || m->type->id == PZ_T_VOID) && !w->o->null_text.ptr;
}

static pz_status
member_text(writer *w, const member *m, pz_str *out)
{
    if (m->type) return scalar(w, m->type, m->value, out);
    *out = variant_text(w, m->variant);
    return PZ_OK;
}

/* ---- elements ---- */
static pz_status write_child(writer *w, const member *m, int level, seen *around);

static void
new_line(writer *w, int level)
{
    if (!w->step.len) return;
    pz_buf_putc(w->b, '\n');
    for (int i = 0; i < level; i++) pz_buf_str(w->b, w->step);
}

static pz_status
write_members(writer *w, const members *list, int level, seen *in)
{
    for (int i = 0; i < list->n; i++) {
        const member *m = &list->data[i];
        pz_str text;
        if (is_attribute(w, m->name) || is_left_out(w, m)) continue;
        if (!pz_str_eq(m->name, w->o->value_tag)) {
            PZ_TRY(write_child(w, m, level, in));
            continue;
        }
        PZ_TRY(member_text(w, m, &text));
        if (*in == NOTHING) pz_buf_putc(w->b, '>');
        PZ_TRY(write_text(w, text));
        *in = DATA;
    }
    return PZ_OK;
}

static pz_status
write_attributes(writer *w, const members *list)
{
    for (int i = 0; i < list->n; i++) {
        const member *m = &list->data[i];
        pz_str text;
        if (!is_attribute(w, m->name) || is_left_out(w, m)) continue;
        PZ_TRY(member_text(w, m, &text));
        pz_buf_putc(w->b, ' ');
        PZ_TRY(write_name(w, (pz_str){m->name.ptr + w->o->prefix.len, m->name.len - w->o->prefix.len}));
        pz_buf_puts(w->b, "=\"");
        PZ_TRY(write_attribute_text(w, text));
        pz_buf_putc(w->b, '"');
    }
    return PZ_OK;
}

/* The start tag stays open until something stands inside. */
static pz_status
open_tag(writer *w, pz_str name, int level, seen *around)
{
    if (*around == NOTHING) pz_buf_putc(w->b, '>');
    *around = ELEMENT;
    new_line(w, level);
    pz_buf_putc(w->b, '<');
    return write_name(w, name);
}

static void
close_tag(writer *w, pz_str name, int level, seen in)
{
    if (in == NOTHING) {
        pz_buf_puts(w->b, "/>");
        return;
    }
    if (in == ELEMENT) new_line(w, level);
    pz_buf_printf(w->b, "</" PZ_FMT ">", PZ_ARG(name));
}

static pz_status
write_object(writer *w, pz_str name, const members *list, int level, seen *around)
{
    seen in = NOTHING;
    PZ_TRY(open_tag(w, name, level, around));
    PZ_TRY(write_attributes(w, list));
    PZ_TRY(write_members(w, list, level + 1, &in));
    close_tag(w, name, level, in);
    return PZ_OK;
}

static pz_status
write_scalar(writer *w, const member *m, int level, seen *around)
{
    pz_str text;
    PZ_TRY(member_text(w, m, &text));
    PZ_TRY(open_tag(w, m->name, level, around));
    pz_buf_putc(w->b, '>');
    PZ_TRY(write_text(w, text));
    close_tag(w, m->name, level, DATA);
    return PZ_OK;
}

/* Each item under the name of the whole; arrays inside an array have a tag around their items. */
static pz_status
write_array(writer *w, const member *m, int level, seen *around)
{
    for (int i = 0; i < m->value->list.n; i++) {
        member item = {.name = m->name, .type = m->type->element, .value = &m->value->list.items[i]};
        seen in = NOTHING;
        if (is_left_out(w, &item)) continue;
        if (item.type->id != PZ_T_ARRAY || item.value->null) {
            PZ_TRY(write_child(w, &item, level, around));
            continue;
        }
        PZ_TRY(open_tag(w, m->name, level, around));
        for (int k = 0; k < item.value->list.n; k++) {
            member inner = {.name = w->o->item, .type = item.type->element, .value = &item.value->list.items[k]};
            if (!is_left_out(w, &inner)) PZ_TRY(write_child(w, &inner, level + 1, &in));
        }
        close_tag(w, m->name, level, in);
    }
    return PZ_OK;
}

static pz_status
write_variant(writer *w, pz_str name, pz_variant v, int level, seen *around)
{
    pz_variant_kind kind = pz_variant_kind_of(v);
    int n = kind == PZ_V_OBJECT || kind == PZ_V_ARRAY ? pz_variant_count(v) : 0;
    member whole = {.name = name, .variant = v};
    members list = {0};
    if (level > PZ_MAX_DEPTH) return pz_raise_internal(w->c->err, "a variant is nested too deeply");
    if (kind != PZ_V_OBJECT && kind != PZ_V_ARRAY && kind != PZ_V_NULL) return write_scalar(w, &whole, level, around);
    for (int i = 0; i < n; i++) {
        member m = {.name = name};
        if (!pz_variant_at(v, i, &m.name, &m.variant)) continue;
        if (kind == PZ_V_OBJECT) pz_vec_push(w->c->scratch, &list, m);
        else PZ_TRY(write_variant(w, pz_variant_kind_of(m.variant) == PZ_V_ARRAY ? w->o->item : name, m.variant, level, around));
    }
    return kind == PZ_V_ARRAY ? PZ_OK : write_object(w, name, &list, level, around);
}

static pz_status
write_child(writer *w, const member *m, int level, seen *around)
{
    members list = {0};
    if (!m->type) return write_variant(w, m->name, m->variant, level, around);
    if (m->value->null) return write_scalar(w, m, level, around);
    switch (m->type->id) {
    case PZ_T_ARRAY: return write_array(w, m, level, around);
    case PZ_T_VARIANT: return write_variant(w, m->name, pz_variant_of(m->value), level, around);
    case PZ_T_STRUCT:
    case PZ_T_MAP:
        PZ_TRY(list_members(w, m->type, m->value, &list));
        return write_object(w, m->name, &list, level, around);
    default: return write_scalar(w, m, level, around);
    }
}

/* ---- options ---- */
static pz_status
required(pz_error *err, const pz_options *o, const char *name, const char *otherwise, bool brackets)
{
    pz_str v = pz_option_get(o, name, otherwise);
    if (!v.len && !brackets) return pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: '%s' must not be empty.", name);
    if (brackets && (pz_str_starts(v, "<") || pz_str_ends(v, ">")))
        return pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: '%s' must not hold angle brackets", name);
    return PZ_OK;
}

pz_status
pz_xml_check_options(const pz_options *o, pz_error *err)
{
    PZ_TRY(required(err, o, "rowTag", "ROW", false));
    PZ_TRY(required(err, o, "rowTag", "ROW", true));
    PZ_TRY(required(err, o, "rootTag", "ROWS", true));
    PZ_TRY(required(err, o, "declaration", "", true));
    PZ_TRY(required(err, o, "valueTag", "_VALUE", false));
    if (pz_str_eq(pz_option_get(o, "valueTag", "_VALUE"), pz_option_get(o, "attributePrefix", "_")))
        return pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: 'valueTag' and 'attributePrefix' must differ.");
    return required(err, o, "attributePrefix", "_", false);
}

/* ---- the functions ---- */
static pz_status
write_record(pz_fn_ctx *c, const pz_value *args, int level, pz_value *out)
{
    pz_xml_options o;
    pz_buf b;
    writer w = {.c = c, .o = &o, .b = &b};
    member row = {.type = c->site->arg_types[0], .value = &args[0]};
    seen around = ELEMENT;
    pz_status st;
    pz_str zone, text;
    if (args[0].null) return give_null(out);
    pz_xml_options_read(c, c->site->nargs > 1 ? &args[1] : NULL, &o);
    PZ_TRY(pz_xml_check_options(&o.all, c->err));
    zone = pz_option_get(&o.all, "timeZone", NULL);
    w.zone = zone.ptr ? pz_zone_find(zone) : c->site->zone;
    if (!w.zone) w.zone = c->site->zone;
    w.step = pz_option_get(&o.all, "indent", "    ");
    w.check_names = pz_option_bool(&o.all, "validateName", true);
    row.name = pz_option_get(&o.all, "rowTag", "ROW");
    pz_buf_init(&b, 0);
    st = write_child(&w, &row, level, &around);
    if (st == PZ_OK && !w.step.len && !level) pz_buf_putc(&b, '\n');
    text = pz_buf_dup(&b, c->scratch);
    if (text.len && text.ptr[0] == '\n') text.ptr++, text.len--;
    if (st == PZ_OK) st = give_str(out, text);
    pz_buf_free(&b);
    return st;
}

PZ_FN(fn_to_xml)
{
    return write_record(c, args, 0, out);
}

PZ_FN(fn_xml_record)
{
    return write_record(c, args, 1, out);
}

static const pz_value_fn_def defs[] = {
    {.name = "to_xml", .call = fn_to_xml, .takes_nulls = true},
    {.name = "xml_record", .call = fn_xml_record, .takes_nulls = true},
};
PZ_FAMILY(pz_family_xml_write, defs);
