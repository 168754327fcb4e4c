/*
 * decode/relation_join.c - relations of two inputs: joins of all kinds, set operations, zip.
 */
#include "decode_int.h"

typedef struct two { const MSG(Relation) *left, *right; } two;

static pz_status
both_sides(pz_decoder *d, two in, const char *complaint, pz_rel *r)
{
    if (!in.left || !in.right) return pz_dec_assertion(d, complaint);
    PZ_TRY(pz_dec_rel(d, in.left, &r->input));
    return pz_dec_rel(d, in.right, &r->right);
}

static pz_status
join_type(pz_decoder *d, int t, pz_join_type *out)
{
    switch (t) {
    case SPARK__CONNECT__JOIN__JOIN_TYPE__JOIN_TYPE_INNER: *out = PZ_JOIN_INNER; return PZ_OK;
    case SPARK__CONNECT__JOIN__JOIN_TYPE__JOIN_TYPE_FULL_OUTER: *out = PZ_JOIN_FULL; return PZ_OK;
    case SPARK__CONNECT__JOIN__JOIN_TYPE__JOIN_TYPE_LEFT_OUTER: *out = PZ_JOIN_LEFT; return PZ_OK;
    case SPARK__CONNECT__JOIN__JOIN_TYPE__JOIN_TYPE_RIGHT_OUTER: *out = PZ_JOIN_RIGHT; return PZ_OK;
    case SPARK__CONNECT__JOIN__JOIN_TYPE__JOIN_TYPE_LEFT_ANTI: *out = PZ_JOIN_ANTI; return PZ_OK;
    case SPARK__CONNECT__JOIN__JOIN_TYPE__JOIN_TYPE_LEFT_SEMI: *out = PZ_JOIN_SEMI; return PZ_OK;
    case SPARK__CONNECT__JOIN__JOIN_TYPE__JOIN_TYPE_CROSS: *out = PZ_JOIN_CROSS; return PZ_OK;
    default: return pz_dec_bad_enum(d, &spark__connect__join__join_type__descriptor, t);
    }
}

static pz_status
dec_join(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(Join) *j = m->join;
    r->kind = PZ_REL_JOIN;
    if (!j->left || !j->right) return pz_dec_assertion(d, "Both join sides must be present");
    if (j->n_using_columns && j->join_condition)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_USING_COLUMNS_OR_JOIN_CONDITION_SET_IN_JOIN, PZ_NO_ORIGIN, NULL);
    PZ_TRY(both_sides(d, (two){j->left, j->right}, "", r));
    PZ_TRY(join_type(d, (int)j->join_type, &r->u.join.type));
    pz_dec_strs(d, j->n_using_columns, j->using_columns, &r->u.join.using_columns);
    if (j->join_condition) PZ_TRY(pz_dec_expr(d, j->join_condition, &r->cond));
    if (j->_join_data_type_case) {
        r->u.join.typed = true;
        r->u.join.typed_left_struct = j->join_data_type->is_left_struct;
        r->u.join.typed_right_struct = j->join_data_type->is_right_struct;
    }
    return PZ_OK;
}

