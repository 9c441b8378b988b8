/*
 * What a restore finds missing on this machine, counted: ten thousand homes are one line.
 */
#include "rehearsal.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/home_owner.h"
#include "host/names.h"
#include "host/shell.h"
#include "import/claims.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "sql/restore_plan.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/escape.h"

/* So many different shells and groups are told apart; the last line takes the rest. */
enum { TALLIES = 16 };

/* Accounts of whom the same is to be said. */
struct tally {
    char what[ACCOUNT_PATH_SIZE], first[ACCOUNT_NAME_SIZE];
    size_t count;
};

struct rehearsal {
    struct claims groups; /* CLAIM_GID: of /etc/group */
    struct tally homes, suspended, shells[TALLIES], primaries[TALLIES];
};

static bool read_groups(struct claims *claims)
{
    FILE *file = fopen("/etc/group", "re");
    const struct group *line;
    bool good = true;
    char id[16];

    while (file != NULL && good && (line = fgetgrent(file)) != NULL) {
        snprintf(id, sizeof id, "%u", line->gr_gid);
        good = claims_add(claims, CLAIM_GID, id, 0, "") != NULL;
    }
    if (file != NULL)
        fclose(file);
    return good;
}

struct rehearsal *rehearsal_new(void)
{
    struct rehearsal *rehearsal = calloc(1, sizeof *rehearsal);

    if (rehearsal == NULL || read_groups(&rehearsal->groups))
        return rehearsal;
    rehearsal_free(rehearsal);
    return NULL;
}

void rehearsal_free(struct rehearsal *rehearsal)
{
    if (rehearsal != NULL)
        claims_free(&rehearsal->groups);
    free(rehearsal);
}

/* -- counted ------------------------------------------------------------------------------ */

static void count(struct tally *tally, const char *what, const struct account *account)
{
    if (tally->count++ > 0)
        return;
    snprintf(tally->what, sizeof tally->what, "%s", what);
    memcpy(tally->first, account->username, sizeof tally->first);
}

static void count_among(struct tally tallies[TALLIES], const char *what, const struct account *account)
{
    size_t i = 0;

    while (i + 1 < TALLIES && tallies[i].count > 0 && strcmp(tallies[i].what, what) != 0)
        i++;
    count(&tallies[i], what, account);
}

void rehearsal_note(struct rehearsal *rehearsal, const struct restored *one)
{
    const struct account *account = &one->after;
    char gid[16];

    if (!one->is)
        return;
    snprintf(gid, sizeof gid, "%u", account->gid);
    if (account->status == ACCOUNT_SUSPENDED)
        count(&rehearsal->suspended, "", account);
    if (!account->service && !home_is_nobodys(account->home) && access(account->home, F_OK) != 0 && errno == ENOENT)
        count(&rehearsal->homes, account->home, account);
    if (host_shell_fault(account->shell) != NULL)
        count_among(rehearsal->shells, account->shell, account);
    if (account->gid != account->uid && claims_find(&rehearsal->groups, CLAIM_GID, gid) == NULL)
        count_among(rehearsal->primaries, gid, account);
}

/* -- said --------------------------------------------------------------------------------- */

/* "ann" or "ann and 3 more". */
static void print_whose(const struct tally *tally)
{
    printf("%s", tally->first);
    if (tally->count > 1)
        printf(" and %zu more", tally->count - 1);
}

static void print_each(const struct tally tallies[TALLIES], const char *before, const char *after)
{
    for (size_t i = 0; i < TALLIES && tallies[i].count > 0; i++) {
        printf("missing: %s %s%s, of ", before, tallies[i].what,
               i + 1 == TALLIES ? ", or another one" : "");
        print_whose(&tallies[i]);
        printf("; %s\n", after);
    }
}

static void print_groups(const char *role, const char *names)
{
    while (*names != '\0') {
        size_t length = strcspn(names, ",");
        char name[POLICY_VALUE_SIZE];
        uint32_t gid;

        snprintf(name, sizeof name, "%.*s", (int)length, names);
        if (!host_find_group(name, &gid))
            printf("missing: the group %s, which comes with the role %s; make it, and it is granted\n", name, role);
        names += length + (names[length] == ',');
    }
}

/* Of whom no account is left, whose clash would have been said. OK or NOT_FOUND. */
static enum store_result find_former(struct store *backup, uint32_t uid, char ret[ACCOUNT_NAME_SIZE])
{
    struct account account = { 0 };
    enum store_result result = store_account_by_uid(backup, uid, &account);

    explicit_bzero(&account, sizeof account);
    if (result != STORE_NOT_FOUND)
        return result == STORE_OK ? STORE_NOT_FOUND : result;
    return store_tombstone_by_uid(backup, uid, ret);
}

/* Nobody restores who is gone, but what was hers may come along. */
static enum store_result print_heirs(struct store *backup)
{
    FILE *file = fopen("/etc/passwd", "re");
    enum store_result result = STORE_NOT_FOUND;
    const struct passwd *line;
    char former[ACCOUNT_NAME_SIZE], name[4 * ACCOUNT_NAME_SIZE];

    while (file != NULL && (result == STORE_OK || result == STORE_NOT_FOUND) && (line = fgetpwent(file)) != NULL) {
        result = find_former(backup, line->pw_uid, former);
        print_escape(line->pw_name, name, sizeof name);
        if (result == STORE_OK && strcmp(former, line->pw_name) != 0)
            printf("note: %s of /etc/passwd has the uid %u of %s, a former account of the backup: usermod -u FREE-UID %s\n",
                   name, line->pw_uid, former, name);
    }
    if (file != NULL)
        fclose(file);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum store_result rehearsal_print(const struct rehearsal *rehearsal, struct store *backup)
{
    struct policy policy;
    enum store_result result = store_policy(backup, &policy);

    if (result != STORE_OK)
        return result;
    print_groups("admin", policy.admin_groups);
    print_groups("auditor", policy.auditor_groups);
    print_groups("member", policy.member_groups);
    print_each(rehearsal->primaries, "the primary group", "make it with 'groupadd -g'");
    print_each(rehearsal->shells, "the shell", "install it, or 'admin-tool users edit NAME --shell ...'");
    if (rehearsal->homes.count > 0) {
        printf("missing: the home of ");
        print_whose(&rehearsal->homes);
        puts("; copy it, or 'admin-tool users make-homes' afterwards");
    }
    if (rehearsal->suspended.count > 0) {
        printf("Suspended afterwards: ");
        print_whose(&rehearsal->suspended);
        puts(".");
    }
    return print_heirs(backup);
}
