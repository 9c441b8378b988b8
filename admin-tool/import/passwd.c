/*
 * Local accounts as records: what /etc/passwd and /etc/shadow say, in our terms. The files are only
 * read here; until their lines are gone (take_over.c) they decide, not we.
 */
#include "passwd.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "change/actor.h"
#include "host/defaults.h"
#include "host/local_users.h"
#include "host/oneself.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_files.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "ages.h"
#include "batch.h"
#include "check.h"
#include "claims.h"
#include "record.h"
#include "shadow.h"

enum { UID_FIRST = 1000, UID_LAST = 59999, DAY = 86400 };

struct staging {
    struct import_batch *batch;
    struct shadow shadow;
    char *const *operands; /* "NAME" or "NAME=EMAIL" */
    size_t operand_count;
    const char *domain;
    struct actor actor;
};

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was imported");
}

/* -- one account -------------------------------------------------------------------------- */

/* The hash as a column of import has it: what is locked or empty is no password; but locked and expired, as
 * "usermod -L -e 1" leaves it, is suspended, with the password for another time. */
static const char *judge_hash(struct import_batch *batch, const char *name, const char *hash, bool expired)
{
    if (expired && hash[0] == '!' && hash[1] == '$')
        return hash + 1;
    if (hash[0] == '\0')
        import_batch_note(batch, name, "has an empty password, which nobody can log in with here; "
                          "see 'admin-tool reset-password'");
    else if (hash[0] == '!' || hash[0] == '*')
        import_batch_note(batch, name, "is locked in /etc/shadow, so it has no password; see "
                          "'admin-tool reset-password'");
    else
        return hash;
    return "*";
}

static bool set_copy(struct import_record *record, enum import_column column, const char *text,
                     size_t length, char ret_reason[IMPORT_REASON_SIZE])
{
    char value[ACCOUNT_PATH_SIZE + 64];

    snprintf(value, sizeof value, "%.*s", (int)length, text);
    return import_record_set(record, column, value, ret_reason);
}

/* The full name ends at the first comma (adduser(8), chfn(1)); a home's last slashes mean nothing. */
static bool set_texts(struct import_record *record, const struct passwd *line,
                      char ret_reason[IMPORT_REASON_SIZE])
{
    size_t home = strlen(line->pw_dir);
    char uid[16], gid[16];

    while (home > 1 && line->pw_dir[home - 1] == '/')
        home--;
    snprintf(uid, sizeof uid, "%u", line->pw_uid);
    snprintf(gid, sizeof gid, "%u", line->pw_gid);
    return import_record_set(record, IMPORT_USERNAME, line->pw_name, ret_reason) &&
           import_record_set(record, IMPORT_UID, uid, ret_reason) &&
           import_record_set(record, IMPORT_GID, gid, ret_reason) &&
           set_copy(record, IMPORT_FULL_NAME, line->pw_gecos, strcspn(line->pw_gecos, ","),
                    ret_reason) &&
           set_copy(record, IMPORT_HOME, line->pw_dir, home, ret_reason) &&
           import_record_set(record, IMPORT_SHELL,
                             line->pw_shell[0] != '\0' ? line->pw_shell : "/bin/sh", ret_reason);
}

static bool make_record(struct staging *staging, const struct passwd *line, const char *email,
                        struct import_record *record, char ret_reason[IMPORT_REASON_SIZE])
{
    const struct shadow_line *secret = shadow_find(&staging->shadow, line->pw_name);
    const char *hash = strcmp(line->pw_passwd, "x") != 0 ? line->pw_passwd
                       : secret != NULL                  ? secret->hash
                                                         : "*";

    ret_reason[0] = '\0';
    if (!set_texts(record, line, ret_reason) ||
        !import_record_set(record, IMPORT_EMAIL, email, ret_reason) ||
        !import_record_set(record, IMPORT_HASH,
                           judge_hash(staging->batch, line->pw_name, hash,
                                      secret != NULL && ages_has_expired(secret, staging->batch->tool->now)), ret_reason) ||
        !import_record_complete(record, ret_reason))
        return false;
    defaults_fill(&staging->batch->tool->policy, &record->account);
    if (secret != NULL)
        ages_take(staging->batch, secret, &record->account);
    return true;
}

/* Whoever took his own line away could find himself without the way back. */
static bool runs_this(const struct staging *staging, const struct passwd *line)
{
    return oneself_is(&staging->actor, line->pw_uid, line->pw_name);
}

static enum status stage(struct staging *staging, const struct passwd *line, const char *email)
{
    char reason[IMPORT_REASON_SIZE] = "", made[ACCOUNT_EMAIL_SIZE + ACCOUNT_NAME_SIZE + 256];
    struct import_record record = { .line = 0 };
    enum status status = GO_ON;
    bool good = false;

