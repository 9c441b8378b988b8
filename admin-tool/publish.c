/*
 * What the public sees: accounts become the directory file that NSS reads. Prepared beside the old
 * file inside the transaction and renamed after the commit, so that it is never behind a commit for
 * longer than a rename takes, and never shows what was not committed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "directory.h"

#define PREPARED PRIVATE_DIR "/directory.new"

enum { PAGE_SIZE = 256, LOCAL_GROUPS_MAX = 32, ROLES = 3 };

static const enum role roles[ROLES] = { ROLE_MEMBER, ROLE_AUDITOR, ROLE_ADMIN };

/* What a role comes with. */
struct role_groups {
    uint32_t gids[1 + LOCAL_GROUPS_MAX]; /* the role's own comes first, then policy's local ones */
    size_t gid_count;
};

/* An active user. */
struct holder {
    uint32_t uid;
    unsigned roles;
};

struct publication {
    struct directory_writer *writer;
    struct role_groups roles[ROLES];
    struct holder *holders;
    size_t holder_count, holder_room;
};

/* -- role groups -------------------------------------------------------------------------- */

/* Missing groups are not granted, nor is root's. */
static void add_local_group(struct role_groups *groups, const char *name)
{
    uint32_t gid;

    if (host_find_group(name, &gid) && gid != 0 && groups->gid_count < 1 + LOCAL_GROUPS_MAX)
        groups->gids[groups->gid_count++] = gid;
}

static void find_role_groups(struct role_groups *groups, enum role role, const char *local)
{
    groups->gids[groups->gid_count++] = role_gid(role);
    while (*local != '\0') {
        size_t length = strcspn(local, ",");
        char name[ACCOUNT_NAME_SIZE];

        if (length < sizeof name) {
            memcpy(name, local, length);
            name[length] = '\0';
            add_local_group(groups, name);
        }
        local += length + (local[length] == ',');
    }
}

/* -- users -------------------------------------------------------------------------------- */

/* Everything the roles give, each group once. */
static size_t collect_gids(const struct publication *publication, unsigned held, uint32_t *ret)
{
    size_t count = 0;

    for (size_t r = 0; r < ROLES; r++) {
        const struct role_groups *groups = &publication->roles[r];

        for (size_t g = 0; (held & roles[r]) != 0 && g < groups->gid_count; g++) {
            size_t seen = 0;

            while (seen < count && ret[seen] != groups->gids[g])
                seen++;
            if (seen == count)
                ret[count++] = groups->gids[g];
        }
    }
    return count;
}

static bool add_holder(struct publication *publication, uint32_t uid, unsigned held)
{
    if (publication->holder_count == publication->holder_room) {
        size_t room = 2 * publication->holder_room + 64;
        struct holder *holders = reallocarray(publication->holders, room, sizeof *holders);

        if (holders == NULL)
            return false;
        publication->holders = holders;
        publication->holder_room = room;
    }
    publication->holders[publication->holder_count++] = (struct holder){ uid, held };
    return true;
}

static enum directory_result add_user(struct publication *publication,
                                      const struct account *account)
{
    uint32_t gids[ROLES * (1 + LOCAL_GROUPS_MAX)];
    bool suspended = account->status != ACCOUNT_ACTIVE;
    unsigned held = suspended ? 0 : account->roles | ROLE_MEMBER;
    struct directory_user user = {
        .name = account->username,
        .uid = account->uid,
        .gid = account->uid,
        .gecos = account->full_name,
        .home = account->home,
        .shell = suspended ? "/usr/sbin/nologin" : account->shell,
        .suspended = suspended,
        .gids = gids,
        .gid_count = collect_gids(publication, held, gids),
    };

    if (!suspended && !add_holder(publication, account->uid, held))
        return DIRECTORY_NO_RESOURCES;
    return directory_writer_add_user(publication->writer, &user);
}

/* -- the whole file ----------------------------------------------------------------------- */

static enum status refuse_directory(enum directory_result result, const char *about)
{
    switch (result) {
    case DIRECTORY_OK:
        return GO_ON;
    case DIRECTORY_REFUSED:
        return tool_refuse(STATUS_FAILED, "%s cannot be shown in the public directory; nothing was "
                           "changed", about);
    case DIRECTORY_FAILED:
        return tool_refuse(STATUS_FAILED, PREPARED ": %s; nothing was changed", strerror(errno));
    default:
        return tool_refuse(STATUS_FAILED, "not enough memory to publish; nothing was changed");
    }
}

static enum status add_users(struct tool *tool, struct publication *publication)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = GO_ON;
    uint32_t after = 0;
    size_t count = 1;

    if (page == NULL)
        return refuse_directory(DIRECTORY_NO_RESOURCES, "");
    while (status == GO_ON && count > 0) {
        enum store_result result = store_accounts_page(tool->store, after, page, PAGE_SIZE, &count);

        status = tool_store_status(tool, result, "the list of users");
        for (size_t i = 0; status == GO_ON && i < count; i++) {
            status = refuse_directory(add_user(publication, &page[i]), page[i].username);
            after = page[i].uid;
        }
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return status;
}

