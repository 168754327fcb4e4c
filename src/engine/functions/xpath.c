/*
 * engine/functions/xpath.c - XPath 1.0, and the functions xpath, xpath_string, xpath_boolean, xpath_int and kin.
 *
 * The path is read and evaluated in one walk: texts are short and documents small.  Axes: child, descendant-or-self (//), self,
 * parent, attribute, and those written out in full.
 */
#include "xml.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

typedef struct eval {
    const char *p, *end;
    pz_arena *a;
    pz_xml *root, *node;                       /* document; context node */
    int position, size;
    bool bad, quiet;                           /* quiet: read on without evaluating */
} eval;

static pz_xpath expression(eval *e);

/* ---------------------------------------------------------------- values */

/* Digits with a point among them, and no exponent. */
static size_t
number_length(pz_str s)
{
    size_t n = 0, digits = 0;
    bool point = false;
    for (; n < s.len && (isdigit((unsigned char)s.ptr[n]) || (s.ptr[n] == '.' && !point)); n++) {
        point |= s.ptr[n] == '.';
        digits += s.ptr[n] != '.';
    }
    return digits ? n : 0;
}

double
pz_xpath_number(pz_arena *a, const pz_xpath *v)
{
    pz_str s;
    size_t n;
    if (v->kind == PZ_XPATH_NUMBER)
        return v->number;
    if (v->kind == PZ_XPATH_BOOLEAN)
        return v->boolean;
    s = pz_dup(a, pz_str_trim(pz_xpath_string(a, v)));
    n = s.len && s.ptr[0] == '-';
    n += number_length((pz_str){s.ptr + n, s.len - n});
    return n == s.len && n ? strtod(s.ptr, NULL) : NAN;
}

pz_str
pz_xpath_string(pz_arena *a, const pz_xpath *v)
{
    switch (v->kind) {
    case PZ_XPATH_STRING: return v->string;
    case PZ_XPATH_BOOLEAN: return v->boolean ? PZ_STR("true") : PZ_STR("false");
    case PZ_XPATH_NODES: return v->nodes.n ? pz_xml_string(a, v->nodes.data[0]) : PZ_STR("");
    default:
        if (isnan(v->number))
            return PZ_STR("NaN");
        if (isinf(v->number))
            return v->number > 0 ? PZ_STR("Infinity") : PZ_STR("-Infinity");
        if (v->number == floor(v->number) && fabs(v->number) < 1e15)
            return pz_strf(a, "%lld", (long long)v->number);
        return pz_strf(a, "%.15g", v->number);
    }
}

bool
pz_xpath_boolean(pz_arena *a, const pz_xpath *v)
{
    (void)a;
    switch (v->kind) {
    case PZ_XPATH_BOOLEAN: return v->boolean;
    case PZ_XPATH_NUMBER: return v->number != 0 && !isnan(v->number);
    case PZ_XPATH_STRING: return v->string.len > 0;
    default: return v->nodes.n > 0;
    }
}

static pz_xpath number(double d) { return (pz_xpath){.kind = PZ_XPATH_NUMBER, .number = d}; }
static pz_xpath boolean(bool b) { return (pz_xpath){.kind = PZ_XPATH_BOOLEAN, .boolean = b}; }
static pz_xpath string(pz_str s) { return (pz_xpath){.kind = PZ_XPATH_STRING, .string = s}; }

/* ---------------------------------------------------------------- reading */

static void
space(eval *e)
{
    while (e->p < e->end && strchr(" \t\r\n", *e->p))
        e->p++;
}

static bool
eat(eval *e, const char *s)
{
    size_t n = strlen(s);
    space(e);
    if ((size_t)(e->end - e->p) < n || memcmp(e->p, s, n) != 0)
        return false;
    e->p += n;
    return true;
}

static bool
name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

static bool
at_name(eval *e)
{
    space(e);
    return e->p < e->end && name_char(*e->p) && !(*e->p >= '0' && *e->p <= '9') && *e->p != '-' && *e->p != '.';
}

static pz_str
word(eval *e)
{
    const char *s;
    space(e);
    s = e->p;
    while (e->p < e->end && (name_char(*e->p) || (*e->p == ':' && e->p + 1 < e->end && e->p[1] != ':' && name_char(e->p[1]))))
        e->p++;
    return (pz_str){s, (size_t)(e->p - s)};
}

