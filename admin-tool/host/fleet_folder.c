/*
 * The folder of the fleet: made beside, synced, and put in place by one rename, so that a key never stands beside another
 * one's certificate.
 */
#include "fleet_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.h"
#include "text_file.h"

#define NAME "fleet"
#define BESIDE "fleet.new"

enum { FILE_SIZE = 65536 };

const char *fleet_file_name(enum fleet_file file)
{
    static const char *const names[FLEET_FILES] = {
        [FLEET_SETTINGS] = "fleet.conf", [FLEET_CA] = "ca.pem", [FLEET_CERTIFICATE] = "host.pem", [FLEET_KEY] = "host.key",
    };

    return names[file];
}

bool fleet_folder_group(gid_t *ret)
{
    const struct group *group = getgrnam(FLEET_GROUP);

    if (group != NULL)
        *ret = group->gr_gid;
    return group != NULL;
}

/* -- as it is ----------------------------------------------------------------------------- */

static bool has_file(int folder, const char *name, const char *text)
{
    char present[FILE_SIZE];
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t length = fd != -1 ? descriptor_read_some(fd, present, sizeof present) : -1;
    bool has = length >= 0 && (size_t)length == strlen(text) && memcmp(present, text, (size_t)length) == 0;

    if (fd != -1)
        close(fd);
    explicit_bzero(present, sizeof present);
    return has;
}

bool fleet_folder_has(const char *const texts[FLEET_FILES])
{
    int folder = open(FLEET_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    bool has = folder != -1;

    for (int i = 0; has && i < FLEET_FILES; i++)
        has = has_file(folder, fleet_file_name((enum fleet_file)i), texts[i]);
    if (folder != -1)
        close(folder);
    return has;
}

bool fleet_folder_setting(const char *key, size_t nth, char ret[FLEET_VALUE_SIZE])
{
    FILE *file = text_file_open("", FLEET_FOLDER "/fleet.conf");
    char line[FLEET_VALUE_SIZE + 16];
    size_t length = strlen(key);
    bool found = false;

    while (file != NULL && !found && text_file_line(file, line, sizeof line))
        if (strncmp(line, key, length) == 0 && line[length] == ' ' && nth-- == 0) {
            snprintf(ret, FLEET_VALUE_SIZE, "%s", line + length + 1);
            found = true;
        }
    if (file != NULL)
        fclose(file);
    return found;
}

/* -- made beside -------------------------------------------------------------------------- */

/* Its files, and the folder itself; what is none of ours in it keeps it there. What is no folder goes as it is. */
static bool remove_folder(int place, const char *name)
{
    int folder = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *list = folder != -1 ? fdopendir(folder) : NULL;
    const struct dirent *entry;

    if (folder == -1 && (errno == ENOTDIR || errno == ELOOP))
        return unlinkat(place, name, 0) == 0;
    if (list == NULL)
        return errno == ENOENT;
    while ((entry = readdir(list)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(folder, entry->d_name, 0);
    closedir(list);
    return unlinkat(place, name, AT_REMOVEDIR) == 0;
}

static bool write_file(int folder, const char *name, const char *text, gid_t group)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd != -1 && descriptor_write(fd, text, strlen(text)) && fchown(fd, 0, group) == 0 &&
                   fchmod(fd, FLEET_FILE_MODE) == 0 && fsync(fd) == 0;

    if (fd != -1 && close(fd) != 0)
        written = false;
    return written;
}

static bool fill(int folder, const char *const texts[FLEET_FILES], gid_t group, const char **ret)
{
    for (int i = 0; i < FLEET_FILES; i++) {
        *ret = fleet_file_name((enum fleet_file)i);
        if (!write_file(folder, *ret, texts[i], group))
            return false;
    }
    *ret = FLEET_FOLDER;
    return fchown(folder, 0, group) == 0 && fchmod(folder, FLEET_FOLDER_MODE) == 0 && fsync(folder) == 0;
}

static bool make_beside(int place, const char *name, const char *const texts[FLEET_FILES], gid_t group, const char **ret)
{
    int folder = -1;
    bool made;

    *ret = FLEET_PLACE "/" BESIDE;
    if (remove_folder(place, name) && mkdirat(place, name, 0700) == 0)
        folder = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    made = folder != -1 && fill(folder, texts, group, ret);
    if (folder != -1)
        close(folder);
    return made;
}

/* -- in place ----------------------------------------------------------------------------- */

/* Root's alone: what lies in it is what root put there. -1 with errno. */
static int open_place(bool makes)
{
    bool made = makes && mkdir(FLEET_PLACE, 0700) == 0;
    struct stat st;
    int fd;

    if (makes && !made && errno != EEXIST)
        return -1;
    fd = open(FLEET_PLACE, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd == -1)
        return -1;
    if (made)
        fchmod(fd, 0755); /* whatever the umask is: coder_fleet goes through it */
    if (fstat(fd, &st) == 0 && st.st_uid == 0 && (st.st_mode & 022) == 0)
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}

static bool put(int place)
{
    bool there = faccessat(place, NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0;

    return renameat2(place, BESIDE, place, NAME, there ? RENAME_EXCHANGE : RENAME_NOREPLACE) == 0 && fsync(place) == 0;
}

bool fleet_folder_write(const char *const texts[FLEET_FILES], gid_t group, const char **ret)
{
    int place = open_place(true), error;
    bool written;

    *ret = FLEET_PLACE;
    if (place == -1)
        return false;
    written = make_beside(place, BESIDE, texts, group, ret) && put(place);
    error = errno;
    remove_folder(place, BESIDE); /* what was there before, or what could not be finished */
    close(place);
    errno = error;
    return written;
}

/* -- for a try ---------------------------------------------------------------------------- */

bool fleet_folder_try(const char *const texts[FLEET_FILES], gid_t group)
{
    int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *what;
    bool made = root != -1 && make_beside(root, &FLEET_TRIAL[1], texts, group, &what);

    if (root != -1)
        close(root);
    return made;
}

void fleet_folder_untry(void)
{
    int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (root != -1) {
        remove_folder(root, &FLEET_TRIAL[1]);
        close(root);
    }
}

/* -- away --------------------------------------------------------------------------------- */

bool fleet_folder_remove(void)
{
    int place = open_place(false), error;
    bool removed = place != -1 ? remove_folder(place, NAME) && fsync(place) == 0 : errno == ENOENT;

    error = errno;
    if (place != -1)
        close(place);
    errno = error;
    return removed;
}
