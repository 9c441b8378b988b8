/*
 * A user's set-id files, found and disarmed. The bits go by descriptor from what was looked at, whatever its
 * name leads to by then, so neither a link nor a name swapped meanwhile leads to another's file.
 */
#include "setid.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sql/account.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "names.h"
#include "search.h"
#include "sessions.h"

enum { EXAMPLES = 8, LISTING_SECONDS = 5, REMOVING_SECONDS = 60, ROUNDS_MAX = 5, GROUPS_MAX = 65536 + 1,
       FOLDERS_SIZE = 1900 };

/* Which files are meant. */
struct rule {
    uint32_t uid;
    bool shut_out; /* all bits count; else those of groups that are not among `kept` */
    bool remove;
    gid_t *kept;
    int kept_count;
};

struct result {
    struct search_end end; /* first */
    size_t found, removed; /* names; a file has one or more */
    int error;             /* of the first whose bits stay */
    char failed[PATH_MAX];
    char examples[EXAMPLES][PATH_MAX];
};

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

static bool is_kept(const struct rule *rule, gid_t gid)
{
    for (int i = 0; i < rule->kept_count; i++)
        if (rule->kept[i] == gid)
            return true;
    return false;
}

static mode_t meant_bits(const struct rule *rule, const struct stat *st)
{
    if (st->st_uid != rule->uid)
        return 0;
    if (rule->shut_out)
        return setid_bits(st);
    return is_kept(rule, st->st_gid) ? 0 : setid_bits(st) & S_ISGID;
}

/* fchmod(2) takes no O_PATH descriptor, and opening the file would wait for its owner's lease. The owner may
 * change other bits at the same time: then it is looked at again. False with errno. */
static bool take_off(const struct rule *rule, int fd)
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

static void look(const struct search_entry *entry, const void *context, void *ret)
{
    const struct rule *rule = context;
    struct result *result = ret;

    if (meant_bits(rule, entry->st) == 0)
        return;
    if (result->found < EXAMPLES)
        snprintf(result->examples[result->found], PATH_MAX, "%s", entry->path);
    result->found++;
    if (!rule->remove)
        return;
    if (take_off(rule, entry->fd)) {
        result->removed++;
    } else if (result->error == 0) {
        result->error = errno;
        snprintf(result->failed, PATH_MAX, "%s", entry->path);
    }
}

static struct result *search(const struct rule *rule, const struct account *account)
{
    const struct search search = { .home = account->home, .scope = SEARCH_WRITABLE, .look = look,
                                   .context = rule,
                                   .seconds = rule->remove ? REMOVING_SECONDS : LISTING_SECONDS };
    struct result *result = calloc(1, sizeof *result);

