/*
 * lower/literal.c - values as typed engine text.
 *
 * In: a Spark type and a value.  Out: one operand that has exactly the engine type and, to the last bit, the value.
 * Things start at pz_lower_literal().
 */
#include "lower_int.h"

#include <math.h>

/* Quoted text; a NUL cannot stand in SQL text and is spliced in with chr(0). */
void
pz_lower_string(pz_buf *out, pz_str s)
{
    bool nul = s.len && memchr(s.ptr, 0, s.len) != NULL;
    if (nul) pz_buf_putc(out, '(');
    pz_buf_putc(out, '\'');
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        while (i < s.len && s.ptr[i] != '\'' && s.ptr[i] != 0) i++;
        pz_buf_add(out, s.ptr + from, i - from);
        if (i == s.len) break;
        pz_buf_puts(out, s.ptr[i] ? "''" : "' || chr(0) || '");
        i++;
    }
    pz_buf_putc(out, '\'');
    if (nul) pz_buf_putc(out, ')');
}

void
pz_lower_quoted(pz_buf *out, pz_str name)
{
    pz_buf_quoted(out, name, '"');
}

static void
write_integer(pz_buf *out, int64_t v, const char *type)
{
    pz_buf_printf(out, v < 0 ? "(%lld)::%s" : "%lld::%s", (long long)v, type);
}

static void
write_real(pz_buf *out, double d, bool single)
{
    const char *type = single ? "FLOAT" : "DOUBLE";
    if (isnan(d)) pz_buf_printf(out, "'NaN'::%s", type);
    else if (isinf(d)) pz_buf_printf(out, "'%sInfinity'::%s", d < 0 ? "-" : "", type);
    else pz_buf_printf(out, single ? "'%.9g'::%s" : "'%.17g'::%s", d, type);
}

static void
write_blob(pz_buf *out, pz_str s)
{
    static const char hex[] = "0123456789ABCDEF";
    pz_buf_putc(out, '\'');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        char byte[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
        pz_buf_add(out, byte, 4);
    }
    pz_buf_puts(out, "'::BLOB");
}

static void
write_date(pz_buf *out, int64_t days)
{
    int64_t y;
    int m, d;
    pz_civil_from_days(days, &y, &m, &d);
    if (y >= 1 && y <= 9999) pz_buf_printf(out, "'%04lld-%02d-%02d'::DATE", (long long)y, m, d);
    else pz_buf_printf(out, "('1970-01-01'::DATE + (%lld)::INTEGER)", (long long)days);
}

static pz_status
write_list(pz_lowerer *lw, const pz_type *element, const pz_value *items, int n, pz_buf *out)
{
    pz_buf_putc(out, '[');
    for (int i = 0; i < n; i++) {
        if (i) pz_buf_puts(out, ", ");
        PZ_TRY(pz_lower_literal(lw, element, &items[i], out));
    }
    pz_buf_puts(out, "]::");
    pz_buf_str(out, pz_engine_type_text(lw, element));
    pz_buf_puts(out, "[]");
    return PZ_OK;
}

static pz_status
write_struct(pz_lowerer *lw, const pz_type *t, const pz_value *v, pz_buf *out)
{
    if (!t->nfields) {
        pz_buf_puts(out, "{'f0': NULL::INTEGER}");
        return PZ_OK;
    }
    pz_buf_putc(out, '{');
    for (int i = 0; i < t->nfields; i++) {
        pz_buf_printf(out, "%s'f%d': ", i ? ", " : "", i);
        PZ_TRY(pz_lower_literal(lw, t->fields[i].type, &v->list.items[i], out));
    }
    pz_buf_putc(out, '}');
    return PZ_OK;
}

static pz_status
write_map(pz_lowerer *lw, const pz_type *t, const pz_value *v, pz_buf *out)
{
    pz_buf_puts(out, "map(");
    PZ_TRY(write_list(lw, t->key, v->map.keys, v->map.n, out));
    pz_buf_puts(out, ", ");
    PZ_TRY(write_list(lw, t->element, v->map.vals, v->map.n, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

pz_status
pz_lower_literal(pz_lowerer *lw, const pz_type *t, const pz_value *v, pz_buf *out)
{
    if (v->null) {
        pz_buf_puts(out, "NULL::");
        pz_buf_str(out, pz_engine_type_text(lw, t));
        return PZ_OK;
    }
    switch (t->id) {
    case PZ_T_BOOLEAN: pz_buf_puts(out, v->b ? "true" : "false"); break;
    case PZ_T_BYTE: write_integer(out, v->i, "TINYINT"); break;
    case PZ_T_SHORT: write_integer(out, v->i, "SMALLINT"); break;
    case PZ_T_VOID:
    case PZ_T_INT:
    case PZ_T_YM_INTERVAL: write_integer(out, v->i, "INTEGER"); break;
    case PZ_T_LONG:
    case PZ_T_DT_INTERVAL: write_integer(out, v->i, "BIGINT"); break;
    case PZ_T_FLOAT: write_real(out, v->d, true); break;
    case PZ_T_DOUBLE: write_real(out, v->d, false); break;
    case PZ_T_DECIMAL:
        pz_buf_putc(out, '\'');
        pz_decimal_text(out, v->dec, t->scale);
        pz_buf_printf(out, "'::DECIMAL(%d,%d)", t->precision, t->scale);
        break;
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
        pz_lower_string(out, v->s);
        pz_buf_puts(out, "::VARCHAR");
        break;
    case PZ_T_BINARY: write_blob(out, v->s); break;
    case PZ_T_DATE: write_date(out, v->i); break;
    case PZ_T_TIMESTAMP: pz_buf_printf(out, "make_timestamptz((%lld)::BIGINT)", (long long)v->i); break;
    case PZ_T_TIMESTAMP_NTZ: pz_buf_printf(out, "make_timestamp((%lld)::BIGINT)", (long long)v->i); break;
    case PZ_T_TIMESTAMP_LTZ_NANOS:
    case PZ_T_TIMESTAMP_NTZ_NANOS: pz_buf_printf(out, "make_timestamp_ns((%lld)::BIGINT)", (long long)v->i); break;
    case PZ_T_TIME:
        pz_buf_printf(out, "'%02d:%02d:%02d.%06d'::TIME", (int)(v->i / 3600000000), (int)(v->i / 60000000 % 60), (int)(v->i / 1000000 % 60),
                      (int)(v->i % 1000000));
        break;
    case PZ_T_CALENDAR_INTERVAL:
        pz_buf_printf(out, "(to_months((%d)::INTEGER) + to_days((%d)::INTEGER) + to_microseconds((%lld)::BIGINT))", v->iv.months, v->iv.days,
                      (long long)v->iv.micros);
        break;
    case PZ_T_ARRAY: return write_list(lw, t->element, v->list.items, v->list.n, out);
    case PZ_T_STRUCT: return write_struct(lw, t, v, out);
    case PZ_T_MAP: return write_map(lw, t, v, out);
    case PZ_T_VARIANT:
        pz_buf_puts(out, "{'value': ");
        write_blob(out, v->list.items[0].s);
        pz_buf_puts(out, ", 'metadata': ");
        write_blob(out, v->list.items[1].s);
        pz_buf_putc(out, '}');
        break;
    case PZ_T_UDT:
        if (t->element) return pz_lower_literal(lw, t->element, v, out);
        /* fall through */
    default: return pz_raise_internal(lw->err, "no engine literal for a value of type %d", (int)t->id);
    }
    return PZ_OK;
}
