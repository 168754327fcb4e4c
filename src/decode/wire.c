/*
 * decode/wire.c - bytes to messages, safely: nesting is bounded before protobuf-c, which recurses without limit, sees them.
 *
 * In: bytes from outside and the type they should be.  Out: a message in the arena.  Things start at pz_unpack().
 */
#include "decode_int.h"

#include <stdlib.h>

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* A message being walked: what is left of it. */
typedef struct frame {
    const ProtobufCMessageDescriptor *type;
    const uint8_t *end;
} frame;

static bool
read_varint(const uint8_t **p, const uint8_t *end, uint64_t *out)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 70 && *p < end; shift += 7) {
        uint8_t b = *(*p)++;
        v |= (uint64_t)(b & 0x7f) << (shift < 64 ? shift : 0);
        if (!(b & 0x80)) {
            *out = v;
            return true;
        }
    }
    return false;
}

/* Step over one field.  *into: its message type and *stop its end, when it is a message to go into. */
static bool
skip_field(const ProtobufCMessageDescriptor *type, const uint8_t **p, const uint8_t *end, const ProtobufCMessageDescriptor **into,
           const uint8_t **stop)
{
    uint64_t tag, n;
    const ProtobufCFieldDescriptor *field;
    *into = NULL;
    if (!read_varint(p, end, &tag) || tag >> 3 == 0 || tag >> 32) return false;
    switch (tag & 7) {
    case WIRE_VARINT: return read_varint(p, end, &n);
    case WIRE_64: n = 8; break;
    case WIRE_32: n = 4; break;
    case WIRE_BYTES:
        if (!read_varint(p, end, &n)) return false;
        field = protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3));
        if (n <= (uint64_t)(end - *p) && field && field->type == PROTOBUF_C_TYPE_MESSAGE) {
            *into = field->descriptor;
            *stop = *p + n;
            return true;
        }
        break;
    default: return false;
    }
    if (n > (uint64_t)(end - *p)) return false;
    *p += n;
    return true;
}

static pz_status
cannot_parse(pz_error *err, const char *why)
{
    return pz_raise_as(err, PZ_CLASS_SparkSQLException, PZ_ERR_CONNECT_INVALID_PLAN_CANNOT_PARSE, PZ_NO_ORIGIN, "errorMsg", why, NULL);
}

pz_status
pz_wire_check(const ProtobufCMessageDescriptor *type, const void *bytes, size_t n, int max_depth, pz_error *err)
{
    frame fixed[64], *stack = fixed;
    int depth = 0, cap = (int)PZ_COUNTOF(fixed);
    const uint8_t *p = bytes;
    const char *why = NULL;
    stack[0] = (frame){type, p + n};
    while (depth >= 0 && !why) {
        frame *f = &stack[depth];
        const ProtobufCMessageDescriptor *into;
        const uint8_t *stop;
        if (p == f->end) {
            depth--;
        } else if (!skip_field(f->type, &p, f->end, &into, &stop)) {
            why = "The message is cut short or malformed.";
        } else if (into && ++depth >= max_depth) {
            why = "The message is nested too deep.";
        } else if (into) {
            if (depth == cap) {
                frame *more = malloc(sizeof *more * (size_t)cap * 2);
                if (!more) pz_panic(__FILE__, __LINE__, "out of memory");
                memcpy(more, stack, sizeof *more * (size_t)cap);
                if (stack != fixed) free(stack);
                stack = more;
                cap *= 2;
            }
            stack[depth] = (frame){into, stop};
        }
    }
    if (stack != fixed) free(stack);
    return why ? cannot_parse(err, why) : PZ_OK;
}

static void *
arena_alloc(void *a, size_t n)
{
    return pz_alloc(a, n);
}

static void
arena_free(void *a, void *p)
{
    (void)a, (void)p;
}

ProtobufCAllocator *
pz_proto_allocator(pz_arena *a)
{
    ProtobufCAllocator *al = PZ_NEW(a, ProtobufCAllocator);
    *al = (ProtobufCAllocator){arena_alloc, arena_free, a};
    return al;
}

pz_status
pz_unpack(const ProtobufCMessageDescriptor *type, const void *bytes, size_t n, pz_arena *a, ProtobufCMessage **out, pz_error *err)
{
    PZ_TRY(pz_wire_check(type, bytes, n, PZ_MAX_WIRE_DEPTH, err));
    *out = protobuf_c_message_unpack(type, pz_proto_allocator(a), n, bytes);
    return *out ? PZ_OK : cannot_parse(err, "The message is malformed.");
}
