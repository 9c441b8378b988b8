/*
 * Getting hold of the store: its folders, made at first use, and the file, trusted only when nobody but
 * root can have put anything there.
 */
#include "open.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "sql/activity_file.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_files.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "lock.h"

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

/* -- opening ------------------------------------------------------------------------------ */

enum status open_store(struct tool *tool, enum store_mode mode)
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
enum status open_refuse_lost(const struct tool *tool)
{
    struct stat st;

    if ((tool->command->flags & COMMAND_REPLACES) != 0 || access(DIRECTORY_PATH, F_OK) != 0 ||
        (lstat(PRIVATE_DIR "/accounts.db", &st) == 0 ? st.st_size > 0 : errno != ENOENT))
        return GO_ON;
    return tool_refuse(STATUS_STORE, PRIVATE_DIR "/accounts.db is lost, and no new one is begun "
                       "over it: put a backup in its place with 'admin-tool restore FILE', or to "
                       "begin anew remove " DIRECTORY_PATH);
}

struct activity_log *tool_open_activity(void)
{
    struct activity_log *log = NULL;

    return activity_open(PRIVATE_DIR, PRIVATE_RUN_DIR, &log) == STORE_OK ? log : NULL;
}

enum status open_make_place(struct tool *tool)
{
    enum status status = make_folder(CODER_STATE_DIR, 0755);

    if (status == GO_ON)
        status = make_folder(PRIVATE_DIR, 0700);
    if (status == GO_ON && store_check_files(PRIVATE_DIR, "accounts.db") == STORE_UNSAFE)
        status = tool_store_status(tool, STORE_UNSAFE, "the store");
    return status;
}

void tool_close(struct tool *tool)
{
    tool_unlock(tool);
    store_close(tool->store);
    tool->store = NULL;
}
