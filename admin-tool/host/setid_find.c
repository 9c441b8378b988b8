/*
 * Set-id files found and disarmed. The bits go by descriptor from what was looked at, whatever its
 * name leads to by then, so neither a link nor a name swapped meanwhile leads to another's file.
 */
#include "setid_find.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "names.h"
#include "search.h"

enum { LISTING_SECONDS = 5, REMOVING_SECONDS = 60, GROUPS_MAX = 65536 + 1 };

mode_t setid_bits(const struct stat *st)
{
    mode_t bits = 0;

    if (!S_ISREG(st->st_mode))
        return 0;
    if ((st->st_mode & S_ISUID) != 0)
        bits |= S_ISUID;
    if ((st->st_mode & S_ISGID) != 0 && (st->st_mode & S_IXGRP) != 0)
        bits |= S_ISGID;
    return bits;
}

/* -- in the child ------------------------------------------------------------------------- */

static bool is_kept(const struct setid_rule *rule, gid_t gid)
{
    for (int i = 0; i < rule->kept_count; i++)
        if (rule->kept[i] == gid)
            return true;
    return false;
}

static mode_t meant_bits(const struct setid_rule *rule, const struct stat *st)
{
    if (st->st_uid != rule->uid || rule->left_out)
        return 0;
    if (rule->shut_out)
        return setid_bits(st);
    return is_kept(rule, st->st_gid) ? 0 : setid_bits(st) & S_ISGID;
}

/* fchmod(2) takes no O_PATH descriptor, and opening the file would wait for its owner's lease. The owner may
 * change other bits at the same time: then it is looked at again. False with errno. */
static bool take_off(const struct setid_rule *rule, int fd)
{
    char path[64];
    struct stat st;

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (int i = 0; i < 3; i++) {
        mode_t bits;

        if (fstat(fd, &st) != 0)
            return false;
        bits = meant_bits(rule, &st);
        if (bits == 0)
            return true;
        if (chmod(path, st.st_mode & 07777 & ~bits) != 0)
            return false;
    }
    errno = EAGAIN;
    return fstat(fd, &st) == 0 && meant_bits(rule, &st) == 0;
}

static void note(const struct search_entry *entry, const struct setid_rule *rule, bool remove, struct setid_result *ret)
{
    if (meant_bits(rule, entry->st) == 0)
        return;
    if (ret->found < SETID_EXAMPLES)
        snprintf(ret->examples[ret->found], PATH_MAX, "%s", entry->path);
    ret->found++;
    if (!remove)
        return;
    if (take_off(rule, entry->fd)) {
        ret->removed++;
    } else if (ret->error == 0) {
        ret->error = errno;
        snprintf(ret->failed, PATH_MAX, "%s", entry->path);
    }
}

static void look(const struct search_entry *entry, const void *context, void *ret)
{
    const struct setid_rules *rules = context;
    struct setid_results *results = ret;

    if (setid_bits(entry->st) == 0)
        return;
    for (size_t i = 0; i < rules->count; i++)
        note(entry, &rules->all[i], rules->remove, &results->all[i]);
}

/* -- which groups the user is in ---------------------------------------------------------- */

static void lose(gid_t *kept, int count, gid_t gid)
{
    for (int i = 0; i < count; i++)
        if (kept[i] == gid)
            kept[i] = (gid_t)-1;
}

/* What comes with a role: its own group, and policy's local ones. */
static void lose_role(gid_t *kept, int count, enum role role, const char *list)
{
    lose(kept, count, role_gid(role));
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        char name[64];
        uint32_t gid;

        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), list);
        if (host_find_group(name, &gid))
            lose(kept, count, gid);
        list += length + (list[length] == ',');
    }
}

/*
 * As initgroups(3) says, and the groups of the roles whatever it says. Before the change, for --dry-run, those of
 * the roles that would be lost are taken away. NULL when memory is short; to be freed.
 */
static gid_t *find_kept(const struct tool *tool, const struct account *account, unsigned roles,
                        int *ret_count)
{
    const struct {
        enum role role;
        const char *list;
    } all[] = { { ROLE_ADMIN, tool->policy.admin_groups },
                { ROLE_AUDITOR, tool->policy.auditor_groups },
                { ROLE_MEMBER, tool->policy.member_groups } };
    gid_t *kept = calloc(GROUPS_MAX + 3, sizeof *kept);
    int count = GROUPS_MAX;

    if (kept == NULL || getgrouplist(account->username, account->gid, kept, &count) < 0) {
        free(kept);
        return NULL;
    }
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if ((account->roles & ~roles & all[i].role) != 0)
            lose_role(kept, count, all[i].role, all[i].list);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if ((roles & all[i].role) != 0)
            kept[count++] = role_gid(all[i].role);
    *ret_count = count;
    return kept;
}

/* -- all of them --------------------------------------------------------------------------- */

void setid_rules_free(struct setid_rules *rules)
{
    for (size_t i = 0; rules != NULL && i < rules->count; i++)
        free(rules->all[i].kept);
    free(rules);
}

void setid_rule_read(const struct tool *tool, const struct account *account, bool shut_out, unsigned roles,
                     struct setid_rule *ret)
{
    *ret = (struct setid_rule){ .uid = account->uid, .shut_out = shut_out };
    if (!shut_out)
        ret->kept = find_kept(tool, account, roles, &ret->kept_count);
    ret->left_out = !shut_out && ret->kept == NULL;
}

struct setid_rules *setid_rules_make(const struct account *accounts, size_t count, bool remove)
{
    struct setid_rules *rules = calloc(1, sizeof *rules + count * sizeof rules->all[0]);

    if (rules == NULL)
        return NULL;
    rules->remove = remove;
    rules->accounts = accounts;
    rules->count = count;
    return rules;
}

struct setid_results *setid_find(const struct setid_rules *rules)
{
    size_t size = sizeof(struct setid_results) + rules->count * sizeof(struct setid_result);
    struct setid_results *results = calloc(1, size);
    const char **homes = calloc(rules->count, sizeof *homes);
    const struct search search = { .homes = homes, .home_count = rules->count, .scope = SEARCH_WRITABLE, .look = look,
                                   .context = rules,
                                   .seconds = rules->remove ? REMOVING_SECONDS : LISTING_SECONDS };

    for (size_t i = 0; i < rules->count && homes != NULL; i++)
        homes[i] = rules->accounts[i].home;
    if (results != NULL && homes != NULL) {
        search_run(&search, results, size);
    } else {
        free(results);
        results = NULL;
    }
    free(homes);
    return results;
}
