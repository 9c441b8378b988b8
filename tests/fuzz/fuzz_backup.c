/*
 * Octets that claim to be a backup: they are refused, or they are a store of ours with nothing in it
 * that this program would not have written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/policy.h"
#include "sql/restore.h"
#include "sql/restore_plan.h"
#include "sql/store.h"
#include "sql/store_audit.h"
#include "sql/store_backup.h"
#include "sql/store_chain.h"
#include "sql/store_changes.h"
#include "sql/store_check.h"
#include "../unit/fixture/fixture.h"
#include "fuzz.h"
#include "grammar.h"

enum { OPERATIONS_MAX = 16, PAGE = 4096, SIZE_LIMIT = 1 << 20 };

static unsigned char *base;
static size_t base_size;
static const struct audit_actor actor = { .login_uid = 1000, .name = "carol", .via = "", .origin = "x" };

static void add(struct store *store, const char *name, uint32_t uid, unsigned roles)
{
    struct account account = fixture_account(name, uid);

    account.roles = ROLE_MEMBER | roles;
    snprintf(account.full_name, sizeof account.full_name, "Some Body %u", uid);
    snprintf(account.hash, sizeof account.hash, "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$%043u", uid);
    fuzz_require(store_account_insert(store, &account) == STORE_OK &&
                     store_audit_append(store, &actor, "create", NULL, &account, NULL, 1800000000) == STORE_OK,
                 "an account can be made");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct store *store = NULL;

    (void)argc;
    (void)argv;
    fixture_reset();
    fuzz_require(store_open(FIXTURE_PRIVATE, STORE_CREATE, &store) == STORE_OK &&
                     store_begin(store) == STORE_OK,
                 "a store can be made");
    add(store, "alice", 70100, ROLE_ADMIN);
    add(store, "bob", 70101, ROLE_AUDITOR);
    add(store, "carol", 70102, 0);
    fuzz_require(store_policy_set(store, "password_min_length", "14") == STORE_OK &&
                     store_policy_set(store, "admin_groups", "sudo,adm") == STORE_OK &&
                     store_commit(store) == STORE_OK &&
                     store_snapshot(store, &base, &base_size) == STORE_OK,
                 "and backed up");
    store_close(store);
    return 0;
}

/* -- octets ---- */

struct copy {
    unsigned char *bytes;
    size_t size;
};

static void change_size(struct copy *copy, size_t size)
{
    unsigned char *bytes = calloc(1, size + 1);

    fuzz_require(bytes != NULL, "there is memory");
    memcpy(bytes, copy->bytes, size < copy->size ? size : copy->size);
    free(copy->bytes);
    copy->bytes = realloc(bytes, size > 0 ? size : 1);
    copy->size = size;
}

/* Where texts of the store are: the place of a word that is in it, and a little further. */
static size_t pick_place(struct fuzz_input *input, const struct copy *copy)
{
    static const char *const words[] = { "alice", "bob@example.org", "/home/carol", "/bin/sh", "Some Body",
                                         "active", "$y$j9T", "password_min_length", "sudo,adm", "CREATE",
                                         "CHECK", "admin", "create", "auditor", "SQLite format 3",
                                         "BETWEEN 1000" };
    uint8_t choice = fuzz_octet(input);
    const char *word = words[choice / 2 % (sizeof words / sizeof words[0])];
    const unsigned char *found;

    if (copy->size == 0)
        return 0;
    if (choice % 2 == 0)
        return fuzz_word(input, 3) % copy->size;
    found = memmem(copy->bytes, copy->size, word, strlen(word));
    for (uint8_t skips = fuzz_octet(input) % 8; found != NULL && skips > 0; skips--)
        found = memmem(found + 1, copy->size - (size_t)(found + 1 - copy->bytes), word, strlen(word));
    if (found == NULL)
        return 0;
    return ((size_t)(found - copy->bytes) + fuzz_octet(input) % 64u) % copy->size;
}

