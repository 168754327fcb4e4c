/*
 * session/script_handler.c - which handler of a script takes an error.
 *
 * Inside one block a handler of the condition itself comes first, then one of its main condition, then one of the SQLSTATE, then
 * NOT FOUND or SQLEXCEPTION.  While a handler runs, only blocks around the one that declared it are asked, besides its own.
 * Starts at pz_script_handler().
 */
#include "script_int.h"

static const pz_command *
with(const pz_command *block, pz_str what)
{
    for (int i = 0; i < block->body.n; i++) {
        const pz_command *h = block->body.data[i];
        if (h->kind != PZ_CMD_SCRIPT_HANDLER) continue;
        for (int k = 0; k < h->columns.n; k++)
            if (pz_str_ieq(h->columns.data[k], what)) return h;
    }
    return NULL;
}

static const pz_command *
in_block(const pz_command *block, pz_str condition, pz_str state)
{
    const char *dot = condition.len ? memchr(condition.ptr, '.', condition.len) : NULL;
    const pz_command *h = condition.len ? with(block, condition) : NULL;
    if (!h && dot) h = with(block, (pz_str){condition.ptr, (size_t)(dot - condition.ptr)});
    if (!h && state.len) h = with(block, state);
    if (!h && pz_str_starts(state, "02")) return with(block, PZ_STR("NOT FOUND"));
    if (!h && !pz_str_starts(state, "00") && !pz_str_starts(state, "01")) return with(block, PZ_STR("SQLEXCEPTION"));
    return h;
}

const pz_command *
pz_script_handler(pz_script *s, const pz_error *e, const pz_script_scope **scope)
{
    const pz_err_row *row = e->id == PZ_ERR_TEXT ? NULL : pz_err_info(e->id);
    pz_str condition = row ? pz_str_c(row->condition) : PZ_STR(""), state = row ? pz_str_c(row->sqlstate) : PZ_STR("");
    if (!row || !condition.len || e->id == PZ_ERR_OPERATION_CANCELED) return NULL;
    for (int k = s->n - 1; k >= 0; k--) {
        const pz_frame *f = &s->frames[k];
        bool skip = f->kind == PZ_FRAME_SCRIPT && s->first_handler.ptr;   /* up to and with the block of the handler that runs */
        for (int i = f->n - 1; i >= 0; i--) {
            const pz_script_scope *here = f->steps[i].scope;
            const pz_command *h;
            if (!here || !here->block) continue;
            if (skip) {
                skip = !pz_str_eq(here->label, s->first_handler);
                continue;
            }
            if (!(h = in_block(here->block, condition, state))) continue;
            *scope = here;
            return h;
        }
    }
    return NULL;
}
