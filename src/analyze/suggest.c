/*
 * analyze/suggest.c - names near to one that was not found: up to five, by edit distance, then by the spelling of the column.
 *
 * Candidates are compared as they are shown, with backticks.  Of a name without qualifier, qualifiers that all share are
 * left out; else what all share before the table's name.
 */
#include "func_int.h"

#include <stdlib.h>

typedef struct candidate {
    pz_str shown, name;
    int distance, at;
} candidate;

static int
min3(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

/* Levenshtein; long names are compared by their first 255 bytes */
static int
distance(pz_str a, pz_str b)
{
    int row[256];
    size_t n = b.len > 255 ? 255 : b.len, m = a.len > 255 ? 255 : a.len;
    for (size_t j = 0; j <= n; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= m; i++) {
        int diag = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= n; j++) {
            int next = min3(row[j] + 1, row[j - 1] + 1, diag + (a.ptr[i - 1] != b.ptr[j - 1]));
            diag = row[j];
            row[j] = next;
        }
    }
    return row[n];
}

static int
by_distance(const void *x, const void *y)
{
    const candidate *a = x, *b = y;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    int c = pz_str_cmp(a->name, b->name);
    return c ? c : a->at - b->at;
}

static pz_str
join_names(pz_analyzer *an, const pz_attr *attr, int parts)
{
    pz_strs list = {0};
    int from = attr->qualifier.n - (parts - 1);
    for (int i = from > 0 ? from : 0; i < attr->qualifier.n; i++)
        pz_vec_push(an->a, &list, attr->qualifier.data[i]);
    pz_vec_push(an->a, &list, attr->name);
    return pz_quote_names(an->a, &list);
}

/* Do all names agree in everything but their last `parts` parts? */
static bool
agree_before(const pz_attrs *list, int parts)
{
    const pz_strs *first = &list->data[0]->qualifier;
    int n = first->n + 1 - parts;
    for (int i = 1; i < list->n; i++) {
        const pz_strs *q = &list->data[i]->qualifier;
        int m = q->n + 1 - parts;
        if ((n > 0 ? n : 0) != (m > 0 ? m : 0))
            return false;
        for (int k = 0; k < n; k++)
            if (!pz_str_eq(q->data[k], first->data[k]))
                return false;
    }
    return true;
}

int
pz_edit_distance(pz_str a, pz_str b)
{
    return distance(a, b);
}

static pz_str
nearest(pz_analyzer *an, pz_str wanted, const pz_scope *scope, bool by_name)
{
    pz_attrs list = {0};
    candidate *c;
    pz_buf b;
    pz_str out;
    int parts;
    for (int i = 0; i < scope->attrs.n; i++)
        if (!scope->attrs.data[i]->hidden)
            pz_vec_push(an->a, &list, scope->attrs.data[i]);
    if (list.n == 0)
        return PZ_STR("");
    parts = agree_before(&list, 1) && !memchr(wanted.ptr, '.', wanted.len) ? 1 : agree_before(&list, 2) ? 2 : 1 << 20;
    c = PZ_NEWN(an->a, candidate, list.n);
    for (int i = 0; i < list.n; i++) {
        c[i].shown = join_names(an, list.data[i], parts);
        c[i].distance = distance(c[i].shown, wanted);
        c[i].name = by_name ? list.data[i]->name : PZ_STR("");
        c[i].at = i;
    }
    qsort(c, (size_t)list.n, sizeof *c, by_distance);
    pz_buf_init(&b, 0);
    for (int i = 0; i < list.n && i < 5; i++)
        pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(c[i].shown));
    out = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return out;
}

pz_str
pz_nearest(pz_analyzer *an, pz_str wanted, const pz_scope *scope)
{
    return nearest(an, wanted, scope, true);
}

/* Of columns in an order of their own, which decides between equally near ones. */
pz_str
pz_nearest_of(pz_analyzer *an, pz_str wanted, const pz_attrs *columns)
{
    pz_scope s = {.attrs = *columns};
    return nearest(an, wanted, &s, false);
}

/* ---- all names of a relation, in their own order */
static int
by_text(const void *a, const void *b)
{
    return pz_str_cmp(*(const pz_str *)a, *(const pz_str *)b);
}

pz_str
pz_sorted_list(pz_analyzer *an, pz_strs *names)
{
    pz_buf b;
    pz_str s;
    if (names->n)
        qsort(names->data, (size_t)names->n, sizeof *names->data, by_text);
    pz_buf_init(&b, 0);
    for (int i = 0; i < names->n; i++)
        pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(names->data[i]));
    s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

pz_str
pz_sorted_names(pz_analyzer *an, const pz_attrs *attrs)
{
    pz_strs names = {0};
    for (int i = 0; i < attrs->n; i++) {
        pz_strs one = {&attrs->data[i]->name, 1, 1};
        pz_vec_push(an->a, &names, pz_quote_names(an->a, &one));
    }
    return pz_sorted_list(an, &names);
}
