/*
 * engine/functions/show.c - the text tables of DataFrame.show() and its HTML form.
 *
 * In: rows of cells (text, NULL already spelled), column names, how many rows to show, the cut, vertical or not.  One row more than
 * shown may be given: it tells that there are more.  Out: the whole table as one text.  show_text makes a cell of any value.
 * Things start at fn_show_string().
 */
#include "fn_util.h"

typedef struct table {
    pz_arena *a;
    int columns, rows;                         /* rows shown */
    bool more;
    int truncate;
    pz_str *names;                             /* escaped */
    pz_str *cells;                             /* row by row, escaped and cut */
} table;

/* ---------------------------------------------------------------- texts */
static pz_str
escaped(pz_arena *a, pz_str s)
{
    static const char from[] = "\n\r\t\f\b\v\a", to[] = "nrtfbva";
    char *p;
    size_t n = 0;
    bool any = false;
    for (size_t i = 0; i < s.len && !any; i++) any = s.ptr[i] && strchr(from, s.ptr[i]) != NULL;
    if (!any) return s;
    p = pz_alloc(a, 2 * s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        const char *hit = s.ptr[i] ? strchr(from, s.ptr[i]) : NULL;
        if (hit) p[n++] = '\\';
        p[n++] = hit ? to[hit - from] : s.ptr[i];
    }
    return (pz_str){p, n};
}

/* UTF-16 units of one code point. */
static int
units(uint32_t cp)
{
    return cp >= 0x10000 ? 2 : 1;
}

static int
length_of(pz_str s)
{
    int n = 0;
    for (size_t i = 0; i < s.len;) {
        uint32_t cp;
        i += (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &cp);
        n += units(cp);
    }
    return n;
}

static pz_str
first_units(pz_str s, int n)
{
    size_t i = 0;
    while (i < s.len && n > 0) {
        uint32_t cp;
        int step = pz_utf8_decode(s.ptr + i, s.len - i, &cp);
        if (units(cp) > n) break;
        n -= units(cp);
        i += (size_t)step;
    }
    return (pz_str){s.ptr, i};
}

static bool
is_wide(uint32_t cp)
{
    return (cp >= 0x1100 && cp <= 0x115F) || (cp >= 0x2E80 && cp <= 0xA4CF) || (cp >= 0xAC00 && cp <= 0xD7A3) || (cp >= 0xF900 && cp <= 0xFAFF)
           || (cp >= 0xFE10 && cp <= 0xFE19) || (cp >= 0xFE30 && cp <= 0xFE6F) || (cp >= 0xFF00 && cp <= 0xFF60) || (cp >= 0xFFE0 && cp <= 0xFFE6);
}

static int
width_of(pz_str s)
{
    int n = 0;
    for (size_t i = 0; i < s.len;) {
        uint32_t cp;
        i += (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &cp);
        n += units(cp) + is_wide(cp);
    }
    return n;
}

static pz_str
truncated(pz_arena *a, pz_str s, int truncate)
{
    if (truncate <= 0 || length_of(s) <= truncate) return s;
    if (truncate < 4) return first_units(s, truncate);
    s = first_units(s, truncate - 3);
    return pz_strf(a, PZ_FMT "...", PZ_ARG(s));
}

static void
pad(pz_buf *b, char c, int n)
{
    while (n-- > 0) pz_buf_putc(b, c);
}

/* ---------------------------------------------------------------- reading the arguments */
static void
read_table(pz_fn_ctx *c, const pz_value *args, table *t)
{
    int given = args[0].list.n, wanted = (int)args[2].i;
    t->a = c->scratch;
    t->columns = args[1].list.n;
    t->rows = given < wanted ? given : wanted;
    t->more = given > wanted;
    t->truncate = (int)args[3].i;
    t->names = PZ_NEWN(t->a, pz_str, t->columns + 1);
    t->cells = PZ_NEWN(t->a, pz_str, (size_t)t->columns * (size_t)(t->rows + 1) + 1);
    for (int i = 0; i < t->columns; i++) t->names[i] = escaped(t->a, args[1].list.items[i].s);
    for (int r = 0; r < t->rows; r++)
        for (int i = 0; i < t->columns; i++) t->cells[r * t->columns + i] = truncated(t->a, escaped(t->a, args[0].list.items[r].list.items[i].s), t->truncate);
}

static void
write_footer(const table *t, pz_buf *b, const char *end)
{
    if (t->more) pz_buf_printf(b, "only showing top %d row%s%s", t->rows, t->rows == 1 ? "" : "s", end);
}

/* ---------------------------------------------------------------- horizontal */
static void
write_rule(const table *t, const int *widths, pz_buf *b)
{
    pz_buf_putc(b, '+');
    for (int i = 0; i < t->columns; i++) {
        pad(b, '-', widths[i]);
        pz_buf_putc(b, '+');
    }
    if (!t->columns) pz_buf_putc(b, '+');
    pz_buf_putc(b, '\n');
}

