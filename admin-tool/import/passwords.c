/*
 * The temporary passwords of an import, shown once: a JSON array on standard output or in a new
 * file that is root's alone. They go through buffers of our own, never through stdio's.
 */
#include "passwords.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"

static bool write_row(int fd, const struct import_row *row, const char *before)
{
    const char *email = row->texts + strlen(row->texts) + 1;
    char *text = json_make_object("tttw", "username", import_row_name(row), "email", email,
                                  "temporary_password", row->password, "expires_at",
                                  row->temporary_until);
    bool written = false;

    errno = ENOMEM;
    if (text != NULL)
        written = descriptor_write(fd, before, strlen(before)) &&
                  descriptor_write(fd, text, strlen(text));
    store_text_free(text);
    return written;
}

static bool write_array(int fd, const struct import_batch *batch)
{
    const char *before = "[";

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].password[0] == '\0')
            continue;
        if (!write_row(fd, &batch->rows[i], before))
            return false;
        before = ",\n ";
    }
    return before[0] == '[' ? descriptor_write(fd, "[]\n", 3) : descriptor_write(fd, "]\n", 2);
}

/* The name must outlast a power cut, too. */
static bool sync_folder_of(int start, const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";
    bool synced;
    int fd;

    if (slash != NULL && (size_t)(slash - path) + 1 < sizeof folder)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    fd = openat(start, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    synced = fd != -1 && fsync(fd) == 0;
    if (fd != -1)
        close(fd);
    return synced;
}

enum status import_passwords_to_file(const struct import_batch *batch, const char *path)
{
    int start = batch->tool->folder, error;
    int fd = openat(start, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool written;

    if (fd == -1)
        return tool_refuse(STATUS_FAILED, "--passwords-to %s: %s; it must be a new file. Nothing "
                           "was imported", path, strerror(errno));
    written = fchmod(fd, 0600) == 0 && write_array(fd, batch) && fsync(fd) == 0;
    error = errno;
    if (close(fd) != 0 && written) {
        error = errno;
        written = false;
    }
    if (written && sync_folder_of(start, path))
        return GO_ON;
    error = written ? errno : error;
    unlinkat(start, path, 0);
    return tool_refuse(STATUS_FAILED, "--passwords-to %s: %s; nothing was imported", path,
                       strerror(error));
}

static bool have_any(const struct import_batch *batch)
{
    size_t i = 0;

    while (i < batch->count && batch->rows[i].password[0] == '\0')
        i++;
    return i < batch->count;
}

void import_passwords_print(const struct import_batch *batch)
{
    if (!answer_is_json() && !have_any(batch))
        return;
    if (!answer_write("") || fflush(NULL) != 0 || !write_array(STDOUT_FILENO, batch))
        tool_complain(batch->tool, "the accounts were made, but their temporary passwords could "
                      "not all be shown; run 'admin-tool reset-password NAME' for others");
}
