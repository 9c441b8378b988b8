/*
 * The join file: one JSON object. Whoever has it can follow the fleet as this host, so it is taken from root alone, and
 * what it names is judged before anything is written.
 */
#include "join_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "host/given_file.h"
#include "host/safe_path.h"
#include "sql/json_read.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "join_value.h"

enum { FILE_SIZE = 128 * 1024 };

/* An object under way. */
struct reading {
    struct join_file *file;
    const char *twice;
    char *copy; /* of the last value; it is the file's */
};

static enum status refuse(const struct tool *tool, const char *key, const char *what)
{
    return tool_refuse_as(KIND_INVALID, key, NULL, "%s: %s; nothing was changed: have a new join file made", tool->arguments.operand,
                          what);
}

/* -- reading ------------------------------------------------------------------------------ */

static bool take_pair(void *context, const struct json_pair *pair)
{
    struct reading *reading = context;
    enum join_key key;

    if (!join_value_find(pair->key, &key) || pair->text == NULL)
        return true; /* what a later version says more, or missed below */
    if (reading->file->values[key] != NULL) {
        reading->twice = join_value_name(key);
        return false;
    }
    reading->copy = strdup(pair->text);
    reading->file->values[key] = reading->copy;
    return reading->copy != NULL;
}

static enum status parse(const struct tool *tool, const char *text, struct join_file *ret)
{
    struct json_reader *reader = json_reader_new();
    struct reading reading = { .file = ret };
    enum json_result result = reader != NULL ? json_reader_read(reader, text, take_pair, &reading) : JSON_FAILED;
    char what[96];

    json_reader_free(reader);
    if (result == JSON_MALFORMED)
        return refuse(tool, NULL, "it is no join file, which is one object of JSON");
    snprintf(what, sizeof what, "%s is there twice", reading.twice != NULL ? reading.twice : "");
    if (reading.twice != NULL)
        return refuse(tool, reading.twice, what);
    return result == JSON_OK ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory");
}

/* A key that others have read is theirs, too. */
static enum status check_owner(const struct tool *tool, int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return tool_refuse(STATUS_FAILED, "%s: %s", tool->arguments.operand, strerror(errno));
    if (!S_ISREG(st.st_mode) || (st.st_uid == 0 && (st.st_mode & 077) == 0))
        return GO_ON;
    return tool_refuse_as(KIND_INVALID, NULL, tool->arguments.operand, "%s: it holds this host's key, and others than root can "
                          "read or change it; if nobody has, 'chown root' and 'chmod 600' it, else have a new one made",
                          tool->arguments.operand);
}

static enum status read_text(const struct tool *tool, int fd, char *text, struct join_file *ret)
{
    enum status status = check_owner(tool, fd);
    ssize_t length = status == GO_ON ? descriptor_read_some(fd, text, FILE_SIZE) : 0;

    if (status != GO_ON)
        return status;
    if (length < 0)
        return tool_refuse(STATUS_FAILED, "%s: %s", tool->arguments.operand, strerror(errno));
    text[length] = '\0';
    if (length == FILE_SIZE || strlen(text) < (size_t)length)
        return refuse(tool, NULL, length == FILE_SIZE ? "it is too long for a join file" : "it has a NUL in it");
    return parse(tool, text, ret);
}

static enum status read_file(const struct tool *tool, struct join_file *ret)
{
    const char *path = tool->arguments.operand;
    bool standard = strcmp(path, "-") == 0;
    int fd = STDIN_FILENO;
    const char *fault = standard ? NULL : given_file_open(tool->folder, path, &fd);
    char *text = fault == NULL ? malloc(FILE_SIZE + 1) : NULL;
    enum status status;

    if (fault != NULL)
        return tool_refuse(STATUS_FAILED, "%s: %s", path, fault);
    status = text == NULL ? tool_refuse(STATUS_FAILED, "not enough memory") : read_text(tool, fd, text, ret);
    if (text != NULL)
        explicit_bzero(text, FILE_SIZE + 1);
    free(text);
    if (!standard)
        close(fd);
    return status;
}

/* -- judging ------------------------------------------------------------------------------ */

static enum status judge(const struct tool *tool, const struct join_file *file)
{
    for (int i = 0; i < JOIN_KEYS; i++) {
        char fault[JOIN_FAULT_SIZE];

        if (!join_value_good((enum join_key)i, file->values[i], tool->now, fault))
            return refuse(tool, join_value_name((enum join_key)i), fault);
    }
    if (!join_values_agree(file->values[JOIN_HOST], file->values[JOIN_BASE]))
        return refuse(tool, "host", "the host does not lie below the base");
    if ((file->values[JOIN_UID_MIN] == NULL) != (file->values[JOIN_UID_MAX] == NULL))
        return refuse(tool, "uid_min", "uid_min and uid_max go together");
    return GO_ON;
}

/* fleet.conf: a line "uri VALUE" for each, base and host. NULL when memory is short. */
static char *make_settings(const struct join_file *file)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    for (const char *uri = file->values[JOIN_URIS]; *uri != '\0'; uri += uri[0] == '\n') {
        size_t length = strcspn(uri, "\n");

        fprintf(out, "uri %.*s\n", (int)length, uri);
        uri += length;
    }
    fprintf(out, "base %s\nhost %s\n", file->values[JOIN_BASE], file->values[JOIN_HOST]);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

enum status join_file_read(const struct tool *tool, struct join_file *ret)
{
    enum status status = read_file(tool, ret);

    if (status == GO_ON)
        status = judge(tool, ret);
    if (status != GO_ON)
        return status;
    ret->settings = make_settings(ret);
    return ret->settings != NULL ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory");
}

void join_file_texts(const struct join_file *file, const char *ret[FLEET_FILES])
{
    ret[FLEET_SETTINGS] = file->settings;
    ret[FLEET_CA] = file->values[JOIN_CA];
    ret[FLEET_CERTIFICATE] = file->values[JOIN_CERTIFICATE];
    ret[FLEET_KEY] = file->values[JOIN_KEY];
}

void join_file_free(struct join_file *file)
{
    for (int i = 0; i < JOIN_KEYS; i++) {
        if (file->values[i] != NULL)
            explicit_bzero(file->values[i], strlen(file->values[i]));
        free(file->values[i]);
    }
    free(file->settings);
    *file = (struct join_file){ .settings = NULL };
}

bool join_file_remove(const struct tool *tool)
{
    struct safe_parent parent;
    struct stat st;
    bool removed = false;

    if (safe_path_parent(tool->folder, tool->arguments.operand, &parent) != SAFE_PATH_YES)
        return false;
    if (fstatat(parent.folder, parent.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
        removed = unlinkat(parent.folder, parent.name, 0) == 0;
    close(parent.folder);
    return removed;
}
