/*
 * The day of the last login. Whoever holds the lock or has filled the disk keeps nobody out: the next login tries again.
 */
#include "login_day.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "sql/store.h"
#include "sql/store_changes.h"
#include "hearing.h"
#include "judge.h"
#include "request.h"

enum { DAY = 86400, QUICK_MS = 400 };

/* 00:00 UTC. Of a day before that of the last login the clock is wrong. */
void login_day_note(const struct hearing *hearing, struct login_day *ret)
{
    int64_t day = hearing->now - hearing->now % DAY;

    if (hearing->account.last_login_day < day)
        *ret = (struct login_day){ .uid = hearing->account.uid, .day = day };
}

/*
 * What is to be written has to get on the disk some five times while the lock is held; whoever is ended there leaves
 * a journal, and the next login would have to wait for the same disk to undo it. So first without a lock: does it take
 * it quickly now? A new time of the folder is the least there is to write.
 */
static bool disk_is_quick(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int64_t begin = packet_clock();
    bool written = fd >= 0 && futimens(fd, NULL) == 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return !written || packet_clock() - begin <= QUICK_MS; /* what cannot be written says the store itself */
}

static enum store_result write_day(const struct judge *judge, const struct login_day *login)
{
    struct store *store = NULL;
    enum store_result result = store_open(judge->private_dir, STORE_EXISTING, &store);

    if (result == STORE_OK)
        result = store_account_note_login(store, login->uid, login->day);
    store_close(store);
    return result;
}

void login_day_write(const struct judge *judge, const struct login_day *login)
{
    bool quick;
    enum store_result result;

    if (login->uid == 0)
        return;
    quick = disk_is_quick(judge->private_dir);
    result = quick ? write_day(judge, login) : STORE_FAILED;
    if (result != STORE_OK && result != STORE_LOST) /* then another login of that day was faster */
        syslog(LOG_AUTHPRIV | LOG_WARNING, "uid %u: the day of this login was not kept, as %s", login->uid,
               !quick                  ? "the disk is too slow"
               : result == STORE_BUSY ? "the store is locked"
               : result == STORE_FULL ? "the store cannot be written"
                                      : "the store cannot be used");
}
