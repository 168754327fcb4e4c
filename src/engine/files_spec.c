/*
 * engine/files_spec.c - what a scan of CSV, JSON or text files must know, as text inside the SQL, and back.
 *
 * Strings go as <length>:<bytes>, so nothing needs escaping but the SQL quote.
 */
#include <stdlib.h>

#include "files_int.h"

static void
put(pz_buf *b, pz_str s)
{
    if (s.ptr) pz_buf_printf(b, "%zu:", s.len);
    else pz_buf_puts(b, "-:");
    pz_buf_str(b, s);
}

static void
put_int(pz_buf *b, int64_t n)
{
    pz_buf_printf(b, "%lld:", (long long)n);
}

static void
put_schema(pz_buf *b, const pz_field *f, int n, pz_arena *a)
{
    put_int(b, n);
    for (int i = 0; i < n; i++) {
        put(b, f[i].name);
        put(b, pz_type_json(f[i].type, a));
    }
}

void
pz_text_spec_print(pz_buf *b, const pz_source_in *in)
{
    const pz_file *files = pz_files_to_read(in);
    put(b, in->format);
    put(b, in->time_zone.len ? in->time_zone : PZ_STR("UTC"));
    put_int(b, in->metadata);
    put_int(b, in->options ? in->options->n : 0);
    for (int i = 0; in->options && i < in->options->n; i++) {
        put(b, in->options->data[i].key);
        put(b, in->options->data[i].value);
    }
    put_schema(b, in->data.fields, in->data.n, in->a);
    put_schema(b, in->list.parts.data, in->list.parts.n, in->a);
    put_int(b, in->absent.n);
    for (int i = 0; i < in->absent.n; i++) put_int(b, in->absent.data[i].ptr != NULL);
    put_int(b, in->list.files.n);
    for (int i = 0; i < in->list.files.n; i++) {
        const pz_file *f = &files[i];
        put(b, f->path);
        put_int(b, f->size);
        put_int(b, f->mtime);
        for (int p = 0; p < in->list.parts.n; p++) put(b, f->parts[p]);
    }
}

static int64_t
get_int(pz_str *s)
{
    int64_t n = 0;
    bool minus = s->len && *s->ptr == '-';
    if (minus) s->ptr++, s->len--;
    while (s->len && *s->ptr != ':') {
        n = n * 10 + (*s->ptr - '0');
        s->ptr++, s->len--;
    }
    if (s->len) s->ptr++, s->len--;
    return minus ? -n : n;
}

static pz_str
get(pz_str *s, pz_arena *a)
{
    bool absent = s->len && *s->ptr == '-';
    size_t n = (size_t)get_int(s);
    pz_str out;
    if (absent) return (pz_str){NULL, 0};
    if (n > s->len) n = s->len;
    out = pz_dup(a, (pz_str){s->ptr, n});
    s->ptr += n;
    s->len -= n;
    return out;
}

static pz_status
get_schema(pz_str *s, pz_arena *a, pz_schema *out, pz_error *err)
{
    out->n = (int)get_int(s);
    out->fields = PZ_NEWN(a, pz_field, out->n);
    for (int i = 0; i < out->n; i++) {
        out->fields[i].name = get(s, a);
        out->fields[i].nullable = true;
        PZ_TRY(pz_type_from_json(get(s, a), a, &out->fields[i].type, err));
    }
    return PZ_OK;
}

pz_status
pz_text_spec_parse(pz_str s, pz_arena *a, pz_text_spec *out, pz_error *err)
{
    int n;
    memset(out, 0, sizeof *out);
    out->format = get(&s, a);
    out->zone_id = get(&s, a);
    out->zone = pz_zone_find(out->zone_id);
    out->metadata = get_int(&s) != 0;
    n = (int)get_int(&s);
    for (int i = 0; i < n; i++) {
        pz_option o;
        o.key = get(&s, a);
        o.value = get(&s, a);
        pz_vec_push(a, &out->options, o);
    }
    PZ_TRY(get_schema(&s, a, &out->data, err));
    PZ_TRY(get_schema(&s, a, &out->parts, err));
    n = (int)get_int(&s);
    if (n) out->told = PZ_NEWN(a, bool, out->data.n + 1);
    for (int i = 0; i < n && i < out->data.n; i++) out->ntold += out->told[i] = get_int(&s) != 0;
    n = (int)get_int(&s);
    for (int i = 0; i < n && s.len; i++) {
        pz_file f = {.path = get(&s, a)};
        f.size = get_int(&s);
        f.mtime = get_int(&s);
        f.parts = PZ_NEWN(a, pz_str, out->parts.n);
        for (int p = 0; p < out->parts.n; p++) f.parts[p] = get(&s, a);
        pz_vec_push(a, &out->files, f);
    }
    return PZ_OK;
}