static void
write_line(const table *t, const int *widths, const pz_str *texts, pz_buf *b)
{
    pz_buf_putc(b, '|');
    for (int i = 0; i < t->columns; i++) {
        int room_left = widths[i] - width_of(texts[i]);
        if (t->truncate > 0) pad(b, ' ', room_left);
        pz_buf_str(b, texts[i]);
        if (t->truncate <= 0) pad(b, ' ', room_left);
        pz_buf_putc(b, '|');
    }
    if (!t->columns) pz_buf_putc(b, '|');
    pz_buf_putc(b, '\n');
}

static void
write_horizontal(const table *t, pz_buf *b)
{
    int *widths = PZ_NEWN(t->a, int, t->columns + 1);
    for (int i = 0; i < t->columns; i++) {
        widths[i] = width_of(t->names[i]) > 3 ? width_of(t->names[i]) : 3;
        for (int r = 0; r < t->rows; r++) {
            int w = width_of(t->cells[r * t->columns + i]);
            if (w > widths[i]) widths[i] = w;
        }
    }
    write_rule(t, widths, b);
    write_line(t, widths, t->names, b);
    write_rule(t, widths, b);
    for (int r = 0; r < t->rows; r++) write_line(t, widths, t->cells + r * t->columns, b);
    write_rule(t, widths, b);
    write_footer(t, b, "");
}

/* ---------------------------------------------------------------- vertical */
static void
write_vertical(const table *t, pz_buf *b)
{
    int name_width = 3, cell_width = 3;
    for (int i = 0; i < t->columns; i++)
        if (width_of(t->names[i]) > name_width) name_width = width_of(t->names[i]);
    for (int k = 0; k < t->rows * t->columns; k++)
        if (width_of(t->cells[k]) > cell_width) cell_width = width_of(t->cells[k]);
    for (int r = 0; r < t->rows; r++) {
        pz_str head = pz_strf(t->a, "-RECORD %d", r);
        pz_buf_str(b, head);
        pad(b, '-', name_width + cell_width + 5 - (int)head.len);
        pz_buf_putc(b, '\n');
        for (int i = 0; i < t->columns; i++) {
            pz_str cell = t->cells[r * t->columns + i];
            pz_buf_putc(b, ' ');
            pz_buf_str(b, t->names[i]);
            pad(b, ' ', name_width - width_of(t->names[i]));
            pz_buf_puts(b, " | ");
            pz_buf_str(b, cell);
            pad(b, ' ', cell_width - width_of(cell));
            pz_buf_puts(b, " \n");
        }
    }
    if (t->more) write_footer(t, b, "");
    else if (!t->rows) pz_buf_puts(b, "(0 rows)");
}

PZ_FN(fn_show_string)
{
    table t;
    pz_buf b;
    read_table(c, args, &t);
    pz_buf_init(&b, 0);
    if (args[4].b) write_vertical(&t, &b);
    else write_horizontal(&t, &b);
    give_str(out, pz_buf_dup(&b, c->scratch));
    pz_buf_free(&b);
    return PZ_OK;
}

/* ---------------------------------------------------------------- HTML */
static void
write_html(pz_buf *b, pz_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '<': pz_buf_puts(b, "&lt;"); break;
        case '>': pz_buf_puts(b, "&gt;"); break;
        case '&': pz_buf_puts(b, "&amp;"); break;
        case '"': pz_buf_puts(b, "&quot;"); break;
        default: pz_buf_putc(b, s.ptr[i]);
        }
    }
}

static void
write_html_row(const table *t, const char *tag, const pz_str *texts, pz_buf *b)
{
    pz_buf_puts(b, "<tr>");
    for (int i = 0; i < t->columns; i++) {
        pz_buf_printf(b, "<%s>", tag);
        write_html(b, texts[i]);
        pz_buf_printf(b, "</%s>", tag);
    }
    pz_buf_puts(b, "</tr>\n");
}

PZ_FN(fn_html_string)
{
    table t;
    pz_buf b;
    read_table(c, args, &t);
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "<table border='1'>\n");
    write_html_row(&t, "th", t.names, &b);
    for (int r = 0; r < t.rows; r++) write_html_row(&t, "td", t.cells + r * t.columns, &b);
    pz_buf_puts(&b, "</table>\n");
    write_footer(&t, &b, "\n");
    give_str(out, pz_buf_dup(&b, c->scratch));
    pz_buf_free(&b);
    return PZ_OK;
}

/* ---------------------------------------------------------------- cells */
PZ_FN(fn_show_text)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    if (args[0].null) pz_buf_puts(&b, "NULL");
    else pz_value_text(&b, c->site->arg_types[0], &args[0], PZ_TEXT_SHOW, c->site->zone);
    give_str(out, pz_buf_dup(&b, c->scratch));
    pz_buf_free(&b);
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "html_string", .call = fn_html_string, .takes_nulls = true},
    {.name = "show_string", .call = fn_show_string, .takes_nulls = true},
    {.name = "show_text", .call = fn_show_text, .takes_nulls = true},
};
PZ_FAMILY(pz_family_show, defs);
