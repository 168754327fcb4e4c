/*
 * engine/files_xml.c - XML records: the elements named by rowTag, found in the text of a file, or one to a text.
 *
 * Elements become rows in functions/xml.c; here they are cut out, and schemas of many are merged.
 */
#include "files_int.h"
#include "functions/xml.h"

#include <stdlib.h>

typedef struct xml {
    const pz_text_spec *spec;
    const pz_type *row;
    pz_parse_mode mode;
    pz_str tag;
    int corrupt;
    int one;                                   /* the column of whole records, as variants; -1: there is none */
} xml;

static void *
xml_open(const pz_text_spec *spec, pz_arena *a)
{
    xml *x = PZ_NEW(a, xml);
    x->spec = spec;
    x->row = pz_type_struct(a, spec->data.fields, spec->data.n);
    x->mode = pz_parse_mode_of(&spec->options);
    x->tag = pz_option_get(&spec->options, "rowTag", "ROW");
    x->corrupt = pz_corrupt_column(spec);
    x->one = pz_one_variant(&spec->options, &spec->data);
    return x;
}

static bool
xml_whole(const pz_text_spec *spec)
{
    return pz_option_bool(&spec->options, "multiLine", true);
}

static void
xml_line(void *state, pz_str text, pz_record_sink *sink)
{
    const xml *x = state;
    bool ok;
    for (int i = 0; i < x->spec->data.n; i++) sink->row[i] = PZ_NULL;
    ok = x->one >= 0 ? pz_xml_variant(&x->spec->options, x->spec->zone, sink->a, text, &sink->row[x->one])
                     : pz_xml_row(&x->spec->options, x->spec->zone, sink->a, text, x->row, sink->row);
    if (!ok && x->mode == PZ_DROPMALFORMED) return;
    if (!ok && x->mode == PZ_FAILFAST) {
        sink->failed = true;
        return;
    }
    if (x->corrupt >= 0) {                     /* of a document all of it is kept */
        pz_str bad = sink->document.ptr ? sink->document : text;
        sink->row[x->corrupt] = ok ? (pz_value){.null = true} : (pz_value){.s = pz_text_clean(pz_dup(sink->a, bad), sink->a)};
    }
    sink->emit(sink);
}

/* ---- cutting rows out of a document */
static bool
name_at(pz_str s, size_t at, pz_str tag)
{
    char after;
    if (at + tag.len >= s.len || memcmp(s.ptr + at, tag.ptr, tag.len)) return false;
    after = s.ptr[at + tag.len];
    return after == '>' || after == '/' || after == ' ' || after == '\t' || after == '\n' || after == '\r';
}