    snprintf(made, sizeof made, "%.*s@%s", ACCOUNT_NAME_SIZE, line->pw_name, staging->domain);
    if (line->pw_uid < UID_FIRST)
        snprintf(reason, sizeof reason, "its uid is below 1000: it is the system's own");
    else if (tool_has(staging->batch->tool, OPTION_TAKE_OVER) && runs_this(staging, line))
        snprintf(reason, sizeof reason, "it is the account that runs this; let somebody else take it over");
    else if (account_username_fault(line->pw_name) != NULL) /* in other letters it would be another one */
        snprintf(reason, sizeof reason, "the username '%.64s' %s; give it another with usermod(8) first",
                 line->pw_name, account_username_fault(line->pw_name));
    else
        good = make_record(staging, line, email != NULL ? email : made, &record, reason) &&
               import_check_record(staging->batch, &record, ROW_STAGED, reason);
    if (!good)
        import_batch_refuse(staging->batch, 0, line->pw_name, reason);
    else if (!import_batch_add(staging->batch, &record, ROW_STAGED))
        status = refuse_memory();
    else if (shadow_find(&staging->shadow, line->pw_name) != NULL)
        ages_keep(shadow_find(&staging->shadow, line->pw_name), &staging->batch->rows[staging->batch->count - 1]);
    explicit_bzero(&record, sizeof record);
    return status;
}

/* -- which accounts ----------------------------------------------------------------------- */

/* Debian's name of this host in mail addresses (policy 11.6), else its own. */
static void find_domain(char ret[ACCOUNT_EMAIL_SIZE])
{
    FILE *file = fopen("/etc/mailname", "re");

    if (file == NULL || fgets(ret, ACCOUNT_EMAIL_SIZE, file) == NULL)
        ret[0] = '\0';
    if (file != NULL)
        fclose(file);
    ret[strcspn(ret, " \t\r\n")] = '\0';
    if (ret[0] == '\0' && gethostname(ret, ACCOUNT_EMAIL_SIZE - 1) != 0)
        snprintf(ret, ACCOUNT_EMAIL_SIZE, "localhost");
    ret[ACCOUNT_EMAIL_SIZE - 1] = '\0';
}

/* True when this one was asked for; *ret: its address, NULL when none was given. */
static bool is_wanted(const struct staging *staging, const struct passwd *line, const char **ret)
{
    size_t length = strlen(line->pw_name);

    *ret = NULL;
    if (line->pw_name[0] == '+' || line->pw_name[0] == '-') /* compat: no account */
        return false;
    if (staging->operand_count == 0)
        return line->pw_uid >= UID_FIRST && line->pw_uid <= UID_LAST;
    for (size_t i = 0; i < staging->operand_count; i++) {
        const char *operand = staging->operands[i];

        if (strncmp(operand, line->pw_name, length) != 0 || strchr("=", operand[length]) == NULL)
            continue;
        *ret = operand[length] == '=' ? operand + length + 1 : NULL;
        return true;
    }
    return false;
}

static enum status stage_all(struct staging *staging)
{
    FILE *file = fopen("/etc/passwd", "re");
    enum status status = GO_ON;
    const struct passwd *line;
    const char *email;

    if (file == NULL)
        return tool_refuse(STATUS_FAILED, "/etc/passwd: %s", strerror(errno));
    while (status == GO_ON && (line = fgetpwent(file)) != NULL)
        if (is_wanted(staging, line, &email))
            status = stage(staging, line, email);
    fclose(file);
    return status;
}

/* A line that is gone already may have left others behind: --take-over goes on then, if it is one of
 * ours. */
enum status import_passwd_check_absent(const struct import_batch *batch)
{
    const struct tool *tool = batch->tool;
    char name[LOGIN_NAME_MAX + 1];

    for (size_t i = 0; i < tool->arguments.operand_count; i++) {
        const char *operand = tool->arguments.operands[i];
        enum store_result result = STORE_OK; /* nobody's */

        snprintf(name, sizeof name, "%.*s", (int)strcspn(operand, "="), operand);
        if (host_is_local(name))
            continue;
        if (tool->store != NULL && tool_has(tool, OPTION_TAKE_OVER))
            result = store_name_is_free(tool->store, name);
        if (result == STORE_OK)
            return tool_refuse(STATUS_NOT_FOUND, "no such user in /etc/passwd: %s; nothing was "
                               "imported", operand);
        if (result != STORE_TAKEN)
            return tool_store_status(tool, result, name);
    }
    return GO_ON;
}

static void note_groups(struct import_batch *batch)
{
    FILE *file = fopen("/etc/group", "re");
    const struct group *group;
    char text[128];

    if (file == NULL)
        return;
    while ((group = fgetgrent(file)) != NULL)
        for (char **member = group->gr_mem; *member != NULL; member++)
            if (claims_find(&batch->claims, CLAIM_ROW_NAME, *member) != NULL) {
                snprintf(text, sizeof text, "stays a member of the local group %.64s",
                         group->gr_name);
                import_batch_note(batch, *member, text);
            }
    fclose(file);
}

enum status import_passwd_read(struct import_batch *batch)
{
    char domain[ACCOUNT_EMAIL_SIZE];
    struct staging staging = { .batch = batch, .domain = domain,
                               .operands = batch->tool->arguments.operands,
                               .operand_count = batch->tool->arguments.operand_count };
    enum status status = shadow_read(&staging.shadow);

    find_domain(domain);
    actor_find(&staging.actor);
    if (status == GO_ON)
        status = stage_all(&staging);
    if (status == GO_ON && (!tool_has(batch->tool, OPTION_TAKE_OVER) || /* else the store is asked */
                            store_check_files(PRIVATE_DIR, "accounts.db") == STORE_MISSING))
        status = import_passwd_check_absent(batch);
    if (status == GO_ON)
        note_groups(batch);
    shadow_free(&staging.shadow);
    return status;
}
