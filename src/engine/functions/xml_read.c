/*
 * engine/functions/xml_read.c - XML text to a tree.
 *
 * No document types, no external entities: what they would bring in is nobody's business here.  Names keep their prefix.
 */
#include "xml.h"

#include <stdlib.h>

typedef struct reader { const char *p, *end; pz_arena *a; int order, depth; bool bad; } reader;

enum { MAX_DEPTH = 2000 };

static bool
starts(const reader *r, const char *s)
{
    size_t n = strlen(s);
    return (size_t)(r->end - r->p) >= n && memcmp(r->p, s, n) == 0;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':' ||
           (unsigned char)c >= 0x80;
}

static void
space(reader *r)
{
    while (r->p < r->end && is_space(*r->p))
        r->p++;
}

static pz_str
name(reader *r)
{
    const char *s = r->p;
    if (r->p < r->end && ((*r->p >= '0' && *r->p <= '9') || *r->p == '-' || *r->p == '.'))
        r->bad = true;
    while (r->p < r->end && is_name(*r->p))
        r->p++;
    if (r->p == s)
        r->bad = true;
    return (pz_str){s, (size_t)(r->p - s)};
}

/* Past the next occurrence of `s`. */
static void
skip_to(reader *r, const char *s)
{
    const char *at = memmem(r->p, (size_t)(r->end - r->p), s, strlen(s));
    if (at)
        r->p = at + strlen(s);
    else
        r->bad = true;
}

static pz_xml *
make(reader *r, pz_xml_kind k, pz_xml *parent)
{
    pz_xml *n = PZ_NEW(r->a, pz_xml);
    n->kind = k;
    n->parent = parent;
    n->order = r->order++;
    return n;
}

static pz_str
decoded(reader *r, pz_str s)
{
    static const struct { const char *name; char c; } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    char *out;
    size_t n = 0;
    if (!memchr(s.ptr, '&', s.len))
        return s;
    out = pz_alloc(r->a, s.len + 4);
    for (size_t i = 0; i < s.len; i++) {
        const char *semi = s.ptr[i] == '&' ? memchr(s.ptr + i, ';', s.len - i) : NULL;
        bool found = false;
        if (s.ptr[i] != '&') {
            out[n++] = s.ptr[i];
            continue;
        }
        if (!semi) {
            r->bad = true;
            break;
        }
        pz_str e = {s.ptr + i + 1, (size_t)(semi - s.ptr - (long)i - 1)};
        if (e.len > 1 && e.ptr[0] == '#') {
            bool hex = e.ptr[1] == 'x';
            long cp = strtol(e.ptr + (hex ? 2 : 1), NULL, hex ? 16 : 10);
            n += (size_t)pz_utf8_encode((uint32_t)cp, out + n);
            found = true;
        }
        for (size_t k = 0; k < PZ_COUNTOF(known) && !found; k++)
            if (pz_str_eqc(e, known[k].name)) {
                out[n++] = known[k].c;
                found = true;
            }
        r->bad |= !found;
        i += e.len + 1;
    }
    return (pz_str){out, n};
}

static void
read_attributes(reader *r, pz_xml *e)
{
    for (;;) {
        space(r);
        if (r->bad || r->p >= r->end || *r->p == '>' || *r->p == '/')
            return;
        pz_xml *at = make(r, PZ_XML_ATTR, e);
        at->name = name(r);
        space(r);
        if (r->bad || r->p >= r->end || *r->p++ != '=') {
            r->bad = true;
            return;
        }
        space(r);
        if (r->p >= r->end || (*r->p != '"' && *r->p != '\'')) {
            r->bad = true;
            return;
        }
        char q = *r->p++;
        const char *end = memchr(r->p, q, (size_t)(r->end - r->p));
        if (!end) {
            r->bad = true;
            return;
        }
        at->text = decoded(r, (pz_str){r->p, (size_t)(end - r->p)});
        r->p = end + 1;
        pz_vec_push(r->a, &e->attrs, at);
    }
}

static void
add_text(reader *r, pz_xml *e, pz_str s)
{
    pz_xml *t = make(r, PZ_XML_TEXT, e);
    t->text = s;
    pz_vec_push(r->a, &e->children, t);
}

static void read_element(reader *r, pz_xml *parent);

static void
read_content(reader *r, pz_xml *e)
{
    while (!r->bad) {
        const char *lt = memchr(r->p, '<', (size_t)(r->end - r->p));
        if (!lt) {
            r->bad = true;
            return;
        }
        if (lt > r->p)
            add_text(r, e, decoded(r, (pz_str){r->p, (size_t)(lt - r->p)}));
        r->p = lt;
        if (starts(r, "</")) {
            r->p += 2;
            pz_str n = name(r);
            space(r);
            if (r->bad || !pz_str_eq(n, e->name) || r->p >= r->end || *r->p++ != '>')
                r->bad = true;
            return;
        }
        if (starts(r, "<!--")) {
            skip_to(r, "-->");
        } else if (starts(r, "<![CDATA[")) {
            const char *from = r->p += 9;
            skip_to(r, "]]>");
            if (!r->bad)
                add_text(r, e, (pz_str){from, (size_t)(r->p - 3 - from)});
        } else if (starts(r, "<?")) {
            skip_to(r, "?>");
        } else {
            read_element(r, e);
        }
    }
}

static void
read_element(reader *r, pz_xml *parent)
{
    pz_xml *e = make(r, PZ_XML_ELEMENT, parent);
    if (++r->depth > MAX_DEPTH) {
        r->bad = true;
        return;
    }
    r->p++;
    e->name = name(r);
    pz_vec_push(r->a, &parent->children, e);
    read_attributes(r, e);
    if (r->bad)
        return;
    if (starts(r, "/>")) {
        r->p += 2;
    } else if (starts(r, ">")) {
        r->p++;
        read_content(r, e);
    } else {
        r->bad = true;
    }
    r->depth--;
}

pz_xml *
pz_xml_read(pz_arena *a, pz_str text, bool whole)
{
    reader r = {text.ptr, text.ptr + text.len, a, 0, 0, false};
    pz_xml *root = make(&r, PZ_XML_ROOT, NULL);
    int elements = 0;
    while (!r.bad) {
        space(&r);
        if (r.p >= r.end)
            break;
        if (starts(&r, "<?")) {
            skip_to(&r, "?>");
        } else if (starts(&r, "<!--")) {
            skip_to(&r, "-->");
        } else if (starts(&r, "<") && !starts(&r, "<!") && elements++ == 0) {
            read_element(&r, root);
            if (!whole)
                break;
        } else {
            r.bad = true;
        }
    }
    return r.bad || elements != 1 ? NULL : root;
}

static void
gather(pz_buf *b, const pz_xml *n)
{
    if (n->kind == PZ_XML_TEXT || n->kind == PZ_XML_ATTR)
        pz_buf_str(b, n->text);
    for (int i = 0; i < n->children.n; i++)
        gather(b, n->children.data[i]);
}

pz_str
pz_xml_string(pz_arena *a, const pz_xml *n)
{
    pz_buf b;
    pz_str s;
    if (n->kind == PZ_XML_TEXT || n->kind == PZ_XML_ATTR)
        return n->text;
    if (n->children.n == 1 && n->children.data[0]->kind == PZ_XML_TEXT)
        return n->children.data[0]->text;
    pz_buf_init(&b, 0);
    gather(&b, n);
    s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}