/* An operator that is a word: "and", "div" */
static bool
eat_word(eval *e, const char *w)
{
    const char *mark;
    space(e);
    mark = e->p;
    if (pz_str_eqc(word(e), w))
        return true;
    e->p = mark;
    return false;
}

/* ---------------------------------------------------------------- steps */

static int
by_order(const void *x, const void *y)
{
    const pz_xml *a = *(pz_xml *const *)x, *b = *(pz_xml *const *)y;
    return (a->order > b->order) - (a->order < b->order);
}

static void
unique(pz_xmls *l)
{
    int n = 0;
    if (l->n > 1)
        qsort(l->data, (size_t)l->n, sizeof *l->data, by_order);
    for (int i = 0; i < l->n; i++)
        if (n == 0 || l->data[n - 1] != l->data[i])
            l->data[n++] = l->data[i];
    l->n = n;
}

typedef struct test { enum { T_NAME, T_ANY, T_TEXT, T_NODE } kind; pz_str name; } test;

/* Documents are read without namespaces: what stands before a colon does not count, and a test that names a prefix finds nothing. */
static bool
same_local_name(pz_str name, pz_str wanted)
{
    const char *colon = memchr(name.ptr, ':', name.len);
    if (colon)
        name = (pz_str){colon + 1, name.len - (size_t)(colon + 1 - name.ptr)};
    return pz_str_eq(name, wanted);
}

static bool
passes(const test *t, const pz_xml *n)
{
    switch (t->kind) {
    case T_TEXT: return n->kind == PZ_XML_TEXT;
    case T_NODE: return true;
    case T_ANY: return n->kind == PZ_XML_ELEMENT || n->kind == PZ_XML_ATTR;
    default: return (n->kind == PZ_XML_ELEMENT || n->kind == PZ_XML_ATTR) && same_local_name(n->name, t->name);
    }
}

static void
descendants(eval *e, pz_xml *n, const test *t, bool self, pz_xmls *out)
{
    if (self && passes(t, n))
        pz_vec_push(e->a, out, n);
    for (int i = 0; i < n->children.n; i++)
        descendants(e, n->children.data[i], t, true, out);
}

