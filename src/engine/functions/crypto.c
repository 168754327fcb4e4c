/*
 * engine/functions/crypto.c - aes_encrypt, aes_decrypt, try_aes_decrypt, hmac.
 *
 * In: binaries, mode and padding names.  Out: binaries; CBC and GCM carry their initialization vector in front.  Things start in the table
 * at the end.
 */
#include "fn_util.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#define AES_NAMES "`aes_encrypt`/`aes_decrypt`"
#define TAG_BYTES 16

typedef enum aes_mode { AES_ECB, AES_CBC, AES_GCM, AES_UNKNOWN } aes_mode;
static const int iv_bytes[] = {0, 16, 12};

typedef struct aes {
    pz_fn_ctx *c;
    aes_mode mode;
    const char *mode_name;
    const EVP_CIPHER *cipher;
    pz_str key;
} aes;

static const EVP_CIPHER *
cipher_of(aes_mode m, size_t key)
{
    int i = key == 16 ? 0 : key == 24 ? 1 : 2;
    switch (m) {
    case AES_ECB: return i == 0 ? EVP_aes_128_ecb() : i == 1 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
    case AES_CBC: return i == 0 ? EVP_aes_128_cbc() : i == 1 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
    default: return i == 0 ? EVP_aes_128_gcm() : i == 1 ? EVP_aes_192_gcm() : EVP_aes_256_gcm();
    }
}

/* Key length, then mode with padding. */
static pz_status
open_aes(aes *x, pz_fn_ctx *c, pz_str key, pz_str mode, pz_str padding)
{
    pz_str m = pz_upper_ascii(c->scratch, mode), p = pz_upper_ascii(c->scratch, padding);
    *x = (aes){.c = c, .key = key, .mode = AES_UNKNOWN, .mode_name = m.ptr};
    if (key.len != 16 && key.len != 24 && key.len != 32)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_AES_KEY_LENGTH, PZ_NO_ORIGIN, "parameter", "`key`", "functionName", AES_NAMES,
                        "actualLength", pz_strf(c->scratch, "%zu", key.len).ptr, NULL);
    bool plain = pz_str_eqc(p, "DEFAULT"), pkcs = plain || pz_str_eqc(p, "PKCS"), none = plain || pz_str_eqc(p, "NONE");
    if (pz_str_eqc(m, "ECB") && pkcs)
        x->mode = AES_ECB;
    if (pz_str_eqc(m, "CBC") && pkcs)
        x->mode = AES_CBC;
    if (pz_str_eqc(m, "GCM") && none)
        x->mode = AES_GCM;
    if (x->mode == AES_UNKNOWN)
        return pz_raise_as(c->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_UNSUPPORTED_FEATURE_AES_MODE, PZ_NO_ORIGIN, "mode",
                           pz_dup(c->scratch, mode).ptr, "padding", pz_dup(c->scratch, padding).ptr, "functionName", AES_NAMES, NULL);
    x->cipher = cipher_of(x->mode, key.len);
    return PZ_OK;
}

static pz_status
crypto_error(aes *x, const char *detail)
{
    ERR_clear_error();
    return pz_raise(x->c->err, PZ_ERR_INVALID_PARAMETER_VALUE_AES_CRYPTO_ERROR, PZ_NO_ORIGIN, "parameter", "`expr`, `key`", "functionName", AES_NAMES,
                    "detailMessage", detail, NULL);
}

static pz_status
refuse_aad(aes *x, const char *function)
{
    return pz_raise_as(x->c->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_UNSUPPORTED_FEATURE_AES_MODE_AAD, PZ_NO_ORIGIN, "functionName", function, "mode",
                       x->mode_name, NULL);
}

/* Initialization vector of an encryption: given, or random. */
static pz_status
make_iv(aes *x, pz_str given, unsigned char *iv)
{
    int want = iv_bytes[x->mode];
    if (given.len == 0) {
        RAND_bytes(iv, want);
        return PZ_OK;
    }
    if (want == 0)
        return pz_raise_as(x->c->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_UNSUPPORTED_FEATURE_AES_MODE_IV, PZ_NO_ORIGIN, "functionName", "`aes_encrypt`",
                           "mode", x->mode_name, NULL);
    if (given.len != (size_t)want)
        return pz_raise(x->c->err, PZ_ERR_INVALID_PARAMETER_VALUE_AES_IV_LENGTH, PZ_NO_ORIGIN, "parameter", "`iv`", "functionName", AES_NAMES, "mode",
                        x->mode_name, "actualLength", pz_strf(x->c->scratch, "%zu", given.len).ptr, NULL);
    memcpy(iv, given.ptr, given.len);
    return PZ_OK;
}

/* Run the cipher; `in` and `out` are the text without vector and tag.  false: it failed. */
static bool
run(aes *x, bool encrypt, const unsigned char *iv, pz_str aad, pz_str in, unsigned char *to, size_t *n, unsigned char *tag)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int k = 0, last = 0, ignored;
    bool good = EVP_CipherInit_ex(ctx, x->cipher, NULL, (const unsigned char *)x->key.ptr, iv_bytes[x->mode] ? iv : NULL, encrypt);
    if (good && x->mode == AES_GCM && !encrypt)
        good = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag);
    if (good && aad.len)
        good = EVP_CipherUpdate(ctx, NULL, &ignored, (const unsigned char *)aad.ptr, (int)aad.len);
    good = good && EVP_CipherUpdate(ctx, to, &k, (const unsigned char *)(in.len ? in.ptr : ""), (int)in.len) && EVP_CipherFinal_ex(ctx, to + k, &last);
    if (good && x->mode == AES_GCM && encrypt)
        good = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag);
    EVP_CIPHER_CTX_free(ctx);
    *n = (size_t)(k + last);
    return good;
}