/* Past a comment, CDATA section or instruction at `at`; 0: none is there. */
static size_t
skip_special(pz_str s, size_t at)
{
    static const struct { const char *open, *close; } kinds[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
    for (size_t i = 0; i < PZ_COUNTOF(kinds); i++) {
        size_t n = strlen(kinds[i].open), m = strlen(kinds[i].close);
        const char *end;
        if (s.len - at < n || memcmp(s.ptr + at, kinds[i].open, n)) continue;
        end = memmem(s.ptr + at + n, s.len - at - n, kinds[i].close, m);
        return end ? (size_t)(end - s.ptr) + m : s.len;
    }
    return 0;
}

/* Past the start tag at `at`; *empty: it ends with />. */
static size_t
past_tag(pz_str s, size_t at, bool *empty)
{
    char quote = 0;
    for (; at < s.len; at++) {
        char ch = s.ptr[at];
        if (quote) quote = ch == quote ? 0 : quote;
        else if (ch == '"' || ch == '\'') quote = ch;
        else if (ch == '>') break;
    }
    *empty = at < s.len && s.ptr[at - 1] == '/';
    return at < s.len ? at + 1 : s.len;
}

/* The next element of that name, with those of the same name inside it. */
static bool
next_element(pz_str *rest, pz_str tag, pz_str *out)
{
    pz_str s = *rest;
    size_t start = 0, at = 0;
    int depth = 0;
    while (at < s.len) {
        const char *lt = memchr(s.ptr + at, '<', s.len - at);
        size_t next;
        bool empty = false, closing;
        if (!lt) break;
        at = (size_t)(lt - s.ptr);
        if ((next = skip_special(s, at))) {
            at = next;
            continue;
        }
        closing = at + 1 < s.len && s.ptr[at + 1] == '/';
        next = past_tag(s, at, &empty);
        if (!closing && name_at(s, at + 1, tag)) {
            if (!depth++) start = at;
            if (empty) depth--;
        } else if (closing && depth && name_at(s, at + 2, tag)) {
            depth--;
        } else {
            at = next;
            continue;
        }
        at = next;
        if (!depth) {
            *out = (pz_str){s.ptr + start, at - start};
            *rest = (pz_str){s.ptr + at, s.len - at};
            return true;
        }
    }
    if (depth) {                               /* it never ends: a bad record */
        *out = (pz_str){s.ptr + start, s.len - start};
        *rest = (pz_str){s.ptr + s.len, 0};
        return true;
    }
    return false;
}

static bool
xml_record(void *state, pz_str *rest, pz_record_sink *sink)
{
    pz_str element;
    if (!rest->ptr || !next_element(rest, ((xml *)state)->tag, &element)) return false;
    xml_line(state, element, sink);
    return true;
}

const pz_record_format pz_xml_format = {xml_open, xml_whole, xml_line, xml_record, NULL, true, false, NULL};

/* ---- inference */
static void
take(const pz_type **all, const pz_type *t, pz_arena *a)
{
    t = pz_type_copy(a, t);
    *all = *all ? pz_xml_merge(a, *all, t) : t;
}

static void
take_text(pz_source_in *in, pz_str text, pz_arena *scratch, const pz_type **all)
{
    const pz_type *t = pz_xml_guess(in->options, in->zone, scratch, text);
    pz_field bad = {pz_option_get(in->options, "columnNameOfCorruptRecord", "_corrupt_record"), &pz_t_string, true, {NULL, 0}};
    if (t) take(all, t, in->a);
    else if (pz_parse_mode_of(in->options) == PZ_PERMISSIVE) take(all, pz_type_struct(scratch, &bad, 1), in->a);
}

static pz_status
infer_file(pz_source_in *in, const pz_file *file, pz_arena *scratch, const pz_type **all)
{
    pz_str charset = pz_option_get(in->options, "encoding", NULL), tag = pz_option_get(in->options, "rowTag", "ROW"), rest, element;
    bool lines = !pz_option_bool(in->options, "multiLine", true);
    pz_file_text text;
    if (!charset.ptr) charset = pz_option_get(in->options, "charset", "");
    PZ_TRY(pz_source_read(in, file->path, charset, &text));
    rest = (pz_str){text.ptr, text.len};
    while (lines ? pz_next_line(&rest, (pz_str){0}, &element) : next_element(&rest, tag, &element)) {
        pz_arena_reset(scratch);
        take_text(in, element, scratch, all);
    }
    free(text.ptr);
    return PZ_OK;
}

static int
by_name(const void *x, const void *y)
{
    return pz_str_cmp(((const pz_field *)x)->name, ((const pz_field *)y)->name);
}

pz_status
pz_xml_infer(pz_source_in *in, pz_schema *out)
{
    pz_arena *scratch = pz_arena_open();
    const pz_type *all = NULL;
    pz_status st = PZ_OK;
    for (int i = 0; in->texts && i < in->texts->n; i++) {
        pz_arena_reset(scratch);
        take_text(in, in->texts->data[i].ptr ? in->texts->data[i] : PZ_STR(""), scratch, &all);
    }
    for (int i = 0; i < in->list.files.n && st == PZ_OK; i++) st = infer_file(in, &in->list.files.data[i], scratch, &all);
    pz_arena_close(scratch);
    PZ_TRY(st);
    *out = (pz_schema){NULL, 0};
    if (!all) return PZ_OK;
    all = pz_xml_settle(in->a, all);
    out->n = all->nfields;
    out->fields = PZ_NEWN(in->a, pz_field, out->n + 1);
    memcpy(out->fields, all->fields, sizeof *out->fields * (size_t)out->n);
    qsort(out->fields, (size_t)out->n, sizeof *out->fields, by_name);
    return PZ_OK;
}
