/*
 * What a login writes into the truth: a new password, or the same one hashed anew. Each write is conditional on what was
 * verified, so an administrator's reset or suspend always wins (DESIGN D10).
 */
#include "rewrite.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/repeats.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "sql/store_chain.h"
#include "sql/store_changes.h"
#include "credential.h"
#include "hearing.h"
#include "request.h"

static enum store_result audit(struct store *store, const struct hearing *hearing,
                               const char *event, const char *detail)
{
    bool by_root = hearing->request->kind == REQUEST_SET;
    const struct audit_actor actor = {
        /* whoever knew the password is its user, though sshd, being root, asks for him */
        .login_uid = by_root ? hearing->judge->caller_uid : hearing->account.uid,
        .name = by_root ? "root" : hearing->account.username,
        .via = hearing->request->service,
        .origin = hearing->place,
    };
    struct account after;
    enum store_result result = store_account_by_uid(store, hearing->account.uid, &after);

    if (result == STORE_OK)
        result = store_audit_append(store, &actor, event, &hearing->account, &after, detail,
                                    hearing->now);
    explicit_bzero(after.hash, sizeof after.hash);
    return result;
}

/* What a user's own change has to do with those before it. */
struct repeat {
    struct activity_log *log; /* NULL: not to be had, so there is a row */
    bool has_row;
    int64_t before; /* changes since the row before, which have none */
};

/* A required change always has its row: an administrator's word was before it. */
static void begin_repeat(struct store *store, const struct hearing *hearing, struct repeat *ret)
{
    *ret = (struct repeat){ .has_row = true };
    if (activity_open(hearing->judge->private_dir, hearing->judge->run_dir, &ret->log) != STORE_OK)
        return;
    if (repeats_count(ret->log, hearing->account.uid, &ret->before) != STORE_OK)
        ret->before = 0;
    if (!hearing->account.temporary &&
        repeats_is_recent(store, hearing->account.username, hearing->now))
        ret->has_row = repeats_add(ret->log, hearing->account.uid, hearing->now) != STORE_OK;
}

static void end_repeat(const struct hearing *hearing, struct repeat *repeat, bool done)
{
    if (repeat->log == NULL)
        return;
    if (!repeat->has_row && !done)
        repeats_take(repeat->log, hearing->account.uid, 1);
    else if (repeat->has_row && done && repeat->before > 0)
        repeats_take(repeat->log, hearing->account.uid, repeat->before);
    activity_close(repeat->log);
}

static enum store_result audit_change(struct store *store, const struct hearing *hearing,
                                      const struct repeat *repeat)
{
    char detail[64];

    if (!repeat->has_row)
        return STORE_OK;
    snprintf(detail, sizeof detail, "after %lld more since the row before",
             (long long)repeat->before);
    return audit(store, hearing, REPEATS_EVENT, repeat->before > 0 ? detail : NULL);
}

/* The user's own change, lost when the account or its hash is no longer what was verified. */
static enum store_result write_change(struct store *store, const struct hearing *hearing,
                                      const char *hash, const struct repeat *repeat)
{
    enum store_result result = store_account_change_password(
        store, hearing->account.uid, hearing->account.hash, hash, hearing->now);

    return result == STORE_OK ? audit_change(store, hearing, repeat) : result;
}

/* Root's word, unless the account was suspended or deleted meanwhile. */
static enum store_result write_set(struct store *store, const struct hearing *hearing,
                                   const char *hash)
{
    bool temporary = hearing->policy.admin_password_temporary != 0;
    struct account present;
    enum store_result result = store_account_by_uid(store, hearing->account.uid, &present);

    explicit_bzero(present.hash, sizeof present.hash);
    if (result == STORE_NOT_FOUND || (result == STORE_OK && present.status != ACCOUNT_ACTIVE))
        return STORE_LOST;
    if (result != STORE_OK)
        return result;
    result = store_account_set_password(store, hearing->account.uid, hash, temporary,
                                        hearing->now + hearing->policy.temporary_hours * 3600,
                                        hearing->now);
    return result == STORE_OK ? audit(store, hearing, "password set", NULL) : result;
}

/* The event and the newest hash of the audit log's chain go to where root of this host may not be
 * able to rewrite them. Origin and service are the caller's words and stay in the audit row. */
static enum store_result commit(struct store *store, const struct hearing *hearing,
                                const char *event)
{
    struct audit_link newest = { 0 };
    enum store_result result = store_audit_newest(store, &newest);

    if (result == STORE_OK)
        result = store_commit(store);
    if (result == STORE_OK)
        syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s user=%s uid=%u audit=%lld:%s", event,
               hearing->account.username, hearing->account.uid, (long long)newest.id, newest.hash);
    return result;
}

enum store_result hearing_write_password(const struct hearing *hearing, const char *hash)
{
    struct store *store = NULL;
    struct repeat repeat = { 0 };
    bool sets = hearing->request->kind == REQUEST_SET;
    enum store_result result = store_open(hearing->judge->private_dir, STORE_EXISTING, &store);

    if (result == STORE_OK && !sets)
        begin_repeat(store, hearing, &repeat);
    if (result == STORE_OK)
        result = store_begin(store);
    if (result == STORE_OK)
        result = sets ? write_set(store, hearing, hash)
                      : write_change(store, hearing, hash, &repeat);
    if (result == STORE_OK)
        result = commit(store, hearing, sets ? "password set" : REPEATS_EVENT);
    store_close(store); /* undoes what is not committed */
    end_repeat(hearing, &repeat, result == STORE_OK);
    return result;
}

/* Each has its row: each is one of the fleet's log, too. */
void hearing_note_change(const struct hearing *hearing)
{
    struct store *store = NULL;
    enum store_result result = store_open(hearing->judge->private_dir, STORE_EXISTING, &store);

    if (result == STORE_OK)
        result = store_begin(store);
    if (result == STORE_OK)
        result = audit(store, hearing, REPEATS_EVENT, "in the fleet");
    if (result == STORE_OK)
        result = commit(store, hearing, REPEATS_EVENT);
    store_close(store);
    hearing_report(result, "accounts.db");
}

void hearing_renew_hash(const struct hearing *hearing)
{
    struct store *store = NULL;
    char hash[ACCOUNT_HASH_SIZE] = "";
    enum store_result result = STORE_FAILED;

    if (credential_hash(hearing->request->password, hash))
        result = store_open(hearing->judge->private_dir, STORE_EXISTING, &store);
    if (result == STORE_OK)
        result = store_begin(store);
    if (result == STORE_OK)
        result = store_account_renew_hash(store, hearing->account.uid, hearing->account.hash, hash);
    if (result == STORE_OK)
        result = audit(store, hearing, "hash renewed", NULL);
    if (result == STORE_OK)
        result = commit(store, hearing, "hash renewed");
    store_close(store);
    explicit_bzero(hash, sizeof hash);
    if (result != STORE_LOST) /* then somebody changed it: as good */
        hearing_report(result, "accounts.db");
}
