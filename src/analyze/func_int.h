/*
 * analyze/func_int.h - signatures of functions.def, parsed; only for func*.c and the rules.
 */
#ifndef PZ_FUNC_INT_H
#define PZ_FUNC_INT_H

#include "analyze_int.h"

typedef enum pz_sig_kind {
    PZ_SIG_TYPE,                               /* one concrete type */
    PZ_SIG_CLASS,                              /* num, integral, ...: see class table in func_types.c */
    PZ_SIG_VAR,                                /* T U K V */
    PZ_SIG_ARRAY, PZ_SIG_MAP, PZ_SIG_STRUCT,
    PZ_SIG_UNION,
    PZ_SIG_FN                                  /* lambda: parts are its parameters, a its result */
} pz_sig_kind;

typedef struct pz_sig_type pz_sig_type;
struct pz_sig_type {
    pz_sig_kind kind;
    const pz_type *type;                       /* TYPE */
    int cls;                                   /* CLASS: index into the class table */
    int var;                                   /* VAR: 0..25 */
    const pz_sig_type *a, *b;                  /* ARRAY element; MAP key, value; FN result; VAR bound */
    const pz_sig_type **parts;                 /* UNION alternatives, STRUCT fields, FN parameters */
    pz_str *names;                             /* STRUCT */
    int nparts;
    bool not_null;                             /* written with ! inside a nested result type, or after a parameter's */
    bool no_null;                              /* written with !! */
    bool optional;                             /* FN parameter with ? */
};

typedef struct pz_sig_param {
    pz_str name;
    const pz_sig_type *type;
    bool lit, exact, no_null, optional;
    pz_str default_text;                       /* ptr NULL: none */
    char variadic;                             /* 0, '+' (once or more), '*' */
} pz_sig_param;

typedef struct pz_sig {
    pz_sig_param *params;
    int n, min, max;                           /* max < 0: any number */
    const pz_sig_type *result;                 /* NULL when a rule computes it */
    pz_return_rule rule;
    pz_str rule_name;
    bool has_lambda, has_names;
} pz_sig;

/* func_sig.c: parsed on first use, kept for the life of the process; thread-safe.  A row that does not parse is logged
 * and fits no call (check_tables finds it before). */
const pz_sig *pz_sig_of(int row);
/* func_table.c: first row of a name (lower case not needed), then pz_fn_next() for the other overloads; -1: none */
int pz_fn_find(pz_str name);
void pz_take_legacy_form(pz_analyzer *an, pz_expr *call);               /* legacy_forms.c */
int pz_fn_next(int row);

/* func_types.c: what a parameter accepts */
bool pz_sig_accepts(const pz_sig_type *s, const pz_type *t);           /* without a cast */
/* Type to cast `t` to so that `s` accepts it, t itself if it does already, or NULL. */
const pz_type *pz_sig_implicit(pz_arena *a, const pz_sig_type *s, const pz_type *t, bool ansi);
const pz_type *pz_implicit_cast(pz_arena *a, const pz_type *from, const pz_type *to, bool ansi); /* to a concrete type; NULL: none */
bool pz_can_assign(const pz_type *from, const pz_type *to);
void pz_sig_describe(pz_buf *b, const pz_sig_type *s);                 /* "\"STRING\"", "(\"STRING\" or \"BINARY\")" */
int pz_sig_class_find(pz_str name);                                    /* -1: none */

int pz_edit_distance(pz_str a, pz_str b);                              /* suggest.c */
/* func_errors.c */
const char *pz_ordinal(int i);                                         /* first, second, ... */
pz_status pz_raise_input_type(pz_analyzer *an, const pz_expr *call, int arg, const char *required);
pz_status pz_raise_unknown_call(pz_analyzer *an, const pz_expr *call);   /* UNRESOLVED_ROUTINE */
bool pz_takes_count(int first_row, int n);                               /* some row of the name takes n arguments */
pz_status pz_raise_num_args(pz_analyzer *an, const pz_expr *call, int first_row);

/* coerce.c, for the rules */
const pz_type *pz_common_of(pz_analyzer *an, pz_expr *const *args, int n, bool strings); /* strings: string promotion as in coalesce */
bool pz_unwrap_literal(const pz_expr *e, const pz_expr **lit);         /* the LITERAL under implicit casts, if that is all */
/* Rebuild `call` as a call of another, internal function over resolved arguments. */
pz_status pz_recall(pz_analyzer *an, pz_scope *scope, pz_expr *call, const char *name, int n, pz_expr *a, pz_expr *b);
pz_status pz_schema_argument(pz_analyzer *an, pz_expr *call, int i, const pz_type **out);  /* return_rules_json.c: the type that a constant argument describes */
bool pz_is_one_of(const char *name, const char *const *list, size_t n);        /* func_errors.c */

/* ---- blame_decimal.c: false where the numbers cannot be read */
bool pz_decimal_outcome(pz_arena *a, pz_str left, pz_str right, char op, int scale, pz_str *out);
#endif
