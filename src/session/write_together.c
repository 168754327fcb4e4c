/*
 * session/write_together.c - stages of one change take their places together: all of them, and what the catalog says of them, or none.
 *
 * Each takes its place in one step (write_publish.c), but several steps can be cut off in between.  So the warehouse database first gets
 * a record of them, which is durable before the first step; the transaction of the change then notes in it that the change holds.  A
 * restart that finds a record without the note puts the old files back before anything is read; with the note it removes them.
 * One stage without a change of the catalog needs no record.  Things start at pz_together_publish(), after a crash at pz_together_recover().
 */
#include <sys/stat.h>
#include <unistd.h>

#include "write.h"

enum { HOLDS = -1 };                           /* seq of the note; that of a directory is twice its place, and one more if it goes when nothing is in it */

void
pz_together_add(pz_together *t, const pz_publication *p, pz_arena *a)
{
    pz_publication own = *p;
    own.stage.target = pz_dup(a, p->stage.target);
    own.stage.dir = pz_dup(a, p->stage.dir);
    own.prefix = pz_dup(a, p->prefix);
    pz_vec_push(a, &t->list, own);
}

/* ---- the record ---- */
static pz_status
record(pz_together *t, pz_engine *e, pz_error *err)
{
    pz_buf b;
    pz_status st;
    pz_uuid_make(t->id);
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "INSERT INTO _piezo.publishing VALUES ");
    for (int i = 0; i < t->list.n; i++) {
        const pz_publication *p = &t->list.data[i];
        pz_buf_printf(&b, "%s('%s', %d, %s, ", i ? ", " : "", t->id, 2 * i + p->empty, p->existed ? "true" : "false");
        pz_buf_quoted(&b, p->stage.dir, '\'');
        pz_buf_puts(&b, ", ");
        pz_buf_quoted(&b, p->stage.target, '\'');
        pz_buf_putc(&b, ')');
    }
    st = pz_engine_exec(e, pz_buf_view(&b), err);
    pz_buf_free(&b);
    t->recorded = st == PZ_OK;
    return st;
}

void
pz_together_commit_text(const pz_together *t, pz_buf *sql)
{
    if (t->recorded) pz_buf_printf(sql, "INSERT INTO _piezo.publishing VALUES ('%s', %d, NULL, NULL, NULL);", t->id, HOLDS);
}

/* A record that stays costs the next start a look. */
static void
forget(pz_engine *e, pz_str id, pz_arena *a)
{
    pz_error quiet;
    pz_error_init(&quiet, a);
    (void)pz_engine_exec(e, pz_strf(a, "DELETE FROM _piezo.publishing WHERE id = '" PZ_FMT "'", PZ_ARG(id)), &quiet);
}

/* ---- all or nothing ---- */
pz_status
pz_together_publish(pz_together *t, pz_engine *e, bool recorded, pz_arena *a, pz_error *err)
{
    struct stat st;
    for (int i = 0; i < t->list.n; i++) t->list.data[i].existed = lstat(t->list.data[i].stage.target.ptr, &st) == 0;
    if (t->list.n && recorded) PZ_TRY(record(t, e, err));
    for (int i = 0; i < t->list.n; i++) {
        pz_publication *p = &t->list.data[i];
        PZ_TRY(pz_stage_publish(&p->stage, p->how, p->prefix, p->whole, t->recorded, a, err));
        p->published = true;
    }
    return PZ_OK;
}

static void
clean(pz_publication *p, pz_arena *a)
{
    pz_stage_unmark(&p->stage, a);
    if (p->empty) (void)rmdir(p->stage.target.ptr);
    pz_stage_drop(&p->stage);
}

void
pz_together_finish(pz_together *t, pz_engine *e, pz_arena *a)
{
    for (int i = 0; i < t->list.n; i++) clean(&t->list.data[i], a);
    if (t->recorded) forget(e, pz_str_c(t->id), a);
    t->list.n = 0;
}

/* Later ones may lie inside earlier ones, so they go first.  look: the marks tell what was published. */
static bool
take_back(pz_publication *list, int n, bool look, pz_arena *a)
{
    pz_error quiet;
    bool all = true;
    pz_error_init(&quiet, a);
    for (int i = n; i-- > 0;) {
        pz_publication *p = &list[i];
        if (look) p->published = pz_stage_is_published(&p->stage, a);
        if (pz_stage_take_back(&p->stage, p->published, p->existed, a, &quiet) == PZ_OK) pz_stage_drop(&p->stage);
        else all = false;
    }
    return all;
}

void
pz_together_undo(pz_together *t, pz_engine *e, pz_arena *a)
{
    bool back = take_back(t->list.data, t->list.n, false, a);
    if (back && t->recorded) forget(e, pz_str_c(t->id), a);
    t->list.n = 0;
}

/* ---- after a crash ---- */
static void
settle(pz_engine *e, pz_str id, pz_together *t, bool holds, pz_arena *a)
{
    bool done = true;
    for (int i = 0; i < t->list.n && holds; i++) clean(&t->list.data[i], a);
    if (!holds) done = take_back(t->list.data, t->list.n, true, a);
    pz_log(done ? PZ_LOG_INFO : PZ_LOG_ERROR, "event=write_%s directories=%d", !done ? "not_taken_back" : holds ? "completed" : "taken_back", t->list.n);
    if (done) forget(e, id, a);
}

pz_status
pz_together_recover(pz_engine *e, pz_error *err)
{
    static const pz_type *const types[] = {&pz_t_string, &pz_t_int, &pz_t_boolean, &pz_t_string, &pz_t_string};
    pz_arena *a = pz_arena_open();
    pz_values *rows;
    int n = 0;
    pz_status st = pz_engine_rows(e, NULL, PZ_STR("SELECT id, seq, existed, stage, target FROM _piezo.publishing ORDER BY id, seq"), types, 5, a, &rows, &n, err);
    for (int i = 0, to; st == PZ_OK && i < n; i = to) {
        pz_together t = {0};
        pz_str id = rows[i].data[0].s;
        bool holds = rows[i].data[1].i == HOLDS;
        for (to = i + holds; to < n && pz_str_eq(rows[to].data[0].s, id); to++) {
            const pz_value *v = rows[to].data;
            pz_publication p = {.stage = {v[4].s, v[3].s}, .existed = v[2].b, .empty = v[1].i % 2 == 1};
            pz_together_add(&t, &p, a);
        }
        settle(e, id, &t, holds, a);
    }
    pz_arena_close(a);
    return st;
}