static void bend(struct fuzz_input *input, struct copy *copy)
{
    uint8_t operation = fuzz_octet(input);
    size_t at = pick_place(input, copy), from;

    switch (operation % 8) {
    case 0:
        change_size(copy, fuzz_word(input, 3) % SIZE_LIMIT);
        return;
    case 1: /* a page elsewhere */
        from = fuzz_octet(input) * (size_t)PAGE;
        at = at / PAGE * PAGE;
        if (from + PAGE <= copy->size && at + PAGE <= copy->size)
            memmove(copy->bytes + at, copy->bytes + from, PAGE);
        return;
    case 2: /* a flipped bit */
        if (at < copy->size)
            copy->bytes[at] ^= (unsigned char)(1u << operation / 8 % 8);
        return;
    default:
        fuzz_take(input, copy->bytes + at, at + 1 + operation / 8 % 16u <= copy->size ? 1 + operation / 8 % 16u : 0);
        return;
    }
}

/* -- what is in it ---- */

/* What the schema's constraints promise. The rest of the rules is not asked of what is stored: the
 * doctor tells of a text that the directory cannot show, and its account is left out there. */
static void check_account(const struct account *account)
{
    fuzz_require(grammar_is_username(account->username), "the username is one");
    fuzz_require(account->uid >= 1000 && account->uid <= INT32_MAX, "the uid is one");
    fuzz_require(account->email[0] != '\0' && account->home[0] == '/' && account->shell[0] == '/',
                 "what an account needs is there");
    fuzz_require((account->roles & ~(unsigned)(ROLE_MEMBER | ROLE_AUDITOR | ROLE_ADMIN)) == 0,
                 "the roles are ours");
    fuzz_require(account->temporary || account->temporary_until == 0, "an end of nothing");
}

static void check_accounts(struct store *store, struct store *backup, bool exact)
{
    const struct restore_rules rules = { .exact = exact };
    struct restore *restore = restore_new(store, backup, &rules);
    struct restored next;
    enum store_result result;
    size_t count = 0;

    fuzz_require(restore != NULL, "there is memory");
    while ((result = restore_next(restore, &next)) == STORE_OK) {
        fuzz_require(++count < 1000, "accounts end");
        if (next.is)
            check_account(&next.after);
    }
    fuzz_require(result == STORE_NOT_FOUND || result == STORE_DAMAGED, "the end of accounts");
    restore_free(restore);
}

static void check_rest(struct store *backup)
{
    const struct audit_filter all = AUDIT_ALL;
    char fault[STORE_FAULT_SIZE];
    struct audit_row page[8];
    struct policy policy;
    struct audit_proof proof;
    int64_t generation;
    size_t count = 0;

    fuzz_require(store_policy(backup, &policy) == STORE_OK && policy_fault(&policy) == NULL, "policy is one");
    fuzz_require(store_check_schema(backup, fault) == STORE_OK && fault[0] == '\0', "the schema is ours");
    store_generation(backup, &generation);
    if (store_audit_page(backup, 0, &all, page, 8, &count) == STORE_OK)
        store_audit_page_free(page, count);
    store_audit_verify(backup, &proof);
}

/* Into a store that is empty, all of it or nothing. */
static void restore_it(struct store *backup)
{
    char name[ACCOUNT_NAME_SIZE];
    const struct restore_rules rules = { .exact = false };
    struct store *store = NULL;
    bool changes = false;

    fuzz_require(store_make_empty(&store) == STORE_OK, "there is a store");
    check_accounts(store, backup, false);
    check_accounts(store, backup, true);
    restore_find_conflict(store, backup, name);
    restore_changes_rest(store, backup, &changes);
    restore_knows_log(store, backup, &changes);
    if (store_begin(store) == STORE_OK &&
        restore_apply(store, backup, &rules, &actor, 1800000001) == STORE_OK)
        store_commit(store);
    store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size };
    struct copy copy = { malloc(base_size), base_size };
    struct store *backup = NULL;
    enum store_result result;

    fuzz_require(copy.bytes != NULL, "there is memory");
    memcpy(copy.bytes, base, base_size);
    for (size_t i = 0; i < OPERATIONS_MAX && input.left > 0; i++)
        bend(&input, &copy);
    result = store_load(copy.bytes, copy.size, &backup);
    fuzz_require(result == STORE_OK || size > 0, "what was not bent is a backup");
    if (result == STORE_OK) {
        check_rest(backup);
        restore_it(backup);
        store_close(backup);
    }
    free(copy.bytes);
    return 0;
}
