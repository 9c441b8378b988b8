/*
 * Who has it already.
 */
#ifndef CODER_IMPORT_CLAIMS_H
#define CODER_IMPORT_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

enum claim_kind {
    CLAIM_USER = 'U', /* a user's name of this machine; number: the uid */
    CLAIM_GROUP = 'G',
    CLAIM_UID = 'u', /* holder: the user's name */
    CLAIM_GID = 'g',
    CLAIM_ROW_NAME = 'n', /* an earlier record's; number: its line */
    CLAIM_ROW_EMAIL = 'e', /* in lower case */
    CLAIM_ROW_UID = 'i',
    CLAIM_ROW_GROUP = 'o', /* the name of a private group that is to be made */
    CLAIM_PRIMARY = 'P', /* a gid that a user of this machine has as primary one */
    CLAIM_RULE = 'r', /* a name or "#id" that rules trust; holder: the file */
    CLAIM_MEMBER = 'm', /* a name that a group of this machine lists; holder: the group's */
    CLAIM_HOME = 'h', /* of a user of this machine or of the store; holder: the name */
    CLAIM_ROW_HOME = 'd', /* an earlier record's */
    CLAIM_HASHING = 'p' /* parameters of crypt(3); number: 1 when they work here */
};

struct claim {
    uint64_t number;
    bool shared;        /* claimed again, by another holder */
    const char *key, *holder; /* the key begins with its kind */
};

struct claims {
    void *tree;
};

/* The claim that was there, or the new one; NULL when memory is short. */
struct claim *claims_add(struct claims *claims, enum claim_kind kind, const char *key,
                         uint64_t number, const char *holder);
/* NULL when nobody has it. */
struct claim *claims_find(const struct claims *claims, enum claim_kind kind, const char *key);
void claims_free(struct claims *claims);

#endif
