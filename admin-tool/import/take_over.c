/*
 * The last step of taking local accounts over: their lines leave /etc/passwd, /etc/shadow, /etc/group
 * and /etc/gshadow, as shadow-utils would do it: under lckpwdf(3), with backups, by rename. The files
 * stay whole at any instant. /etc/passwd goes first: as soon as its line is gone we decide about the
 * account, while one without its line in /etc/shadow could not log in at all. What a run that was
 * killed left in the other files, the next one removes.
 */
#include "take_over.h"

#include <errno.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/local_backup.h"
#include "host/local_files.h"
#include "host/nscd.h"
#include "sql/account.h"
#include "sql/primary_group.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/say.h"
#include "batch.h"
#include "claims.h"

enum { NAME_FIELD = 0, HASH_FIELD = 1, ID_FIELD = 2, MEMBERS_FIELD = 3 };

struct surgery {
    struct import_batch *batch;
    struct claims taken; /* CLAIM_USER: whose lines are to go; number: the uid. CLAIM_ROW_NAME: number 1: suspended */
    struct claims kept;  /* CLAIM_USER, CLAIM_GROUP: names in the files as they will be */
    struct local_file files[LOCAL_FILE_COUNT];
    char backup[LOCAL_BACKUP_SIZE];
    size_t removed;
    bool failed; /* memory */
};

static bool trouble(struct surgery *surgery, const char *path, const char *why)
{
    tool_complain(surgery->batch->tool, "%s: %s; the accounts are imported, but local lines are "
                  "still there: run it again with --take-over", path, why);
    return false;
}

/* -- which lines go ----------------------------------------------------------------------- */

/* The uid of an account of ours without a line in /etc/passwd; 0 when there is none. */
static uint32_t find_orphan(struct surgery *surgery, const char *name)
{
    struct account account;
    uint32_t uid = 0;

    if (claims_find(&surgery->kept, CLAIM_USER, name) == NULL &&
        store_account_by_name(surgery->batch->tool->store, name, &account) == STORE_OK)
        uid = account.uid;
    explicit_bzero(&account, sizeof account);
    return uid;
}

/* Whose id is it that goes; 0: nobody's. Never below 1000, whatever was asked for. */
static uint32_t taken_uid(struct surgery *surgery, const char *name)
{
    const struct claim *taken = claims_find(&surgery->taken, CLAIM_USER, name);
    uint32_t uid = taken != NULL ? (uint32_t)taken->number : 0;

    if (taken != NULL && claims_find(&surgery->kept, CLAIM_USER, name) != NULL)
        return 0; /* its line has another uid now */
    if (uid == 0)
        uid = find_orphan(surgery, name);
    return uid >= 1000 ? uid : 0;
}

static bool keep(struct surgery *surgery, enum claim_kind kind, const char *name)
{
    if (claims_add(&surgery->kept, kind, name, 0, "") == NULL)
        surgery->failed = true;
    return false;
}

static bool passwd_line_goes(struct surgery *surgery, const char *name, const char *id)
{
    const struct claim *taken = claims_find(&surgery->taken, CLAIM_USER, name);

    if (taken != NULL && taken->number >= 1000 && strtoul(id, NULL, 10) == taken->number) {
        surgery->removed++;
        return true;
    }
    return keep(surgery, CLAIM_USER, name);
}

/* Does our file show the private group of this account? */
static bool has_private_group(struct surgery *surgery, uint32_t uid)
{
    struct account account;
    bool has = store_account_by_uid(surgery->batch->tool->store, uid, &account) == STORE_OK &&
               account_has_private_group(&account);

    explicit_bzero(&account, sizeof account);
    return has;
}

/* The private group, if it is nobody else's, too. */
static bool group_line_goes(struct surgery *surgery, const char *name, const char *id,
                            bool has_others)
{
    uint32_t uid = taken_uid(surgery, name);

    if (uid == 0 || strtoul(id, NULL, 10) != uid || has_others || !has_private_group(surgery, uid))
        return keep(surgery, CLAIM_GROUP, name);
    return true;
}

static bool line_goes(struct surgery *surgery, enum local_file_id file, const char *line,
                      size_t length)
{
    char name[ACCOUNT_NAME_SIZE], id[16], members[ACCOUNT_NAME_SIZE];
    bool others;

    local_line_field(line, length, NAME_FIELD, name, sizeof name);
    local_line_field(line, length, ID_FIELD, id, sizeof id);
    if (name[0] == '\0')
        return false;
    switch (file) {
    case LOCAL_PASSWD:
        return passwd_line_goes(surgery, name, id);
    case LOCAL_SHADOW:
        return taken_uid(surgery, name) != 0;
    case LOCAL_GROUP:
        others = !local_line_field(line, length, MEMBERS_FIELD, members, sizeof members) ||
                 (members[0] != '\0' && strcmp(members, name) != 0);
        return group_line_goes(surgery, name, id, others);
    case LOCAL_GSHADOW:
        return claims_find(&surgery->kept, CLAIM_GROUP, name) == NULL &&
               taken_uid(surgery, name) != 0;
    default:
        return false;
    }
}

/* Another password, or none any more, than when it was read; usermod -L puts a '!' before it, which says no more of who
 * is suspended. */
static bool is_changed(const char *read, const char *present, bool suspended)
{
    return (present[0] == '$' && strcmp(read, present) != 0) ||
           (present[0] == '!' && read[0] == '$' && !suspended);
}

