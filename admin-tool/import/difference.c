/*
 * An account against what a file says of it: which columns differ, and the verbs' own changes that make them the same,
 * each with its event. What a verb asks of this machine is asked before the transaction, which looks at the store
 * alone.
 */
#include "difference.h"

#include <stdlib.h>
#include <string.h>

#include "change/record.h"
#include "change/scope.h"
#include "change/transaction.h"
#include "host/clash.h"
#include "host/local_users.h"
#include "host/shell.h"
#include "sql/account.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_changes.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_keys.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/when.h"
#include "column_text.h"
#include "key_difference.h"
#include "record.h"

#define BIT(column) (1u << (column))

enum {
    EDITED = BIT(IMPORT_EMAIL) | BIT(IMPORT_FULL_NAME) | BIT(IMPORT_SHELL) | BIT(IMPORT_EXPIRES) |
             BIT(IMPORT_MAX_DAYS) | BIT(IMPORT_NEVER_DORMANT) | BIT(IMPORT_SERVICE) | BIT(IMPORT_SCOPES),
    CHANGING = EDITED | BIT(IMPORT_ROLES) | BIT(IMPORT_STATUS),
    /* a uid owns files, and passwords have verbs of their own */
    FIXED = BIT(IMPORT_UID) | BIT(IMPORT_GID) | BIT(IMPORT_HOME) | BIT(IMPORT_HASH) |
            BIT(IMPORT_MUST_CHANGE) | BIT(IMPORT_PASSWORD_EXPIRES)
};

/* The verbs' events, in the order in which they are made. */
static const struct {
    unsigned columns;
    const char *event;
} events[] = {
    { EDITED, "edit" },
    { BIT(IMPORT_ROLES), "edit-roles" },
    { BIT(IMPORT_STATUS), NULL }, /* suspend or activate */
    { DIFFERENCE_KEYS_GO, "key-remove" },
    { BIT(IMPORT_KEYS), "key-add" },
};
enum { EVENT_COUNT = sizeof events / sizeof events[0] };

static const char *event_name(size_t index, const struct account *after)
{
    if (events[index].event != NULL)
        return events[index].event;
    return after->status == ACCOUNT_SUSPENDED ? "suspend" : "activate";
}

/* -- finding ------------------------------------------------------------------------------ */

static unsigned compare(const struct account *present, const struct account *wanted, unsigned columns)
{
    char one[WHEN_SIZE], other[WHEN_SIZE];
    unsigned differing = 0;

    for (int i = 0; i < IMPORT_COLUMN_COUNT; i++)
        if ((columns & BIT(i)) != 0 && strcmp(import_column_text(present, (enum import_column)i, one),
                                              import_column_text(wanted, (enum import_column)i, other)) != 0)
            differing |= BIT(i);
    return differing;
}

/* A hash is never told. */
static void refuse_fixed(const struct account *present, unsigned differing, char reason[IMPORT_REASON_SIZE])
{
    char room[WHEN_SIZE];

    for (int i = 0; i < IMPORT_HASH; i++)
        if ((differing & BIT(i)) != 0)
            import_add_reason(reason, "the %s of %s is %.300s, and no import changes it",
                              import_column_name((enum import_column)i), present->username,
                              import_column_text(present, (enum import_column)i, room));
    for (int i = IMPORT_HASH; i < IMPORT_COLUMN_COUNT; i++)
        if ((differing & BIT(i)) != 0)
            import_add_reason(reason, "the %s of %s is another one, and no import changes it",
                              import_column_name((enum import_column)i), present->username);
}

/* One who is active again has been used. */
static void take(struct account *ret, const struct account *wanted, unsigned columns)
{
    if ((columns & BIT(IMPORT_EMAIL)) != 0)
        memcpy(ret->email, wanted->email, sizeof ret->email);
    if ((columns & BIT(IMPORT_FULL_NAME)) != 0)
        memcpy(ret->full_name, wanted->full_name, sizeof ret->full_name);
    if ((columns & BIT(IMPORT_SHELL)) != 0)
        memcpy(ret->shell, wanted->shell, sizeof ret->shell);
    if ((columns & BIT(IMPORT_EXPIRES)) != 0)
        ret->expires_at = wanted->expires_at;
    if ((columns & BIT(IMPORT_MAX_DAYS)) != 0)
        ret->password_max_days = wanted->password_max_days;
    if ((columns & BIT(IMPORT_NEVER_DORMANT)) != 0)
        ret->never_dormant = wanted->never_dormant;
    if ((columns & BIT(IMPORT_SERVICE)) != 0)
        ret->service = wanted->service;
    if ((columns & BIT(IMPORT_ROLES)) != 0)
        ret->roles = wanted->roles;
    if ((columns & BIT(IMPORT_STATUS)) != 0)
        ret->status = wanted->status;
}

