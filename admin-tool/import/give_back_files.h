/*
 * The local files as they will be when accounts have gone back to them.
 */
#ifndef CODER_IMPORT_GIVE_BACK_FILES_H
#define CODER_IMPORT_GIVE_BACK_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/local_files.h"
#include "sql/account.h"
#include "sql/store_chain.h"
#include "terminal/command.h"

/* Who goes. */
struct goer {
    uint32_t uid;
    char username[ACCOUNT_NAME_SIZE];
};

struct given {
    struct local_file files[LOCAL_FILE_COUNT];
    struct audit_link newest; /* of the store that they were made from: each change has a row */
    size_t there;             /* accounts whose lines were there already: those decide, and stay */
    size_t bad;               /* accounts that cannot go, each said */
};

/*
 * Make the new texts for these accounts from the store and the files as they are. An account gets lines
 * with its name, ids and hash, a private group where it has one, and becomes a member of those groups of /etc/group
 * that its roles come with. GO_ON, or said: bad ones are told all of them. ret is to be freed in every case.
 */
enum status given_make(struct tool *tool, const struct goer *goers, size_t count, struct given *ret);
void given_free(struct given *given); /* wipes */

#endif