/* aes_encrypt(text, key, mode, padding, iv, aad) */
PZ_FN(fn_aes_encrypt)
{
    aes x;
    unsigned char iv[16];
    pz_str in = args[0].s, aad = args[5].s;
    size_t n;
    PZ_TRY(open_aes(&x, c, args[1].s, args[2].s, args[3].s));
    PZ_TRY(make_iv(&x, args[4].s, iv));
    if (aad.len && x.mode != AES_GCM)
        return refuse_aad(&x, "`aes_encrypt`");
    size_t head = (size_t)iv_bytes[x.mode];
    char *p = room(c, head + in.len + 32);
    memcpy(p, iv, head);
    if (!run(&x, true, iv, aad, in, (unsigned char *)p + head, &n, (unsigned char *)p + head + in.len))
        return crypto_error(&x, "Encryption failed");
    return give_str(out, (pz_str){p, head + n + (x.mode == AES_GCM ? TAG_BYTES : 0)});
}

/* aes_decrypt(bytes, key, mode, padding, aad) */
PZ_FN(fn_aes_decrypt)
{
    aes x;
    pz_str in = args[0].s, aad = args[4].s;
    size_t n;
    PZ_TRY(open_aes(&x, c, args[1].s, args[2].s, args[3].s));
    size_t head = (size_t)iv_bytes[x.mode], tail = x.mode == AES_GCM ? TAG_BYTES : 0;
    if (in.len < head)
        return crypto_error(&x, "Invalid buffer arguments");
    if (aad.len && x.mode != AES_GCM)
        return refuse_aad(&x, "`aes_decrypt`");
    if (in.len < head + tail)
        return crypto_error(&x, "Input data too short to contain an expected tag length of 16bytes");
    pz_str text = cut(in, head, in.len - tail);
    if (x.mode != AES_GCM && text.len % 16)
        return crypto_error(&x, "Input length must be multiple of 16 when decrypting with padded cipher");
    char *p = room(c, text.len + 32);
    unsigned char tag[TAG_BYTES];
    memcpy(tag, in.ptr + in.len - tail, tail);
    if (!run(&x, false, (const unsigned char *)in.ptr, aad, text, (unsigned char *)p, &n, tag))
        return crypto_error(&x, x.mode == AES_GCM ? "Tag mismatch!"
                                                  : "Given final block not properly padded. Such issues can arise if a bad key is used during decryption.");
    return give_str(out, (pz_str){p, n});
}

/* Whatever is wrong makes NULL. */
PZ_FN(fn_try_aes_decrypt)
{
    pz_error quiet;
    pz_fn_ctx inner = *c;
    pz_error_init(&quiet, c->scratch);
    inner.err = &quiet;
    return fn_aes_decrypt(&inner, args, out) == PZ_OK ? PZ_OK : give_null(out);
}

/* hmac(key, message, algorithm) */
PZ_FN(fn_hmac)
{
    static const struct { const char *name; const EVP_MD *(*md)(void); } known[] = {
        {"MD5", EVP_md5}, {"SHA1", EVP_sha1}, {"SHA224", EVP_sha224}, {"SHA256", EVP_sha256}, {"SHA384", EVP_sha384}, {"SHA512", EVP_sha512},
    };
    char name[16];
    size_t n = 0;
    const EVP_MD *md = NULL;
    pz_str alg = args[2].s;
    for (size_t i = 0; i < alg.len && n < sizeof name - 1; i++)
        if (!(alg.ptr[i] == '-' && i == 3))
            name[n++] = alg.ptr[i];
    name[n] = 0;
    for (size_t i = 0; i < PZ_COUNTOF(known) && alg.len < sizeof name; i++)
        if (pz_str_ieqc((pz_str){name, n}, known[i].name))
            md = known[i].md();
    if (!md)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_HMAC_ALGORITHM, PZ_NO_ORIGIN, "parameter", "`algorithm`", "functionName", "`hmac`", "algorithm",
                        quoted_value(c->scratch, alg).ptr, NULL);
    if (args[0].s.len == 0)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_HMAC_CRYPTO_ERROR, PZ_NO_ORIGIN, "parameter", "`key`", "functionName", "`hmac`",
                        "detailMessage", "Empty key", NULL);
    unsigned len = 0;
    char *p = room(c, EVP_MAX_MD_SIZE);
    HMAC(md, args[0].s.ptr, (int)args[0].s.len, (const unsigned char *)(args[1].s.len ? args[1].s.ptr : ""), args[1].s.len, (unsigned char *)p, &len);
    return give_str(out, (pz_str){p, len});
}

static const pz_value_fn_def defs[] = {
    {.name = "aes_decrypt", .call = fn_aes_decrypt},
    {.name = "aes_encrypt", .call = fn_aes_encrypt, .is_volatile = true},
    {.name = "hmac", .call = fn_hmac},
    {.name = "try_aes_decrypt", .call = fn_try_aes_decrypt},
};
PZ_FAMILY(pz_family_crypto, defs);