static bool
is_axis(pz_str name)
{
    static const char *const names[] = {"ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
                                        "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_eqc(name, names[i]))
            return true;
    return false;
}

/* Axes that look back count from the nearest on. */
static void
turn_round(pz_xmls *l)
{
    for (int i = 0, k = l->n - 1; i < k; i++, k--) {
        pz_xml *u = l->data[i];
        l->data[i] = l->data[k];
        l->data[k] = u;
    }
}

static bool
is_inside(const pz_xml *n, const pz_xml *of)
{
    for (; n; n = n->parent)
        if (n == of)
            return true;
    return false;
}

/* What begins behind the end of n, or ends before n begins. */
static void
beside(eval *e, pz_xml *n, const test *t, bool following, pz_xmls *out)
{
    pz_xmls all = {0};
    descendants(e, e->root, t, true, &all);
    for (int i = 0; i < all.n; i++) {
        pz_xml *u = all.data[i];
        if (following ? u->order > n->order && !is_inside(u, n) : u->order < n->order && !is_inside(n, u))
            pz_vec_push(e->a, out, u);
    }
}

static void
axis(eval *e, pz_str name, pz_xml *n, const test *t, pz_xmls *out)
{
    if (pz_str_eqc(name, "attribute")) {
        for (int i = 0; i < n->attrs.n; i++)
            if (!pz_str_starts(n->attrs.data[i]->name, "xmlns") && passes(t, n->attrs.data[i]))
                pz_vec_push(e->a, out, n->attrs.data[i]);
    } else if (pz_str_eqc(name, "self")) {
        if (passes(t, n))
            pz_vec_push(e->a, out, n);
    } else if (pz_str_eqc(name, "parent")) {
        if (n->parent && passes(t, n->parent))
            pz_vec_push(e->a, out, n->parent);
    } else if (pz_str_eqc(name, "descendant") || pz_str_eqc(name, "descendant-or-self")) {
        descendants(e, n, t, name.len > 10, out);
    } else if (pz_str_starts(name, "ancestor")) {
        for (pz_xml *u = name.len > 8 ? n : n->parent; u; u = u->parent)
            if (passes(t, u))
                pz_vec_push(e->a, out, u);
    } else if (pz_str_ends(name, "-sibling") && n->parent) {
        bool after = false, following = name.ptr[0] == 'f';
        for (int i = 0; i < n->parent->children.n; i++) {
            pz_xml *u = n->parent->children.data[i];
            if (u == n)
                after = true;
            else if (after == following && passes(t, u))
                pz_vec_push(e->a, out, u);
        }
        if (!following)
            turn_round(out);
    } else if (pz_str_eqc(name, "following") || pz_str_eqc(name, "preceding")) {
        beside(e, n, t, name.ptr[0] == 'f', out);
        if (name.ptr[0] == 'p')
            turn_round(out);
    } else if (pz_str_eqc(name, "child")) {
        for (int i = 0; i < n->children.n; i++)
            if (passes(t, n->children.data[i]))
                pz_vec_push(e->a, out, n->children.data[i]);
    }
}

static void
filter(eval *e, pz_xmls *list)
{
    const char *start = e->p;
    pz_xmls kept = {0};
    pz_xml *node = e->node;
    int position = e->position, size = e->size;
    bool quiet = e->quiet;
    if (list->n == 0)                          /* read past it */
        e->quiet = true;
    for (int i = 0; i < (list->n ? list->n : 1); i++) {
        e->p = start;
        e->node = list->n ? list->data[i] : e->root;
        e->position = i + 1;
        e->size = list->n;
        pz_xpath v = expression(e);
        bool ok = v.kind == PZ_XPATH_NUMBER ? v.number == i + 1 : pz_xpath_boolean(e->a, &v);
        if (ok && list->n)
            pz_vec_push(e->a, &kept, list->data[i]);
        if (e->bad)
            break;
    }
    e->node = node;
    e->position = position;
    e->size = size;
    e->quiet = quiet;
    if (!eat(e, "]"))
        e->bad = true;
    *list = kept;
}

static bool
read_test(eval *e, pz_str *axis_name, test *t)
{
    *axis_name = PZ_STR("child");
    *t = (test){T_NODE, {0}};
    if (eat(e, "..")) {
        *axis_name = PZ_STR("parent");
        return true;
    }
    if (e->p < e->end && *e->p == '.' && !(e->p + 1 < e->end && e->p[1] >= '0' && e->p[1] <= '9')) {
        e->p++;
        *axis_name = PZ_STR("self");
        return true;
    }
    if (eat(e, "@"))
        *axis_name = PZ_STR("attribute");
    if (eat(e, "*")) {
        t->kind = T_ANY;
        return true;
    }
    if (!at_name(e))
        return false;
    pz_str w = word(e);
    if (eat(e, "::")) {
        *axis_name = w;
        if (!is_axis(w))
            return false;
        if (eat(e, "*")) {
            t->kind = T_ANY;
            return true;
        }
        w = word(e);
    }
    if (eat(e, "(")) {
        t->kind = pz_str_eqc(w, "text") ? T_TEXT : T_NODE;
        return eat(e, ")");
    }
    t->kind = T_NAME;
    t->name = w;
    return w.len > 0;
}

/* step / step // step ..., from `from` */
static pz_xmls
steps(eval *e, pz_xmls from, bool deep)
{
    for (;;) {
        pz_str axis_name;
        test t;
        pz_xmls next = {0};
        if (deep) {
            pz_xmls all = {0};
            test any = {T_NODE, {0}};
            for (int i = 0; i < from.n; i++)
                descendants(e, from.data[i], &any, true, &all);
            unique(&all);
            from = all;
        }
        if (!read_test(e, &axis_name, &t)) {
            e->bad = true;
            return next;
        }
        /* predicates count positions for each starting node */
        const char *mark = e->p;
        for (int i = 0; i < (from.n ? from.n : 1) && !e->bad; i++) {
            pz_xmls one = {0};
            e->p = mark;
            if (from.n)
                axis(e, axis_name, from.data[i], &t, &one);
            while (eat(e, "["))
                filter(e, &one);
            for (int k = 0; k < one.n; k++)
                pz_vec_push(e->a, &next, one.data[k]);
        }
        unique(&next);
        from = next;
        deep = false;
        if (eat(e, "//"))
            deep = true;
        else if (!eat(e, "/"))
            return from;
    }
}

/* ---------------------------------------------------------------- functions */

enum { MAX_ARGS = 8 };

static pz_xpath
call_text(eval *e, pz_str f, const pz_xpath *v, int n)
{
    pz_xpath self = {.kind = PZ_XPATH_NODES};
    pz_vec_push(e->a, &self.nodes, e->node);
    pz_str s = pz_xpath_string(e->a, n > 0 ? &v[0] : &self), t = n > 1 ? pz_xpath_string(e->a, &v[1]) : PZ_STR("");
    const char *at = t.len <= s.len ? memmem(s.ptr, s.len, t.ptr, t.len) : NULL;
    if (pz_str_eqc(f, "string"))
        return string(s);
    if (pz_str_eqc(f, "contains"))
        return boolean(t.len == 0 || at);
    if (pz_str_eqc(f, "starts-with"))
        return boolean(s.len >= t.len && memcmp(s.ptr, t.ptr, t.len) == 0);
    if (pz_str_eqc(f, "string-length"))
        return number((double)pz_utf8_count(s));
    if (pz_str_eqc(f, "substring-before"))
        return string(at ? (pz_str){s.ptr, (size_t)(at - s.ptr)} : PZ_STR(""));
    if (pz_str_eqc(f, "substring-after"))
        return string(at ? (pz_str){at + t.len, s.len - (size_t)(at - s.ptr) - t.len} : PZ_STR(""));
    if (pz_str_eqc(f, "substring")) {
        double from = floor(pz_xpath_number(e->a, &v[1]) + 0.5), to = n > 2 ? from + floor(pz_xpath_number(e->a, &v[2]) + 0.5) : 1e18;
        pz_buf b;
        pz_buf_init(&b, 0);
        for (size_t i = 0, k = 1; i < s.len; k++) {
            size_t w = 1;
            while (i + w < s.len && ((unsigned char)s.ptr[i + w] & 0xC0) == 0x80)
                w++;
            if ((double)k >= from && (double)k < to)
                pz_buf_add(&b, s.ptr + i, w);
            i += w;
        }
        pz_str out = pz_buf_dup(&b, e->a);
        pz_buf_free(&b);
        return string(out);
    }
    if (pz_str_eqc(f, "normalize-space")) {
        char *o = pz_alloc(e->a, s.len + 1);
        size_t k = 0;
        s = pz_str_trim(s);
        for (size_t i = 0; i < s.len; i++) {
            bool sp = strchr(" \t\r\n", s.ptr[i]) != NULL;
            if (!sp || (k && o[k - 1] != ' '))
                o[k++] = sp ? ' ' : s.ptr[i];
        }
        return string((pz_str){o, k});
    }
    if (pz_str_eqc(f, "translate") && n == 3) {
        pz_str to = pz_xpath_string(e->a, &v[2]);
        char *o = pz_alloc(e->a, s.len + 1);
        size_t k = 0;
        for (size_t i = 0; i < s.len; i++) {
            const char *hit = memchr(t.ptr, s.ptr[i], t.len);
            if (!hit)
                o[k++] = s.ptr[i];
            else if ((size_t)(hit - t.ptr) < to.len)
                o[k++] = to.ptr[hit - t.ptr];
        }
        return string((pz_str){o, k});
    }
    pz_xml *first = n > 0 && v[0].kind == PZ_XPATH_NODES ? (v[0].nodes.n ? v[0].nodes.data[0] : NULL) : e->node;
    if (pz_str_eqc(f, "name") || pz_str_eqc(f, "local-name")) {
        pz_str nm = first ? first->name : PZ_STR("");
        const char *colon = f.len > 4 && nm.ptr ? memchr(nm.ptr, ':', nm.len) : NULL;
        return string(colon ? (pz_str){colon + 1, nm.len - (size_t)(colon + 1 - nm.ptr)} : nm);
    }
    e->bad = true;
    return string(PZ_STR(""));
}

static pz_xpath
call(eval *e, pz_str f)
{
    pz_xpath v[MAX_ARGS];
    int n = 0;
    double d;
    while (!e->bad && !eat(e, ")")) {
        if (n == MAX_ARGS || (n && !eat(e, ","))) {
            e->bad = true;
            break;
        }
        v[n++] = expression(e);
    }
    if (e->bad)
        return number(NAN);
    if (pz_str_eqc(f, "position"))
        return number(e->position);
    if (pz_str_eqc(f, "last"))
        return number(e->size);
    if (pz_str_eqc(f, "true") || pz_str_eqc(f, "false"))
        return boolean(f.len == 4);
    if (pz_str_eqc(f, "id") && n == 1)         /* without a document type nothing is an id */
        return (pz_xpath){.kind = PZ_XPATH_NODES};
    if (pz_str_eqc(f, "lang") && n == 1)       /* nor has xml:lang a namespace */
        return boolean(false);
    if (pz_str_eqc(f, "not") && n == 1)
        return boolean(!pz_xpath_boolean(e->a, &v[0]));
    if (pz_str_eqc(f, "boolean") && n == 1)
        return boolean(pz_xpath_boolean(e->a, &v[0]));
    if (pz_str_eqc(f, "count") && n == 1 && v[0].kind == PZ_XPATH_NODES)
        return number(v[0].nodes.n);
    if (pz_str_eqc(f, "sum") && n == 1 && v[0].kind == PZ_XPATH_NODES) {
        d = 0;
        for (int i = 0; i < v[0].nodes.n; i++) {
            pz_xpath one = string(pz_xml_string(e->a, v[0].nodes.data[i]));
            d += pz_xpath_number(e->a, &one);
        }
        return number(d);
    }
    if (pz_str_eqc(f, "concat")) {
        pz_str s = PZ_STR("");
        for (int i = 0; i < n; i++) {
            pz_str t = pz_xpath_string(e->a, &v[i]);
            s = pz_strf(e->a, PZ_FMT PZ_FMT, PZ_ARG(s), PZ_ARG(t));
        }
        return string(s);
    }
    if ((pz_str_eqc(f, "number") || pz_str_eqc(f, "floor") || pz_str_eqc(f, "ceiling") || pz_str_eqc(f, "round")) && n == 1) {
        d = pz_xpath_number(e->a, &v[0]);
        return number(f.ptr[0] == 'f' ? floor(d) : f.ptr[0] == 'c' ? ceil(d) : f.ptr[0] == 'r' ? floor(d + 0.5) : d);
    }
    return call_text(e, f, v, n);
}

/* ---------------------------------------------------------------- expressions */

static pz_xpath
path_from(eval *e, pz_xml *start, bool deep)
{
    pz_xpath v = {.kind = PZ_XPATH_NODES};
    pz_vec_push(e->a, &v.nodes, start);
    v.nodes = steps(e, v.nodes, deep);
    return v;
}

static pz_xpath
primary(eval *e)
{
    const char *mark;
    space(e);
    if (e->p >= e->end) {
        e->bad = true;
        return number(NAN);
    }
    if (*e->p == '"' || *e->p == '\'') {
        char q = *e->p++;
        const char *end = memchr(e->p, q, (size_t)(e->end - e->p));
        if (!end) {
            e->bad = true;
            return number(NAN);
        }
        pz_str s = {e->p, (size_t)(end - e->p)};
        e->p = end + 1;
        return string(s);
    }
    if ((*e->p >= '0' && *e->p <= '9') || (*e->p == '.' && e->p + 1 < e->end && e->p[1] >= '0' && e->p[1] <= '9')) {
        size_t n = number_length((pz_str){e->p, (size_t)(e->end - e->p)});
        double d = strtod(pz_dup(e->a, (pz_str){e->p, n}).ptr, NULL);
        e->p += n;
        return number(d);
    }
    if (eat(e, "(")) {
        pz_xpath v = expression(e);
        if (!eat(e, ")"))
            e->bad = true;
        return v;
    }
    if (eat(e, "//"))
        return path_from(e, e->root, true);
    if (eat(e, "/")) {
        space(e);
        if (e->p < e->end && (at_name(e) || *e->p == '*' || *e->p == '@' || *e->p == '.'))
            return path_from(e, e->root, false);
        pz_xpath v = {.kind = PZ_XPATH_NODES};
        pz_vec_push(e->a, &v.nodes, e->root);
        return v;
    }
    mark = e->p;
    if (at_name(e)) {
        pz_str w = word(e);
        space(e);
        if (e->p < e->end && *e->p == '(' && !pz_str_eqc(w, "text") && !pz_str_eqc(w, "node") && !pz_str_eqc(w, "comment")) {
            e->p++;
            return call(e, w);
        }
        e->p = mark;
    }
    return path_from(e, e->node, false);
}

static pz_xpath
postfix(eval *e)
{
    pz_xpath v = primary(e);
    while (!e->bad && v.kind == PZ_XPATH_NODES && eat(e, "["))
        filter(e, &v.nodes);
    if (!e->bad && v.kind == PZ_XPATH_NODES) {
        if (eat(e, "//"))
            v.nodes = steps(e, v.nodes, true);
        else if (eat(e, "/"))
            v.nodes = steps(e, v.nodes, false);
    }
    while (!e->bad && v.kind == PZ_XPATH_NODES && eat(e, "|")) {
        pz_xpath w = primary(e);
        for (int i = 0; i < w.nodes.n; i++)
            pz_vec_push(e->a, &v.nodes, w.nodes.data[i]);
        unique(&v.nodes);
    }
    return v;
}

static pz_xpath
unary(eval *e)
{
    if (eat(e, "-")) {
        pz_xpath v = unary(e);
        return number(-pz_xpath_number(e->a, &v));
    }
    return postfix(e);
}

static pz_xpath
product(eval *e)
{
    pz_xpath v = unary(e);
    while (!e->bad) {
        int op = eat(e, "*") ? '*' : eat_word(e, "div") ? '/' : eat_word(e, "mod") ? '%' : 0;
        if (!op)
            break;
        pz_xpath w = unary(e);
        double x = pz_xpath_number(e->a, &v), y = pz_xpath_number(e->a, &w);
        v = number(op == '*' ? x * y : op == '/' ? x / y : fmod(x, y));
    }
    return v;
}

static pz_xpath
sum(eval *e)
{
    pz_xpath v = product(e);
    while (!e->bad) {
        int op = eat(e, "+") ? '+' : eat(e, "-") ? '-' : 0;
        if (!op)
            break;
        pz_xpath w = product(e);
        double x = pz_xpath_number(e->a, &v), y = pz_xpath_number(e->a, &w);
        v = number(op == '+' ? x + y : x - y);
    }
    return v;
}

static bool
holds(eval *e, int op, const pz_xpath *v, const pz_xpath *w)
{
    bool numbers = op != '=' && op != '!';
    numbers |= v->kind == PZ_XPATH_NUMBER || w->kind == PZ_XPATH_NUMBER;
    if (v->kind == PZ_XPATH_NODES) {           /* some node must fit */
        for (int i = 0; i < v->nodes.n; i++) {
            pz_xpath one = string(pz_xml_string(e->a, v->nodes.data[i]));
            if (holds(e, op, &one, w))
                return true;
        }
        return false;
    }
    if (w->kind == PZ_XPATH_NODES) {
        for (int i = 0; i < w->nodes.n; i++) {
            pz_xpath one = string(pz_xml_string(e->a, w->nodes.data[i]));
            if (holds(e, op, v, &one))
                return true;
        }
        return false;
    }
    if (!numbers && (v->kind == PZ_XPATH_BOOLEAN || w->kind == PZ_XPATH_BOOLEAN))
        return (pz_xpath_boolean(e->a, v) == pz_xpath_boolean(e->a, w)) == (op == '=');
    if (!numbers)
        return pz_str_eq(pz_xpath_string(e->a, v), pz_xpath_string(e->a, w)) == (op == '=');
    double x = pz_xpath_number(e->a, v), y = pz_xpath_number(e->a, w);
    return op == '=' ? x == y : op == '!' ? x != y : op == '<' ? x < y : op == 'l' ? x <= y : op == '>' ? x > y : x >= y;
}

static pz_xpath
comparison(eval *e)
{
    pz_xpath v = sum(e);
    while (!e->bad) {
        int op = eat(e, "!=") ? '!' : eat(e, "<=") ? 'l' : eat(e, ">=") ? 'g' : eat(e, "=") ? '=' : eat(e, "<") ? '<' : eat(e, ">") ? '>' : 0;
        if (!op)
            break;
        pz_xpath w = sum(e);
        v = boolean(holds(e, op, &v, &w));
    }
    return v;
}

static pz_xpath
conjunction(eval *e)
{
    pz_xpath v = comparison(e);
    while (!e->bad && eat_word(e, "and")) {
        pz_xpath w = comparison(e);
        v = boolean(pz_xpath_boolean(e->a, &v) && pz_xpath_boolean(e->a, &w));
    }
    return v;
}

static pz_xpath
expression(eval *e)
{
    pz_xpath v = conjunction(e);
    while (!e->bad && eat_word(e, "or")) {
        pz_xpath w = conjunction(e);
        v = boolean(pz_xpath_boolean(e->a, &v) || pz_xpath_boolean(e->a, &w));
    }
    return v;
}

bool
pz_xpath_eval(pz_arena *a, pz_xml *root, pz_str path, pz_xpath *out)
{
    eval e = {.p = path.ptr, .end = path.ptr + path.len, .a = a, .root = root, .node = root, .position = 1, .size = 1};
    *out = expression(&e);
    space(&e);
    return !e.bad && e.p == e.end;
}

/* ---------------------------------------------------------------- the functions */

/* *found false: the answer is NULL */
static pz_status
evaluate(pz_fn_ctx *c, const pz_value *args, pz_xpath *v, bool *found)
{
    pz_xml *root;
    *found = false;
    if (args[0].s.len == 0 || args[1].s.len == 0)
        return PZ_OK;
    root = pz_xml_read(c->scratch, args[0].s, true);
    if (!root)
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "Error loading expression '" PZ_FMT "': the text is not well-formed XML", PZ_ARG(args[1].s));
    if (!pz_xpath_eval(c->scratch, root, args[1].s, v))
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "Invalid XPath '" PZ_FMT "'", PZ_ARG(args[1].s));
    *found = true;
    return PZ_OK;
}

