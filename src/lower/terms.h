/* lower/terms.h - conditions put together again from the terms that pz_lower_terms() takes them apart into. */
#ifndef PZ_LOWER_TERMS_H
#define PZ_LOWER_TERMS_H

#include "lower_int.h"

/* The terms below calls like `and`; NULL for none. */
pz_expr *pz_lower_all_of(pz_lowerer *lw, const pz_expr *and, const pz_terms *list);

#endif
