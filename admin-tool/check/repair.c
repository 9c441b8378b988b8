/*
 * check --repair: mends what can be mended without loss and says each. What could lose something,
 * or is somebody else's file, is left to an administrator, who is told the command.
 */
#include "repair.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change/actor.h"
#include "change/lock.h"
#include "change/open.h"
#include "change/publish.h"
#include "change/publish_now.h"
#include "change/record.h"
#include "change/transaction.h"
#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "sql/activity_file.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_check.h"
#include "sql/store_files.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "store.h"

/* Where JSON goes out, words for people go elsewhere. */
static void say(const struct tool *tool, const char *what, const char *how)
{
    fprintf(tool_wants_json(tool) ? stderr : stdout, "mended: %s: %s\n", what, how);
}

/* -- owners and modes --------------------------------------------------------------------- */

/* What is in it is believed again from now on: that must not go by in silence. */
static const char *mended_how(const struct stat *was)
{
    return was->st_uid == CODER_OWNER_UID && (was->st_mode & 022) == 0
               ? "owner and mode"
               : "owner and mode; others could write it: look at 'admin-tool users list' and "
                 "'admin-tool audit --verify', or restore a backup";
}

/* By descriptor, so that nothing put in its place meanwhile is touched; before anything of SQLite's
 * is open, for a close would drop its locks. */
static void mend_file(struct tool *tool, const struct own_file *own)
{
    int fd = open(own->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    bool mended;

    if (fd == -1)
        return;
    mended = fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == own->kind &&
             (own->kind == S_IFDIR || st.st_nlink == 1) &&
             fchown(fd, CODER_OWNER_UID, (gid_t)CODER_OWNER_UID) == 0 && fchmod(fd, own->mode) == 0;
    close(fd);
    if (mended)
        say(tool, own->path, mended_how(&st));
}

static void mend_files(struct tool *tool)
{
    for (size_t i = 0; i < OWN_FILES; i++)
        if (!check_own_file_is_good(&check_own_files[i]))
            mend_file(tool, &check_own_files[i]);
}

/* -- expendable files --------------------------------------------------------------------- */

static void mend_strays(struct tool *tool)
{
    static const char *const strays[] = { PREPARED, PRIVATE_DIR "/directory.new" }; /* an older version's */

    for (size_t i = 0; i < sizeof strays / sizeof strays[0]; i++)
        if (unlink(strays[i]) == 0)
            say(tool, strays[i], "removed, left by a tool that was killed");
}

static void mend_activity(struct tool *tool)
{
    struct activity_log *log;

    if (activity_check(PRIVATE_DIR) != STORE_DAMAGED)
        return;
    activity_discard(PRIVATE_DIR);
    log = tool_open_activity();
    if (log != NULL)
        say(tool, PRIVATE_DIR "/activity.db",
            "made anew; counted failures and last logins are lost");
    activity_close(log);
}

/* -- the store ---------------------------------------------------------------------------- */

static bool copy_store(struct tool *tool)
{
    char path[128];

    snprintf(path, sizeof path, PRIVATE_DIR "/accounts.db.before-repair-%lld",
             (long long)tool->now);
    if (store_check_copy(tool->store, path) != STORE_OK)
        return false;
    say(tool, path, "a copy of the store as it was; remove it when all is well");
    return true;
}

/* True when there is something to record. */
static bool mend_indexes(struct tool *tool)
{
    bool mended;
    char fault[STORE_FAULT_SIZE] = "";
    bool indexes = false;

    if (store_check_integrity(tool->store, fault, &indexes) != STORE_OK || fault[0] == '\0' ||
        !indexes || !copy_store(tool))
        return false;
    mended = store_begin(tool->store) == STORE_OK && store_reindex(tool->store) == STORE_OK &&
             change_commit(tool, "repair", NULL, NULL, "indexes made again") == GO_ON;
    store_rollback(tool->store);
    if (mended)
        say(tool, PRIVATE_DIR "/accounts.db", "its indexes were made again");
    return mended;
}

/* Generation or contents: a directory that is not exactly what the store says. */
static bool is_directory_bad(struct tool *tool)
{
    struct directory_view view;
    bool bad = publish_is_due(tool);

    if (bad || directory_view_open(DIRECTORY_PATH, &view) != DIRECTORY_OK)
        return true;
    bad = directory_view_check_whole(&view) != DIRECTORY_OK;
    directory_view_close(&view);
    return bad;
}

static void mend_store(struct tool *tool)
{
    bool changed;

    policy_defaults(&tool->policy);
    if (store_open(PRIVATE_DIR, STORE_EXISTING, &tool->store) != STORE_OK)
        return;
    changed = mend_indexes(tool);
    if (store_policy(tool->store, &tool->policy) == STORE_OK && is_directory_bad(tool) &&
        publish_now(tool) == GO_ON)
        say(tool, DIRECTORY_PATH, "published anew");
    tool_unlock(tool);
    if (changed)
        record_event(tool, "repair", NULL);
    store_close(tool->store);
    tool->store = NULL;
}

void check_repair(struct tool *tool)
{
    actor_find(&tool->actor);
    mend_files(tool);
    if (store_check_files(PRIVATE_DIR, "accounts.db") != STORE_OK || tool_lock(tool) != GO_ON)
        return;
    mend_strays(tool);
    mend_activity(tool);
    mend_store(tool);
    tool_unlock(tool);
}
