/*
 * The key is made where the authority is and comes in one file with its certificate; it is judged here as the host will.
 */
#include "join_make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "host/fleet_folder.h"
#include "host/given_file.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "terminal/say.h"
#include "join_value.h"

enum { TEXT_SIZE = 64 * 1024, URIS_MAX = 8 };

enum status join_make_check_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t length = strlen(name);

    if (length > 0 && length < JOIN_HOST_NAME_SIZE && strspn(name, letters) > 0 && name[strcspn(name, " ,=+<>#;\\\"")] == '\0' &&
        account_text_fault(name) == NULL)
        return GO_ON;
    return tool_refuse_as(KIND_INVALID, "host", name, "a host's name is made of letters, digits, '.', '-' and '_', 64 of them at "
                          "most, not '%s'", name);
}

/* -- certificate and key ---------------------------------------------------------------------- */

/* The blocks of a PEM text whose label ends so, one after the other. False: they have no room. */
static bool take_blocks(const char *text, const char *label, char ret[TEXT_SIZE])
{
    size_t used = 0;

    ret[0] = '\0';
    for (const char *begin = strstr(text, "-----BEGIN "); begin != NULL; begin = strstr(begin + 1, "-----BEGIN ")) {
        const char *mark = strstr(begin + 11, "-----"), *end = strstr(begin, "-----END ");
        size_t named = mark != NULL ? (size_t)(mark - begin) : 0, length;

        end = end != NULL ? strstr(end + 9, "-----") : NULL;
        if (mark == NULL || end == NULL || named < strlen(label) || strncmp(mark - strlen(label), label, strlen(label)) != 0)
            continue;
        length = (size_t)(end - begin) + 5;
        if (used + length + 2 > TEXT_SIZE)
            return false;
        memcpy(ret + used, begin, length);
        memcpy(ret + used + length, "\n", 2);
        used += length + 1;
    }
    return true;
}

