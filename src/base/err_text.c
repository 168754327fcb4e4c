/*
 * base/err_text.c - the text of an error as Spark sends it, and its query context.
 *
 * Shapes (protocol.md section 6 of the design notes has examples):
 *   run time    [COND] sentence. SQLSTATE: xxxxx \n == SQL (line 1, position 8) == \n line \n carets \n
 *   DataFrame   [COND] sentence. SQLSTATE: xxxxx \n == DataFrame == \n "__truediv__" was called from \n call site \n
 *   analysis    [COND] sentence. SQLSTATE: xxxxx; line 1 pos 7;\n plan
 *   parse       \n[COND] sentence. SQLSTATE: xxxxx (line 1, pos 0)\n\n== SQL ==\n text with a pointer below the line; where the
 *               grammar was satisfied and there is a context: as at run time
 * Positions in errors count code points; ours are bytes until here.  Things start at pz_error_text().
 */
#include "base.h"

enum { CONTEXT_MARGIN = 32 };                  /* code points of the line shown left and right of the fragment */

/* Byte offset brought into the text and to the start of a code point. */
static size_t
clamp(pz_str text, int at)
{
    size_t i = at < 0 ? 0 : (size_t)at > text.len ? text.len : (size_t)at;
    while (i > 0 && i < text.len && ((unsigned char)text.ptr[i] & 0xc0) == 0x80) i--;
    return i;
}

static int
count(const char *from, const char *to)
{
    return (int)pz_utf8_count((pz_str){from, (size_t)(to - from)});
}

/* Line (from 1) and character (from 0) of a byte offset. */
static void
locate(pz_str text, size_t at, int *line, int *pos)
{
    const char *start = text.ptr;
    *line = 1;
    for (size_t i = 0; i < at; i++)
        if (text.ptr[i] == '\n') ++*line, start = text.ptr + i + 1;
    *pos = count(start, text.ptr + at);
}

static void
line_and_pos(const pz_origin *o, int *line, int *pos)
{
    *line = o->line;
    *pos = o->pos;
    if (*line <= 0 && o->source) locate(o->source->text, clamp(o->source->text, o->start), line, pos);
}

/* Where the shown part of the first line begins: the line's start, or MARGIN code points before the fragment.  Spark writes the three
 * dots as soon as the margin is used up, even if nothing is left beyond it. */
static const char *
left_edge(pz_str text, const char *start, bool *cut)
{
    const char *p = start;
    int n = 0;
    for (; n < CONTEXT_MARGIN && p > text.ptr && p[-1] != '\n'; n++)
        do p--; while (p > text.ptr && ((unsigned char)*p & 0xc0) == 0x80);
    *cut = n == CONTEXT_MARGIN;
    return p;
}

static const char *
right_edge(pz_str text, const char *stop, bool *cut)
{
    const char *p = stop, *end = text.ptr + text.len;
    int n = 0;
    for (; n < CONTEXT_MARGIN && p < end && *p != '\n'; n++)
        do p++; while (p < end && ((unsigned char)*p & 0xc0) == 0x80);
    *cut = n == CONTEXT_MARGIN;
    return p;
}

/* One shown line, and below it a caret under every character inside [start, stop). */
static void
put_line(pz_buf *b, const char *line, const char *end, const char *start, const char *stop, const char *before, const char *after)
{
    pz_buf_puts(b, before);
    pz_buf_add(b, line, (size_t)(end - line));
    pz_buf_puts(b, after);
    pz_buf_putc(b, '\n');
    for (size_t i = 0; i < strlen(before); i++) pz_buf_putc(b, ' ');
    for (const char *p = line; p < end && p < stop; p++) {
        if (((unsigned char)*p & 0xc0) == 0x80) continue;
        pz_buf_putc(b, p < start ? ' ' : '^');
    }
    pz_buf_putc(b, '\n');
}

static void
put_sql_summary(pz_buf *b, const pz_origin *o)
{
    pz_str text = o->source->text;
    const char *start = text.ptr + clamp(text, o->start), *stop = text.ptr + clamp(text, o->stop + 1);
    const char *from, *to;
    bool cut_left, cut_right;
    int line, pos;
    if (stop < start) stop = start;
    line_and_pos(o, &line, &pos);
    pz_buf_puts(b, "== SQL");
    if (o->source->object_type.len && o->source->object_name.len)
        pz_buf_printf(b, " of " PZ_FMT " " PZ_FMT, PZ_ARG(o->source->object_type), PZ_ARG(o->source->object_name));
    pz_buf_printf(b, " (line %d, position %d) ==\n", line, pos + 1);
    from = left_edge(text, start, &cut_left);
    to = right_edge(text, stop, &cut_right);
    while (from < to || from == start) {
        const char *end = memchr(from, '\n', (size_t)(to - from));
        bool last = !end;
        if (last) end = to;
        put_line(b, from, end, start, stop, cut_left ? "..." : "", last && cut_right ? "..." : "");
        cut_left = false;
        if (last) break;
        from = end + 1;
    }
}

