/*
 * service/config.c - Config: set, get and ask about settings.
 */
#include "service_int.h"

typedef struct answer { pz_request *r; pz_confs *confs; } answer;

/* pairs = 2, KeyValue { key = 1, value = 2 } */
static void
put_pair(pz_request *r, pz_str key, const pz_str *value)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_put_text(&b, 1, key);
    if (value) pz_put_text(&b, 2, *value);
    pz_put_text(&r->out, 2, pz_buf_view(&b));
    pz_buf_free(&b);
}

static void
put_warning(pz_request *r, pz_str text)
{
    pz_put_text(&r->out, 3, text);
}

static void
warn_about(pz_request *r, pz_str key)
{
    const char *text = pz_conf_warning(key, r->a);
    if (text) put_warning(r, pz_str_c(text));
}

static pz_status
set_one(pz_request *r, const Spark__Connect__KeyValue *kv, pz_error *err)
{
    pz_str key = pz_str_c(kv->key);
    if (!kv->_value_case)
        return pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: value cannot be null for key: %s", kv->key);
    return pz_session_set(r->session, key, pz_str_c(kv->value), r->a, err);
}

static pz_status
op_set(pz_request *r, const Spark__Connect__ConfigRequest__Set *m)
{
    bool silent = m->_silent_case && m->silent;
    for (size_t i = 0; i < m->n_pairs; i++) {
        const Spark__Connect__KeyValue *kv = m->pairs[i];
        pz_error one;
        pz_error_init(&one, r->a);
        if (set_one(r, kv, &one) == PZ_OK) {
            warn_about(r, pz_str_c(kv->key));
            continue;
        }
        if (!silent) {
            pz_error_copy(r->err, &one);
            return PZ_FAIL;
        }
        put_warning(r, kv->_value_case ? pz_strf(r->a, "Failed to set %s to Some(%s) due to " PZ_FMT, kv->key, kv->value, PZ_ARG(pz_error_text(&one, r->a)))
                                       : pz_strf(r->a, "Failed to set %s to None due to " PZ_FMT, kv->key, PZ_ARG(pz_error_text(&one, r->a))));
    }
    return PZ_OK;
}

/* What a client may see of a setting.  Core settings that nobody set and keys that tell secrets are as if unknown. */
static bool
readable(const pz_confs *c, pz_str key, pz_str *value, bool *registered)
{
    const pz_conf_row *row = pz_conf_find(key);
    *registered = pz_conf_registered(row) && row->scope != PZ_CONF_CORE;
    return !pz_conf_redacted(key) && pz_confs_read(c, key, value);
}

static pz_status
op_get(answer *a, size_t n, char **keys, bool strict)
{
    for (size_t i = 0; i < n; i++) {
        pz_str key = pz_str_c(keys[i]), value;
        bool registered, found = readable(a->confs, key, &value, &registered);
        if (!found && strict && (!registered || pz_conf_redacted(key)))
            return pz_raise(a->r->err, PZ_ERR_SQL_CONF_NOT_FOUND, PZ_NO_ORIGIN, "sqlConf", pz_strf(a->r->a, "\"%s\"", keys[i]).ptr, NULL);
        put_pair(a->r, key, found ? &value : NULL);
        warn_about(a->r, key);
    }
    return PZ_OK;
}

/* The row whose rules a given default must keep: a setting with a fallback has the rules of that. */
static const pz_conf_row *
rules_of(pz_str key)
{
    const pz_conf_row *row = pz_conf_find(key);
    while (row && row->fallback) row = pz_conf_find(pz_str_c(row->fallback));
    return pz_conf_registered(row) && row->scope != PZ_CONF_CORE ? row : NULL;
}

