/*
 * What an administrator's tool asks to be written in the tree: coder_fleet(8) has the lines. Pure; nothing is asked of
 * anybody, and what is refused names its line.
 */
#ifndef CODER_FLEET_WRITE_REQUEST_H
#define CODER_FLEET_WRITE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum {
    WRITE_TEXT_MAX = 1 << 20, /* octets */
    WRITE_OPERATIONS_MAX = 1024,
    WRITE_SETS_MAX = 16384,
    WRITE_NAME_MAX = 64,
    WRITE_VALUE_MAX = 16384,
    WRITE_FAULT_SIZE = 160
};

enum write_what { WRITE_CHANGE, WRITE_ADD, WRITE_DELETE, WRITE_RENAME, WRITE_ADD_HOST, WRITE_REMOVE_HOST, WRITE_HOSTS, WRITE_LOG };

/* A fact and its value; "": to be taken away. */
struct write_set {
    const char *key, *value;
};

struct write_operation {
    enum write_what what;
    const char *name;       /* of letters, digits and ._-; NULL for those that have none */
    const char *entry, *csn; /* as shown; NULL: not said */
    const struct write_set *sets;
    size_t set_count;
};

struct write_request {
    const char *as;               /* name of an administrator, with secret his password; NULL: secret is his PEM ... */
    bool by_ticket;               /* ... or, where this is set, his credential cache: octets, not a text */
    char *secret;
    size_t secret_length;
    size_t count, set_count;
    bool hosts;                   /* who has these accounts' scopes and is not connected */
    struct write_operation operations[WRITE_OPERATIONS_MAX];
    struct write_set sets[WRITE_SETS_MAX];
};

struct write_fault {
    size_t nth; /* the operation, 0 before the first */
    char why[WRITE_FAULT_SIZE];
};

/*
 * The lines behind "write", without the empty one; a NUL at their end. They are taken apart in place: what is read points
 * into them, the secret too, so they hold it until they are wiped. False with what is wrong, never a value of theirs.
 */
bool write_request_read(char *text, size_t length, struct write_request *ret, struct write_fault *fault);

/* A fact's value, NULL when it is not set; of a list the first. */
const char *write_value(const struct write_operation *operation, const char *key);

#endif
