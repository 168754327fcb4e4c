/*
 * analyze/legacy_forms.c - functions that do otherwise under a setting: tables/legacy_forms.def.
 *
 * In: a resolved call.  Out: the same call on another row of functions.def, shown as before.
 */
#include "func_int.h"

typedef struct form { const char *setting, *value, *function, *other; } form;

static const form forms[] = {
#define LEGACY_FORM(setting, value, function, other) {setting, value, function, other},
#include "../../tables/legacy_forms.def"
#undef LEGACY_FORM
};

void
pz_take_legacy_form(pz_analyzer *an, pz_expr *call)
{
    const char *name = pz_fn_row(call->u.call.fn)->name;
    for (size_t i = 0; i < PZ_COUNTOF(forms); i++)
        if (strcmp(forms[i].function, name) == 0 && pz_conf_is(an->env, forms[i].setting, forms[i].value)) {
            call->u.call.fn = pz_fn_find(pz_str_c(forms[i].other));
            pz_assert(call->u.call.fn >= 0);
            return;
        }
}