PZ_FN(fn_xpath)
{
    pz_xpath v;
    bool found;
    PZ_TRY(evaluate(c, args, &v, &found));
    if (!found)
        return give_null(out);
    if (v.kind != PZ_XPATH_NODES)
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "XPath '" PZ_FMT "' gives no nodes", PZ_ARG(args[1].s));
    *out = (pz_value){.list = {PZ_NEWN(c->scratch, pz_value, v.nodes.n + 1), v.nodes.n}};
    for (int i = 0; i < v.nodes.n; i++) {
        const pz_xml *n = v.nodes.data[i];
        if (n->kind == PZ_XML_TEXT || n->kind == PZ_XML_ATTR)
            out->list.items[i].s = n->text;
        else
            out->list.items[i].null = true;    /* elements have no value of their own */
    }
    return PZ_OK;
}

PZ_FN(fn_xpath_string)
{
    pz_xpath v;
    bool found;
    PZ_TRY(evaluate(c, args, &v, &found));
    return found ? give_str(out, pz_xpath_string(c->scratch, &v)) : give_null(out);
}

PZ_FN(fn_xpath_boolean)
{
    pz_xpath v;
    bool found;
    PZ_TRY(evaluate(c, args, &v, &found));
    return found ? give_bool(out, pz_xpath_boolean(c->scratch, &v)) : give_null(out);
}

