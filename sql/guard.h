/*
 * SQLite's own files, with a deadline while a lock on them is held, whatever takes it: a statement, a
 * transaction, a backup, a recovery. Internal to sql/.
 */
#ifndef CODER_GUARD_H
#define CODER_GUARD_H

/* The name to open databases with (sqlite3_open_v2), which fails if there is no such VFS after all. */
const char *guard_vfs(void);

#endif
