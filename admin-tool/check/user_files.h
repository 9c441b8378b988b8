/*
 * What a user has to log in with, as far as files of his own say it: shell, home, keys, each seen as he sees it.
 */
#ifndef CODER_CHECK_HOME_H
#define CODER_CHECK_HOME_H

#include <stdbool.h>
#include <sys/types.h>

#include "sql/account.h"
#include "sshd_settings.h"

enum home_state {
    HOME_UNSEEN, /* nobody could look, or it took too long */
    HOME_MISSING, /* not there, no folder, or not for its user */
    HOME_LOOSE,  /* another's, or others may write it (sshd's StrictModes) */
    HOME_FINE
};

enum key_state { KEYS_NONE, KEYS_LOOSE /* others may write the file */, KEYS_THERE };

/* Numbers that the user may have made up; in range. */
struct home_sight {
    enum home_state home;
    enum key_state keys; /* only of a home that is fine */
    uid_t owner;         /* of the home, when it is there */
    mode_t mode;
};

/* Home and key files, for a few seconds at most. sshd: which files, and whether it is strict. */
struct home_sight check_home_see(const struct account *account, const struct sshd_settings *sshd);

/* Is the shell a file that its user can run? */
bool check_home_runs_shell(const struct account *account);

#endif
