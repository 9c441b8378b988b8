/*
 * keys list, add, remove: the ssh keys of an account. They are public facts; what is on record of them is the
 * fingerprint. A suspended account's can be changed, too: they open nothing until it is active again.
 */
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change/change.h"
#include "change/ready.h"
#include "host/local_users.h"
#include "sql/account.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/ssh_key.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/when.h"
#include "key_source.h"

/* All keys of an account, for free(3). GO_ON, or said. */
static enum status read_keys(struct tool *tool, const struct account *account, struct account_key **ret, size_t *ret_count)
{
    struct account_key *keys = calloc(SSH_KEYS_MAX, sizeof *keys);
    enum status status;

    if (keys == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    status = tool_store_status(tool, store_keys_read(tool->store, account->uid, keys, SSH_KEYS_MAX, ret_count),
                               account->username);
    if (status == GO_ON)
        *ret = keys;
    else
        free(keys);
    return status;
}

/* What the line says; of one that an older version took and this one would not, nothing but the fingerprint. */
static void look_into(const struct account_key *stored, struct ssh_key *ret)
{
    *ret = (struct ssh_key){ .type = "" };
    ssh_key_fault(stored->line, ret);
}

/* -- list --------------------------------------------------------------------------------- */

static enum status print_json(const struct account_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char options[SSH_KEY_LINE_SIZE], *text;
        struct ssh_key key;

        look_into(&keys[i], &key);
        snprintf(options, sizeof options, "%.*s", (int)key.options_length, key.line);
        text = json_make_object("ttittwt", "fingerprint", keys[i].fingerprint, "type", key.type, "bits",
                                (int64_t)key.bits, "comment", key.comment, "options", options, "added_at",
                                keys[i].added_at, "line", keys[i].line);
        if (text == NULL)
            return tool_refuse(STATUS_FAILED, "not enough memory");
        printf("%s%s", i == 0 ? "[" : ",\n ", text);
        store_text_free(text);
    }
    puts(count == 0 ? "[]" : "]");
    return GO_ON;
}

/* As ssh-keygen -l has it, and below it what it has not. Nothing is cut. */
static void print_text(const struct account_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char comment[4 * SSH_KEY_COMMENT_SIZE], options[4 * SSH_KEY_LINE_SIZE], added[WHEN_SIZE];
        struct ssh_key key;

        look_into(&keys[i], &key);
        key.line[key.options_length] = '\0';
        print_escape(key.comment[0] != '\0' ? key.comment : "no comment", comment, sizeof comment);
        print_escape(key.line, options, sizeof options);
        when_format(keys[i].added_at, "-", added);
        printf("%u %s %s (%s)\n  added %s\n", key.bits, keys[i].fingerprint, comment, key.type, added);
        if (key.options_length > 0)
            printf("  options %s\n", options);
    }
}

enum status keys_list(struct tool *tool)
{
    const char *name = tool->arguments.operand;
    struct account account = { 0 };
    struct account_key *keys = NULL;
    size_t count = 0;
    enum status status = tool_open(tool);

    if (status == GO_ON)
        status = tool_store_status(tool, tool->store == NULL ? STORE_MISSING
                                                             : store_account_by_name(tool->store, name, &account), name);
    explicit_bzero(account.hash, sizeof account.hash);
    if (status == GO_ON)
        status = read_keys(tool, &account, &keys, &count);
    if (status != GO_ON)
        return status;
    host_note_local(account.username);
    if (tool_wants_json(tool))
        status = print_json(keys, count);
    else if (count == 0)
        printf("%s has no keys here.\n", account.username);
    else
        print_text(keys, count);
    free(keys);
    return status == GO_ON ? STATUS_DONE : status;
}

/* -- changes ------------------------------------------------------------------------------ */

/* A change of keys. What it is about is found out anew in the transaction. */
struct key_change {
    struct ssh_key_set given; /* add */
    const char *which;    /* remove: a fingerprint or a comment */
    char names[SSH_KEYS_NAMES_SIZE]; /* of the keys that are new, or of the one that goes: the audit row's detail */
};

