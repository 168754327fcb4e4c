/*
 * types/locale.c - a language's names of months, days and the like, and how it writes numbers, from ICU.
 *
 * In: a language tag.  Out: a flat table of names.  The last one is kept per thread, because the same is asked for again and again.
 * Things start at pz_locale_make() and pz_locale_number().
 */
#include "locale.h"

#include <stdio.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

typedef struct filler { pz_locale *l; size_t used; UDateFormat *dates; UNumberFormat *numbers; } filler;

static void
put(filler *f, int name, const UChar *text, int32_t n)
{
    UErrorCode st = U_ZERO_ERROR;
    int32_t got = 0;
    u_strToUTF8(f->l->text + f->used, (int32_t)(sizeof f->l->text - f->used), &got, text, n, &st);
    if (U_FAILURE(st)) got = 0;
    f->l->at[name] = (uint16_t)f->used;
    f->l->len[name] = (uint16_t)got;
    f->used += (size_t)got;
}

static void
put_symbols(filler *f, UDateFormatSymbolType type, int first, int from, int n)
{
    for (int i = 0; i < n; i++) {
        UErrorCode st = U_ZERO_ERROR;
        UChar text[128];
        int32_t len = udat_getSymbols(f->dates, type, from + i, text, 128, &st);
        put(f, first + i, text, U_SUCCESS(st) ? len : 0);
    }
}

/* ICU's weeks begin with Sunday. */
static void
put_days(filler *f, UDateFormatSymbolType type, int first)
{
    put_symbols(f, type, first, UCAL_MONDAY, 6);
    put_symbols(f, type, first + 6, UCAL_SUNDAY, 1);
}

static void
put_mark(filler *f, UNumberFormatSymbol mark, int name)
{
    UErrorCode st = U_ZERO_ERROR;
    UChar text[32];
    int32_t len = unum_getSymbol(f->numbers, mark, text, 32, &st);
    put(f, name, text, U_SUCCESS(st) ? len : 0);
}

/* In no language the short names of English stand for the long ones too. */
static void
only_short(pz_locale *l)
{
    static const struct { int full, brief, n; } kinds[] = {
        {PZ_NAME_MONTHS_LONG, PZ_NAME_MONTHS_SHORT, 12}, {PZ_NAME_ALONE_LONG, PZ_NAME_ALONE_SHORT, 12}, {PZ_NAME_DAYS_LONG, PZ_NAME_DAYS_SHORT, 7},
        {PZ_NAME_QUARTERS_LONG, PZ_NAME_QUARTERS_SHORT, 4},
    };
    for (size_t k = 0; k < PZ_COUNTOF(kinds); k++)
        for (int i = 0; i < kinds[k].n; i++) {
            l->at[kinds[k].full + i] = l->at[kinds[k].brief + i];
            l->len[kinds[k].full + i] = l->len[kinds[k].brief + i];
        }
    for (int i = 0; i < 2; i++) {
        int at = PZ_NAME_ERAS_LONG + i;
        strcpy(l->text + sizeof l->text - 16 + i * 4, i ? "CE" : "BCE");
        l->at[at] = (uint16_t)(sizeof l->text - 16 + (size_t)i * 4);
        l->len[at] = i ? 2 : 3;
    }
}

static bool
fill(pz_locale *l, const char *name, bool root)
{
    UErrorCode st = U_ZERO_ERROR;
    char full[160];
    filler f = {.l = l};
    snprintf(full, sizeof full, "%s@calendar=gregorian", name);
    f.dates = udat_open(UDAT_FULL, UDAT_FULL, full, NULL, 0, NULL, 0, &st);
    f.numbers = unum_open(UNUM_DECIMAL, NULL, 0, full, NULL, &st);
    if (U_SUCCESS(st)) {
        put_symbols(&f, UDAT_MONTHS, PZ_NAME_MONTHS_LONG, 0, 12);
        put_symbols(&f, UDAT_SHORT_MONTHS, PZ_NAME_MONTHS_SHORT, 0, 12);
        put_symbols(&f, UDAT_STANDALONE_MONTHS, PZ_NAME_ALONE_LONG, 0, 12);
        put_symbols(&f, UDAT_STANDALONE_SHORT_MONTHS, PZ_NAME_ALONE_SHORT, 0, 12);
        put_days(&f, UDAT_WEEKDAYS, PZ_NAME_DAYS_LONG);
        put_days(&f, UDAT_SHORT_WEEKDAYS, PZ_NAME_DAYS_SHORT);
        put_symbols(&f, UDAT_AM_PMS, PZ_NAME_HALVES, 0, 2);
        put_symbols(&f, UDAT_ERA_NAMES, PZ_NAME_ERAS_LONG, 0, 2);
        put_symbols(&f, UDAT_ERAS, PZ_NAME_ERAS_SHORT, 0, 2);
        put_symbols(&f, UDAT_QUARTERS, PZ_NAME_QUARTERS_LONG, 0, 4);
        put_symbols(&f, UDAT_SHORT_QUARTERS, PZ_NAME_QUARTERS_SHORT, 0, 4);
        put_mark(&f, UNUM_DECIMAL_SEPARATOR_SYMBOL, PZ_NAME_POINT);
        put_mark(&f, UNUM_GROUPING_SEPARATOR_SYMBOL, PZ_NAME_GROUP);
        put_mark(&f, UNUM_MINUS_SIGN_SYMBOL, PZ_NAME_MINUS);
        put_mark(&f, UNUM_EXPONENTIAL_SYMBOL, PZ_NAME_EXPONENT);
        if (root) only_short(l);
    }
    if (f.dates) udat_close(f.dates);
    if (f.numbers) unum_close(f.numbers);
    return U_SUCCESS(st);
}

