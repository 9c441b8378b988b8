/*
 * Where the local files are kept as they were. They hold hashes, so they lie where the store's do.
 */
#include "local_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "terminal/command.h"

#define FOLDER PRIVATE_DIR "/local-files"

enum { SAME_SECOND_MAX = 100 };

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd != -1 && fsync(fd) == 0;

    if (fd != -1)
        close(fd);
    return synced;
}

bool local_backup_make(const char *what, int64_t now, char ret[LOCAL_BACKUP_SIZE])
{
    time_t seconds = (time_t)now;
    char when[32] = "";
    struct tm tm;

    if (localtime_r(&seconds, &tm) != NULL)
        strftime(when, sizeof when, "%Y%m%d-%H%M%S", &tm);
    if (mkdir(FOLDER, 0700) == 0 ? !sync_folder(PRIVATE_DIR) : errno != EEXIST)
        return false;
    for (int i = 1; i <= SAME_SECOND_MAX; i++) {
        int length = snprintf(ret, LOCAL_BACKUP_SIZE, FOLDER "/%s-%s", when, what);

        if (i > 1 && length < LOCAL_BACKUP_SIZE)
            snprintf(ret + length, LOCAL_BACKUP_SIZE - (size_t)length, "-%d", i);
        if (mkdir(ret, 0700) == 0)
            return sync_folder(FOLDER);
        if (errno != EEXIST)
            break;
    }
    return false;
}