PZ_FN(fn_xpath_number)
{
    pz_xpath v;
    bool found;
    double d;
    PZ_TRY(evaluate(c, args, &v, &found));
    if (!found)
        return give_null(out);
    d = pz_xpath_number(c->scratch, &v);
    switch (c->site->result->id) {
    case PZ_T_SHORT:
    case PZ_T_INT:
        d = isnan(d) ? 0 : trunc(d);
        d = d > 2147483647.0 ? 2147483647.0 : d < -2147483648.0 ? -2147483648.0 : d;
        return give_int(out, c->site->result->id == PZ_T_SHORT ? (int16_t)(int32_t)d : (int32_t)d);
    case PZ_T_LONG:
        return give_int(out, isnan(d) ? 0 : d >= 9.2233720368547758e18 ? INT64_MAX : d <= -9.2233720368547758e18 ? INT64_MIN : (int64_t)d);
    case PZ_T_FLOAT: return give_double(out, (float)d);
    default: return give_double(out, d);
    }
}

static const pz_value_fn_def defs[] = {
    {.name = "xpath", .call = fn_xpath},
    {.name = "xpath_boolean", .call = fn_xpath_boolean},
    {.name = "xpath_number", .call = fn_xpath_number},
    {.name = "xpath_string", .call = fn_xpath_string},
};
PZ_FAMILY(pz_family_xpath, defs);
