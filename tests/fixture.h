/*
 * What the tests of the store, the judge and PAM share: a fresh state folder, an account in it, and
 * the public directory made from them.
 */
#ifndef CODER_FIXTURE_H
#define CODER_FIXTURE_H

#include "sql/account.h"

#define FIXTURE_PRIVATE CODER_STATE_DIR "/private"
#define FIXTURE_RUN CODER_RUN_DIR "/private"

/* Nothing but the folders of CONTRACT section 4. */
void fixture_reset(void);

/* A valid active account without a password; name and uid are the caller's. */
struct account fixture_account(const char *username, uint32_t uid);

/* Into a store made when needed; password NULL: none. Fails the test when it cannot. */
void fixture_add(const struct account *account, const char *password);

/* Run one SQL statement on the store, as no product does. */
void fixture_sql(const char *sql);
void fixture_activity_sql(const char *sql);

/* One number from the store. */
int64_t fixture_number(const char *sql);

/* One number from the attempts. */
int64_t fixture_activity_number(const char *sql);

/* How many failures are counted where this SQL condition holds; 0 while there are no attempts at all. */
int64_t fixture_failures(const char *where);

/* A file's bytes: made anew with exactly this mode; and read, *ret_size long, to be freed. */
void fixture_write(const char *path, const void *bytes, size_t size, unsigned mode);
char *fixture_read(const char *path, size_t *ret_size);

/* True when a file of the state or run folder holds these bytes. No store may be open: reading
 * a file drops SQLite's locks on it. */
bool fixture_holds(const char *text);

/* Write the directory file as admin-tool would: users without supplementary groups. */
void fixture_publish(void);

#endif
