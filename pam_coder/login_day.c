/*
 * The day of the last login. Whoever holds the lock or has filled the disk keeps nobody out: the next login tries again.
 */
#include "login_day.h"

#include <syslog.h>

#include "sql/store.h"
#include "sql/store_changes.h"
#include "hearing.h"
#include "judge.h"

enum { DAY = 86400 };

/* 00:00 UTC. Of a day before that of the last login the clock is wrong. */
void login_day_note(const struct hearing *hearing, struct login_day *ret)
{
    int64_t day = hearing->now - hearing->now % DAY;

    if (hearing->account.last_login_day < day)
        *ret = (struct login_day){ .uid = hearing->account.uid, .day = day };
}

void login_day_write(const struct judge *judge, const struct login_day *login)
{
    struct store *store = NULL;
    enum store_result result;

    if (login->uid == 0)
        return;
    result = store_open(judge->private_dir, STORE_EXISTING, &store);
    if (result == STORE_OK)
        result = store_account_note_login(store, login->uid, login->day);
    store_close(store);
    if (result != STORE_OK && result != STORE_LOST) /* then another login of that day was faster */
        syslog(LOG_AUTHPRIV | LOG_WARNING, "uid %u: the day of this login was not kept, as the store %s", login->uid,
               result == STORE_BUSY ? "is locked" : result == STORE_FULL ? "cannot be written" : "cannot be used");
}
