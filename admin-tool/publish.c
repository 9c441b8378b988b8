/*
 * What the public sees: accounts become the directory file that NSS reads. Prepared beside the old
 * file inside the transaction and renamed after the commit, so that it is never behind a commit for
 * longer than a rename takes, and never shows what was not committed. One changed account is
 * patched into a copy of the old file where that gives the same answers as all of it anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "publish.h"

/* -- what all records depend on ----------------------------------------------------------- */

/* Missing groups are not granted, nor is root's. */
static void add_local_group(struct role_groups *groups, const char *name)
{
    uint32_t gid;

    if (host_find_group(name, &gid) && gid != 0 && groups->gid_count < 1 + LOCAL_GROUPS_MAX)
        groups->gids[groups->gid_count++] = gid;
}

static void find_role_groups(struct role_groups *groups, const char *local)
{
    groups->gids[groups->gid_count++] = role_gid(groups->role);
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

static void find_frame(const struct policy *policy, struct frame *ret)
{
    *ret = (struct frame){ .roles = { { .role = ROLE_MEMBER, .listed = policy->list_members != 0 },
                                      { .role = ROLE_AUDITOR, .listed = true },
                                      { .role = ROLE_ADMIN, .listed = true } } };
    find_role_groups(&ret->roles[0], policy->member_groups);
    find_role_groups(&ret->roles[1], policy->auditor_groups);
    find_role_groups(&ret->roles[2], policy->admin_groups);
}

/* A file with another hash shows accounts otherwise, and no patch may start from it. */
static uint64_t frame_hash(const struct frame *frame)
{
    uint64_t state = 0;

    for (size_t r = 0; r < ROLES; r++) {
        const struct role_groups *groups = &frame->roles[r];
        uint64_t facts[] = { groups->role, groups->listed, groups->gid_count };

        state = directory_hash_add(state, facts, sizeof facts);
        state = directory_hash_add(state, groups->gids, sizeof groups->gids);
    }
    return directory_hash_end(state);
}

/* -- one account -------------------------------------------------------------------------- */

/* Everything the roles give, each group once. */
static size_t collect_gids(const struct frame *frame, unsigned held, uint32_t *ret)
{
    size_t count = 0;

    for (size_t r = 0; r < ROLES; r++) {
        const struct role_groups *groups = &frame->roles[r];

        for (size_t g = 0; (held & groups->role) != 0 && g < groups->gid_count; g++) {
            size_t seen = 0;

            while (seen < count && ret[seen] != groups->gids[g])
                seen++;
            if (seen == count)
                ret[count++] = groups->gids[g];
        }
    }
    return count;
}

void publish_show(const struct frame *frame, const struct account *account, struct shown *ret)
{
    bool suspended = account->status != ACCOUNT_ACTIVE;
    unsigned held = suspended ? 0 : account->roles | ROLE_MEMBER;

    ret->user = (struct directory_user){
        .name = account->username,
        .uid = account->uid,
        .gid = account->uid,
        .gecos = account->full_name,
        .home = account->home,
        .shell = suspended ? "/usr/sbin/nologin" : account->shell,
        .suspended = suspended,
        .gids = ret->gids,
        .gid_count = collect_gids(frame, held, ret->gids),
    };
    ret->listed_count = 0;
    for (size_t r = 0; r < ROLES; r++)
        if (frame->roles[r].listed && (held & frame->roles[r].role) != 0)
            ret->listed[ret->listed_count++] = frame->roles[r].gids[0];
}

/* -- the new file ------------------------------------------------------------------------- */

enum status publish_status(enum directory_result result, const char *about)
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

/* -1 with errno. */
static int open_prepared(void)
{
    int fd;

    unlink(PREPARED); /* a stale one of a tool that was killed */
    fd = open(PREPARED, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd != -1 && fchmod(fd, 0644) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* False: the whole file has to be written. */
static bool patch(const struct tool *tool, const struct frame *frame, int64_t generation,
                  const struct account *before, const struct account *after, int fd)
{
    struct shown old, new;
    struct directory_patch patch = { .before_generation = (uint64_t)tool->begun,
                                     .generation = (uint64_t)generation,
                                     .frame = frame_hash(frame) };

    if (tool->begun == 0 || (before == NULL && after == NULL))
        return false;
    if (before != NULL) {
        publish_show(frame, before, &old);
        patch.before = &old.user;
        patch.listed_before = old.listed;
        patch.listed_before_count = old.listed_count;
    }
    if (after != NULL) {
        publish_show(frame, after, &new);
        patch.after = &new.user;
        patch.listed_after = new.listed;
        patch.listed_after_count = new.listed_count;
    }
    return directory_patch(DIRECTORY_PATH, fd, &patch) == DIRECTORY_OK;
}

static enum status fill(struct tool *tool, const struct account *before,
                        const struct account *after, int fd)
{
    struct frame frame;
    int64_t generation = 0;
    enum status status = tool_store_status(tool, store_generation(tool->store, &generation),
                                           "the generation");

    if (status != GO_ON)
        return status;
    find_frame(&tool->policy, &frame);
    if (patch(tool, &frame, generation, before, after, fd))
        return GO_ON;
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        return publish_status(DIRECTORY_FAILED, "");
    return publish_whole(tool, &frame, frame_hash(&frame), generation, fd);
}

enum status publish_prepare(struct tool *tool, const struct account *before,
                            const struct account *after)
{
    int fd = open_prepared();
    enum status status = fd == -1 ? publish_status(DIRECTORY_FAILED, "")
                                  : fill(tool, before, after, fd);

    if (fd != -1)
        close(fd);
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
    enum status status = change_begin(tool);

    if (status == GO_ON)
        status = publish_prepare(tool, NULL, NULL);
    store_rollback(tool->store); /* nothing was written: it only kept others from changing */
    if (status == GO_ON && !publish_finish())
        status = tool_refuse(STATUS_FAILED, DIRECTORY_PATH ": %s; users may be missing or out of "
                             "date until 'admin-tool publish' succeeds", strerror(errno));
    return status;
}
