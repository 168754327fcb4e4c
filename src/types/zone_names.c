/*
 * types/zone_names.c - the English names of time zones, as Java prints and reads them: tables/zone_names.def.
 *
 * In: a zone and an instant, or a text that begins with a name.  Out: its name, or the zone named.  Things start at
 * pz_zone_name_text() and pz_zone_named().
 */
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "types.h"

enum { NAME_MAX = 64 };
typedef struct names { const char *standard, *short_standard, *daylight, *short_daylight, *generic, *short_generic; } names;
typedef struct region { const char *id; int set; } region;
typedef struct name { const char *text, *id; } name;

static const names sets[] = {
#define ZONE_NAMES(n, standard, short_standard, daylight, short_daylight, generic, short_generic) \
    [n] = {standard, short_standard, daylight, short_daylight, generic, short_generic},
#include "../../tables/zone_names.def"
#undef ZONE_NAMES
};

static const region regions[] = {
#define ZONE_ID(id, n) {id, n},
#include "../../tables/zone_names.def"
#undef ZONE_ID
};

static const name short_names[] = {
#define ZONE_SHORT(text, id) {text, id},
#include "../../tables/zone_names.def"
#undef ZONE_SHORT
};

static const name long_names[] = {
#define ZONE_LONG(text, id) {text, id},
#include "../../tables/zone_names.def"
#undef ZONE_LONG
};

static name by_id[PZ_COUNTOF(regions)];        /* the regions, sorted; text is the id */
static int set_of[PZ_COUNTOF(regions)];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int
compare(const void *a, const void *b)
{
    return strcasecmp(((const name *)a)->text, ((const name *)b)->text);
}

static void
sort_regions(void)
{
    for (size_t i = 0; i < PZ_COUNTOF(regions); i++) by_id[i] = (name){regions[i].id, (const char *)&regions[i]};
    qsort(by_id, PZ_COUNTOF(regions), sizeof *by_id, compare);
    for (size_t i = 0; i < PZ_COUNTOF(regions); i++) {
        set_of[i] = ((const region *)(const void *)by_id[i].id)->set;
        by_id[i].id = by_id[i].text;
    }
}

static const name *
find(const name *list, size_t n, const char *text)
{
    name key = {.text = text};
    return bsearch(&key, list, n, sizeof *list, compare);
}

static bool
to_c(pz_str s, char *out)
{
    if (s.len > NAME_MAX || memchr(s.ptr, 0, s.len)) return false;
    memcpy(out, s.ptr, s.len);
    out[s.len] = 0;
    return true;
}

static const names *
names_of(pz_str id)
{
    char text[NAME_MAX + 1];
    if (!to_c(id, text)) return NULL;
    pthread_once(&once, sort_regions);
    const name *found = find(by_id, PZ_COUNTOF(by_id), text);
    return found && strcmp(found->text, text) == 0 ? &sets[set_of[found - by_id]] : NULL;
}

void
pz_zone_name_text(pz_buf *b, const pz_zone *z, int64_t epoch_micros, bool generic, bool full)
{
    const names *n = names_of(pz_zone_id(z));
    bool dst;
    pz_zone_offset_at(z, epoch_micros, &dst);
    if (!n) pz_buf_str(b, pz_zone_id(z));
    else if (generic) pz_buf_puts(b, full ? n->generic : n->short_generic);
    else if (dst) pz_buf_puts(b, full ? n->daylight : n->short_daylight);
    else pz_buf_puts(b, full ? n->standard : n->short_standard);
}

/* The longest text at the start of s that is an id, or a name where those are asked for. */
const pz_zone *
pz_zone_named(pz_str s, bool by_name, bool full, size_t *len)
{
    char text[NAME_MAX + 1];
    pthread_once(&once, sort_regions);
    for (size_t n = s.len < NAME_MAX ? s.len : NAME_MAX; n > 0; n--) {
        if (!to_c((pz_str){s.ptr, n}, text)) continue;
        const name *found = find(by_id, PZ_COUNTOF(by_id), text);
        if (!found && by_name) found = full ? find(long_names, PZ_COUNTOF(long_names), text) : find(short_names, PZ_COUNTOF(short_names), text);
        if (!found) continue;
        *len = n;
        return pz_zone_find(pz_str_c(found->id));
    }
    return NULL;
}

/* 1: a name of standard time, 2: of daylight time, 3: of both, 0: none of them begins s. */
static int
begins_with(pz_str s, const names *n, size_t *len)
{
    const char *all[] = {n->standard, n->short_standard, n->daylight, n->short_daylight};
    for (int i = 0; i < 4; i++) {
        *len = strlen(all[i]);
        if (s.len < *len || !pz_str_ieqc((pz_str){s.ptr, *len}, all[i])) continue;
        return strcmp(all[i], all[i ^ 2]) == 0 ? 3 : i < 2 ? 1 : 2;
    }
    return 0;
}

/* How SimpleDateFormat finds a name: that of the session's zone first, then of the first zone in its list that has it. */
const pz_zone *
pz_zone_named_before(pz_str s, pz_str session, size_t *len, pz_zone_time *time)
{
    const names *own = names_of(session);
    int kind = own ? begins_with(s, own, len) : 0;
    *time = (pz_zone_time)kind;
    if (kind) return pz_zone_find(session);
    for (size_t i = 0; i < PZ_COUNTOF(regions); i++) {
        kind = begins_with(s, &sets[regions[i].set], len);
        *time = (pz_zone_time)kind;
        if (kind) return pz_zone_find(pz_str_c(regions[i].id));
    }
    return NULL;
}