static bool
has_context(const pz_error *e)
{
    const pz_source *s = e->origin.source;
    if (!s || e->place_only) return false;
    return s->call_site.len || (e->origin.start >= 0 && s->text.len);
}

static void
put_summary(pz_buf *b, const pz_error *e)
{
    const pz_source *s = e->origin.source;
    if (s->call_site.len)
        pz_buf_printf(b, "== DataFrame ==\n\"" PZ_FMT "\" was called from\n" PZ_FMT "\n", PZ_ARG(s->text), PZ_ARG(s->call_site));
    else
        put_sql_summary(b, &e->origin);
}

bool
pz_error_context(const pz_error *e, pz_arena *a, pz_context *out)
{
    const pz_source *s = e->origin.source;
    pz_buf b;
    if (!has_context(e) && e->nowhere) {
        *out = (pz_context){.start_index = -1, .stop_index = -1, .fragment = PZ_STR(""), .summary = PZ_STR("")};
        return true;
    }
    if (!has_context(e)) return false;
    *out = (pz_context){.is_dataframe = s->call_site.len > 0, .call_site = s->call_site, .fragment = s->text,
                        .object_type = s->object_type, .object_name = s->object_name};
    if (!out->is_dataframe) {
        size_t start = clamp(s->text, e->origin.start), stop = clamp(s->text, e->origin.stop + 1);
        if (stop < start) stop = start;
        out->fragment = pz_dup(a, (pz_str){s->text.ptr + start, stop - start});
        out->start_index = count(s->text.ptr, s->text.ptr + start);
        out->stop_index = out->start_index + (int)pz_utf8_count(out->fragment) - 1;
    }
    pz_buf_init(&b, 0);
    put_summary(&b, e);
    out->summary = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return true;
}

bool
pz_error_is_analysis(const pz_error *e)
{
    return strstr(pz_err_class_chain(e->klass), "org.apache.spark.sql.AnalysisException") != NULL;
}

/* [COND] sentence. SQLSTATE: xxxxx; conditions that Spark keeps only for its own numbering show the sentence alone. */
static void
put_sentence(pz_buf *b, const pz_error *e)
{
    const pz_err_row *row = pz_err_info(e->id);
    bool named = row->condition[0] && strncmp(row->condition, "_LEGACY_ERROR_", 14) != 0;
    if (named) pz_buf_printf(b, "[%s] ", row->condition);
    pz_buf_str(b, e->message);
    if (row->sqlstate[0]) pz_buf_printf(b, " SQLSTATE: %s", row->sqlstate);
}

/* The whole SQL text with a pointer below the line where parsing failed. */
static void
put_parse_place(pz_buf *b, const pz_error *e)
{
    const pz_source *s = e->origin.source;
    const char *p, *end;
    int line = 0, pos = 0;
    if (e->origin.start >= 0) {
        line_and_pos(&e->origin, &line, &pos);
        pz_buf_printf(b, " (line %d, pos %d)\n", line, pos);
    }
    if (!s || !s->text.ptr) return;
    pz_buf_puts(b, "\n== SQL ==\n");
    if (!line) {
        pz_buf_str(b, s->text);
        return;
    }
    p = s->text.ptr;
    end = p + s->text.len;
    while (end > p && end[-1] == '\n') end--;                  /* empty lines at the end are not shown */
    for (int n = 1; p < end || n <= line; n++) {
        const char *stop = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        if (!stop) stop = end;
        if (p < end) {
            pz_buf_add(b, p, (size_t)(stop - p));
            pz_buf_putc(b, '\n');
        }
        if (n == line) {
            for (int i = 0; i < pos; i++) pz_buf_putc(b, '-');
            pz_buf_puts(b, "^^^\n");
        }
        p = stop < end ? stop + 1 : end;
    }
}

static void
put_analysis_place(pz_buf *b, const pz_error *e)
{
    const pz_source *s = e->origin.source;
    if (e->origin.start >= 0 && !(s && s->call_site.len) && (s || e->origin.line > 0)) {
        int line, pos;
        line_and_pos(&e->origin, &line, &pos);
        pz_buf_printf(b, "; line %d pos %d", line, pos);
    }
    if (e->plan.len) {
        pz_buf_puts(b, ";\n");
        pz_buf_str(b, e->plan);
        if (!pz_str_ends(e->plan, "\n")) pz_buf_putc(b, '\n');
    }
}

pz_str
pz_error_text(const pz_error *e, pz_arena *a)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    if (e->is_parse) {
        pz_buf_putc(&b, '\n');
        put_sentence(&b, e);
        if (has_context(e)) pz_buf_putc(&b, '\n'), put_summary(&b, e);
        else put_parse_place(&b, e);
    } else {
        put_sentence(&b, e);
        if (pz_error_is_analysis(e)) {
            put_analysis_place(&b, e);
        } else if (has_context(e)) {
            pz_buf_putc(&b, '\n');
            put_summary(&b, e);
        }
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}
