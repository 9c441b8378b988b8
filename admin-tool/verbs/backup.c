/*
 * Backups: a copy of the store, as it is at one instant, in one new file that is root's alone.
 */
#include "backup.h"

#include <stdio.h>
#include <unistd.h>

#include "change/ready.h"
#include "change/transaction.h"
#include "sql/store_backup.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "backup_target.h"

enum status backup_make(struct tool *tool)
{
    struct backup_target target = { .name = "", .folder = -1 };
    char path[4096];
    unsigned char *bytes = NULL;
    size_t size = 0;
    enum status status = tool_open(tool);

    if (status == GO_ON && tool->store == NULL)
        return tool_refuse(STATUS_FAILED, "there is no store yet, and so nothing to back up");
    if (status == GO_ON)
        status = backup_target_open(tool, tool->arguments.operand, &target);
    if (status != GO_ON)
        return status;
    if (tool_has(tool, OPTION_DRY_RUN)) {
        backup_target_note(tool, &target);
        print_escape(target.path, path, sizeof path);
        printf("Would write %s; nothing was changed.\n", path);
        close(target.folder);
        return STATUS_DONE;
    }
    status = tool_store_status(tool, store_snapshot(tool->store, &bytes, &size), "the store");
    change_hold_signals();
    if (status == GO_ON)
        status = backup_target_write(&target, bytes, size);
    change_release_signals();
    store_snapshot_free(bytes, size);
    close(target.folder);
    if (status != GO_ON)
        return status;
    tool->changed = true;
    backup_target_note(tool, &target);
    print_escape(target.path, path, sizeof path);
    printf("%s holds accounts, password hashes, policy and the audit log: keep it as safe as the "
           "store.\n", path);
    return STATUS_DONE;
}