/* members: room for all holders. */
static enum status add_role_group(struct publication *publication, enum role role, bool listed,
                                  uint32_t *members)
{
    char name[DIRECTORY_NAME_MAX + 1];
    struct directory_group group = { .name = name, .gid = role_gid(role), .members = members };

    snprintf(name, sizeof name, "coder-%s", role_name(role));
    for (size_t i = 0; listed && i < publication->holder_count; i++)
        if ((publication->holders[i].roles & role) != 0)
            members[group.member_count++] = publication->holders[i].uid;
    return refuse_directory(directory_writer_add_group(publication->writer, &group), name);
}

static enum status add_role_groups(const struct tool *tool, struct publication *publication)
{
    uint32_t *members = calloc(publication->holder_count + 1, sizeof *members);
    enum status status = GO_ON;

    if (members == NULL)
        return refuse_directory(DIRECTORY_NO_RESOURCES, "");
    for (size_t r = 0; r < ROLES && status == GO_ON; r++)
        status = add_role_group(publication, roles[r],
                                roles[r] != ROLE_MEMBER || tool->policy.list_members != 0, members);
    free(members);
    return status;
}

static enum status write_file(struct publication *publication)
{
    enum directory_result result = DIRECTORY_FAILED;
    int fd;

    unlink(PREPARED); /* a stale one of a tool that was killed */
    fd = open(PREPARED, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd == -1)
        return refuse_directory(result, "");
    if (fchmod(fd, 0644) == 0)
        result = directory_writer_finish(publication->writer, fd);
    close(fd);
    return refuse_directory(result, "an account");
}

static enum status fill(struct tool *tool, struct publication *publication)
{
    const char *const local[ROLES] = { tool->policy.member_groups, tool->policy.auditor_groups,
                                       tool->policy.admin_groups };
    enum status status;

    for (size_t r = 0; r < ROLES; r++)
        find_role_groups(&publication->roles[r], roles[r], local[r]);
    status = add_users(tool, publication);
    if (status == GO_ON)
        status = add_role_groups(tool, publication);
    return status == GO_ON ? write_file(publication) : status;
}

static void publication_free(struct publication *publication)
{
    if (publication == NULL)
        return;
    free(publication->holders);
    directory_writer_free(publication->writer);
    free(publication);
}

/* NULL when memory is short. */
static struct publication *publication_new(int64_t generation)
{
    struct publication *publication = calloc(1, sizeof *publication);

    if (publication == NULL)
        return NULL;
    publication->writer = directory_writer_new((uint64_t)generation);
    if (publication->writer != NULL)
        return publication;
    publication_free(publication);
    return NULL;
}

enum status publish_prepare(struct tool *tool)
{
    struct publication *publication;
    int64_t generation = 0;
    enum status status = tool_store_status(tool, store_generation(tool->store, &generation),
                                           "the generation");

    if (status != GO_ON)
        return status;
    publication = publication_new(generation);
    if (publication == NULL)
        return refuse_directory(DIRECTORY_NO_RESOURCES, "");
    status = fill(tool, publication);
    publication_free(publication);
    if (status != GO_ON)
        publish_abandon();
    return status;
}

void publish_abandon(void)
{
    unlink(PREPARED);
}

/* -- in place ----------------------------------------------------------------------------- */

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool synced = fd != -1 && fsync(fd) == 0;

    if (fd != -1)
        close(fd);
    return synced;
}

void publish_tell_nscd(void)
{
    static char *const users[] = { "/usr/sbin/nscd", "-i", "passwd", NULL };
    static char *const groups[] = { "/usr/sbin/nscd", "-i", "group", NULL };

    host_run(users);
    host_run(groups);
}

bool publish_finish(void)
{
    if (rename(PREPARED, DIRECTORY_PATH) != 0 || !sync_folder(CODER_STATE_DIR) ||
        !sync_folder(PRIVATE_DIR))
        return false;
    publish_tell_nscd();
    return true;
}

bool publish_is_due(struct tool *tool)
{
    struct directory_view view;
    int64_t generation = 0;
    uint64_t published;

    if (directory_view_open(DIRECTORY_PATH, &view) != DIRECTORY_OK)
        return true;
    published = directory_view_generation(&view);
    directory_view_close(&view);
    return store_generation(tool->store, &generation) != STORE_OK ||
           (uint64_t)generation != published;
}

enum status publish_now(struct tool *tool)
{
    enum status status = tool_store_status(tool, store_begin(tool->store), "the store");

    if (status == GO_ON)
        status = publish_prepare(tool);
    store_rollback(tool->store); /* nothing was written: it only kept others from changing */
    if (status == GO_ON && !publish_finish())
        status = tool_refuse(STATUS_FAILED, DIRECTORY_PATH ": %s; users may be missing or out of "
                             "date until 'admin-tool publish' succeeds", strerror(errno));
    return status;
}
