/*
 * analyze/func_bind.h - one try to fit a call to a row; only for func.c and func_bind.c.
 */
#ifndef PZ_FUNC_BIND_H
#define PZ_FUNC_BIND_H

#include "func_int.h"

typedef struct pz_var {
    const pz_type *type;                       /* NULL: unbound */
    bool null;                                 /* NULL may stand where it was bound */
    bool nested;                               /* bound inside an array, a map or a lambda */
} pz_var;

typedef enum pz_fit { PZ_FIT_OK, PZ_FIT_ARITY, PZ_FIT_NAMES, PZ_FIT_TYPE, PZ_FIT_COMMON, PZ_FIT_LAMBDA, PZ_FIT_ERROR } pz_fit;

/* Rows are tried with the arguments as they are, then with NULL taking any type, then with every implicit cast. */
typedef enum pz_casts { PZ_CASTS_NONE, PZ_CASTS_NULL, PZ_CASTS_LATER /* all but the first argument's */, PZ_CASTS_ALL } pz_casts;

typedef struct pz_binding {
    pz_analyzer *an;
    pz_scope *scope;
    const pz_expr *call;
    int row;
    const pz_sig *sig;
    pz_casts casts;
    bool has_named;
    pz_expr **args;                            /* in the row's order, defaults added */
    const pz_type **types;                     /* per argument: type after its own cast; NULL for lambdas */
    int n;
    unsigned defaulted;                        /* bit per argument that the row supplied */
    pz_var vars[26];
    int bad_arg;                               /* why it did not fit */
    const pz_expr *bad_lambda;                 /* body of the wrong type */
    const pz_type *bad_wanted;
    const pz_sig_type *bad_sig;
} pz_binding;

pz_fit pz_fn_try(pz_analyzer *an, pz_scope *scope, const pz_expr *call, int row, pz_casts casts, pz_binding *b);
/* Lambdas, casts, result type into `out` (a copy of the call). */
pz_status pz_fn_bind(pz_binding *b, pz_expr *out);

/* func_errors.c: why nothing fits */
bool pz_raised_by_kind(pz_analyzer *an, const pz_expr *s, const pz_binding *b);
pz_status pz_check_elements(pz_analyzer *an, const pz_binding *b, const pz_expr *call);
pz_status pz_raise_lambda_type(pz_analyzer *an, const pz_binding *b, const pz_expr *call);
bool pz_fn_takes_names(int row);
pz_status pz_raise_names(pz_analyzer *an, const pz_expr *call, const pz_binding *b);
pz_status pz_raise_diff_types(pz_analyzer *an, const pz_expr *sketch, const pz_binding *b);
pz_status pz_raise_not_higher_order(pz_analyzer *an, const pz_expr *call);
/* What the rows of a name want at argument `arg`, all together. */
void pz_describe_required(pz_buf *out, pz_analyzer *an, pz_scope *scope, const pz_expr *call, int first, int arg);

#endif