static void note_way_left(struct tool *tool, const struct account *account)
{
    struct store_keys_count have = { 0, 0 };

    if (account->hash[0] == '\0' && store_keys_count(tool->store, account->uid, &have) == STORE_OK && have.keys == 0)
        tool_refuse(GO_ON, "note: %s has neither a password nor a key here now; see 'admin-tool check %s'",
                    account->username, account->username);
}

/* -- add ---------------------------------------------------------------------------------- */

/* Those that are new, by name, and what there would be with them. */
static enum store_result look_for_new(struct tool *tool, const struct account *account, struct key_change *keys,
                                      struct store_keys_count *ret)
{
    enum store_result result = store_keys_count(tool->store, account->uid, ret);

    keys->names[0] = '\0';
    for (size_t i = 0; result == STORE_OK && i < keys->given.count; i++) {
        const struct ssh_key *key = &keys->given.keys[i];

        result = store_key_find(tool->store, account->uid, key->fingerprint);
        if (result != STORE_NOT_FOUND)
            continue;
        ssh_keys_name(keys->names, key->fingerprint);
        ret->octets += strlen(key->line) + 1;
        ret->keys++;
        result = STORE_OK;
    }
    return result;
}

static enum status check_add(struct tool *tool, const struct change *change, const struct account *account)
{
    struct key_change *keys = change->own;
    struct store_keys_count then = { 0, 0 };
    enum status status = tool_store_status(tool, look_for_new(tool, account, keys, &then), account->username);

    if (status == GO_ON && keys->names[0] == '\0') {
        printf("%s has %s already; nothing was changed.\n", account->username,
               keys->given.count == 1 ? "this key" : "these keys");
        return STATUS_DONE;
    }
    if (status == GO_ON && (then.keys > SSH_KEYS_MAX || then.octets > SSH_KEYS_TEXT_SIZE))
        return tool_refuse(STATUS_REFUSED, "%s would have more than %d keys, or more than %d octets of them; nothing "
                           "was changed: see 'admin-tool keys remove'", account->username, SSH_KEYS_MAX,
                           SSH_KEYS_TEXT_SIZE);
    return status;
}

static enum store_result apply_add(struct tool *tool, const struct change *change, const struct account *account)
{
    const struct key_change *keys = change->own;

    return store_keys_add(tool->store, account->uid, &keys->given, tool->now);
}

/* Those that are there stay as they are, the given ones beside them. */
static void set_added(struct tool *tool, const struct change *change, const struct account *account,
                      struct fleet_request *request)
{
    const struct key_change *keys = change->own;
    struct account_key *stored = NULL;
    size_t count = 0;

    if (read_keys(tool, account, &stored, &count) != GO_ON) {
        request->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        fleet_request_set(request, "keys", stored[i].line);
    for (size_t i = 0; i < keys->given.count; i++)
        if (store_key_find(tool->store, account->uid, keys->given.keys[i].fingerprint) == STORE_NOT_FOUND)
            fleet_request_set(request, "keys", keys->given.keys[i].line);
    free(stored);
}

static void finish_add(struct tool *tool, const struct change *change, const struct account *before,
                       const struct account *after)
{
    const struct key_change *keys = change->own;

    (void)tool;
    (void)before;
    printf("%s has the key %s now.\n", after->username, keys->names);
}

static void preview_keys(struct tool *tool, const struct change *change, const struct account *account, FILE *out)
{
    const struct key_change *keys = change->own;

    (void)tool;
    (void)account;
    fprintf(out, "key: %s\n", keys->names);
}

/* The word behind the name; without one it is standard input, if that is no terminal. */
static enum status read_given(const struct tool *tool, struct ssh_key_set *ret)
{
    const struct arguments *arguments = &tool->arguments;

    if (arguments->operand_count < 2 && isatty(STDIN_FILENO))
        return tool_refuse_as(KIND_MISSING, "key", NULL, "missing: FILE, KEY or - for standard input");
    return key_source_read(tool, arguments->operand_count < 2 ? "-" : arguments->operands[1], ret);
}

static enum status change_keys(struct tool *tool, struct key_change *keys, const struct change *how)
{
    struct change change = *how;

