/*
 * What the public sees: accounts become the directory file that NSS reads. Prepared beside the old
 * file inside the transaction and renamed after the commit, so that it is never behind a commit for
 * longer than a rename takes, and never shows what was not committed: until then root alone can open it. In the
 * same folder, as a rename takes along what a file has of its folder's (an SELinux type). One changed account is
 * patched into a copy of the old file where that gives the same answers as all of it anew.
 */
#include "publish.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_mark.h"
#include "nss_coder/directory_patch.h"
#include "sql/account.h"
#include "sql/deadline.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "publish_frame.h"
#include "publish_whole.h"

/* -- the new file ------------------------------------------------------------------------- */

/* -1 with errno. */
static int open_prepared(void)
{
    unlink(PREPARED); /* a stale one of a tool that was killed */
    return open(PREPARED, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* The new file is about as long, and all of it has to reach the disk. */
static uint64_t published_size(void)
{
    struct stat st;

    return stat(DIRECTORY_PATH, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* False: the whole file has to be written. keys: the account's. */
static bool patch_with(const struct tool *tool, const struct frame *frame, int64_t generation,
                       const struct account *before, const struct account *after, const char *keys, int fd)
{
    struct shown old, new;
    struct directory_patch patch = { .before_generation = (uint64_t)tool->begun,
                                     .generation = (uint64_t)generation,
                                     .frame = publish_frame_hash(frame) };

    if (before != NULL) {
        publish_show(frame, before, keys, &old);
        patch.before = &old.user;
    }
    if (after != NULL) {
        publish_show(frame, after, keys, &new);
        patch.after = &new.user;
    }
    deadline_renew(published_size());
    return directory_patch(DIRECTORY_PATH, fd, &patch) == DIRECTORY_OK;
}

static bool patch(const struct tool *tool, const struct frame *frame, int64_t generation,
                  const struct account *before, const struct account *after, int fd)
{
    char *keys = NULL;
    bool done;

    if (tool->begun == 0 || (before == NULL && after == NULL) ||
        store_keys_text(tool->store, after != NULL ? after->uid : before->uid, &keys) != STORE_OK)
        return false;
    done = patch_with(tool, frame, generation, before, after, keys, fd);
    store_text_free(keys);
    return done;
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
    status = publish_find_frame(tool, &frame);
    if (status == GO_ON && !patch(tool, &frame, generation, before, after, fd))
        status = ftruncate(fd, 0) != 0 ? publish_status(DIRECTORY_FAILED, "")
                                       : publish_whole(tool, &frame, generation, fd);
    publish_free_frame(&frame);
    return status;
}

enum status publish_prepare(struct tool *tool, const struct account *before,
                            const struct account *after)
{
    int fd = open_prepared();
    enum status status = GO_ON;

    status = fd == -1 ? publish_status(DIRECTORY_FAILED, "") : fill(tool, before, after, fd);
    if (fd != -1)
        close(fd);
    deadline_renew(0); /* the commit has time of its own */
    if (status != GO_ON)
        publish_abandon();
    return status;
}

void publish_abandon(void)
{
    unlink(PREPARED);
}

/* -- in place ----------------------------------------------------------------------------- */

/* What it shows is committed: from now on for everybody, and after a power cut, too. */
static bool open_to_all(void)
{
    int fd = open(PREPARED, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool opened = fd != -1 && fchmod(fd, 0644) == 0 && fsync(fd) == 0;

    if (fd != -1)
        close(fd);
    return opened;
}

static bool sync_folder(void)
{
    int fd = open(CODER_STATE_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool synced = fd != -1 && fsync(fd) == 0;

    if (fd != -1)
        close(fd);
    return synced;
}

bool publish_finish(struct tool *tool)
{
    deadline_renew(0); /* readers may have to be waited for */
    if (!open_to_all() || !directory_replace(PREPARED, DIRECTORY_PATH) || !sync_folder())
        return false;
    tool->tells_nscd = true;
    return true;
}

/* False when there is none that can be trusted, or a tool was killed when it was about to replace it. */
static bool read_published(struct directory_header *ret)
{
    struct directory_view view;
    bool marked;

    if (directory_view_open(DIRECTORY_PATH, &view) != DIRECTORY_OK)
        return false;
    *ret = *directory_view_header(&view);
    marked = directory_view_is_marked(&view);
    directory_view_close(&view);
    return !marked;
}

bool publish_is_behind(struct tool *tool)
{
    struct directory_header published;
    int64_t generation = 0;

    return !read_published(&published) ||
           store_generation(tool->store, &generation) != STORE_OK ||
           (uint64_t)generation != published.generation;
}

bool publish_is_due(struct tool *tool)
{
    struct directory_header published;
    struct frame frame;
    bool due;

    if (publish_is_behind(tool) || !read_published(&published))
        return true;
    due = publish_find_frame(tool, &frame) == GO_ON && publish_frame_hash(&frame) != published.frame;
    publish_free_frame(&frame);
    return due;
}
