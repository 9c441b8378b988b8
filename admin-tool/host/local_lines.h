/*
 * Whom /etc/passwd and /etc/group speak of besides their own names and ids. The files themselves are
 * read, not NSS: neither a slow source nor our own directory is asked.
 */
#ifndef CODER_LOCAL_LINES_H
#define CODER_LOCAL_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"

/* A user other than `but` with this home, this primary group or this uid. False when there is none. */
bool local_find_home(const char *home, const char *but, char ret_user[ACCOUNT_NAME_SIZE]);
bool local_find_primary(uint32_t gid, const char *but, char ret_user[ACCOUNT_NAME_SIZE]);
bool local_find_uid(uint32_t uid, const char *but, char ret_user[ACCOUNT_NAME_SIZE]);

/* A group that lists this user as a member, be there such a user or not. */
bool local_find_member(const char *username, char ret_group[ACCOUNT_NAME_SIZE]);

#endif