/* Has ICU data of the language?  Else it would answer in the language of this machine. */
static bool
is_known(const char *name)
{
    char want[16], have[16];
    UErrorCode st = U_ZERO_ERROR;
    if (uloc_getLanguage(name, want, sizeof want, &st) <= 0 || U_FAILURE(st)) return false;
    for (int32_t i = 0; i < uloc_countAvailable(); i++) {
        st = U_ZERO_ERROR;
        if (uloc_getLanguage(uloc_getAvailable(i), have, sizeof have, &st) > 0 && !strcmp(have, want)) return true;
    }
    return !strcmp(want, "no");
}

const pz_locale *
pz_locale_make(pz_arena *a, pz_str tag)
{
    static _Thread_local pz_locale kept;
    UErrorCode st = U_ZERO_ERROR;
    char name[128], base[128];
    pz_locale *out;
    if (pz_str_ieqc(tag, "en-US")) return NULL;
    if (tag.len >= sizeof kept.tag) tag.len = 0;
    if (!kept.text[0] || !pz_str_eqc(tag, kept.tag)) {
        memset(&kept, 0, sizeof kept);
        if (tag.len) memcpy(kept.tag, tag.ptr, tag.len);
        if (!tag.len || memchr(tag.ptr, '_', tag.len) || uloc_forLanguageTag(kept.tag, name, sizeof name, NULL, &st) <= 0 || U_FAILURE(st) ||
            uloc_getBaseName(name, base, sizeof base, &st) <= 0 || U_FAILURE(st) || !is_known(base) || !fill(&kept, base, false))
            (void)fill(&kept, "en", true);
    }
    out = PZ_NEW(a, pz_locale);
    *out = kept;
    return out;
}

/* ---- numbers ---- */
typedef struct number { pz_str s; size_t at; pz_buf *out; } number;

static bool
take(number *n, pz_str mark)
{
    if (!mark.len || n->s.len - n->at < mark.len || memcmp(n->s.ptr + n->at, mark.ptr, mark.len)) return false;
    n->at += mark.len;
    return true;
}

/* A digit of any script. */
static bool
take_digit(number *n)
{
    uint32_t ch;
    int size = pz_utf8_decode(n->s.ptr + n->at, n->s.len - n->at, &ch), v = size ? u_charDigitValue((UChar32)ch) : -1;
    if (v < 0) return false;
    pz_buf_putc(n->out, (char)('0' + v));
    n->at += (size_t)size;
    return true;
}

/* A mark between groups may stand anywhere before the point, but not last. */
static int
take_digits(number *n, const pz_locale *l)
{
    int digits = 0;
    bool fraction = false;
    size_t group = 0;
    for (;;) {
        if (take_digit(n)) {
            digits++;
            group = 0;
        } else if (!fraction && take(n, pz_locale_text(l, PZ_NAME_POINT))) {
            if (group) break;
            if (!digits) pz_buf_putc(n->out, '0');
            pz_buf_putc(n->out, '.');
            fraction = true;
        } else if (!fraction && take(n, pz_locale_text(l, PZ_NAME_GROUP))) {
            group = n->at;
        } else {
            break;
        }
    }
    return group ? 0 : digits;
}

bool
pz_locale_number(const pz_locale *l, pz_str s, pz_buf *out)
{
    number n = {.s = s, .out = out};
    int digits;
    if (take(&n, pz_locale_text(l, PZ_NAME_MINUS))) pz_buf_putc(out, '-');
    if (!take_digits(&n, l)) return false;
    if (n.at < s.len && take(&n, pz_locale_text(l, PZ_NAME_EXPONENT))) {
        pz_buf_putc(out, 'E');
        if (take(&n, pz_locale_text(l, PZ_NAME_MINUS))) pz_buf_putc(out, '-');
        for (digits = 0; take_digit(&n); digits++) {}
        if (!digits) return false;
    }
    return n.at == s.len;
}

/* ---- words ---- */
size_t
pz_locale_match(pz_str s, pz_str word)
{
    size_t i = 0, j = 0;
    while (j < word.len) {
        uint32_t x, y;
        if (i >= s.len) return 0;
        i += (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &x);
        j += (size_t)pz_utf8_decode(word.ptr + j, word.len - j, &y);
        if (x != y && u_foldCase((UChar32)x, U_FOLD_CASE_DEFAULT) != u_foldCase((UChar32)y, U_FOLD_CASE_DEFAULT)) return 0;
    }
    return i;
}
