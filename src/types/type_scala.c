/*
 * types/type_scala.c - types as Scala prints them, IntegerType or ArrayType(IntegerType,false): some of Spark's messages do.
 */
#include "types.h"

static const char *const names[PZ_T_COUNT] = {
    [PZ_T_VOID] = "NullType", [PZ_T_BOOLEAN] = "BooleanType", [PZ_T_BYTE] = "ByteType", [PZ_T_SHORT] = "ShortType", [PZ_T_INT] = "IntegerType",
    [PZ_T_LONG] = "LongType", [PZ_T_FLOAT] = "FloatType", [PZ_T_DOUBLE] = "DoubleType", [PZ_T_STRING] = "StringType", [PZ_T_BINARY] = "BinaryType",
    [PZ_T_DATE] = "DateType", [PZ_T_TIMESTAMP] = "TimestampType", [PZ_T_TIMESTAMP_NTZ] = "TimestampNTZType",
    [PZ_T_CALENDAR_INTERVAL] = "CalendarIntervalType", [PZ_T_VARIANT] = "VariantType",
};

static void
add(pz_buf *b, const pz_type *t)
{
    switch (t->id) {
    case PZ_T_DECIMAL: pz_buf_printf(b, "DecimalType(%d,%d)", t->precision, t->scale); return;
    case PZ_T_CHAR: pz_buf_printf(b, "CharType(%d)", t->length); return;
    case PZ_T_VARCHAR: pz_buf_printf(b, "VarcharType(%d)", t->length); return;
    case PZ_T_TIME: pz_buf_printf(b, "TimeType(%d)", t->precision); return;
    case PZ_T_YM_INTERVAL: pz_buf_printf(b, "YearMonthIntervalType(%d,%d)", t->start, t->end); return;
    case PZ_T_DT_INTERVAL: pz_buf_printf(b, "DayTimeIntervalType(%d,%d)", t->start, t->end); return;
    case PZ_T_ARRAY:
        pz_buf_puts(b, "ArrayType(");
        add(b, t->element);
        pz_buf_printf(b, ",%s)", t->contains_null ? "true" : "false");
        return;
    case PZ_T_MAP:
        pz_buf_puts(b, "MapType(");
        add(b, t->key);
        pz_buf_putc(b, ',');
        add(b, t->element);
        pz_buf_printf(b, ",%s)", t->contains_null ? "true" : "false");
        return;
    case PZ_T_STRUCT:
        pz_buf_puts(b, "StructType(");
        for (int i = 0; i < t->nfields; i++) {
            pz_buf_printf(b, "%sStructField(" PZ_FMT ",", i ? "," : "", PZ_ARG(t->fields[i].name));
            add(b, t->fields[i].type);
            pz_buf_printf(b, ",%s)", t->fields[i].nullable ? "true" : "false");
        }
        pz_buf_putc(b, ')');
        return;
    default: break;
    }
    if (t->id == PZ_T_STRING && t->collation.len) pz_buf_printf(b, "StringType(" PZ_FMT ")", PZ_ARG(t->collation));
    else pz_buf_puts(b, names[t->id] ? names[t->id] : "ObjectType");
}

pz_str
pz_type_scala(const pz_type *t, pz_arena *a)
{
    pz_buf b;
    pz_str s;
    pz_buf_init(&b, 0);
    add(&b, t);
    s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}