    if (result != NULL)
        search_run(&search, result, sizeof *result);
    return result;
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

/* -- what is said ------------------------------------------------------------------------- */

static void print_list(const struct account *account, const struct result *result,
                       const struct rule *rule, const char *heading, FILE *out)
{
    char plain[CELL_SIZE];

    fprintf(out, "%s %s, which run %s for anybody:\n", heading, account->username,
            rule->shut_out ? "as that user, or with the file's group," : "with the file's group");
    for (size_t i = 0; i < EXAMPLES && i < result->found; i++) {
        print_escape(result->examples[i], plain, sizeof plain);
        fprintf(out, "  %s\n", plain);
    }
    if (result->found > EXAMPLES)
        fprintf(out, "  and %zu more\n", result->found - EXAMPLES);
}

static bool is_partly(const struct result *result)
{
    return result->end.late || result->end.deep;
}

static void find_rest(const struct account *account, char ret[SETID_COMMAND_SIZE])
{
    char folders[FOLDERS_SIZE];

    search_folders(account->home, SEARCH_WRITABLE, folders, sizeof folders);
    snprintf(ret, SETID_COMMAND_SIZE, "find %s -xdev -type f -uid %u -perm /6000", folders, account->uid);
}

void setid_command(const char *home, enum search_scope scope, uint32_t uid, char ret[SETID_COMMAND_SIZE])
{
    char folders[FOLDERS_SIZE];

    search_folders(home, scope, folders, sizeof folders);
    snprintf(ret, SETID_COMMAND_SIZE, "find %s -xdev -type f -uid %u -perm /6000 -execdir chown -h --from=%u %u {} +",
             folders, uid, uid, uid);
}

static void print_partly(const struct account *account, FILE *out)
{
    char command[SETID_COMMAND_SIZE];

    find_rest(account, command);
    fprintf(out, "Not all was looked at for set-id files; see: %s\n", command);
}

static void print_found(const struct account *account, const struct result *result,
                        const struct rule *rule, const char *command, FILE *out)
{
    if (result->found > 0) {
        print_list(account, result, rule, "Set-id files of", out);
        fprintf(out, "To take the bits off: %s\n", command);
    }
    if (is_partly(result))
        print_partly(account, out);
}

static void print_removed(struct tool *tool, const struct account *account,
                          const struct result *result, const struct rule *rule, FILE *out)
{
    if (result->found > 0)
        print_list(account, result, rule, result->removed == result->found
                                              ? "Taken off: the set-id bits of files of"
                                              : "Set-id files of", out);
    if (result->removed < result->found)
        tool_complain(tool, "%zu of these files of %s kept their set-id bits, the first is %s: %s",
                      result->found - result->removed, account->username, result->failed,
                      strerror(result->error));
    if (is_partly(result)) {
        char rest[SETID_COMMAND_SIZE];

        find_rest(account, rest);
        tool_complain(tool, "not all was looked at for set-id files of %s; see: %s", account->username, rest);
    }
}

/* -- the two of them ---------------------------------------------------------------------- */

/* Who runs one of them, as anybody could until now, sets the bits again: what runs as the user is ended once more,
 * until no bit comes back. False when one still does. */
static bool bits_stay_off(struct tool *tool, const struct account *account, const struct rule *rule)
{
    bool back = true;

    for (int i = 0; i < ROUNDS_MAX && back; i++) {
        struct result *again;

        if (!tool_has(tool, OPTION_KEEP_SESSIONS))
            sessions_end(tool, account);
        again = search(rule, account);
        back = again != NULL && again->removed > 0;
        free(again);
    }
    return !back;
}

void setid_settle(struct tool *tool, const struct account *account, bool shut_out, unsigned roles,
                  const char *command)
{
    struct rule rule = { .uid = account->uid, .shut_out = shut_out,
                         .remove = tool_has(tool, OPTION_REMOVE_SETID) };
    FILE *out = tool_wants_json(tool) ? stderr : stdout;
    struct result *result = NULL;

    fflush(stdout); /* what follows may take seconds */
    if (!shut_out)
        rule.kept = find_kept(tool, account, roles, &rule.kept_count);
    if (shut_out || rule.kept != NULL)
        result = search(&rule, account);
    if (result == NULL)
        tool_complain(tool, "not enough memory to look for set-id files of %s", account->username);
    else if (rule.remove)
        print_removed(tool, account, result, &rule, out);
    else
        print_found(account, result, &rule, command, out);
    if (result != NULL && result->removed > 0 && !bits_stay_off(tool, account, &rule))
        tool_complain(tool, "set-id bits of %s's files come back as they are taken off; see 'ps -fu %u' and run "
                      "it again", account->username, account->uid);
    free(result);
    free(rule.kept);
}

void setid_preview(struct tool *tool, const struct account *account, bool shut_out, unsigned roles,
                   FILE *out)
{
    struct rule rule = { .uid = account->uid, .shut_out = shut_out };
    struct result *result = NULL;

    if (!shut_out)
        rule.kept = find_kept(tool, account, roles, &rule.kept_count);
    if (shut_out || rule.kept != NULL)
        result = search(&rule, account);
    if (result != NULL && tool_has(tool, OPTION_REMOVE_SETID) && result->found > 0)
        print_list(account, result, &rule, "Would take off: the set-id bits of files of", out);
    else if (result != NULL)
        print_found(account, result, &rule, "add --remove-setid", out);
    free(result);
    free(rule.kept);
}
