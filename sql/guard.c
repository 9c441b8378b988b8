/*
 * A VFS whose files are those of SQLite's own one, but for a few methods: the deadline begins before
 * the first lock on a database and ends after the last (sqlite.org/vfs.html; the core takes and
 * leaves locks through xLock and xUnlock alone). Whoever moves megabytes or waits for a disk to keep
 * them is at work, and gets time for it.
 */
#include "guard.h"

#include <sqlite3.h>
#include <stddef.h>

#include "deadline.h"

enum { MOVED_OCTETS = 4 << 20 }; /* more than any single change reads or writes */

/* One file's. The core knows it as the file's methods. */
struct guard {
    sqlite3_io_methods methods; /* first: found by its address */
    const sqlite3_io_methods *plain;
    bool held;
    sqlite3_int64 moved;    /* octets, since the deadline was renewed */
    sqlite3_int64 unsynced; /* octets written */
};

static sqlite3_vfs *plain_vfs;

static struct guard *guard_of(sqlite3_file *file)
{
    return (struct guard *)(void *)file->pMethods;
}

/* -- locks ----------------------------------------------------------------------------------- */

static void let_go(struct guard *guard)
{
    if (guard->held)
        deadline_drop();
    guard->held = false;
}

static int lock_file(sqlite3_file *file, int level)
{
    struct guard *guard = guard_of(file);
    bool was_held = guard->held;
    int rc;

    if (!was_held && !deadline_hold())
        return SQLITE_IOERR_LOCK;
    guard->held = true;
    rc = guard->plain->xLock(file, level);
    if (rc != SQLITE_OK && !was_held)
        let_go(guard);
    return rc;
}

static int unlock_file(sqlite3_file *file, int level)
{
    struct guard *guard = guard_of(file);
    int rc = guard->plain->xUnlock(file, level);

    if (rc == SQLITE_OK && level == SQLITE_LOCK_NONE)
        let_go(guard);
    return rc;
}

/* -- work ------------------------------------------------------------------------------------ */

static void move(struct guard *guard, int octets)
{
    guard->moved += octets;
    if (guard->moved < MOVED_OCTETS)
        return;
    guard->moved = 0;
    deadline_renew(0);
}

static int read_file(sqlite3_file *file, void *ret, int size, sqlite3_int64 at)
{
    move(guard_of(file), size);
    return guard_of(file)->plain->xRead(file, ret, size, at);
}

static int write_file(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    move(guard_of(file), size);
    guard_of(file)->unsynced += size;
    return guard_of(file)->plain->xWrite(file, bytes, size, at);
}

static int sync_file(sqlite3_file *file, int flags)
{
    struct guard *guard = guard_of(file);

    if (guard->unsynced >= MOVED_OCTETS)
        deadline_renew((uint64_t)guard->unsynced);
    guard->unsynced = 0;
    return guard->plain->xSync(file, flags);
}

/* -- opening --------------------------------------------------------------------------------- */

static int close_file(sqlite3_file *file)
{
    struct guard *guard = guard_of(file);
    int rc = guard->plain->xClose(file);

    let_go(guard);
    sqlite3_free(guard);
    return rc;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
    int rc = plain_vfs->xOpen(plain_vfs, name, file, flags, ret);
    struct guard *guard;

    (void)vfs;
    if (rc != SQLITE_OK)
        return rc;
    guard = sqlite3_malloc(sizeof *guard);
    if (guard == NULL) {
        file->pMethods->xClose(file);
        file->pMethods = NULL;
        return SQLITE_NOMEM;
    }
    *guard = (struct guard){ .methods = *file->pMethods, .plain = file->pMethods };
    guard->methods.xClose = close_file;
    guard->methods.xRead = read_file;
    guard->methods.xWrite = write_file;
    guard->methods.xSync = sync_file;
    guard->methods.xLock = lock_file;
    guard->methods.xUnlock = unlock_file;
    file->pMethods = &guard->methods;
    return SQLITE_OK;
}

const char *guard_vfs(void)
{
    static const char name[] = "coder";
    static sqlite3_vfs vfs;

    if (plain_vfs == NULL && (plain_vfs = sqlite3_vfs_find(NULL)) != NULL) {
        vfs = *plain_vfs;
        vfs.zName = name;
        vfs.xOpen = open_file;
        sqlite3_vfs_register(&vfs, 0);
    }
    return name;
}
