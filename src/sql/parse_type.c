/*
 * sql/parse_type.c - types and lists of typed names.
 *
 * In: tokens at a type.  Out: a pz_type; NULL after fail().  A type that reads well but does not exist is reported and stood in
 * for by VOID.  Starts at pz_data_type.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- simple names */

static const struct { short kind; const pz_type *type; } plain_types[] = {
    {K_BOOLEAN, &pz_t_boolean}, {K_TINYINT, &pz_t_byte}, {K_BYTE, &pz_t_byte}, {K_SMALLINT, &pz_t_short}, {K_SHORT, &pz_t_short},
    {K_INT, &pz_t_int}, {K_INTEGER, &pz_t_int}, {K_BIGINT, &pz_t_long}, {K_LONG, &pz_t_long}, {K_FLOAT, &pz_t_float},
    {K_REAL, &pz_t_float}, {K_DOUBLE, &pz_t_double}, {K_DATE, &pz_t_date}, {K_BINARY, &pz_t_binary}, {K_VOID, &pz_t_void},
    {K_VARIANT, &pz_t_variant},
};

static pz_str
quoted_upper(pz_parser *p, int from)
{
    return pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(pz_upper_ascii(p->a, pz_span_join(p, from, p->at))));
}

/* ( n [, n]* ) into numbers; absent parentheses give n = 0.  A parameter marker counts as 0. */
static bool
numbers(pz_parser *p, pz_strs *out)
{
    if (tk(p) != T_LPAREN) return true;
    if (tkn(p, 1) != T_INTEGER && tkn(p, 1) != T_QUESTION && tkn(p, 1) != T_COLON) return pz_fail(p);
    skip(p);
    do {
        pz_str s;
        if (!pz_integer_value(p, &s)) return false;
        pz_vec_push(p->a, out, s);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

static long
as_number(pz_str s)
{
    long v = 0;
    for (size_t i = 0; i < s.len && v < 100000000000L; i++) v = v * 10 + (s.ptr[i] - '0');
    return v;
}

static const pz_type *
unsupported(pz_parser *p, int start)
{
    PZ_SEM(p, PZ_ERR_UNSUPPORTED_DATATYPE, pz_origin_at(p, start), "typeName", quoted_upper(p, start).ptr, NULL);
    return &pz_t_void;
}

/* ---------------------------------------------------------------- types with parameters */

static const pz_type *
decimal_type(pz_parser *p, int start, const pz_strs *args)
{
    if (args->n > 2) return unsupported(p, start);
    long precision = args->n > 0 ? as_number(args->data[0]) : 10, scale = args->n > 1 ? as_number(args->data[1]) : 0;
    if (scale > precision) {
        PZ_SEM(p, PZ_ERR_DECIMAL_SCALE_EXCEEDS_PRECISION, PZ_NO_ORIGIN, "scale", args->data[1].ptr, "precision",
               args->data[0].ptr, NULL);
        return &pz_t_void;
    }
    if (precision > 38) {
        PZ_SEM_AS(p, PZ_CLASS_SparkArithmeticException, PZ_ERR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, PZ_NO_ORIGIN, "precision", args->data[0].ptr,
               "maxPrecision", "38", NULL);
        return &pz_t_void;
    }
    return pz_type_decimal(p->a, (int)precision, (int)scale);
}

static const pz_type *
char_type(pz_parser *p, int start, bool varying, const pz_strs *args)
{
    pz_str word = pz_upper_ascii(p->a, pz_tok_text(p, start));
    if (args->n == 0) {
        PZ_SEM(p, PZ_ERR_DATATYPE_MISSING_SIZE, pz_origin_at(p, start), "type",
               pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(word)).ptr, NULL);
        return &pz_t_string;
    }
    if (args->n > 1) return unsupported(p, start);
    long n = as_number(args->data[0]);
    if (n > INT32_MAX) {
        PZ_SEM_AS(p, PZ_CLASS_SparkException, PZ_ERR_DATATYPE_PARAMETER_VALUE_OUT_OF_RANGE, pz_origin_at(p, start), "parameter", "length", "value",
               args->data[0].ptr, "type", varying ? "VARCHAR" : "CHAR", NULL);
        return &pz_t_string;
    }
    return varying ? pz_type_varchar(p->a, (int)n) : pz_type_char(p->a, (int)n);
}

/* The collation of that name, spelled in full. */
bool
pz_collation_called(pz_parser *p, pz_str name, pz_str *out)
{
    if (!pz_collation_normal(name, p->a, out))
        PZ_SEM_AS(p, PZ_CLASS_SparkException, PZ_ERR_COLLATION_INVALID_NAME, PZ_NO_ORIGIN, "collationName", pz_dup(p->a, name).ptr, "proposals", pz_collation_proposals(name, p->a).ptr, NULL);
    return true;
}

/* COLLATE name: the last part names the collation. */
static bool
collation(pz_parser *p, pz_str *out)
{
    pz_strs parts;
    *out = (pz_str){0};
    if (tk(p) != K_COLLATE || !pz_is_name(p, 1)) return true;
    skip(p);
    if (!pz_multipart(p, &parts)) return false;
    return pz_collation_called(p, parts.data[parts.n - 1], out);
}

/* YEAR|MONTH [TO MONTH] or DAY|HOUR|MINUTE|SECOND [TO HOUR|MINUTE|SECOND]; the unit's rank or -1 */
static int
unit_rank(int kind, bool *months)
{
    static const short ym[] = {K_YEAR, K_MONTH}, dt[] = {K_DAY, K_HOUR, K_MINUTE, K_SECOND};
    for (int i = 0; i < 2; i++)
        if (kind == ym[i]) return *months = true, i;
    for (int i = 0; i < 4; i++)
        if (kind == dt[i]) return *months = false, i;
    return -1;
}

static const pz_type *
interval_type(pz_parser *p, int start)
{
    bool months = false, to_months = false;
    int from = unit_rank(tk(p), &months), to;
    if (from < 0) return &pz_t_calendar_interval;
    int unit_at = p->at;
    skip(p);
    to = from;
    int next = tk(p) == K_TO ? unit_rank(tkn(p, 1), &to_months) : -1;
    if (next > 0 && to_months == months) {
        p->at += 2;
        to = next;
        if (to <= from)
            PZ_SEM(p, PZ_ERR_INVALID_INTERVAL_FORMAT_UNSUPPORTED_FROM_TO_EXPRESSION, pz_origin_at(p, start), "input", "",
                   "from", pz_lower_ascii(p->a, pz_tok_text(p, unit_at)).ptr, "to",
                   pz_lower_ascii(p->a, pz_tok_text(p, p->at - 1)).ptr, NULL);
        if (to < from) to = from;
    }
    return months ? pz_type_ym(p->a, from, to) : pz_type_dt(p->a, from, to);
}

/* A precision of timestamps: 6 is the plain type, 7 to 9 need a setting that is off by default. */
static void
timestamp_precision(pz_parser *p, int start, const pz_strs *args, bool ntz)
{
    long n = args->n ? as_number(args->data[0]) : 6;
    if (n == 6) return;
    if (n >= 7 && n <= 9)
        PZ_SEM_AS(p, PZ_CLASS_SparkException, PZ_ERR_FEATURE_NOT_ENABLED, pz_origin_at(p, start), "featureName", "Nanosecond-precision timestamp types",
               "configKey", "spark.sql.timestampNanosTypes.enabled", "configValue", "true", NULL);
    else
        PZ_SEM_AS(p, PZ_CLASS_SparkException, PZ_ERR_INVALID_TIMESTAMP_PRECISION, pz_origin_at(p, start), "precision", args->data[0].ptr, "type",
               ntz ? "TIMESTAMP_NTZ" : "TIMESTAMP_LTZ", NULL);
}

static const pz_type *
timestamp_type(pz_parser *p, int start, int kind, const pz_strs *args)
{
    bool ntz = kind == K_TIMESTAMP_NTZ || (kind == K_TIMESTAMP && p->o->timestamp_ntz_default);
    if (args->n > 1) return unsupported(p, start);
    if (kind == K_TIMESTAMP && tk(p) == K_WITHOUT && tkn(p, 1) == K_TIME && tkn(p, 2) == K_ZONE) {
        p->at += 3;
        ntz = true;
    } else if (kind == K_TIMESTAMP && tk(p) == K_WITH && tkn(p, 1) == K_LOCAL && tkn(p, 2) == K_TIME && tkn(p, 3) == K_ZONE) {
        p->at += 4;
        ntz = false;
    }
    timestamp_precision(p, start, args, ntz);
    return ntz ? &pz_t_timestamp_ntz : &pz_t_timestamp;
}

static const pz_type *
time_type(pz_parser *p, int start, const pz_strs *args)
{
    long n = args->n ? as_number(args->data[0]) : 6;
    if (args->n > 1) return unsupported(p, start);
    if (tk(p) == K_WITHOUT && tkn(p, 1) == K_TIME && tkn(p, 2) == K_ZONE) p->at += 3;
    if (n > 9) {
        PZ_SEM(p, PZ_ERR_UNSUPPORTED_TIME_PRECISION, pz_origin_at(p, start), "precision", args->data[0].ptr, NULL);
        n = 6;
    }
    return n == 6 ? &pz_t_time : pz_type_time(p->a, (int)n);
}

/* GEOMETRY | GEOGRAPHY ( srid | ANY ) */
static const pz_type *
geo_type(pz_parser *p, int start, int kind)
{
    pz_type *t = PZ_NEW(p->a, pz_type);
    pz_str srid;
    t->id = kind == K_GEOMETRY ? PZ_T_GEOMETRY : PZ_T_GEOGRAPHY;
    t->scale = -1;
    if (tk(p) != T_LPAREN) return unsupported(p, start);
    skip(p);
    if (!accept(p, K_ANY)) {
        if (!pz_integer_value(p, &srid)) return NULL;
        t->scale = (int)as_number(srid);
        bool known = t->scale == 4326 || (kind == K_GEOMETRY && (t->scale == 0 || t->scale == 3857));
        if (!known) PZ_SEM_AS(p, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_ST_INVALID_SRID_VALUE, pz_origin_at(p, start), "srid", srid.ptr, NULL);
    }
    return expect(p, T_RPAREN) ? t : NULL;
}

static const pz_type *
parameter_type(pz_parser *p, int start, int kind)
{
    pz_strs args = {0};
    pz_str coll;
    if (kind == K_GEOMETRY || kind == K_GEOGRAPHY) return geo_type(p, start, kind);
    if (kind == K_INTERVAL) return interval_type(p, start);
    if (!numbers(p, &args)) return NULL;
    switch (kind) {
    case K_DECIMAL: case K_DEC: case K_NUMERIC: return decimal_type(p, start, &args);
    case K_TIMESTAMP: case K_TIMESTAMP_LTZ: case K_TIMESTAMP_NTZ: return timestamp_type(p, start, kind, &args);
    case K_TIME: return time_type(p, start, &args);
    case K_CHAR: case K_CHARACTER: case K_VARCHAR: {
        const pz_type *t = char_type(p, start, kind == K_VARCHAR, &args);
        if (!collation(p, &coll)) return NULL;
        if (!coll.ptr || (t->id != PZ_T_CHAR && t->id != PZ_T_VARCHAR)) return t;
        pz_type *c = PZ_NEW(p->a, pz_type);
        *c = *t;
        c->told_bytes = pz_str_ieqc(coll, "UTF8_BINARY");
        c->collation = c->told_bytes ? PZ_STR("") : coll;
        return c;
    }
    case K_STRING:
        if (args.n) return unsupported(p, start);
        if (!collation(p, &coll)) return NULL;
        return pz_type_string_collated(p->a, coll);
    default:
        for (size_t i = 0; args.n == 0 && i < PZ_COUNTOF(plain_types); i++)
            if (plain_types[i].kind == kind) return plain_types[i].type;
        return unsupported(p, start);
    }
}

/* ---------------------------------------------------------------- nested types */

static const pz_type *
incomplete(pz_parser *p, int start, pz_err_id id, const char *param)
{
    if (param) PZ_SEM(p, id, pz_origin_at(p, start), param, "<INT>", NULL);
    else PZ_SEM(p, id, pz_origin_at(p, start), NULL);
    return &pz_t_void;
}

static const pz_type *
array_type(pz_parser *p, int start)
{
    if (!accept(p, T_LT)) return incomplete(p, start, PZ_ERR_INCOMPLETE_TYPE_DEFINITION_ARRAY, "elementType");
    const pz_type *t = pz_data_type(p);
    return t && expect(p, T_GT) ? pz_type_array(p->a, t, true) : NULL;
}

static const pz_type *
map_type(pz_parser *p, int start)
{
    if (!accept(p, T_LT)) return incomplete(p, start, PZ_ERR_INCOMPLETE_TYPE_DEFINITION_MAP, NULL);
    const pz_type *k = pz_data_type(p), *v = k && expect(p, T_COMMA) ? pz_data_type(p) : NULL;
    return v && expect(p, T_GT) ? pz_type_map(p->a, k, v, true) : NULL;
}

pz_str
pz_field_metadata(pz_arena *a, pz_str comment)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "{\"comment\":\"");
    for (size_t i = 0; i < comment.len; i++) {
        unsigned char c = (unsigned char)comment.ptr[i];
        if (c == '"' || c == '\\') pz_buf_printf(&b, "\\%c", c);
        else if (c == '\n') pz_buf_puts(&b, "\\n");
        else if (c == '\t') pz_buf_puts(&b, "\\t");
        else if (c == '\r') pz_buf_puts(&b, "\\r");
        else if (c < 0x20) pz_buf_printf(&b, "\\u%04x", c);
        else pz_buf_putc(&b, (char)c);
    }
    pz_buf_puts(&b, "\"}");
    pz_str s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

