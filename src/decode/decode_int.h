/*
 * decode/decode_int.h - the decoder's own state and helpers; only for decode/.
 */
#ifndef PZ_DECODE_INT_H
#define PZ_DECODE_INT_H

#include "decode.h"

#include "spark/connect/base.pb-c.h"

/* Short names for the messages, as they stand in the protocol. */
#define MSG(name) Spark__Connect__##name
#define EXPR_MSG(name) Spark__Connect__Expression__##name

typedef struct pz_decoder {
    pz_arena *a;
    pz_error *err;
    pz_origin around;                          /* of the call that encloses an expression without a place of its own */
    int depth;                                 /* of nested relations and expressions, up to PZ_MAX_DEPTH */
} pz_decoder;

/* A missing sub-message is an empty one, as in proto3: NULL is allowed and ends in the error of an unset oneof. */
pz_status pz_dec_rel(pz_decoder *d, const MSG(Relation) *m, pz_rel **out);
pz_status pz_dec_expr(pz_decoder *d, const MSG(Expression) *m, pz_expr **out);
pz_status pz_dec_exprs(pz_decoder *d, size_t n, MSG(Expression) *const *m, pz_exprs *out);
pz_status pz_dec_sort_order(pz_decoder *d, const EXPR_MSG(SortOrder) *m, pz_expr **out);
pz_status pz_dec_sort_orders(pz_decoder *d, size_t n, EXPR_MSG(SortOrder) *const *m, pz_exprs *out);
pz_status pz_dec_alias(pz_decoder *d, const EXPR_MSG(Alias) *m, pz_origin o, pz_expr **out);
pz_status pz_dec_literal(pz_decoder *d, const EXPR_MSG(Literal) *m, pz_expr **out);
pz_status pz_dec_literals(pz_decoder *d, size_t n, EXPR_MSG(Literal) *const *m, pz_exprs *out);
pz_status pz_dec_type(pz_decoder *d, const MSG(DataType) *m, const pz_type **out);
pz_status pz_dec_command(pz_decoder *d, const MSG(Command) *m, pz_rel **out);
pz_status pz_dec_catalog(pz_decoder *d, const MSG(Catalog) *m, pz_rel **out);
pz_status pz_dec_sql(pz_decoder *d, pz_str text, const MSG(SQL) *m, pz_rel **out);
pz_status pz_dec_udf(pz_decoder *d, const MSG(CommonInlineUserDefinedFunction) *m);        /* always fails: not served */
/* The kinds of relation_df.c and relation_join.c: fill r, or say that the kind is not theirs. */
pz_status pz_dec_dataframe_rel(pz_decoder *d, const MSG(Relation) *m, pz_rel *r, bool *known);
pz_status pz_dec_join_rel(pz_decoder *d, const MSG(Relation) *m, pz_rel *r, bool *known);

/* helpers in plan.c */
void pz_dec_strs(pz_decoder *d, size_t n, char *const *m, pz_strs *out);
void pz_dec_str(pz_decoder *d, const char *m, pz_strs *out);
pz_origin pz_dec_origin(pz_decoder *d, const MSG(Origin) *m);
pz_status pz_dec_enter(pz_decoder *d);         /* one level deeper, or the error; leave with d->depth-- */
/* CONNECT_INVALID_PLAN.* */
pz_status pz_dec_not_set(pz_decoder *d, const ProtobufCMessageDescriptor *type, const char *oneof);
pz_status pz_dec_not_supported(pz_decoder *d, const ProtobufCMessage *m, unsigned field);
pz_status pz_dec_bad_enum(pz_decoder *d, const ProtobufCEnumDescriptor *type, int value);
pz_status pz_dec_assertion(pz_decoder *d, const char *message);
const char *pz_dec_field_name(pz_decoder *d, const ProtobufCMessageDescriptor *type, unsigned field); /* "JAVA_UDF" */

/* map<string, string>: every such field has entries of this shape */
#define PZ_DEC_OPTIONS(d, m, field, out) \
    for (size_t i_ = 0; i_ < (m)->n_##field; i_++) \
        pz_vec_push((d)->a, (out), ((pz_option){pz_str_c((m)->field[i_]->key), pz_str_c((m)->field[i_]->value)}))

/* A field that is text on the wire and bytes here, because it may hold a NUL. */
static inline pz_str
pz_dec_text(ProtobufCBinaryData b)
{
    return (pz_str){b.len ? (const char *)b.data : "", b.len};
}

#endif
