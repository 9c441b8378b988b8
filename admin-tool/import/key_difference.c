/*
 * Keys are the same by their fingerprint where a file only adds; where it has all of them, by the whole line, options and
 * comment included.
 */
#include "key_difference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/ssh_key.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_keys.h"

/* What the account has. */
struct stored {
    struct account_key *keys; /* NULL: none */
    size_t count;
};

static enum store_result read_stored(struct store *store, uint32_t uid, struct stored *ret)
{
    struct store_keys_count have = { 0, 0 };
    enum store_result result = store_keys_count(store, uid, &have);

    *ret = (struct stored){ .keys = NULL };
    if (result != STORE_OK || have.keys == 0)
        return result;
    ret->keys = calloc(SSH_KEYS_MAX, sizeof *ret->keys);
    return ret->keys != NULL ? store_keys_read(store, uid, ret->keys, SSH_KEYS_MAX, &ret->count) : STORE_FAILED;
}

static bool is_same(const struct account_key *stored, const struct ssh_key *key, bool whole)
{
    return strcmp(stored->fingerprint, key->fingerprint) == 0 && (!whole || strcmp(stored->line, key->line) == 0);
}

static bool is_wanted(const struct ssh_key_set *wanted, const struct account_key *stored)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (is_same(stored, &wanted->keys[i], true))
            return true;
    return false;
}

static bool is_stored(const struct stored *stored, const struct ssh_key *key, bool whole)
{
    for (size_t i = 0; i < stored->count; i++)
        if (is_same(&stored->keys[i], key, whole))
            return true;
    return false;
}

/* Those that the account has not stay in the set; octets: of all that it will have. */
static void keep_new(const struct stored *stored, bool whole, struct ssh_key_set *keys, size_t *octets)
{
    size_t kept = 0;

    for (size_t i = 0; i < keys->count; i++) {
        if (is_stored(stored, &keys->keys[i], whole))
            continue;
        *octets += strlen(keys->keys[i].line) + 1;
        if (kept != i)
            keys->keys[kept] = keys->keys[i];
        kept++;
    }
    keys->count = kept;
}

static void compare(const struct stored *stored, bool whole, struct key_difference *ret)
{
    size_t octets = 0, count = 0;

    for (size_t i = 0; i < stored->count; i++) {
        if (whole && !is_wanted(&ret->come, &stored->keys[i])) {
            ssh_keys_name(ret->gone, stored->keys[i].fingerprint);
            continue;
        }
        octets += strlen(stored->keys[i].line) + 1;
        count++;
    }
    keep_new(stored, whole, &ret->come, &octets);
    ret->fits = count + ret->come.count <= SSH_KEYS_MAX && octets <= SSH_KEYS_TEXT_SIZE;
}

enum store_result key_difference_find(struct store *store, uint32_t uid, const char *text, bool whole,
                                      struct key_difference *ret)
{
    struct stored stored;
    char *copy = strdup(text);
    size_t line;
    enum store_result result = STORE_FAILED;

    *ret = (struct key_difference){ .gone = "" };
    if (copy != NULL && (text[0] == '\0' || ssh_key_set_add_lines(&ret->come, copy, &line) == NULL))
        result = read_stored(store, uid, &stored);
    free(copy);
    if (result != STORE_OK)
        return result;
    compare(&stored, whole, ret);
    free(stored.keys);
    return STORE_OK;
}

void key_difference_free(struct key_difference *difference)
{
    ssh_key_set_free(&difference->come);
}

enum store_result key_difference_remove(struct store *store, uint32_t uid, const struct key_difference *difference)
{
    enum store_result result = STORE_OK;
    size_t length;

    for (const char *at = difference->gone; result == STORE_OK && *at != '\0'; at += strspn(at, ", ")) {
        char fingerprint[SSH_KEY_FINGERPRINT_SIZE];

        length = strcspn(at, ",");
        snprintf(fingerprint, sizeof fingerprint, "%.*s", (int)length, at);
        result = store_key_remove(store, uid, fingerprint);
        at += length;
    }
    return result;
}