/* type [NOT NULL] [COMMENT 'x'] after the name */
static bool
field_rest(pz_parser *p, pz_field *out)
{
    pz_str comment;
    out->nullable = true;
    if (!(out->type = pz_data_type(p))) return false;
    if ((tk(p) == K_NOT || tk(p) == T_BANG) && tkn(p, 1) == K_NULL) {
        pz_not(p);
        skip(p);
        out->nullable = false;
    }
    if (!accept(p, K_COMMENT)) return true;
    if (!pz_string_lit(p, &comment)) return false;
    out->metadata = pz_field_metadata(p->a, comment);
    return true;
}

static const pz_type *
struct_type(pz_parser *p, int start)
{
    PZ_VEC(pz_field) fields = {0};
    if (accept(p, T_NEQ)) return pz_type_struct(p->a, NULL, 0);
    if (!accept(p, T_LT)) return incomplete(p, start, PZ_ERR_INCOMPLETE_TYPE_DEFINITION_STRUCT, NULL);
    if (accept(p, T_GT)) return pz_type_struct(p->a, NULL, 0);
    do {
        pz_field f = {0};
        if (!pz_name_checked(p, &f.name)) return NULL;
        accept(p, T_COLON);
        if (!field_rest(p, &f)) return NULL;
        pz_vec_push(p->a, &fields, f);
    } while (accept(p, T_COMMA));
    return expect(p, T_GT) ? pz_type_struct(p->a, fields.data, fields.n) : NULL;
}