/* What changed since it was read would be lost: that account waits for the next run. */
static void spare_changed(struct surgery *surgery, const char *line, size_t length)
{
    char name[ACCOUNT_NAME_SIZE], hash[ACCOUNT_HASH_SIZE];
    struct claim *found;

    local_line_field(line, length, NAME_FIELD, name, sizeof name);
    local_line_field(line, length, HASH_FIELD, hash, sizeof hash);
    found = claims_find(&surgery->taken, CLAIM_USER, name);
    if (found != NULL &&
        is_changed(found->holder, hash, claims_find(&surgery->taken, CLAIM_ROW_NAME, name)->number == 1)) {
        tool_complain(surgery->batch->tool, "the password of %s was changed or locked meanwhile, so its "
                      "lines stay: run it again with --take-over", name);
        found->number = 0;
    }
    explicit_bzero(hash, sizeof hash);
}

static void spare_all_changed(struct surgery *surgery, const struct local_file *shadow)
{
    const char *line = shadow->old, *end = shadow->old + shadow->old_size, *next;
    size_t length;

    for (; !shadow->missing && line < end; line = next) {
        next = local_line_end(line, end, &length);
        spare_changed(surgery, line, length);
    }
}

static void cut(struct surgery *surgery, struct local_file *file)
{
    const char *line = file->old, *end = file->old + file->old_size, *next;
    size_t length;

    for (; !file->missing && line < end; line = next) {
        next = local_line_end(line, end, &length);
        if (line_goes(surgery, file->id, line, length))
            continue;
        memcpy(file->new + file->new_size, line, (size_t)(next - line));
        file->new_size += (size_t)(next - line);
    }
}

/* -- all of it ---------------------------------------------------------------------------- */

static bool read_and_cut(struct surgery *surgery)
{
    for (size_t i = 0; i <= LOCAL_GSHADOW; i++)
        if (!local_file_load(&surgery->files[i], (enum local_file_id)i))
            return trouble(surgery, local_file_path((enum local_file_id)i), strerror(errno));
    spare_all_changed(surgery, &surgery->files[LOCAL_SHADOW]);
    for (size_t i = 0; i <= LOCAL_GSHADOW; i++)
        cut(surgery, &surgery->files[i]);
    return !surgery->failed || trouble(surgery, "/etc/passwd", strerror(ENOMEM));
}

static bool operate(struct surgery *surgery)
{
    const struct import_batch *batch = surgery->batch;
    const char *path = PRIVATE_DIR;

    for (size_t i = 0; i < batch->count; i++)
        if (claims_add(&surgery->taken, CLAIM_ROW_NAME, import_row_name(&batch->rows[i]),
                       batch->rows[i].status == ACCOUNT_SUSPENDED, "") == NULL ||
            claims_add(&surgery->taken, CLAIM_USER, import_row_name(&batch->rows[i]),
                       batch->rows[i].uid,
                       batch->rows[i].hash != NULL ? batch->rows[i].hash : "") == NULL)
            return trouble(surgery, "/etc/passwd", strerror(ENOMEM));
    if (!read_and_cut(surgery))
        return false;
    if (!local_files_differ(surgery->files))
        return true;
    return (local_backup_make("take-over", batch->tool->now, surgery->backup) &&
            local_files_replace(surgery->files, surgery->backup, LOCAL_TAKES_AWAY, &path)) ||
           trouble(surgery, path, strerror(errno));
}

static void surgery_free(struct surgery *surgery)
{
    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++)
        local_file_free(&surgery->files[i]);
    claims_free(&surgery->taken);
    claims_free(&surgery->kept);
}

/* Their sessions began when suspending had no effect; to end them may take seconds each. */
static void note_suspended(const struct import_batch *batch)
{
    struct account account;

    for (size_t i = 0; i < batch->count; i++)
        if (store_account_by_uid(batch->tool->store, batch->rows[i].uid, &account) == STORE_OK &&
            account.status == ACCOUNT_SUSPENDED)
            tool_refuse(GO_ON, "note: %s is suspended; 'admin-tool users suspend %s' ends what it "
                        "may still run", account.username, account.username);
    explicit_bzero(&account, sizeof account);
}

void take_over(struct import_batch *batch)
{
    struct surgery surgery = { .batch = batch };

    if (lckpwdf() != 0) {
        trouble(&surgery, "/etc/.pwd.lock", "another program is changing the local accounts");
        return;
    }
    if (operate(&surgery)) {
        note_suspended(batch);
        tool_refuse(GO_ON, "%zu account%s taken over from /etc/passwd%s%s", surgery.removed,
                    surgery.removed == 1 ? "" : "s",
                    surgery.backup[0] != '\0' ? "; the former files are in " : "", surgery.backup);
    }
    ulckpwdf();
    surgery_free(&surgery);
    nscd_tell();
}

enum status take_over_confirm(struct import_batch *batch)
{
    char plan[512] = "remove ";
    size_t used = strlen(plan), shown = 0;

    if (tool_has(batch->tool, OPTION_YES) || batch->count == 0)
        return GO_ON;
    for (; shown < batch->count && shown < 8; shown++)
        used += (size_t)snprintf(plan + used, sizeof plan - used, "%s%s", shown > 0 ? ", " : "",
                                 import_row_name(&batch->rows[shown]));
    if (shown < batch->count)
        used += (size_t)snprintf(plan + used, sizeof plan - used, " and %zu more",
                                 batch->count - shown);
    snprintf(plan + used, sizeof plan - used, " from /etc/passwd and /etc/shadow");
    return confirm_change(plan, stderr);
}
