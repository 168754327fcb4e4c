/*
 * types/cast_rules.c - which explicit casts exist, and which can make NULL of a value.
 *
 * One letter per pair of type classes (rows: from, columns: to):
 *   =  always works                          never NULL, TRY_CAST neither
 *   !  may fail at run time                  never NULL, TRY_CAST nullable
 *   n  may fail or give NULL                 nullable in every mode
 *   k  date to timestamp without zone        nullable, TRY_CAST not
 *   #  number to decimal                     by digits: = if all fit, n if not
 *   .  no such cast
 *   f  no such cast, a function is suggested under ANSI
 *   l  legacy mode only, never NULL          c  legacy mode only, nullable
 *   F  as c, a function is suggested under ANSI
 */
#include "types.h"

enum { N_CLASSES = 18, NO_CLASS = -1, C_DEC = 6, C_STR = 7 };
static const char matrix[N_CLASSES][N_CLASSES + 1] = {
    /*            BSILFD#sodtnmxYDcv */
    /* byte  */ "======#=!f!..l!!.!",
    /* short */ "!=====#=!f!..l!!.!",
    /* int   */ "!!====#=!f!..l!!.!",
    /* long  */ "!!!===#=!f=..l!!.!",
    /* float */ "nnnn==n=!fn......!",
    /* double*/ "nnnn!=n=!fn......!",
    /* dec   */ "nnnn!!#=!f!...!!.!",
    /* string*/ "nnnnnnn=nnnnn=nnnn",
    /* bool  */ "!!!!!!!==.l......!",
    /* date  */ "FFFFFFF=c==k.....n",
    /* ts    */ "nnn=!!n=l!==!....!",
    /* ntz   */ ".......=.n==!....!",
    /* time  */ "nn!!..n=..!!=....!",
    /* binary*/ ".......=.....=...!",
    /* YM    */ "!!!!..n=......=...",
    /* DT    */ "!!!!..n=.......=..",
    /* cal   */ ".......=........=.",
    /* varnt */ "nnnnnnnnnnnnnn...=",
};

static int
class_of(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BYTE: return 0;
    case PZ_T_SHORT: return 1;
    case PZ_T_INT: return 2;
    case PZ_T_LONG: return 3;
    case PZ_T_FLOAT: return 4;
    case PZ_T_DOUBLE: return 5;
    case PZ_T_DECIMAL: return C_DEC;
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: return C_STR;
    case PZ_T_BOOLEAN: return 8;
    case PZ_T_DATE: return 9;
    case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_LTZ_NANOS: return 10;
    case PZ_T_TIMESTAMP_NTZ: case PZ_T_TIMESTAMP_NTZ_NANOS: return 11;
    case PZ_T_TIME: return 12;
    case PZ_T_BINARY: return 13;
    case PZ_T_YM_INTERVAL: return 14;
    case PZ_T_DT_INTERVAL: return 15;
    case PZ_T_CALENDAR_INTERVAL: return 16;
    case PZ_T_VARIANT: return 17;
    default: return NO_CLASS;
    }
}

static char
decimal_cell(const pz_type *from, const pz_type *to)
{
    pz_type held;
    int digits, scale = 0;
    switch (from->id) {
    case PZ_T_BYTE: digits = 3; break;
    case PZ_T_SHORT: digits = 5; break;
    case PZ_T_INT: digits = 10; break;
    case PZ_T_LONG: digits = 20; break;
    default:
        held = *from;
        digits = held.precision - held.scale;
        scale = held.scale;
    }
    if (from->id == PZ_T_DECIMAL && to->precision - to->scale > digits) return '='; /* room for what rounding may add */
    return to->precision - to->scale >= digits && to->scale >= scale ? '=' : 'n';
}

static char
atom_cell(const pz_type *from, const pz_type *to)
{
    int f = class_of(from), t = class_of(to);
    char c;
    if (pz_type_eq(from, to))
        return '=';
    if (f == NO_CLASS || t == NO_CLASS)
        return '.';
    c = matrix[f][t];
    return c == '#' ? decimal_cell(from, to) : c;
}

/* Nested to nested: part by part.  A part that may be NULL needs a place that may hold NULL. */
static bool
part_allowed(const pz_type *from, bool from_null, const pz_type *to, bool to_null, pz_cast_mode mode, bool *nullable)
{
    bool legacy_null = false, n = false;
    if (!pz_cast_allowed(from, to, mode, &n))
        return false;
    if (mode != PZ_CAST_ANSI)
        pz_cast_allowed(from, to, PZ_CAST_LEGACY, &legacy_null);
    *nullable |= n;
    return to_null || !(from_null || legacy_null);
}

static bool
nested_allowed(const pz_type *from, const pz_type *to, pz_cast_mode mode, bool *nullable)
{
    bool null = false, key_null = false, ok;
    switch (from->id) {
    case PZ_T_ARRAY:
        ok = part_allowed(from->element, from->contains_null, to->element, to->contains_null, mode, &null);
        break;
    case PZ_T_MAP:
        ok = part_allowed(from->key, false, to->key, false, mode, &key_null) &&
             part_allowed(from->element, from->contains_null, to->element, to->contains_null, mode, &null);
        null |= key_null;
        break;
    case PZ_T_STRUCT:
        ok = from->nfields == to->nfields;
        for (int i = 0; ok && i < from->nfields; i++)
            ok = part_allowed(from->fields[i].type, from->fields[i].nullable, to->fields[i].type, to->fields[i].nullable, mode, &null);
        break;
    default:
        ok = false;
    }
    *nullable = mode == PZ_CAST_TRY && null;
    return ok;
}

bool
pz_cast_allowed(const pz_type *from, const pz_type *to, pz_cast_mode mode, bool *nullable)
{
    char c;
    *nullable = false;
    if (pz_type_eq(from, to)) {
        *nullable = from->id == PZ_T_CALENDAR_INTERVAL && mode == PZ_CAST_LEGACY;
        return true;
    }
    if (from->id == PZ_T_VOID)                 /* NULL itself is nullable already; an empty array holds none */
        return true;
    if (pz_type_is_nested(from)) {
        if (to->id == from->id)
            return nested_allowed(from, to, mode, nullable);
        *nullable = mode == PZ_CAST_TRY;
        return pz_type_is_string(to) || (to->id == PZ_T_VARIANT && from->id == PZ_T_ARRAY);
    }
    if (pz_type_is_nested(to)) {
        *nullable = true;
        return from->id == PZ_T_VARIANT;
    }
    if (from->id == PZ_T_UDT && pz_type_is_string(to))
        return true;
    c = atom_cell(from, to);
    if (from->id == PZ_T_CALENDAR_INTERVAL && c == '=') {
        *nullable = mode == PZ_CAST_LEGACY;
        return true;
    }
    switch (c) {
    case '=': return true;
    case '!': *nullable = mode == PZ_CAST_TRY; return true;
    case 'n': *nullable = true; return true;
    case 'k': *nullable = mode != PZ_CAST_TRY; return true;
    case 'l': return mode == PZ_CAST_LEGACY;
    case 'c':
    case 'F': *nullable = true; return mode == PZ_CAST_LEGACY;
    default: return false;
    }
}

/* The function a refused cast between numbers and dates should have been; NULL: none. */
const char *
pz_cast_function_hint(const pz_type *from, const pz_type *to)
{
    switch (class_of(from) == NO_CLASS || class_of(to) == NO_CLASS ? '.' : matrix[class_of(from)][class_of(to)]) {
    case 'f': return "DATE_FROM_UNIX_DATE";
    case 'F': return "UNIX_DATE";
    default: return NULL;
    }
}
