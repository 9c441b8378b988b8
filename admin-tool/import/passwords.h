/*
 * The passwords that an import made, handed over.
 */
#ifndef CODER_IMPORT_PASSWORDS_H
#define CODER_IMPORT_PASSWORDS_H

#include "terminal/command.h"
#include "batch.h"

/* An array of {username, email, temporary_password, expires_at} of the rows that got a password: into
 * a new file, 0600 and fsynced (GO_ON, or said and nothing left behind); or on stdout, after the
 * commit (trouble is a complaint). */
enum status import_passwords_to_file(const struct import_batch *batch, const char *path);
void import_passwords_print(const struct import_batch *batch);

#endif
