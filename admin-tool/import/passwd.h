/*
 * Local accounts.
 */
#ifndef CODER_IMPORT_PASSWD_H
#define CODER_IMPORT_PASSWD_H

#include "terminal/command.h"
#include "batch.h"

/* Records of /etc/passwd and /etc/shadow: those named ("NAME" or "NAME=EMAIL"), or all from uid
 * 1000 to 59999. GO_ON, or said. */
enum status import_passwd_read(struct import_batch *batch);

/* Those named that are not in /etc/passwd: NOT_FOUND, said, unless one is to be taken over and is
 * ours already. */
enum status import_passwd_check_absent(const struct import_batch *batch);

#endif