/* dataType */
const pz_type *
pz_data_type(pz_parser *p)
{
    const pz_type *t = NULL;
    int start = p->at, kind = tk(p);
    if (!pz_is_name(p, 0) && kind != K_TIME) {
        pz_fail(p);
        return NULL;
    }
    if (!pz_enter(p)) return NULL;
    pz_str word;
    if (kind == T_IDENT) pz_simple_name(p, &word);   /* refuses other scripts */
    else skip(p);
    if (kind == K_ARRAY) t = array_type(p, start);
    else if (kind == K_MAP) t = map_type(p, start);
    else if (kind == K_STRUCT) t = struct_type(p, start);
    else t = parameter_type(p, start, kind);
    leave(p);
    return t;
}

/* ---------------------------------------------------------------- column lists */

bool
pz_col_type(pz_parser *p, pz_field *out)
{
    *out = (pz_field){0};
    return pz_name_checked(p, &out->name) && field_rest(p, out);
}

bool
pz_col_types(pz_parser *p, pz_schema *out)
{
    PZ_VEC(pz_field) fields = {0};
    do {
        pz_field f;
        if (!pz_col_type(p, &f)) return false;
        pz_vec_push(p->a, &fields, f);
    } while (accept(p, T_COMMA));
    out->fields = fields.data;
    out->n = fields.n;
    return true;
}
