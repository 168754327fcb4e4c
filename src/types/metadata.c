/*
 * types/metadata.c - texts in the metadata of a column: a JSON object with "comment", "CURRENT_DEFAULT" and the like.
 *
 * In: the object as text (or nothing).  Out: the text behind a key, or a new object with it put in, replaced or taken out; members that
 * are no texts are kept as they are.
 */
#include "types.h"

typedef struct member { pz_str key, raw; } member;             /* raw: the value as it stands */
typedef PZ_VEC(member) members;

static const char *
skip_text(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\') p++;
    return p < end ? p + 1 : end;
}

static const char *
skip_value(const char *p, const char *end)
{
    int depth = 0;
    for (; p < end; p++) {
        if (*p == '"') {
            p = skip_text(p, end) - 1;
            continue;
        }
        if (*p == '{' || *p == '[') depth++;
        if ((*p == '}' || *p == ']') && depth-- == 0) break;
        if (*p == ',' && !depth) break;
    }
    return p;
}

static unsigned
hex4(const char *p)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++) v = v * 16 + (unsigned)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
    return v;
}

static pz_str
unquote(pz_arena *a, pz_str raw)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    pz_buf b;
    pz_str out;
    const char *end = raw.ptr + raw.len - 1;
    pz_buf_init(&b, 0);
    for (const char *p = raw.ptr + 1; p < end; p++) {
        const char *at;
        if (*p != '\\' || p + 1 >= end) {
            pz_buf_putc(&b, *p);
        } else if (*++p == 'u' && p + 4 < end) {
            unsigned c = hex4(p + 1);
            p += 4;
            if (c >= 0xd800 && c < 0xdc00 && p + 6 < end && p[1] == '\\' && p[2] == 'u') {
                c = 0x10000 + ((c - 0xd800) << 10) + (hex4(p + 3) - 0xdc00);
                p += 6;
            }
            char utf8[4];
            pz_buf_add(&b, utf8, (size_t)pz_utf8_encode(c, utf8));
        } else {
            pz_buf_putc(&b, (at = strchr(from, *p)) ? to[at - from] : *p);
        }
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

static void
read_members(pz_arena *a, pz_str json, members *out)
{
    const char *p = json.ptr, *end = json.ptr + json.len;
    while (p < end && *p != '{') p++;
    for (p++; p < end;) {
        member m;
        const char *from;
        while (p < end && *p != '"') p++;
        if (p >= end) return;
        from = p;
        p = skip_text(p, end);
        m.key = unquote(a, (pz_str){from, (size_t)(p - from)});
        while (p < end && *p != ':') p++;
        if (p < end) p++;
        while (p < end && (*p == ' ' || *p == '\n')) p++;
        from = p;
        p = skip_value(p, end);
        m.raw = pz_str_trim((pz_str){from, (size_t)(p - from)});
        pz_vec_push(a, out, m);
        if (p < end) p++;
    }
}

void
pz_json_text(pz_buf *b, pz_str s)
{
    pz_buf_putc(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\') pz_buf_printf(b, "\\%c", c);
        else if (c == '\n') pz_buf_puts(b, "\\n");
        else if (c == '\t') pz_buf_puts(b, "\\t");
        else if (c == '\r') pz_buf_puts(b, "\\r");
        else if (c < 32) pz_buf_printf(b, "\\u%04x", c);
        else pz_buf_putc(b, (char)c);
    }
    pz_buf_putc(b, '"');
}

pz_str
pz_metadata_get(pz_str json, const char *key, pz_arena *a)
{
    members list = {0};
    if (json.len) read_members(a, json, &list);
    for (int i = 0; i < list.n; i++)
        if (pz_str_eqc(list.data[i].key, key) && list.data[i].raw.len > 1 && list.data[i].raw.ptr[0] == '"') return unquote(a, list.data[i].raw);
    return (pz_str){NULL, 0};
}

static void
put_member(pz_buf *b, pz_str key)
{
    pz_buf_putc(b, b->len ? ',' : '{');
    pz_json_text(b, key);
    pz_buf_putc(b, ':');
}

pz_str
pz_metadata_with(pz_arena *a, pz_str json, const char *key, pz_str value)
{
    members list = {0};
    bool done = !value.ptr;
    pz_buf b;
    pz_str out;
    if (json.len) read_members(a, json, &list);
    pz_buf_init(&b, 0);
    for (int i = 0; i < list.n; i++) {
        bool same = pz_str_eqc(list.data[i].key, key);
        if (same && !value.ptr) continue;
        put_member(&b, list.data[i].key);
        if (same) pz_json_text(&b, value), done = true;
        else pz_buf_str(&b, list.data[i].raw);
    }
    if (!done) {
        put_member(&b, pz_str_c(key));
        pz_json_text(&b, value);
    }
    if (b.len) pz_buf_putc(&b, '}');
    out = b.len ? pz_buf_dup(&b, a) : (pz_str){NULL, 0};
    pz_buf_free(&b);
    return out;
}
