/*
 * Who has a name or an id already: one tree of claims, so that ten thousand records are checked
 * without ten thousand walks through /etc/passwd.
 */
#include "claims.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"

/* A kind and the longest of usernames, e-mail addresses, ids, homes and parameters of hashes. */
enum { CLAIM_KEY_SIZE = 1 + ACCOUNT_PATH_SIZE };

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct claim *)a)->key, ((const struct claim *)b)->key);
}

/* With room behind it for key and holder: "Ualice\0" "alice\0". NULL when memory is short. */
static struct claim *claim_new(enum claim_kind kind, const char *key, uint64_t number,
                               const char *holder)
{
    size_t key_size = strlen(key) + 2, holder_size = strlen(holder) + 1;
    struct claim *claim = malloc(sizeof *claim + key_size + holder_size);
    char *texts;

    if (claim == NULL)
        return NULL;
    texts = (char *)(claim + 1);
    texts[0] = (char)kind;
    memcpy(texts + 1, key, key_size - 1);
    memcpy(texts + key_size, holder, holder_size);
    *claim = (struct claim){ .number = number, .key = texts, .holder = texts + key_size };
    return claim;
}

/* A holder may be a hash. */
static void claim_free(void *claim)
{
    char *holder = (char *)(uintptr_t)((struct claim *)claim)->holder;

    explicit_bzero(holder, strlen(holder));
    free(claim);
}

struct claim *claims_add(struct claims *claims, enum claim_kind kind, const char *key,
                         uint64_t number, const char *holder)
{
    struct claim *claim = claim_new(kind, key, number, holder), **found;

    if (claim == NULL)
        return NULL;
    found = tsearch(claim, &claims->tree, compare);
    if (found == NULL || *found != claim) {
        if (found != NULL && strcmp((*found)->holder, holder) != 0)
            (*found)->shared = true;
        claim_free(claim);
    }
    return found != NULL ? *found : NULL;
}

struct claim *claims_find(const struct claims *claims, enum claim_kind kind, const char *key)
{
    char text[CLAIM_KEY_SIZE];
    const struct claim wanted = { .key = text };
    struct claim **found;

    snprintf(text, sizeof text, "%c%s", (char)kind, key);
    found = tfind(&wanted, &claims->tree, compare);
    return found != NULL ? *found : NULL;
}

void claims_free(struct claims *claims)
{
    tdestroy(claims->tree, claim_free);
    claims->tree = NULL;
}