static pz_status
dec_lateral(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(LateralJoin) *j = m->lateral_join;
    r->kind = PZ_REL_LATERAL_JOIN;
    PZ_TRY(both_sides(d, (two){j->left, j->right}, "Both join sides must be present", r));
    PZ_TRY(join_type(d, (int)j->join_type, &r->u.join.type));
    if (r->u.join.type != PZ_JOIN_INNER && r->u.join.type != PZ_JOIN_LEFT && r->u.join.type != PZ_JOIN_CROSS) {
        static const char *const names[] = {[PZ_JOIN_FULL] = "FullOuter", [PZ_JOIN_RIGHT] = "RightOuter", [PZ_JOIN_ANTI] = "LeftAnti", [PZ_JOIN_SEMI] = "LeftSemi"};
        return pz_raise_text(d->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Unsupported lateral join type %s", names[r->u.join.type]);
    }
    r->u.join.lateral = true;
    if (j->join_condition) PZ_TRY(pz_dec_expr(d, j->join_condition, &r->cond));
    return PZ_OK;
}

/* Names of join types as texts: lower case, underscores ignored. */
static const struct { const char *name; pz_join_type type; } join_names[] = {
    {"inner", PZ_JOIN_INNER}, {"outer", PZ_JOIN_FULL}, {"full", PZ_JOIN_FULL}, {"fullouter", PZ_JOIN_FULL}, {"leftouter", PZ_JOIN_LEFT},
    {"left", PZ_JOIN_LEFT}, {"rightouter", PZ_JOIN_RIGHT}, {"right", PZ_JOIN_RIGHT}, {"leftsemi", PZ_JOIN_SEMI}, {"semi", PZ_JOIN_SEMI},
    {"leftanti", PZ_JOIN_ANTI}, {"anti", PZ_JOIN_ANTI}, {"cross", PZ_JOIN_CROSS},
};
static const char join_names_shown[] = "'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', 'left_outer', 'rightouter', 'right', "
                                       "'right_outer', 'leftsemi', 'left_semi', 'semi', 'leftanti', 'left_anti', 'anti', 'cross'";

static bool
find_join_type(pz_decoder *d, const char *text, pz_join_type *out)
{
    char *plain = pz_alloc(d->a, strlen(text) + 1), *p = plain;
    for (; *text; text++)
        if (*text != '_') *p++ = *text;
    for (size_t i = 0; i < PZ_COUNTOF(join_names); i++)
        if (pz_str_ieqc(pz_str_c(plain), join_names[i].name)) {
            *out = join_names[i].type;
            return true;
        }
    return false;
}

static pz_status
dec_as_of(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(AsOfJoin) *j = m->as_of_join;
    r->kind = PZ_REL_AS_OF_JOIN;
    PZ_TRY(pz_dec_rel(d, j->left, &r->input));
    PZ_TRY(pz_dec_rel(d, j->right, &r->right));
    PZ_TRY(pz_dec_expr(d, j->left_as_of, &r->u.join.left_as_of));
    PZ_TRY(pz_dec_expr(d, j->right_as_of, &r->u.join.right_as_of));
    if (!find_join_type(d, j->join_type, &r->u.join.type))
        return pz_raise(d->err, PZ_ERR_UNSUPPORTED_JOIN_TYPE, PZ_NO_ORIGIN, "typ", j->join_type, "supported", join_names_shown, NULL);
    pz_dec_strs(d, j->n_using_columns, j->using_columns, &r->u.join.using_columns);
    if (j->join_expr) PZ_TRY(pz_dec_expr(d, j->join_expr, &r->cond));
    if (j->tolerance) PZ_TRY(pz_dec_expr(d, j->tolerance, &r->u.join.tolerance));
    r->u.join.exact = j->allow_exact_matches;
    r->u.join.direction = pz_str_c(j->direction);
    return PZ_OK;
}

static pz_status
nearest_error(pz_decoder *d, pz_err_id id, const char *name, const char *value, const char *supported)
{
    return pz_raise_as(d->err, PZ_CLASS_AnalysisException, id, PZ_NO_ORIGIN, name, value, "supported", supported, NULL);
}

static pz_status
dec_nearest(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(NearestByJoin) *j = m->nearest_by_join;
    r->kind = PZ_REL_NEAREST_JOIN;
    PZ_TRY(both_sides(d, (two){j->left, j->right}, "Both join sides must be present", r));
    PZ_TRY(pz_dec_expr(d, j->ranking_expression, &r->cond));
    if (!find_join_type(d, j->join_type, &r->u.join.type) || (r->u.join.type != PZ_JOIN_INNER && r->u.join.type != PZ_JOIN_LEFT))
        return nearest_error(d, PZ_ERR_NEAREST_BY_JOIN_UNSUPPORTED_JOIN_TYPE, "joinType", j->join_type, "'INNER', 'LEFT OUTER'");
    if (!pz_str_ieqc(pz_str_c(j->mode), "approx") && !pz_str_ieqc(pz_str_c(j->mode), "exact"))
        return nearest_error(d, PZ_ERR_NEAREST_BY_JOIN_UNSUPPORTED_MODE, "mode", j->mode, "'approx', 'exact'");
    r->u.join.similarity = pz_str_ieqc(pz_str_c(j->direction), "similarity");
    if (!r->u.join.similarity && !pz_str_ieqc(pz_str_c(j->direction), "distance"))
        return nearest_error(d, PZ_ERR_NEAREST_BY_JOIN_UNSUPPORTED_DIRECTION, "direction", j->direction, "'distance', 'similarity'");
    if (j->num_results < 1 || j->num_results > 100000)
        return pz_raise_as(d->err, PZ_CLASS_AnalysisException, PZ_ERR_NEAREST_BY_JOIN_NUM_RESULTS_OUT_OF_RANGE, PZ_NO_ORIGIN, "numResults",
                           pz_strf(d->a, "%d", j->num_results).ptr, "min", "1", "max", "100000", NULL);
    r->u.join.num_results = j->num_results;
    r->u.join.direction = pz_str_c(j->direction);
    return PZ_OK;
}

static pz_status
dec_set_op(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(SetOperation) *s = m->set_op;
    bool by_name = s->_by_name_case && s->by_name, missing = s->_allow_missing_columns_case && s->allow_missing_columns;
    r->kind = PZ_REL_SET_OP;
    if (!s->left_input || !s->right_input)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_SET_OPERATION_MUST_HAVE_TWO_INPUTS, PZ_NO_ORIGIN, NULL);
    PZ_TRY(both_sides(d, (two){s->left_input, s->right_input}, "", r));
    switch (s->set_op_type) {
    case SPARK__CONNECT__SET_OPERATION__SET_OP_TYPE__SET_OP_TYPE_UNION:
        r->u.setop.op = PZ_SETOP_UNION;
        if (missing && !by_name)
            return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UNION_BY_NAME_ALLOW_MISSING_COL_REQUIRES_BY_NAME, PZ_NO_ORIGIN, NULL);
        break;
    case SPARK__CONNECT__SET_OPERATION__SET_OP_TYPE__SET_OP_TYPE_INTERSECT:
        r->u.setop.op = PZ_SETOP_INTERSECT;
        if (by_name) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INTERSECT_DOES_NOT_SUPPORT_UNION_BY_NAME, PZ_NO_ORIGIN, NULL);
        break;
    case SPARK__CONNECT__SET_OPERATION__SET_OP_TYPE__SET_OP_TYPE_EXCEPT:
        r->u.setop.op = PZ_SETOP_EXCEPT;
        if (by_name) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_EXCEPT_DOES_NOT_SUPPORT_UNION_BY_NAME, PZ_NO_ORIGIN, NULL);
        break;
    default: return pz_dec_bad_enum(d, &spark__connect__set_operation__set_op_type__descriptor, (int)s->set_op_type);
    }
    r->u.setop.all = s->_is_all_case && s->is_all;
    r->u.setop.by_name = by_name;
    r->u.setop.allow_missing = missing;
    return PZ_OK;
}

static pz_status
dec_zip(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_ZIP;
    return both_sides(d, (two){m->zip->left, m->zip->right}, "Both zip sides must be present", r);
}

pz_status
pz_dec_join_rel(pz_decoder *d, const MSG(Relation) *m, pz_rel *r, bool *known)
{
    *known = true;
    switch (m->rel_type_case) {
    case SPARK__CONNECT__RELATION__REL_TYPE_JOIN: return dec_join(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_LATERAL_JOIN: return dec_lateral(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_AS_OF_JOIN: return dec_as_of(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_NEAREST_BY_JOIN: return dec_nearest(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_SET_OP: return dec_set_op(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_ZIP: return dec_zip(d, m, r);
    default: *known = false; return PZ_OK;
    }
}