    change.own = keys;
    change.detail = keys->names;
    change.preview = preview_keys;
    return how->behind > 0 ? change_accounts(tool, &change) : change_account(tool, &change);
}

enum status keys_add(struct tool *tool)
{
    static const struct change how = {
        .event = "key-add", .plan = "add keys to", .check = check_add, .apply = apply_add, .finish = finish_add,
        .fleet_does = "change", .fleet_sets = set_added,
    };
    struct key_change keys = { .which = NULL };
    enum status status = read_given(tool, &keys.given);

    if (status == GO_ON)
        status = change_keys(tool, &keys, &how);
    ssh_key_set_free(&keys.given);
    return status;
}

/* -- remove ------------------------------------------------------------------------------- */

static bool is_meant(const struct account_key *stored, const char *which)
{
    struct ssh_key key;

    if (strcmp(stored->fingerprint, which) == 0)
        return true;
    look_into(stored, &key);
    return key.comment[0] != '\0' && strcmp(key.comment, which) == 0;
}

static enum status check_remove(struct tool *tool, const struct change *change, const struct account *account)
{
    struct key_change *keys = change->own;
    struct account_key *stored = NULL;
    size_t count = 0, found = 0;
    enum status status = read_keys(tool, account, &stored, &count);

    keys->names[0] = '\0';
    for (size_t i = 0; status == GO_ON && i < count; i++)
        if (is_meant(&stored[i], keys->which)) {
            ssh_keys_name(keys->names, stored[i].fingerprint);
            found++;
        }
    free(stored);
    if (status == GO_ON && found == 0)
        return tool_refuse_as(KIND_NOT_FOUND, "key", keys->which,
                              "%s has no key of this fingerprint or comment: %s; see 'admin-tool keys "
                           "list %s'", account->username, keys->which, account->username);
    if (status == GO_ON && found > 1)
        return tool_refuse(STATUS_REFUSED, "%zu keys of %s have this comment; name one by its fingerprint: %s", found,
                           account->username, keys->names);
    return status;
}

static enum store_result apply_remove(struct tool *tool, const struct change *change, const struct account *account)
{
    const struct key_change *keys = change->own;

    return store_key_remove(tool->store, account->uid, keys->names);
}

static void set_removed(struct tool *tool, const struct change *change, const struct account *account,
                        struct fleet_request *request)
{
    const struct key_change *keys = change->own;
    struct account_key *stored = NULL;
    size_t count = 0, left = 0;

    if (read_keys(tool, account, &stored, &count) != GO_ON) {
        request->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (!is_meant(&stored[i], keys->which)) {
            fleet_request_set(request, "keys", stored[i].line);
            left++;
        }
    if (left == 0)
        fleet_request_set(request, "keys", "");
    free(stored);
}

/* Of several accounts the row has what was named; it is another key of each. */
static enum store_result name_removed(struct tool *tool, const struct change *change, const struct account *account)
{
    struct key_change *keys = change->own;

    (void)tool;
    (void)account;
    if (change->among->count > 1)
        snprintf(keys->names, sizeof keys->names, "%s", keys->which);
    return STORE_OK;
}

static void finish_remove(struct tool *tool, const struct change *change, const struct account *before,
                          const struct account *after)
{
    const struct key_change *keys = change->own;

    (void)before;
    printf("The key %s of %s is removed.\n", change->among->count == 1 ? keys->names : keys->which, after->username);
    note_way_left(tool, after);
}

enum status keys_remove(struct tool *tool)
{
    static const struct change how = {
        .event = "key-remove", .plan = "remove a key of", .check = check_remove, .apply = apply_remove,
        .finish = finish_remove, .behind = 1, .fleet_does = "change", .fleet_sets = set_removed, .beside = name_removed,
    };
    struct key_change keys = { .which = tool->arguments.operands[tool->arguments.operand_count - 1] };

    return change_keys(tool, &keys, &how);
}
