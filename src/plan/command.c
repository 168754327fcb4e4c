/*
 * plan/command.c - the rows of tables/commands.def, and making a command node.
 */
#include "command.h"

static const pz_command_row rows[PZ_CMD_COUNT] = {
#define CMD(id, name, columns, slots) [PZ_CMD_##id] = {name, columns, slots},
#include "../../tables/commands.def"
};

const pz_command_row *
pz_command_info(pz_command_kind k)
{
    return &rows[k];
}

pz_rel *
pz_command_make(pz_arena *a, pz_command_kind k, pz_origin o, pz_command **out)
{
    pz_rel *r = pz_rel_make(a, PZ_REL_COMMAND, o);
    pz_command *c = PZ_NEW(a, pz_command);
    c->kind = k;
    c->origin = o;
    r->u.command = c;
    *out = c;
    return r;
}