static pz_status
op_get_with_default(answer *a, const Spark__Connect__ConfigRequest__GetWithDefault *m)
{
    for (size_t i = 0; i < m->n_pairs; i++) {
        const Spark__Connect__KeyValue *kv = m->pairs[i];
        pz_str key = pz_str_c(kv->key), value;
        const pz_conf_row *row = rules_of(key);
        bool given = kv->_value_case != 0;
        if (given && row) PZ_TRY(pz_conf_check_value(row, pz_str_c(kv->value), a->r->err));
        if (pz_conf_redacted(key) || !pz_confs_get(a->confs, key, &value)) value = given ? pz_str_c(kv->value) : (pz_str){NULL, 0};
        put_pair(a->r, key, value.ptr ? &value : NULL);
        warn_about(a->r, key);
    }
    return PZ_OK;
}

static pz_status
op_get_all(answer *a, const Spark__Connect__ConfigRequest__GetAll *m)
{
    const char *prefix = m->_prefix_case ? m->prefix : "";
    size_t skip = strlen(prefix);
    for (int i = 0; i < pz_confs_count(a->confs); i++) {
        pz_str key, value;
        pz_confs_at(a->confs, i, &key, &value);
        if (pz_conf_redacted(key) || !pz_str_starts(key, prefix)) continue;
        put_pair(a->r, (pz_str){key.ptr + skip, key.len - skip}, &value);
    }
    return PZ_OK;
}

static pz_status
op_unset(answer *a, const Spark__Connect__ConfigRequest__Unset *m)
{
    for (size_t i = 0; i < m->n_keys; i++) {
        PZ_TRY(pz_session_unset(a->r->session, pz_str_c(m->keys[i]), a->r->a, a->r->err));
        warn_about(a->r, pz_str_c(m->keys[i]));
    }
    return PZ_OK;
}

static pz_status
op_is_modifiable(answer *a, const Spark__Connect__ConfigRequest__IsModifiable *m)
{
    for (size_t i = 0; i < m->n_keys; i++) {
        pz_str key = pz_str_c(m->keys[i]);
        const pz_conf_row *row = pz_conf_find(key);
        bool yes = pz_conf_registered(row) && row->access == PZ_CONF_RUNTIME && row->scope != PZ_CONF_CORE;
        pz_str text = yes ? PZ_STR("true") : PZ_STR("false");
        put_pair(a->r, key, &text);
        warn_about(a->r, key);
    }
    return PZ_OK;
}

static pz_status
run(answer *a, const Spark__Connect__ConfigRequest__Operation *op)
{
    switch (op ? op->op_type_case : 0) {
    case SPARK__CONNECT__CONFIG_REQUEST__OPERATION__OP_TYPE_SET: return op_set(a->r, op->set);
    case SPARK__CONNECT__CONFIG_REQUEST__OPERATION__OP_TYPE_GET: return op_get(a, op->get->n_keys, op->get->keys, true);
    case SPARK__CONNECT__CONFIG_REQUEST__OPERATION__OP_TYPE_GET_WITH_DEFAULT: return op_get_with_default(a, op->get_with_default);
    case SPARK__CONNECT__CONFIG_REQUEST__OPERATION__OP_TYPE_GET_OPTION: return op_get(a, op->get_option->n_keys, op->get_option->keys, false);
    case SPARK__CONNECT__CONFIG_REQUEST__OPERATION__OP_TYPE_GET_ALL: return op_get_all(a, op->get_all);
    case SPARK__CONNECT__CONFIG_REQUEST__OPERATION__OP_TYPE_UNSET: return op_unset(a, op->unset);
    case SPARK__CONNECT__CONFIG_REQUEST__OPERATION__OP_TYPE_IS_MODIFIABLE: return op_is_modifiable(a, op->is_modifiable);
    default: return pz_raise_text(a->r->err, PZ_CLASS_JavaUnsupportedOperationException, " not supported.");
    }
}

pz_status
pz_serve_config(pz_request *r)
{
    Spark__Connect__ConfigRequest *m;
    answer a = {.r = r};
    pz_status st;
    PZ_REQUEST(r, m, spark__connect__config_request__descriptor, PZ_SESSION_CREATE);
    pz_answer_ids(r, 1, 4);
    a.confs = pz_session_confs(r->session);
    st = run(&a, m->operation);
    pz_confs_unref(a.confs);
    return st;
}
