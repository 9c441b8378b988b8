/*
 * Getting hold of the store: first use, the tool lock, healing. Changes go one at a time under the
 * lock; a directory file left behind by a tool that was killed is caught up with by the next one.
 * Under the lock nothing is written to a terminal, no program started, no NSS source and no log
 * daemon asked: each of them may keep us waiting for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "terminal/command.h"
#include "deadline.h"
#include "directory.h"
#include "holder.h"
#include "repeats.h"

#define LOCK_PATH PRIVATE_DIR "/lock"

static bool changes(const struct tool *tool)
{
    return (tool->command->flags & COMMAND_CHANGES) != 0 && !tool_has(tool, OPTION_DRY_RUN);
}

static enum status refuse_folder(const char *path, const char *why)
{
    return tool_refuse(errno == EROFS || errno == ENOSPC ? STATUS_FAILED : STATUS_STORE,
                       "%s: %s; it must be a folder of root's that nobody else may write", path,
                       why);
}

/* One that exists is used only if nobody else can have put anything in it. */
static enum status make_folder(const char *path, mode_t mode)
{
    struct stat st;

    if (mkdir(path, mode) == 0)
        return chmod(path, mode) == 0 ? GO_ON : refuse_folder(path, strerror(errno));
    if (errno != EEXIST || lstat(path, &st) != 0)
        return refuse_folder(path, strerror(errno));
    if (!S_ISDIR(st.st_mode) || st.st_uid != CODER_OWNER_UID || (st.st_mode & 022) != 0)
        return refuse_folder(path, "wrong kind, owner or mode");
    return GO_ON;
}

/* -- the tool lock ------------------------------------------------------------------------ */

/* The lock's descriptor, or -1 with errno. */
static int open_lock(void)
{
    int fd = open(LOCK_PATH, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    struct stat st;

    if (fd == -1)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == CODER_OWNER_UID &&
        (st.st_mode & 077) == 0)
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}

/* The deadline runs from before it is taken. False with errno. */
static bool try_lock(int fd)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int error;

    if (!deadline_hold())
        return false;
    if (fcntl(fd, F_SETLK, &whole) == 0)
        return true;
    error = errno == EACCES ? EAGAIN : errno;
    deadline_drop();
    errno = error;
    return false;
}

/* A POSIX lock, which names its holder to whoever waits; closing any descriptor of the file would drop it,
 * so there is this one. False with errno, EAGAIN when another has it. */
static bool take_lock(struct tool *tool, bool waits)
{
    struct holder holder = { .path = LOCK_PATH, .fd = open_lock() };
    int error;

    if (holder.fd == -1)
        return false;
    say_later(); /* what was said before goes out now, while nothing is held */
    for (int tries = 0; !try_lock(holder.fd); tries++) {
        error = errno;
        if (error == EAGAIN && waits && holder_wait(&holder, tries))
            continue;
        close(holder.fd);
        say_now();
        errno = error;
        return false;
    }
    tool->lock = holder.fd;
    return true;
}

void tool_unlock(struct tool *tool)
{
    if (tool->lock == -1)
        return;
    close(tool->lock);
    tool->lock = -1;
    deadline_drop();
    say_now();
    if (tool->tells_nscd)
        publish_tell_nscd();
    tool->tells_nscd = false;
}

enum status tool_lock(struct tool *tool)
{
    if (take_lock(tool, true))
        return GO_ON;
    if (errno == EAGAIN)
        return tool_refuse(STATUS_STORE,
                           "another admin-tool is at work; try again when it is done");
    if (errno == EROFS || errno == ENOSPC)
        return tool_store_status(tool, STORE_FULL, LOCK_PATH);
    return tool_refuse(STATUS_STORE, LOCK_PATH ": %s; it must be a file of root's alone (0600)",
                       strerror(errno));
}

/* -- opening ------------------------------------------------------------------------------ */

static enum status open_store(struct tool *tool, enum store_mode mode)
{
    enum store_result result = store_open(PRIVATE_DIR, mode, &tool->store);

    policy_defaults(&tool->policy);
    if (result == STORE_MISSING)
        return GO_ON;
    if (result == STORE_OK)
        result = store_policy(tool->store, &tool->policy);
    return tool_store_status(tool, result, "the store");
}

/* Where accounts were published there was a store, and nobody is shown an empty one in its place. A
 * new one would hand out its names and ids again, and whoever got them the old users' files. */
static enum status refuse_lost_store(const struct tool *tool)
{
    struct stat st;

    if (tool->command->run == backup_restore || access(DIRECTORY_PATH, F_OK) != 0 ||
        (lstat(PRIVATE_DIR "/accounts.db", &st) == 0 ? st.st_size > 0 : errno != ENOENT))
        return GO_ON;
    return tool_refuse(STATUS_STORE, PRIVATE_DIR "/accounts.db is lost, and no new one is begun "
                       "over it: put a backup in its place with 'admin-tool restore FILE', or to "
                       "begin anew remove " DIRECTORY_PATH);
}

static enum status open_to_change(struct tool *tool)
{
    enum status status = make_folder(CODER_STATE_DIR, 0755);

    if (status == GO_ON)
        status = make_folder(PRIVATE_DIR, 0700);
    if (status == GO_ON && store_check_files(PRIVATE_DIR, "accounts.db") == STORE_UNSAFE)
        status = tool_store_status(tool, STORE_UNSAFE, "the store");
    if (status == GO_ON)
        status = tool_lock(tool);
    if (status == GO_ON)
        status = refuse_lost_store(tool);
    if (status == GO_ON)
        status = open_store(tool, STORE_CREATE);
    if (status == GO_ON && publish_is_due(tool))
        status = publish_now(tool);
    tool_unlock(tool);
    return status;
}

/* Healing is a favour here: whoever holds the lock is about to publish himself. */
static enum status open_to_read(struct tool *tool)
{
    enum status status = open_store(tool, STORE_EXISTING);

    if (status == GO_ON && tool->store == NULL)
        return refuse_lost_store(tool);
    if (status != GO_ON || !publish_is_due(tool))
        return status;
    if (!tool_has(tool, OPTION_DRY_RUN) && take_lock(tool, false) && publish_is_due(tool))
        publish_now(tool);
    tool_unlock(tool);
    return GO_ON;
}

/* What a user did so often that it has no row yet comes into the log before more does, and before it is read. A
 * favour: it fails nothing. */
static void settle_repeats(const struct tool *tool)
{
    struct activity_log *log;

    if (tool->store == NULL || tool_has(tool, OPTION_DRY_RUN) ||
        (!changes(tool) && tool->command->run != audit_show) ||
        access(PRIVATE_DIR "/activity.db", F_OK) != 0)
        return;
    log = tool_open_activity();
    if (log != NULL && repeats_is_due(log, tool->now))
        repeats_settle(tool->store, log, tool->now);
    activity_close(log);
}

enum status tool_open(struct tool *tool)
{
    enum status status;

    if ((tool->command->flags & COMMAND_CHANGES) != 0)
        actor_find(&tool->actor); /* now: it may ask a slow NSS source */
    status = changes(tool) ? open_to_change(tool) : open_to_read(tool);
    if (status == GO_ON)
        settle_repeats(tool);
    return status;
}

struct activity_log *tool_open_activity(void)
{
    struct activity_log *log = NULL;

    return activity_open(PRIVATE_DIR, PRIVATE_RUN_DIR, &log) == STORE_OK ? log : NULL;
}

void tool_close(struct tool *tool)
{
    tool_unlock(tool);
    store_close(tool->store);
    tool->store = NULL;
}
