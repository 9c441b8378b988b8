/*
 * Whose a home is. What is in it runs as its user, so it must be his own, on a way that nobody but
 * root can change.
 */
#ifndef CODER_HOME_OWNER_H
#define CODER_HOME_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"

enum home_owner {
    HOME_ABSENT, /* nothing is there, and root alone can put something there */
    HOME_OWN,    /* a folder of the uid's, or of the uid's private group, that nobody else can write */
    HOME_ROOTS,  /* root's: no danger, but not his either */
    HOME_LINK,   /* a link that root made */
    HOME_OPEN,   /* others can write in it */
    HOME_WAY,    /* a folder on the way to it is not root's alone to change */
    HOME_OTHERS  /* somebody else's, or no folder */
};

enum { HOME_REASON_SIZE = 2 * ACCOUNT_PATH_SIZE };

/* Whose is `home` (account_home_fault has no objection), asked for uid (0: of nobody yet)? ret_reason:
 * what is wrong, "/home/zed is mal's"; "" for ABSENT and OWN. What cannot be looked at is OTHERS. */
enum home_owner home_judge(const char *home, uint32_t uid, char ret_reason[HOME_REASON_SIZE]);

/* Anything at all, a link too, has this name. */
bool home_is_there(const char *home);

/* The home of those who have none (Debian policy 9.2.3): any number of accounts may have it. */
bool home_is_nobodys(const char *home);

#endif
