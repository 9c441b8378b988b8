/*
 * What this machine has already: users and groups are enumerated once instead of looked up ten
 * thousand times. Only sources that may enumerate nothing (sss, ldap and the like) are asked for each
 * name and id.
 */
#include "host.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "host/group_ids.h"
#include "host/login_defs.h"
#include "host/names.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_read.h"
#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "claims.h"
#include "trust.h"

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was imported");
}

/* getpwent(3) leaves these at the end of the list. */
static enum status judge_end(int error, const char *what)
{
    if (error == 0 || error == ENOENT || error == ESRCH)
        return GO_ON;
    return tool_refuse(STATUS_FAILED, "cannot list the %s of this machine: %s; try again", what,
                       strerror(error));
}

/* -- our own ------------------------------------------------------------------------------ */

/* The public directory, where what it has need not be claimed. NSS goes through it in the same order, in a map of its own. */
struct ours {
    bool known;
    size_t looks;
    struct directory_view directory;
};

enum { LOOKS = 8192 }; /* a megabyte of it, or a little more */

static struct ours ours_open(const struct import_batch *batch)
{
    struct ours ours = { .known = false };

    ours.known = batch->store_decides && directory_view_open(DIRECTORY_PATH, &ours.directory) == DIRECTORY_OK;
    return ours;
}

static void ours_close(struct ours *ours)
{
    if (ours->known)
        directory_view_close(&ours->directory);
}

/* Before each look at it; false: there is none. */
static bool ours_look(struct ours *ours)
{
    if (ours->known && ++ours->looks % LOOKS == 0)
        directory_view_let_go(&ours->directory);
    return ours->known;
}

static bool is_ours(struct ours *ours, const struct passwd *user)
{
    struct directory_entry entry;

    return ours_look(ours) && directory_find_user_by_uid(&ours->directory, user->pw_uid, &entry) == DIRECTORY_OK &&
           entry.gid == user->pw_gid && strcmp(entry.text, user->pw_name) == 0 &&
           strcmp(entry.text + entry.home, user->pw_dir) == 0;
}

static bool is_our_group(struct ours *ours, const struct group *group)
{
    struct directory_entry entry;

    return ours_look(ours) && directory_find_user_by_uid(&ours->directory, group->gr_gid, &entry) == DIRECTORY_OK &&
           entry.private_group && strcmp(entry.text, group->gr_name) == 0;
}

static bool is_our_name(struct ours *ours, const char *name)
{
    struct directory_entry entry;

    return ours_look(ours) && directory_find_user_by_name(&ours->directory, name, &entry) == DIRECTORY_OK;
}

/* -- users and groups --------------------------------------------------------------------- */

/* One too long for us is no home of ours. */
static bool claim_home(struct claims *claims, const struct passwd *user)
{
    return strlen(user->pw_dir) >= ACCOUNT_PATH_SIZE ||
           claims_add(claims, CLAIM_HOME, user->pw_dir, 0, user->pw_name) != NULL;
}

static enum status read_users(struct claims *claims, struct ours *ours)
{
    const struct passwd *user;
    bool good = true;
    char id[16];
    int error;

    setpwent();
    while (good && (errno = 0, user = getpwent()) != NULL) {
        if (is_ours(ours, user))
            continue;
        snprintf(id, sizeof id, "%u", user->pw_uid);
        good = strlen(user->pw_name) >= ACCOUNT_NAME_SIZE ||
               (claims_add(claims, CLAIM_USER, user->pw_name, user->pw_uid, "") != NULL &&
                claims_add(claims, CLAIM_UID, id, user->pw_uid, user->pw_name) != NULL);
        snprintf(id, sizeof id, "%u", user->pw_gid);
        good = good && claims_add(claims, CLAIM_PRIMARY, id, 0, "") != NULL &&
               claim_home(claims, user);
    }
    error = errno;
    endpwent();
    return good ? judge_end(error, "users") : refuse_memory();
}

static bool claim_members(struct claims *claims, struct ours *ours, const struct group *group)
{
    for (char **member = group->gr_mem; *member != NULL; member++)
        if (strlen(*member) < ACCOUNT_NAME_SIZE && !is_our_name(ours, *member) &&
            claims_add(claims, CLAIM_MEMBER, *member, 0, group->gr_name) == NULL)
            return false;
    return true;
}

static enum status read_groups(struct claims *claims, struct ours *ours)
{
    const struct group *group;
    bool good = true;
    char id[16];
    int error;

    setgrent();
    while (good && (errno = 0, group = getgrent()) != NULL) {
        if (is_our_group(ours, group))
            continue;
        snprintf(id, sizeof id, "%u", group->gr_gid);
        good = strlen(group->gr_name) >= ACCOUNT_NAME_SIZE ||
               (claims_add(claims, CLAIM_GROUP, group->gr_name, group->gr_gid, "") != NULL &&
                claims_add(claims, CLAIM_GID, id, group->gr_gid, group->gr_name) != NULL);
        good = good && claim_members(claims, ours, group);
    }
    error = errno;
    endgrent();
    return good ? judge_end(error, "groups") : refuse_memory();
}

/* -- nsswitch.conf(5) --------------------------------------------------------------------- */

/* These list all they have. */
static bool is_whole(const char *source)
{
    static const char *const known[] = { "files", "coder", "compat", "db", "systemd", "extrausers",
                                         "cache", "altfiles" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], source) == 0)
            return true;
    return source[0] == '['; /* an action, "[NOTFOUND=return]" */
}

static bool line_has_remote(char *line)
{
    char *rest = NULL, *word = strtok_r(line, " \t\n", &rest);

    if (word == NULL || (strcmp(word, "passwd:") != 0 && strcmp(word, "group:") != 0))
        return false;
    while ((word = strtok_r(NULL, " \t\n", &rest)) != NULL && word[0] != '#')
        if (!is_whole(word))
            return true;
    return false;
}

static bool has_remote(void)
{
    FILE *file = fopen("/etc/nsswitch.conf", "re");
    char line[1024];
    bool found = false;

    if (file == NULL)
        return false; /* glibc's own choice: files */
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = line_has_remote(line);
    fclose(file);
    return found;
}

enum status import_host_read(struct import_batch *batch)
{
    struct ours ours = ours_open(batch);
    enum status status = read_users(&batch->claims, &ours);

    batch->asks_remote = has_remote();
    if (status == GO_ON)
        status = read_groups(&batch->claims, &ours);
    ours_close(&ours);
    if (status == GO_ON && !import_rules_read(&batch->claims))
        status = refuse_memory();
    if (status == GO_ON && !group_ids_read(&batch->local_groups))
        status = tool_refuse(STATUS_FAILED, "/etc/group: %s; nothing was imported", strerror(errno));
    if (status == GO_ON && !host_subordinates_read(&batch->subordinate))
        status = tool_refuse(STATUS_FAILED, "cannot read which ids are subordinate ones: %s; nothing was imported",
                             strerror(errno));
    return status;
}

bool import_host_knows(const char *name, uint32_t uid)
{
    return (name != NULL && (getpwnam(name) != NULL || getgrnam(name) != NULL)) ||
           (uid != 0 && host_has_id(uid));
}
