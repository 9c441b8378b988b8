/*
 * What deleted users leave in the files of local accounts, seen by the doctor: whoever is made with such a name
 * or id later has what was theirs.
 */
#include "deleted.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "host/local_groups.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "finding.h"

/* -- names and ids taken up again --------------------------------------------------------- */

static void report_heir(struct doctor *doctor, const struct passwd *line, const char *deleted,
                        bool same_uid)
{
    bool same_name = strcmp(line->pw_name, deleted) == 0;
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (!same_uid)
        check_text(what, "/etc/passwd has a user of this name, which an account of ours had");
    else
        check_text(what, "/etc/passwd gives this user the uid %u of %s, a former account of ours",
                   line->pw_uid, same_name ? "the same name" : deleted);
    check_text(mend, same_uid ? "usermod -u FREE-UID %s" : "usermod -l OTHER-NAME %s",
               check_word(line->pw_name));
    check_report(doctor, same_uid && !same_name ? SEVERITY_PROBLEM : SEVERITY_WARNING, "local-heir",
                 line->pw_name, what,
                 same_uid ? "the deleted user's files, crontabs and jobs are this one's now"
                          : "rules and lists that name that user mean this one now",
                 mend);
}

/* Whom the store has, whatever NSS says of him now. */
static bool is_ours(const struct doctor *doctor, const char *name)
{
    struct account account = { 0 };
    bool found = store_account_by_name(doctor->tool->store, name, &account) != STORE_NOT_FOUND;

    explicit_bzero(account.hash, sizeof account.hash);
    return found;
}

static bool has_account(const struct doctor *doctor, uint32_t uid)
{
    struct account account = { 0 };
    bool found = store_account_by_uid(doctor->tool->store, uid, &account) == STORE_OK;

    explicit_bzero(account.hash, sizeof account.hash);
    return found;
}

static void check_line(struct doctor *doctor, const struct passwd *line)
{
    struct store *store = doctor->tool->store;
    char deleted[ACCOUNT_NAME_SIZE];
    uint32_t uid;

    if (store_went_to_passwd(store, line->pw_name, line->pw_uid) == STORE_OK)
        return; /* this is where it lives on */
    if (!has_account(doctor, line->pw_uid) && store_tombstone_by_uid(store, line->pw_uid, deleted) == STORE_OK)
        report_heir(doctor, line, deleted, true);
    else if (!is_ours(doctor, line->pw_name) && store_tombstone_by_name(store, line->pw_name, &uid) == STORE_OK)
        report_heir(doctor, line, line->pw_name, false);
}

void check_heirs(struct doctor *doctor)
{
    FILE *file;
    const struct passwd *line;

    if (doctor->tool->store == NULL || doctor->quiet || doctor->account != NULL)
        return;
    file = fopen("/etc/passwd", "re");
    while (file != NULL && (line = fgetpwent(file)) != NULL)
        check_line(doctor, line);
    if (file != NULL)
        fclose(file);
}

/* -- names that nobody has ---------------------------------------------------------------- */

enum { ASKED_MAX = 2000, OTHERS_SIZE = 256 };

struct strangers {
    struct doctor *doctor;
    size_t asked;
};

/* A source that cannot say now is none that says no. A former name is renamed.c's. */
static bool is_nobody(const struct doctor *doctor, const char *name)
{
    uint32_t uid;

    if (is_ours(doctor, name) ||
        (store_tombstone_by_name(doctor->tool->store, name, &uid) == STORE_OK && has_account(doctor, uid)))
        return false;
    errno = 0;
    return getpwnam(name) == NULL && (errno == 0 || errno == ENOENT || errno == ESRCH);
}

/* Who else administers the group, by commas; for gpasswd(1), which sets all of them. */
struct others {
    const char *group, *name;
    char names[OTHERS_SIZE];
};

static void note_other(void *context, enum local_group_list list, const char *group,
                       const char *name)
{
    struct others *others = context;
    size_t used = strlen(others->names);

    if (list == GSHADOW_ADMINISTRATORS && strcmp(group, others->group) == 0 &&
        strcmp(name, others->name) != 0 && used + strlen(name) + 2 < sizeof others->names)
        snprintf(others->names + used, sizeof others->names - used, "%s%s", used > 0 ? "," : "",
                 check_word(name));
}

static bool is_reported(const struct doctor *doctor, const char *name, const char *what)
{
    for (size_t i = 0; i < doctor->count; i++)
        if (strcmp(doctor->findings[i].check, "group-stranger") == 0 &&
            strcmp(doctor->findings[i].subject, name) == 0 &&
            strcmp(doctor->findings[i].what, what) == 0)
            return true;
    return false;
}

static void report_stranger(struct doctor *doctor, bool administers, const char *group,
                            const char *name)
{
    struct others others = { .group = group, .name = name };
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];
    uint32_t uid;

    check_text(what, "no source knows this user, %s%s the local group %.64s",
               store_tombstone_by_name(doctor->tool->store, name, &uid) == STORE_OK
                   ? "a deleted one of ours, " : "",
               administers ? "an administrator of" : "a member of", group);
    check_text(mend, "gpasswd -d %s %s", check_word(name), check_word(group));
    if (administers) {
        local_groups_walk(note_other, &others);
        check_text(mend, "gpasswd -A '%s' %s", others.names, check_word(group));
    }
    if (!is_reported(doctor, name, what)) /* in /etc/gshadow as in /etc/group */
        check_report(doctor, SEVERITY_WARNING, "group-stranger", name, what,
                     "whoever is made with that name has the group's rights", mend);
}

static void note_stranger(void *context, enum local_group_list list, const char *group,
                          const char *name)
{
    struct strangers *strangers = context;

    if (strangers->asked++ < ASKED_MAX && is_nobody(strangers->doctor, name))
        report_stranger(strangers->doctor, list == GSHADOW_ADMINISTRATORS, group, name);
}

void check_strangers(struct doctor *doctor)
{
    struct strangers strangers = { .doctor = doctor };

    if (doctor->tool->store != NULL && !doctor->quiet && doctor->account == NULL)
        local_groups_walk(note_stranger, &strangers);
}