/* A key that others have read is theirs, too. */
static const char *read_given(const struct tool *tool, const char *path, char ret[TEXT_SIZE])
{
    int fd = -1;
    const char *fault = given_file_open(tool->folder, path, &fd);
    struct stat st;
    ssize_t length = 0;

    if (fault == NULL && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
        fault = "it has a key, and others than its owner can read or change it; chmod 600 it, if nobody has";
    if (fault == NULL)
        length = descriptor_read_some(fd, ret, TEXT_SIZE - 1);
    if (fault == NULL && (length < 0 || length == TEXT_SIZE - 1))
        fault = length < 0 ? strerror(errno) : "it is too long for a certificate with its key";
    ret[fault == NULL ? length : 0] = '\0';
    if (fd != -1)
        close(fd);
    return fault;
}

/* -- the text --------------------------------------------------------------------------------- */

/* What this host follows by. */
struct own {
    char uris[URIS_MAX][FLEET_VALUE_SIZE], host[FLEET_BASE_SIZE + JOIN_HOST_NAME_SIZE + 16], ca[TEXT_SIZE];
    const char *list[URIS_MAX];
    size_t count;
};

static const char *read_own(const struct fleet *fleet, const char *name, struct own *ret)
{
    int fd = open(FLEET_FOLDER "/ca.pem", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t length = fd != -1 ? descriptor_read_some(fd, ret->ca, TEXT_SIZE - 1) : -1;

    if (fd != -1)
        close(fd);
    ret->ca[length > 0 ? length : 0] = '\0';
    while (ret->count < URIS_MAX && fleet_folder_setting("uri", ret->count, ret->uris[ret->count])) {
        ret->list[ret->count] = ret->uris[ret->count];
        ret->count++;
    }
    snprintf(ret->host, sizeof ret->host, "cn=%s,ou=hosts,%s", name, fleet->base);
    return length > 0 && ret->count > 0 ? NULL : FLEET_FOLDER " cannot be read; see 'admin-tool check'";
}

/* What the host would refuse is refused here. */
static enum status judge(const struct tool *tool, const char *certificate, const char *key)
{
    char fault[JOIN_FAULT_SIZE];

    if (join_value_good(JOIN_CERTIFICATE, certificate, tool->now, fault) && join_value_good(JOIN_KEY, key, tool->now, fault))
        return GO_ON;
    return tool_refuse_as(KIND_INVALID, "certificate", tool->arguments.value[OPTION_CERTIFICATE], "%s: %s; it has to hold the "
                          "certificate and its key, in PEM", tool->arguments.value[OPTION_CERTIFICATE], fault);
}

static char *compose(const struct tool *tool, const struct own *own, const char *base, const char *certificate, const char *key)
{
    char *uris = json_make_array(own->list, own->count), *object = NULL;

    if (uris != NULL)
        object = json_make_object("jttttt" "iii", "uris", uris, "base", base, "host", own->host, "ca", own->ca, "certificate",
                                  certificate, "key", key, "expires", tool->now + INT64_C(3600) * JOIN_HOURS, "uid_min",
                                  tool->policy.fleet_uid_min, "uid_max", tool->policy.fleet_uid_max);
    store_text_free(uris);
    return object;
}

/* Wipes what had the key. */
struct parts {
    char given[TEXT_SIZE], certificate[TEXT_SIZE], key[TEXT_SIZE];
    struct own own;
};

static enum status make(const struct tool *tool, const struct fleet *fleet, const char *name, struct parts *parts, char **ret)
{
    const char *path = tool->arguments.value[OPTION_CERTIFICATE], *fault = read_given(tool, path, parts->given);
    enum status status;

    if (fault != NULL)
        return tool_refuse_as(KIND_INVALID, "certificate", path, "%s: %s; nothing was changed", path, fault);
    fault = read_own(fleet, name, &parts->own);
    if (fault != NULL)
        return tool_refuse(STATUS_FAILED, "%s; nothing was changed", fault);
    if (!take_blocks(parts->given, "CERTIFICATE", parts->certificate) || !take_blocks(parts->given, "PRIVATE KEY", parts->key))
        return tool_refuse(STATUS_FAILED, "%s: it is too long", path);
    status = judge(tool, parts->certificate, parts->key);
    if (status != GO_ON)
        return status;
    *ret = compose(tool, &parts->own, fleet->base, parts->certificate, parts->key);
    return *ret != NULL ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory");
}

enum status join_make(const struct tool *tool, const struct fleet *fleet, const char *name, char **ret)
{
    struct parts *parts = calloc(1, sizeof *parts);
    enum status status = parts != NULL ? make(tool, fleet, name, parts, ret) : tool_refuse(STATUS_FAILED, "not enough memory");

    if (parts != NULL)
        explicit_bzero(parts, sizeof *parts);
    free(parts);
    return status;
}

/* -- the file ----------------------------------------------------------------------------------- */

static enum status refuse_file(const char *path, int error)
{
    if (error == EEXIST)
        return tool_refuse(STATUS_REFUSED, "%s is there already; name a file that is not", path);
    return tool_refuse(STATUS_FAILED, "%s: %s; nothing was changed", path, strerror(error));
}

enum status join_make_write(const struct tool *tool, const char *text)
{
    const char *path = tool->arguments.value[OPTION_JOIN];
    int fd = openat(tool->folder, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), error;

    if (fd == -1)
        return refuse_file(path, errno);
    error = fchmod(fd, 0600) == 0 && descriptor_write(fd, text, strlen(text)) && descriptor_write(fd, "\n", 1) && fsync(fd) == 0
                ? 0 : errno;
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error == 0)
        return GO_ON;
    join_make_remove(tool);
    return refuse_file(path, error);
}

void join_make_remove(const struct tool *tool)
{
    unlinkat(tool->folder, tool->arguments.value[OPTION_JOIN], 0);
}
