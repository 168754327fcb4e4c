/*
 * decode/decode.h - protobuf relations, expressions and commands to an unresolved plan.
 *
 * Plans point into the message (texts, Arrow bytes): unpack with pz_unpack() into the plan's arena, or keep the message as long.
 */
#ifndef PZ_DECODE_H
#define PZ_DECODE_H

#include "../plan/command.h"
#include "../plan/plan.h"

struct ProtobufCMessageDescriptor;
struct ProtobufCMessage;
struct ProtobufCAllocator;
struct Spark__Connect__Plan;
struct Spark__Connect__Relation;
struct Spark__Connect__Expression;
struct Spark__Connect__Expression__Literal;
struct Spark__Connect__DataType;
struct Spark__Connect__StorageLevel;

/* ---- wire.c: bytes to messages.  Message nesting accepted; a plan node is about two messages, a nested one takes about 1 KB of stack. */
#define PZ_MAX_WIRE_DEPTH (2 * PZ_MAX_DEPTH + 64)
/* Bound nesting and check lengths on the wire bytes before unpacking: protobuf-c recurses without limit.  Iterative. */
pz_status pz_wire_check(const struct ProtobufCMessageDescriptor *type, const void *bytes, size_t n, int max_depth, pz_error *err);
/* Check, then unpack into the arena: no need to free.  CONNECT_INVALID_PLAN.CANNOT_PARSE if the bytes are no such message. */
pz_status pz_unpack(const struct ProtobufCMessageDescriptor *type, const void *bytes, size_t n, pz_arena *a, struct ProtobufCMessage **out,
                    pz_error *err);
struct ProtobufCAllocator *pz_proto_allocator(pz_arena *a);      /* allocates in the arena, frees nothing */

/* ---- Plan.root, Plan.compressed_operation (decompressed here), or Plan.command.  A command gives a COMMAND relation, except that SqlCommand gives
 * the SQL or WITH_RELATIONS relation it carries: its caller decides what a query is. */
pz_status pz_decode_plan(const struct Spark__Connect__Plan *msg, pz_arena *a, pz_plan **out, pz_error *err);
/* The message inside compressed_operation, or msg itself: for callers that look at the message too. */
pz_status pz_decode_inflate(const struct Spark__Connect__Plan *msg, int64_t max_size, pz_arena *a, const struct Spark__Connect__Plan **out,
                            pz_error *err);
pz_status pz_decode_relation(const struct Spark__Connect__Relation *msg, pz_arena *a, pz_rel **out, pz_error *err);
pz_status pz_decode_expression(const struct Spark__Connect__Expression *msg, pz_arena *a, pz_expr **out, pz_error *err);
pz_status pz_decode_literal(const struct Spark__Connect__Expression__Literal *msg, pz_arena *a, pz_expr **out, pz_error *err);
pz_status pz_decode_type(const struct Spark__Connect__DataType *msg, pz_arena *a, const pz_type **out, pz_error *err);
int pz_decode_storage_level(const struct Spark__Connect__StorageLevel *msg);    /* PZ_LEVEL_... of plan/command.h */

/* ---- the other way, for schema responses, observed metrics and ML: messages made in the arena. */
struct Spark__Connect__DataType *pz_encode_type(const pz_type *t, pz_arena *a);
struct Spark__Connect__DataType *pz_encode_schema(const pz_schema *s, pz_arena *a);
struct Spark__Connect__Expression__Literal *pz_encode_literal(const pz_type *t, const pz_value *v, pz_arena *a);

#endif
