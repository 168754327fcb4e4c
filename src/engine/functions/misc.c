/*
 * engine/functions/misc.c - typeof, raise_error, assert_true, reflect.
 *
 * In: values of any type.  Out: texts, or the error a query asked for.  Things start in the table at the end.
 */
#include "fn_util.h"

PZ_FN(fn_typeof)
{
    PZ_UNUSED(args);
    return give_str(out, pz_type_simple(c->site->arg_types[0], c->scratch));
}

static pz_status
raise_user(pz_fn_ctx *c, const pz_value *message)
{
    return pz_raise(c->err, PZ_ERR_USER_RAISED_EXCEPTION, PZ_NO_ORIGIN, "errorMessage", message->null ? "null" : pz_dup(c->scratch, message->s).ptr, NULL);
}

/* raise_error(condition, parameters): the message is the first parameter. */
PZ_FN(fn_raise_error)
{
    static const pz_value none = {.null = true};
    PZ_UNUSED(out);
    return raise_user(c, args[1].null || args[1].map.n == 0 ? &none : &args[1].map.vals[0]);
}

PZ_FN(fn_assert_true)
{
    return !args[0].null && args[0].b ? give_null(out) : raise_user(c, &args[1]);
}

/* Math.max, min and abs of whole numbers. */
static pz_status
reflect_math(pz_fn_ctx *c, const pz_value *args, pz_value *out)
{
    int n = c->site->nargs - 2;
    for (int i = 0; i < n; i++)
        if (args[i + 2].null || !pz_type_is_integral(c->site->arg_types[i + 2]))
            return give_null(out);
    int64_t x = n ? args[2].i : 0, y = n > 1 ? args[3].i : x;
    bool abs = pz_str_eqc(args[1].s, "abs"), max = pz_str_eqc(args[1].s, "max");
    return give_str(out, pz_strf(c->scratch, "%lld", (long long)(abs ? (x < 0 ? -x : x) : (x > y) == max ? x : y)));
}

/* The few static methods that need no JVM. */
static pz_status
reflect(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool try)
{
    if (args[0].null || args[1].null)
        return give_null(out);
    bool uuid = pz_str_eqc(args[0].s, "java.util.UUID");
    if (uuid && pz_str_eqc(args[1].s, "randomUUID") && c->site->nargs == 2) {
        char text[37];
        pz_uuid_make(text);
        return give_str(out, pz_dupc(c->scratch, text));
    }
    if (c->site->nargs > 2 && args[2].null)
        return give_null(out);
    if (uuid && pz_str_eqc(args[1].s, "fromString") && c->site->nargs == 3) {
        if (args[2].s.len == 36)
            return give_str(out, pz_lower_ascii(c->scratch, args[2].s));
        return try ? give_null(out)
                   : pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "Invalid UUID string: " PZ_FMT, PZ_ARG(args[2].s));
    }
    if (pz_str_eqc(args[0].s, "java.lang.Math"))
        return reflect_math(c, args, out);
    if (pz_str_eqc(args[0].s, "java.net.URLDecoder") && pz_str_eqc(args[1].s, "decode") && c->site->nargs == 3)
        return pz_value_fn_find(try ? "try_url_decode" : "url_decode")->call(c, args + 2, out);
    return pz_raise_internal(c->err, "no method " PZ_FMT "." PZ_FMT " here", PZ_ARG(args[0].s), PZ_ARG(args[1].s));
}
PZ_FN(fn_reflect) { return reflect(c, args, out, false); }
PZ_FN(fn_try_reflect) { return reflect(c, args, out, true); }

PZ_FN(fn_bitmap_count)
{
    PZ_UNUSED(c);
    int64_t n = 0;
    for (size_t i = 0; i < args[0].s.len; i++)
        n += __builtin_popcount((unsigned char)args[0].s.ptr[i]);
    return give_int(out, n);
}

/* Positions count from 1: 1..32768 are bucket 1.  Zero and below mirror that from bucket 0 down. */
PZ_FN(fn_bitmap_bit_position)
{
    PZ_UNUSED(c);
    int64_t v = args[0].i;
    return give_int(out, v > 0 ? (v - 1) % 32768 : -(v % 32768));
}

PZ_FN(fn_bitmap_bucket_number)
{
    PZ_UNUSED(c);
    int64_t v = args[0].i;
    return give_int(out, v > 0 ? 1 + (v - 1) / 32768 : v / 32768);
}

static const pz_value_fn_def defs[] = {
    {.name = "assert_true", .call = fn_assert_true, .takes_nulls = true, .is_volatile = true},
    {.name = "bitmap_bit_position", .call = fn_bitmap_bit_position},
    {.name = "bitmap_bucket_number", .call = fn_bitmap_bucket_number},
    {.name = "bitmap_count", .call = fn_bitmap_count},
    {.name = "raise_error", .call = fn_raise_error, .takes_nulls = true, .is_volatile = true},
    {.name = "reflect", .call = fn_reflect, .takes_nulls = true, .is_volatile = true},
    {.name = "try_reflect", .call = fn_try_reflect, .takes_nulls = true, .is_volatile = true},
    {.name = "typeof", .call = fn_typeof, .takes_nulls = true},
};
PZ_FAMILY(pz_family_misc, defs);
