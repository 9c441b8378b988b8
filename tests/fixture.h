/*
 * What the tests of the store, the judge and PAM share: a fresh state folder, an account in it, and
 * the public directory made from them.
 */
#ifndef CODER_FIXTURE_H
#define CODER_FIXTURE_H

#include "activity.h"
#include "store.h"

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

/* Write the directory file as admin-tool would: users without supplementary groups. */
void fixture_publish(void);

#endif