/* OK when nobody else has the e-mail address. */
static enum store_result check_email(struct store *store, const struct account *after, bool is_free,
                                     char reason[IMPORT_REASON_SIZE])
{
    struct account owner = { .uid = after->uid };
    enum store_result result = after->email[0] != '\0' ? store_account_by_email(store, after->email, &owner) : STORE_OK;

    if (after->email[0] == '\0' && !after->service)
        import_add_reason(reason, "%s needs an e-mail address", after->username);
    else if (owner.uid != after->uid && !is_free)
        import_add_reason(reason, "%s is the e-mail address of %s", after->email, owner.username);
    explicit_bzero(owner.hash, sizeof owner.hash);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result find_keys(struct store *store, const char *text, unsigned asked, struct difference *ret,
                                   char reason[IMPORT_REASON_SIZE])
{
    enum store_result result = key_difference_find(store, ret->after.uid, text != NULL ? text : "",
                                                   (asked & DIFFERENCE_WHOLE) != 0, &ret->keys);

    if (ret->keys.come.count > 0)
        ret->columns |= BIT(IMPORT_KEYS);
    if (ret->keys.gone[0] != '\0')
        ret->columns |= DIFFERENCE_KEYS_GO;
    if (result == STORE_OK && !ret->keys.fits)
        import_add_reason(reason, "%s would have more than %d ssh_keys, or more than %d octets of them",
                          ret->after.username, SSH_KEYS_MAX, SSH_KEYS_TEXT_SIZE);
    return result;
}

static enum store_result find_scopes(struct store *store, const char *text, struct difference *ret,
                                     char reason[IMPORT_REASON_SIZE])
{
    struct fleet_account fleet = { .uid = 0 };
    enum store_result result = store_fleet_account(store, ret->after.uid, &fleet);

    if (result == STORE_NOT_FOUND) {
        import_add_reason(reason, "scopes are the fleet's, and %s is of here", ret->after.username);
        return STORE_OK;
    }
    memcpy(ret->scopes[0], fleet.scopes, sizeof fleet.scopes);
    snprintf(ret->scopes[1], sizeof ret->scopes[1], "%s", text != NULL ? text : "");
    if (strcmp(ret->scopes[0], ret->scopes[1]) != 0)
        ret->columns |= BIT(IMPORT_SCOPES);
    return result;
}

enum store_result difference_find(struct store *store, const struct account *present, const struct account *wanted,
                                  const char *keys, const char *scopes, unsigned columns, struct difference *ret,
                                  char ret_reason[IMPORT_REASON_SIZE])
{
    unsigned fixed = (columns & DIFFERENCE_WHOLE) != 0 ? FIXED : FIXED | BIT(IMPORT_SERVICE);
    unsigned differing = compare(present, wanted, columns & (CHANGING | FIXED));
    enum store_result result = STORE_OK;

    ret_reason[0] = '\0';
    *ret = (struct difference){ .columns = differing & ~fixed, .after = *present };
    take(&ret->after, wanted, ret->columns);
    refuse_fixed(present, differing & fixed, ret_reason);
    if ((differing & (BIT(IMPORT_EMAIL) | BIT(IMPORT_SERVICE))) != 0)
        result = check_email(store, &ret->after, (columns & DIFFERENCE_EMAIL_FREE) != 0, ret_reason);
    if (result == STORE_OK && (columns & BIT(IMPORT_KEYS)) != 0)
        result = find_keys(store, keys, columns, ret, ret_reason);
    if (result == STORE_OK && (columns & BIT(IMPORT_SCOPES)) != 0)
        result = find_scopes(store, scopes, ret, ret_reason);
    return result == STORE_OK && ret_reason[0] != '\0' ? STORE_REFUSED : result;
}

void difference_free(struct difference *difference)
{
    key_difference_free(&difference->keys);
    explicit_bzero(&difference->after, sizeof difference->after);
}

/* -- this machine ------------------------------------------------------------------------- */

/* The groups of the roles work for a local account, too, which logs in past us. */
static bool gains(const struct account *present, const struct difference *difference)
{
    const unsigned special = ~(unsigned)ROLE_MEMBER;
    const struct account *after = &difference->after;
    bool activated = present->status == ACCOUNT_SUSPENDED && after->status == ACCOUNT_ACTIVE;

    return (after->roles & special & (activated ? special : ~present->roles)) != 0;
}

/* False with the reason. */
static bool is_allowed_there(const struct account *present, unsigned columns, bool upward, char ret_reason[IMPORT_REASON_SIZE])
{
    if (!present->fleet || (columns & ~(unsigned)DIFFERENCE_AGEING) == 0)
        return true;
    if (!upward)
        return import_add_reason(ret_reason, "%s comes from the fleet; leave --here out", present->username);
    if ((columns & (DIFFERENCE_AGEING | BIT(IMPORT_SERVICE))) != 0)
        return import_add_reason(ret_reason, "ageing is each host's own, and the rest of %s the fleet's: give them in two files",
                                 present->username);
    return true;
}

bool difference_is_allowed(const struct account *present, const struct difference *difference, bool upward,
                           char ret_reason[IMPORT_REASON_SIZE])
{
    const struct account *after = &difference->after;
    const char *fault = (difference->columns & BIT(IMPORT_SHELL)) != 0 ? host_shell_fault(after->shell) : NULL;
    char clash[CLASH_REASON_SIZE];

    ret_reason[0] = '\0';
    is_allowed_there(present, difference->columns, upward, ret_reason);
    if (fault != NULL)
        import_add_reason(ret_reason, "the shell '%.64s' %s", after->shell, fault);
    if (gains(present, difference) && host_is_local(present->username))
        import_add_reason(ret_reason, "%s is still a user of /etc/passwd, who would get the groups of the roles and log "
                          "in past us; see --take-over", present->username);
    if (present->status == ACCOUNT_SUSPENDED && after->status == ACCOUNT_ACTIVE &&
        clash_find_identity(present, true, clash))
        import_add_reason(ret_reason, "clash: %s: %.300s; two would be one", present->username, clash);
    return ret_reason[0] == '\0';
}

bool difference_takes(const struct account *present, const struct difference *difference)
{
    const struct account *after = &difference->after;

    return (present->roles & ~after->roles) != 0 ||
           (present->status == ACCOUNT_ACTIVE && after->status == ACCOUNT_SUSPENDED);
}

/* -- telling ------------------------------------------------------------------------------ */

const char *difference_shown(const struct account *account, enum import_column column, char ret[CELL_SIZE])
{
    char room[WHEN_SIZE];

    print_escape(import_column_text(account, column, room), ret, CELL_SIZE);
    if (ret[0] != '\0')
        return ret;
    return column == IMPORT_MAX_DAYS ? "default" : column == IMPORT_EXPIRES ? "never" : "none";
}

void difference_print_one(const struct account *present, const struct difference *difference, enum import_column column, FILE *out)
{
    char before[CELL_SIZE], after[CELL_SIZE];
    const char *from = before, *to = after;

    if (column == IMPORT_SCOPES) {
        print_escape(difference->scopes[0], before, sizeof before);
        print_escape(difference->scopes[1], after, sizeof after);
    } else {
        from = difference_shown(present, column, before);
        to = difference_shown(&difference->after, column, after);
    }
    fprintf(out, "%s: %s -> %s", import_column_name(column), from, to);
}

void difference_print(const struct account *present, const struct difference *difference, FILE *out)
{
    char names[SSH_KEYS_NAMES_SIZE];

    for (int i = 0; i < IMPORT_COLUMN_COUNT; i++)
        if ((difference->columns & CHANGING & BIT(i)) != 0) {
            fprintf(out, "%s: ", present->username);
            difference_print_one(present, difference, (enum import_column)i, out);
            fputc('\n', out);
        }
    ssh_key_set_names(&difference->keys.come, names);
    if (difference->keys.come.count > 0)
        fprintf(out, "%s: ssh_keys: + %s\n", present->username, names);
}

/* -- changing ----------------------------------------------------------------------------- */

/* One event's share of the difference, written. */
static enum store_result write_one(struct tool *tool, size_t index, const struct account *after,
                                   const struct key_difference *keys)
{
    enum store_result result;

    switch (events[index].columns) {
    case EDITED:
        return store_account_edit(tool->store, after);
    case BIT(IMPORT_ROLES):
        return store_account_set_roles(tool->store, after->uid, after->roles);
    case BIT(IMPORT_STATUS):
        result = store_account_set_status(tool->store, after->uid, after->status);
        return result == STORE_OK && after->status == ACCOUNT_ACTIVE
                   ? store_account_wake(tool->store, after->uid, tool->now) : result;
    case DIFFERENCE_KEYS_GO:
        return key_difference_remove(tool->store, after->uid, keys);
    default:
        return store_keys_add(tool->store, after->uid, &keys->come, tool->now);
    }
}

/* The keys of an event; NULL: it is not about keys. */
static const char *event_detail(size_t index, const struct key_difference *keys, char room[SSH_KEYS_NAMES_SIZE])
{
    if (events[index].columns == DIFFERENCE_KEYS_GO)
        return keys->gone;
    if (events[index].columns != BIT(IMPORT_KEYS))
        return NULL;
    ssh_key_set_names(&keys->come, room);
    return room;
}

enum status difference_apply(struct tool *tool, const struct account *present, const struct difference *difference)
{
    struct account before = *present, after = *present;
    char names[SSH_KEYS_NAMES_SIZE];
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < EVENT_COUNT; i++) {
        if ((difference->columns & events[i].columns) == 0)
            continue;
        take(&after, &difference->after, difference->columns & events[i].columns);
        status = tool_store_status(tool, write_one(tool, i, &after, &difference->keys), present->username);
        if (status == GO_ON)
            status = change_append(tool, event_name(i, &after), &before, &after,
                                   event_detail(i, &difference->keys, names));
        before = after;
    }
    explicit_bzero(&before, sizeof before);
    explicit_bzero(&after, sizeof after);
    return status;
}

