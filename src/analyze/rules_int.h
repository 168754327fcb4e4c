/*
 * analyze/rules_int.h - what the rules share; only for rules_*.c.
 */
#ifndef PZ_RULES_INT_H
#define PZ_RULES_INT_H

#include "func_int.h"

/* Text beside another type becomes that type (ANSI), or double (legacy arithmetic); true if something was cast. */
bool pz_promote_text(pz_analyzer *an, pz_expr **two, bool arithmetic);
bool pz_promote_decimals(pz_analyzer *an, pz_expr **two);               /* true: both are decimals now */
pz_status pz_raise_diff_operands(pz_analyzer *an, const pz_expr *call);
pz_status pz_raise_wrong_operands(pz_analyzer *an, const pz_expr *call, const char *words);
#define RULE(name, function) pz_status function(pz_analyzer *an, pz_scope *scope, pz_expr *call);
#include "return_rules.def"
#undef RULE

#endif
