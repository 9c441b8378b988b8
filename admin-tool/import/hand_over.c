/*
 * The texts to hand over to the users of an import. They hold passwords: nobody but root can come to their folder, and
 * they are all there or none is.
 */
#include "hand_over.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change/handover.h"
#include "host/descriptor.h"
#include "host/safe_path.h"
#include "sql/account.h"
#include "sql/ssh_key_set.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "batch.h"

enum { FILE_NAME_SIZE = ACCOUNT_NAME_SIZE + 4 };

static enum status refuse(const struct import_batch *batch, const char *name, const char *why)
{
    return tool_refuse_as(KIND_FAILED, "hand_over_to", NULL, "--hand-over-to %s%s%s: %s; nothing was changed",
                          batch->tool->arguments.value[OPTION_HAND_OVER_TO], name[0] != '\0' ? "/" : "", name, why);
}

static void name_file(const struct import_row *row, char ret[FILE_NAME_SIZE])
{
    snprintf(ret, FILE_NAME_SIZE, "%s.txt", import_row_name(row));
}

/* -- the folder --------------------------------------------------------------------------- */

/* NULL, or why others could come to what is in it. */
static const char *judge(int folder)
{
    struct stat st;

    if (fstat(folder, &st) != 0)
        return strerror(errno);
    if (st.st_uid != CODER_OWNER_UID || (st.st_mode & 077) != 0)
        return "others than root may come in; take a new folder, or: chown root, chmod 700";
    return NULL;
}

static enum status open_folder(const struct import_batch *batch, struct hand_over *ret)
{
    const char *path = batch->tool->arguments.value[OPTION_HAND_OVER_TO], *fault;
    int start = batch->tool->folder;

    ret->made = mkdirat(start, path, 0700) == 0;
    if (!ret->made && errno != EEXIST)
        return refuse(batch, "", strerror(errno));
    ret->folder = openat(start, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    fault = ret->folder == -1 ? strerror(errno) : judge(ret->folder);
    return fault == NULL ? GO_ON : refuse(batch, "", fault);
}

/* -- one file ----------------------------------------------------------------------------- */

/* They were judged when they were read. False: no memory. */
static bool read_keys(const struct import_row *row, struct ssh_key_set *ret)
{
    char *lines = row->keys != NULL ? strdup(row->keys) : NULL;
    size_t line;
    bool good = row->keys == NULL || (lines != NULL && ssh_key_set_add_lines(ret, lines, &line) == NULL);

    free(lines);
    return good;
}

static bool compose(const struct tool *tool, const struct import_row *row, char ret[HANDOVER_TEXT_SIZE])
{
    struct ssh_key_set keys = { NULL, 0 };
    struct account account;
    bool made;

    import_row_unpack(row, &account);
    made = read_keys(row, &keys) &&
           handover_make_new_text(tool, &account, &keys, row->password[0] != '\0' ? row->password : NULL, ret);
    explicit_bzero(&account, sizeof account);
    ssh_key_set_free(&keys);
    return made;
}

/* NULL, or why not; then there is no such file of ours. */
static const char *write_file(int folder, const char *name, const char *text)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), error;

    if (fd == -1)
        return errno == EEXIST ? "it is there already" : strerror(errno);
    error = fchmod(fd, 0600) == 0 && descriptor_write(fd, text, strlen(text)) ? 0 : errno;
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error != 0)
        unlinkat(folder, name, 0);
    return error != 0 ? strerror(error) : NULL;
}

static enum status write_row(const struct import_batch *batch, const struct import_row *row, int folder)
{
    char text[HANDOVER_TEXT_SIZE], name[FILE_NAME_SIZE];
    const char *fault;

    name_file(row, name);
    fault = compose(batch->tool, row, text) ? write_file(folder, name, text) : "not enough memory";
    explicit_bzero(text, sizeof text);
    return fault == NULL ? GO_ON : refuse(batch, name, fault);
}

/* -- all of them -------------------------------------------------------------------------- */

static enum status write_all(const struct import_batch *batch, struct hand_over *hand_over)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < batch->count; i++) {
        if (batch->rows[i].kind == ROW_NEW)
            status = write_row(batch, &batch->rows[i], hand_over->folder);
        if (status == GO_ON)
            hand_over->written = i + 1;
    }
    if (status == GO_ON && syncfs(hand_over->folder) != 0) /* one sync for all, and for a new folder's name */
        status = refuse(batch, "", strerror(errno));
    return status;
}

enum status hand_over_write(const struct import_batch *batch, struct hand_over *ret)
{
    enum status status;

    *ret = (struct hand_over){ .folder = -1 };
    if (!tool_has(batch->tool, OPTION_HAND_OVER_TO) || import_count_new(batch) == 0)
        return GO_ON;
    status = open_folder(batch, ret);
    if (status == GO_ON)
        status = write_all(batch, ret);
    if (status != GO_ON)
        hand_over_remove(batch, ret);
    return status;
}

void hand_over_preview(const struct import_batch *batch)
{
    char path[4096];
    size_t count = import_count_new(batch);

    if (!tool_has(batch->tool, OPTION_HAND_OVER_TO) || count == 0)
        return;
    print_escape(batch->tool->arguments.value[OPTION_HAND_OVER_TO], path, sizeof path);
    printf("Would write %zu text%s to hand over into %s.\n", count, count == 1 ? "" : "s", path);
}

void hand_over_remove(const struct import_batch *batch, struct hand_over *hand_over)
{
    char name[FILE_NAME_SIZE];

    for (size_t i = 0; i < hand_over->written; i++) {
        name_file(&batch->rows[i], name);
        if (batch->rows[i].kind == ROW_NEW)
            unlinkat(hand_over->folder, name, 0);
    }
    if (hand_over->made)
        unlinkat(batch->tool->folder, batch->tool->arguments.value[OPTION_HAND_OVER_TO], AT_REMOVEDIR);
    hand_over->written = 0;
    hand_over_close(hand_over);
}

void hand_over_close(struct hand_over *hand_over)
{
    if (hand_over->folder != -1)
        close(hand_over->folder);
    hand_over->folder = -1;
}

/* Later, when somebody looks there. */
void hand_over_note(const struct import_batch *batch)
{
    const char *path = batch->tool->arguments.value[OPTION_HAND_OVER_TO];
    struct safe_parent parent;

    if (path == NULL || import_count_new(batch) == 0)
        return;
    if (safe_path_parent(batch->tool->folder, path, &parent) == SAFE_PATH_OTHERS)
        tool_refuse(GO_ON, "note: users other than root can write in %s, and put other texts in the place of these; take them to "
                    "a folder of root's alone, such as below /root", parent.where);
    if (parent.folder != -1)
        close(parent.folder);
}
