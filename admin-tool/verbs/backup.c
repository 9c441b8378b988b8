/*
 * Backups: a copy of the store, as it is at one instant: in one new file that is root's alone, or on standard output.
 * Either way it is complete in memory before its first octet is written.
 */
#include "backup.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change/ready.h"
#include "change/transaction.h"
#include "host/descriptor.h"
#include "sql/store_backup.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/fault.h"
#include "terminal/say.h"
#include "backup_keep.h"
#include "backup_target.h"

/* -- a file ------------------------------------------------------------------------------- */

static void say_made(const struct tool *tool, const char *path, size_t removed)
{
    char shown[BACKUP_PATH_SIZE];

    if (tool_has(tool, OPTION_QUIET))
        return;
    print_escape(path, shown, sizeof shown);
    printf("%s holds accounts, password hashes, policy and the audit log: keep it as safe as the store.\n", shown);
    if (removed > 0)
        printf("%zu older %s removed.\n", removed, removed == 1 ? "one was" : "ones were");
}

static enum status preview(const char *path, size_t keep)
{
    char shown[BACKUP_PATH_SIZE];

    print_escape(path, shown, sizeof shown);
    if (keep == 0)
        printf("Would write %s; nothing was changed.\n", shown);
    else
        printf("Would write %s, and keep the newest %zu; nothing was changed.\n", shown, keep);
    return STATUS_DONE;
}

static enum status write_file(struct tool *tool, const struct backup_target *target)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    enum status status = tool_store_status(tool, store_snapshot(tool->store, &bytes, &size), "the store");

    change_hold_signals();
    if (status == GO_ON)
        status = backup_target_write(target, bytes, size);
    change_release_signals();
    store_snapshot_free(bytes, size);
    return status;
}

/* keep: 0 for all there are. */
static enum status make_file(struct tool *tool, const char *path, size_t keep)
{
    struct backup_target target;
    size_t removed = 0;
    enum status status = backup_target_open(tool, path, &target);

    if (status != GO_ON)
        return status;
    if (tool_has(tool, OPTION_DRY_RUN)) {
        backup_target_note(tool, &target);
        close(target.folder);
        return preview(path, keep);
    }
    status = write_file(tool, &target);
    if (status == GO_ON && keep > 0) {
        removed = backup_keep_newest(tool, &target, keep);
        answer_count("removed", (int64_t)removed);
    }
    close(target.folder);
    if (status != GO_ON)
        return status;
    tool->changed = true;
    backup_target_note(tool, &target);
    say_made(tool, path, removed);
    return STATUS_DONE;
}

static enum status make_one_of_many(struct tool *tool, size_t keep)
{
    char path[BACKUP_PATH_SIZE];
    enum status status = backup_keep_name(tool, path);

    if (status == GO_ON && tool_has(tool, OPTION_DRY_RUN))
        return preview(path, keep);
    return status == GO_ON ? make_file(tool, path, keep) : status;
}

/* -- standard output ---------------------------------------------------------------------- */

static enum status check_stream(const struct tool *tool)
{
    if (tool_has(tool, OPTION_KEEP))
        return tool_refuse_as(KIND_USAGE, "keep", NULL, "--keep is about a folder, not standard output");
    if (answer_is_json())
        return tool_refuse_as(KIND_USAGE, "output", NULL, "standard output is the backup's here; leave out -o json");
    if (isatty(STDOUT_FILENO))
        return tool_refuse_as(KIND_USAGE, NULL, NULL, "standard output is a terminal; send the backup into a pipe or a file");
    return GO_ON;
}

/* Whoever redirects it into a file has what the shell's umask gave it. */
static void note_readers(void)
{
    struct stat st;

    if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
        tool_refuse(GO_ON, "note: users other than root can get at this file, which holds password hashes; chmod 600");
}

static bool write_stream(const unsigned char *bytes, size_t size)
{
    char seal[BACKUP_SEAL_SIZE];

    backup_seal(bytes, size, seal);
    return descriptor_write(STDOUT_FILENO, bytes, size) && descriptor_write(STDOUT_FILENO, seal, sizeof seal) &&
           (fsync(STDOUT_FILENO) == 0 || errno == EINVAL || errno == EROFS); /* a pipe has nothing to sync */
}

static enum status make_stream(struct tool *tool)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    enum status status = GO_ON;

    if (tool_has(tool, OPTION_DRY_RUN))
        return tool_refuse(STATUS_DONE, "would write a backup to standard output; nothing was changed");
    status = tool_store_status(tool, store_snapshot(tool->store, &bytes, &size), "the store");
    if (status == GO_ON && !write_stream(bytes, size))
        status = tool_refuse(STATUS_FAILED, "standard output: %s; what was written is not a backup", strerror(errno));
    store_snapshot_free(bytes, size);
    if (status != GO_ON)
        return status;
    note_readers();
    return STATUS_DONE;
}

enum status backup_make(struct tool *tool)
{
    const char *path = tool->arguments.operand;
    bool stream = strcmp(path, "-") == 0, keeps = tool_has(tool, OPTION_KEEP);
    size_t keep = 0;
    enum status status = stream ? check_stream(tool) : keeps ? backup_keep_count(tool, &keep) : GO_ON;

    if (!stream)
        answer_hear();
    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON && tool->store == NULL)
        return tool_refuse(STATUS_FAILED, "there is no store yet, and so nothing to back up");
    if (status != GO_ON)
        return status;
    if (stream)
        return make_stream(tool);
    return keeps ? make_one_of_many(tool, keep) : make_file(tool, path, 0);
}
