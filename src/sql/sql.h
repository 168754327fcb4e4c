/*
 * sql/sql.h - SQL text to an unresolved plan.  Hand-written: a lexer and one function per grammar rule.
 */
#ifndef PZ_SQL_H
#define PZ_SQL_H

#include "../plan/plan.h"

typedef struct pz_sql_options {
    bool ansi;                                 /* spark.sql.ansi.enabled: literal and interval rules */
    bool enforce_reserved;                     /* spark.sql.ansi.enforceReservedKeywords */
    bool double_quoted_identifiers;            /* spark.sql.ansi.doubleQuotedIdentifiers */
    bool escaped_string_literals;              /* spark.sql.parser.escapedStringLiterals */
    bool timestamp_ntz_default;                /* spark.sql.timestampType = TIMESTAMP_NTZ */
    pz_str time_zone;
    bool no_scripting;                         /* spark.sql.scripting.enabled is false */
    bool exponent_as_decimal;                  /* spark.sql.legacy.exponentLiteralAsDecimal.enabled */
    bool flat_set_operations;                  /* spark.sql.legacy.setopsPrecedence.enabled */
    bool having_as_where;                      /* spark.sql.legacy.parser.havingWithoutGroupByAsWhere */
    bool between_twice;                        /* spark.sql.legacy.duplicateBetweenInput */
    bool calendar_intervals;                   /* spark.sql.legacy.interval.enabled */
    bool no_defaults;                          /* spark.sql.defaultColumn.enabled is false */
    bool continue_handlers, cursors;           /* spark.sql.scripting.continueHandlerEnabled, cursorEnabled */
    bool no_object_collations, schema_collations; /* spark.sql.collation.objectLevel.enabled is false, schemaLevel.enabled */
    pz_status (*variable)(void *ctx, pz_str name, pz_arena *a, pz_str *value, pz_error *err);   /* what ${name} stands for; NULL: itself */
    void *variable_ctx;
} pz_sql_options;

/* The text with the values of settings in place of ${name}: what the rest reads, and what origins point into. */
pz_status pz_sql_substitute(pz_str text, const pz_sql_options *o, pz_arena *a, pz_str *out, pz_error *err);

/* One statement: root is a query relation or a COMMAND.  Errors are ParseException rows with line, position and fragment. */
pz_status pz_parse_sql(pz_str text, const pz_sql_options *o, pz_arena *a, pz_plan **out, pz_error *err);
/* Kinds of parameter markers a text has. */
void pz_sql_markers(pz_str text, const pz_sql_options *o, pz_arena *a, bool *named, bool *positional);
/* A lone expression, alias allowed: selectExpr, filter("...") */
pz_status pz_parse_expression(pz_str text, const pz_sql_options *o, pz_arena *a, pz_expr **out, pz_error *err);
/* A type: "decimal(10,2)", "struct<a: int>"; a table schema: "a INT NOT NULL COMMENT 'x', b STRING". */
pz_status pz_parse_type(pz_str text, pz_arena *a, const pz_type **out, pz_error *err);
pz_status pz_parse_schema(pz_str text, pz_arena *a, pz_schema *out, pz_error *err);
/* a.b.`c d` into parts (DataFrame column and table names).  INVALID_ATTRIBUTE_NAME_SYNTAX / PARSE_SYNTAX_ERROR. */
pz_status pz_parse_attribute_name(pz_str text, pz_arena *a, pz_strs *parts, pz_error *err);
pz_status pz_parse_table_name(pz_str text, pz_arena *a, pz_strs *parts, pz_error *err);
/* What stands behind SET PATH =, also the value of spark.sql.defaultPath. */
typedef enum pz_path_word_kind { PZ_PATH_WORD_NAMED, PZ_PATH_WORD_DEFAULT, PZ_PATH_WORD_SYSTEM, PZ_PATH_WORD_PATH, PZ_PATH_WORD_CURRENT } pz_path_word_kind;
typedef struct pz_path_word { pz_path_word_kind word; pz_strs names; } pz_path_word;
typedef PZ_VEC(pz_path_word) pz_path_words;
pz_status pz_parse_path(pz_str text, pz_arena *a, pz_path_words *out, pz_error *err);
/* Interval text of CAST(string AS INTERVAL) is types' business; typed literals are parsed here. */
bool pz_keyword_at(int i, const char **word, bool *reserved);   /* what sql_keywords() lists, in order; false at the end */
bool pz_is_reserved_word(pz_str word);         /* tables/keywords.def */

#endif