/* Those that stay, and those that come. */
static void ask_keys(struct store *store, const struct difference *difference, struct fleet_request *request)
{
    struct account_key *stored = calloc(SSH_KEYS_MAX, sizeof *stored);
    const struct ssh_key_set *come = &difference->keys.come;
    size_t count = 0, left = come->count;

    if (stored == NULL || store_keys_read(store, difference->after.uid, stored, SSH_KEYS_MAX, &count) != STORE_OK)
        request->failed = true;
    for (size_t i = 0; i < count; i++) {
        if (strstr(difference->keys.gone, stored[i].fingerprint) != NULL)
            continue;
        fleet_request_set(request, "keys", stored[i].line);
        left++;
    }
    for (size_t i = 0; i < come->count; i++)
        fleet_request_set(request, "keys", come->keys[i].line);
    if (left == 0)
        fleet_request_set(request, "keys", "");
    free(stored);
}

void difference_ask(struct store *store, const struct difference *difference, struct fleet_request *request)
{
    const struct account *after = &difference->after;
    unsigned columns = difference->columns;

    if ((columns & BIT(IMPORT_EMAIL)) != 0)
        fleet_request_set(request, "email", after->email);
    if ((columns & BIT(IMPORT_FULL_NAME)) != 0)
        fleet_request_set(request, "full_name", after->full_name);
    if ((columns & BIT(IMPORT_SHELL)) != 0)
        fleet_request_set(request, "shell", after->shell);
    if ((columns & BIT(IMPORT_EXPIRES)) != 0)
        fleet_request_set_number(request, "expires_at", after->expires_at);
    if ((columns & BIT(IMPORT_ROLES)) != 0)
        fleet_request_set_roles(request, after->roles);
    if ((columns & BIT(IMPORT_STATUS)) != 0) {
        fleet_request_set(request, "status", after->status == ACCOUNT_ACTIVE ? "active" : "suspended");
        fleet_request_set(request, "reason", "");
    }
    if ((columns & (BIT(IMPORT_KEYS) | DIFFERENCE_KEYS_GO)) != 0)
        ask_keys(store, difference, request);
    if ((columns & BIT(IMPORT_SCOPES)) != 0)
        scope_ask(difference->scopes[1], request);
}

void difference_record(const struct tool *tool, const struct account *after, unsigned columns)
{
    for (size_t i = 0; i < EVENT_COUNT; i++)
        if ((columns & events[i].columns) != 0)
            record_event(tool, event_name(i, after), after);
}
