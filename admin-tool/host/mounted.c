/*
 * Mount ids by descriptors. An O_PATH descriptor opens nothing, and without O_DIRECTORY triggers no automount;
 * what it leads to stays what it is, whoever mounts or renames meanwhile.
 */
#include "mounted.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* A number and nothing else up to the blank or line's end behind it. */
static bool take_number(const char *text, uint64_t *ret)
{
    char *end;

    errno = 0;
    *ret = strtoull(text, &end, 10);
    return errno == 0 && end != text && (*end == ' ' || *end == '\n');
}

static bool id_from_proc(int fd, uint64_t *ret)
{
    char path[64], line[128];
    bool found = false;
    FILE *info;

    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    info = fopen(path, "re");
    while (info != NULL && !found && fgets(line, sizeof line, info) != NULL)
        found = strncmp(line, "mnt_id:", 7) == 0 && take_number(line + 7, ret);
    if (info != NULL)
        fclose(info);
    return found;
}

bool mounted_id(int fd, uint64_t *ret)
{
    struct statx st;

    /* of the attributes none is wanted, and none that is not there already is fetched */
    if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_MNT_ID, &st) != 0 ||
        (st.stx_mask & STATX_MNT_ID) == 0)
        return id_from_proc(fd, ret);
    *ret = st.stx_mnt_id;
    return true;
}

/* "36 35 98:0 /root /mount/point options tags... - TYPE source options": the type is the word after " - ". */
static bool take_type(const char *line, uint64_t mount, char *ret, size_t size)
{
    const char *type = strstr(line, " - ");
    uint64_t id;

    if (type == NULL || !take_number(line, &id) || id != mount)
        return false;
    type += strlen(" - ");
    snprintf(ret, size, "%.*s", (int)strcspn(type, " \n"), type);
    return true;
}

/* The list has no line about "/" in a chroot into a folder that is no mount point. We run from it: it may be asked. */
static bool take_type_of_root(uint64_t mount, char *ret, size_t size)
{
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct statfs st;
    uint64_t id;
    bool found = root != -1 && mounted_id(root, &id) && id == mount && fstatfs(root, &st) == 0;

    if (found)
        snprintf(ret, size, "%s", st.f_type == FUSE_SUPER_MAGIC ? "fuse" : "rootfs");
    if (root != -1)
        close(root);
    return found;
}

bool mounted_type(uint64_t mount, char *ret, size_t size)
{
    FILE *info = fopen("/proc/self/mountinfo", "re");
    char *line = NULL;
    size_t room = 0;
    bool found = false;

    while (info != NULL && !found && getline(&line, &room, info) != -1)
        found = take_type(line, mount, ret, size);
    free(line);
    if (info != NULL)
        fclose(info);
    return found || take_type_of_root(mount, ret, size);
}

/* proc(5): blank, tab, newline and backslash stand as three octal digits behind a backslash. */
static void decode(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; to++)
        if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    *to = '\0';
}

/* The fifth word. */
static char *find_point(char *line)
{
    for (int i = 0; i < 4 && line != NULL; i++) {
        line = strchr(line, ' ');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL)
        return NULL;
    line[strcspn(line, " \n")] = '\0';
    decode(line);
    return line;
}

void mounted_each(bool (*look)(const char *point, void *context), void *context)
{
    FILE *info = fopen("/proc/self/mountinfo", "re");
    char *line = NULL, *point;
    size_t room = 0;
    bool more = true;

    while (info != NULL && more && getline(&line, &room, info) != -1)
        if ((point = find_point(line)) != NULL)
            more = look(point, context);
    free(line);
    if (info != NULL)
        fclose(info);
}

int mounted_open_path(int folder, const char *name, uint64_t mount)
{
    int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    uint64_t found;

    if (fd == -1 || (mounted_id(fd, &found) && found == mount))
        return fd;
    close(fd);
    errno = EXDEV;
    return -1;
}

int mounted_open_folder(int folder, const char *name, uint64_t mount)
{
    int path = mounted_open_path(folder, name, mount);
    int inner = -1, error;

    if (path == -1)
        return -1;
    inner = openat(path, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    error = errno;
    close(path);
    errno = error;
    return inner;
}
