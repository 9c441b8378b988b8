/*
 * Set-id files in homes seen by the doctor: those of suspended and deleted users, and those that keep a group
 * their owner is not in any more.
 */
#include "setid.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/search.h"
#include "host/setid.h"
#include "host/setid_find.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/columns.h"
#include "finding.h"

enum { KINDS_MAX = 64, EXAMPLE_SIZE = 512, SEARCH_SECONDS = 2, GROUPS_ROOM = 65536 + 1 };

/* One owner's files of one group. */
struct kind {
    uid_t uid;
    gid_t gid;
    mode_t bits; /* of any of them */
    size_t count;
    char example[EXAMPLE_SIZE]; /* cut */
};

struct kinds {
    struct search_end end; /* first */
    size_t count;
    struct kind list[KINDS_MAX];
};

/* -- in the child ------------------------------------------------------------------------- */

static struct kind *find_kind(struct kinds *kinds, const struct search_entry *entry)
{
    struct kind *kind = kinds->list;

    for (size_t i = 0; i < kinds->count; i++, kind++)
        if (kind->uid == entry->st->st_uid && kind->gid == entry->st->st_gid)
            return kind;
    if (kinds->count == KINDS_MAX)
        return NULL;
    kinds->count++;
    *kind = (struct kind){ .uid = entry->st->st_uid, .gid = entry->st->st_gid };
    snprintf(kind->example, sizeof kind->example, "%s", entry->path);
    return kind;
}

static void look(const struct search_entry *entry, const void *context, void *ret)
{
    mode_t bits = setid_bits(entry->st);
    struct kinds *kinds = ret;
    struct kind *kind = bits != 0 && entry->st->st_uid != 0 ? find_kind(kinds, entry) : NULL;

    (void)context;
    if (kind != NULL) {
        kind->bits |= bits;
        kind->count++;
    } else if (bits != 0 && entry->st->st_uid != 0) {
        kinds->end.deep = true;
    }
}

/* -- judging ------------------------------------------------------------------------------ */

static bool is_member(const struct account *account, gid_t gid)
{
    gid_t *groups = calloc(GROUPS_ROOM, sizeof *groups);
    int count = GROUPS_ROOM;
    bool found = groups == NULL;

    if (groups != NULL && getgrouplist(account->username, account->gid, groups, &count) < 0)
        count = GROUPS_ROOM;
    for (int i = 0; groups != NULL && i < count && !found; i++)
        found = groups[i] == gid;
    free(groups);
    return found;
}

static void report(struct doctor *doctor, const struct kind *kind, const char *who, const char *why,
                   const char *mend)
{
    char what[CHECK_TEXT_SIZE];

    check_text(what, "%zu set-id file%s of %s, e.g. %.300s", kind->count, kind->count == 1 ? "" : "s",
               who, kind->example);
    check_report(doctor, SEVERITY_PROBLEM, "setid-file", who, what, why, mend);
}

static void judge_account(struct doctor *doctor, const struct kind *kind,
                          const struct account *account)
{
    char mend[CHECK_TEXT_SIZE], roles[ROLES_SIZE];

    if (account->status != ACCOUNT_ACTIVE) {
        check_text(mend, "admin-tool users suspend %s --remove-setid", account->username);
        report(doctor, kind, account->username,
               "whoever runs one acts as the suspended user, or with a group of that user's", mend);
    } else if ((kind->bits & S_ISGID) != 0 && !doctor->nss_broken && !is_member(account, kind->gid)) {
        print_roles(account->roles, roles);
        check_text(mend, "admin-tool users edit-roles %s --roles %s --remove-setid",
                   account->username, roles);
        report(doctor, kind, account->username,
               "whoever runs one has a group that its owner is not in any more", mend);
    }
}

static void judge_deleted(struct doctor *doctor, const struct kind *kind, const char *name)
{
    char mend[SETID_COMMAND_SIZE];

    setid_command(NULL, SEARCH_HOMES, kind->uid, mend);
    report(doctor, kind, name, "whoever runs one acts as the deleted user", mend);
}

static void judge(struct doctor *doctor, const struct kind *kind)
{
    struct store *store = doctor->tool->store;
    struct account account = { 0 };
    char name[ACCOUNT_NAME_SIZE];

    if (store_account_by_uid(store, kind->uid, &account) == STORE_OK)
        judge_account(doctor, kind, &account);
    else if (store_tombstone_by_uid(store, kind->uid, name) == STORE_OK)
        judge_deleted(doctor, kind, name);
    explicit_bzero(account.hash, sizeof account.hash);
}

void check_setid(struct doctor *doctor)
{
    const struct search search = { .scope = SEARCH_HOMES, .seconds = SEARCH_SECONDS, .look = look };
    struct kinds *kinds;

    if (doctor->tool->store == NULL || doctor->quiet || doctor->account != NULL)
        return;
    kinds = calloc(1, sizeof *kinds);
    if (kinds == NULL) {
        doctor->incomplete = true;
        return;
    }
    search_run(&search, kinds, sizeof *kinds);
    for (size_t i = 0; i < kinds->count; i++)
        judge(doctor, &kinds->list[i]);
    if (kinds->end.late || kinds->end.deep)
        check_report(doctor, SEVERITY_NOTE, "setid-search", "/home",
                     "not all of the homes could be looked at for set-id files in two seconds",
                     "a suspended user's set-id file runs as that user for anybody",
                     "find /home -xdev -type f -perm /6000 -ls");
    free(kinds);
}
