/*
 * users show: one account whole. Nothing is printed while a statement is open.
 */
#include "show.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/known.h"
#include "change/ready.h"
#include "host/local_users.h"
#include "sql/account.h"
#include "sql/activity_file.h"
#include "sql/memory.h"
#include "sql/primary_group.h"
#include "sql/ssh_key_set.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_json.h"
#include "sql/store_keys.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/escape.h"
#include "terminal/say.h"
#include "terminal/when.h"

static enum status print_json(struct tool *tool, const struct listing *listing)
{
    char *text = NULL;
    enum store_result result = store_account_json(tool->store, &listing->account, &listing->extra,
                                                  &text);

    if (result == STORE_OK)
        puts(text);
    store_text_free(text);
    return tool_store_status(tool, result, listing->account.username);
}

/* Below the account's lines, and in their form. */
static enum status print_keys(struct tool *tool, const struct account *account)
{
    struct account_key *keys = calloc(SSH_KEYS_MAX, sizeof *keys);
    size_t count = 0;
    enum store_result result = STORE_FAILED;

    if (keys != NULL)
        result = store_keys_read(tool->store, account->uid, keys, SSH_KEYS_MAX, &count);
    for (size_t i = 0; result == STORE_OK && i < count; i++)
        printf("%-21s %s\n", "Ssh key", keys[i].fingerprint);
    free(keys);
    return tool_store_status(tool, result, account->username);
}

/* When, by whom and why, as far as the log knows it. */
static enum status print_suspension(struct tool *tool, const struct account *account)
{
    struct account_suspension found = { 0 };
    enum store_result result = store_account_suspension(tool->store, account, &found);
    char text[CELL_SIZE];

    if (result == STORE_NOT_FOUND)
        return GO_ON;
    if (result == STORE_OK) {
        when_format(found.at, "-", text);
        printf("%-21s %s\n", "Suspended at", text);
        print_escape(found.by, text, sizeof text);
        printf("%-21s %s\n", "Suspended by", text);
    }
    if (result == STORE_OK && found.reason[0] != '\0') {
        print_escape(found.reason, text, sizeof text);
        printf("%-21s %s\n", "Reason", text);
    }
    return tool_store_status(tool, result, account->username);
}

/* Its name, where it is another than the user's. */
static void print_group(const struct account *account)
{
    const struct group *group = account_has_private_group(account) ? NULL : getgrgid(account->gid);

    if (group != NULL) {
        char name[CELL_SIZE];

        print_escape(group->gr_name, name, sizeof name);
        printf("%-21s %s\n", "Primary group", name);
    }
}

/* Whose word it is: the fleet's, this host's, or of both. */
static enum status print_words(const struct tool *tool, const struct account *account)
{
    char text[2 * ACCOUNT_REASON_SIZE + 32], plain[4 * (sizeof text + FLEET_SCOPES_SIZE)];
    struct fleet_account fleet;
    enum store_result result = store_fleet_account(tool->store, account->uid, &fleet);

    if (result == STORE_NOT_FOUND)
        return GO_ON;
    if (result == STORE_OK) {
        snprintf(text, sizeof text, "%s%s%s", store_fleet_status_name(fleet.status), fleet.reason[0] != '\0' ? ": " : "",
                 fleet.reason);
        print_escape(text, plain, sizeof plain);
        printf("%-21s %s\n%-21s %s\n", "Fleet says", plain, "Suspended here", fleet.here_suspended ? "yes" : "no");
        print_escape(fleet.scopes[0] != '\0' ? fleet.scopes : "-", plain, sizeof plain);
        printf("%-21s %s\n", "Scopes", plain);
    }
    return tool_store_status(tool, result, account->username);
}

static enum store_result find_any(struct tool *tool, const char *what, struct account *ret)
{
    unsigned long uid = 0;

    if (strchr(what, '@') != NULL)
        return store_account_by_email(tool->store, what, ret);
    if (what[0] != '\0' && strlen(what) <= 10 && what[strspn(what, "0123456789")] == '\0')
        uid = strtoul(what, NULL, 10);
    if (uid > 0 && uid <= UINT32_MAX)
        return store_account_by_uid(tool->store, (uint32_t)uid, ret);
    return store_account_by_name(tool->store, what, ret);
}

enum status users_show(struct tool *tool)
{
    const char *what = tool->arguments.operand;
    const char *names = tool->arguments.value[OPTION_COLUMNS];
    struct listing listing = { 0 };
    struct activity_log *log;
    struct columns columns = { 0 };
    struct known known;
    enum status status = names != NULL ? print_parse_columns(names, &columns) : GO_ON;

    if (status == GO_ON)
        status = tool_open(tool);
    if (status != GO_ON)
        return status;
    status = tool_store_status(tool, tool->store != NULL ? find_any(tool, what, &listing.account)
                                                         : STORE_MISSING, what);
    if (status != GO_ON)
        return status;
    host_note_local(listing.account.username);
    log = known_open(tool);
    known_read(tool, log, &listing.account, &known);
    activity_close(log);
    listing.extra = known.extra;
    if (names == NULL)
        print_all_columns(listing.account.fleet_heard_at != 0, &columns); /* this host is in a fleet */
    if (tool_wants_json(tool))
        status = print_json(tool, &listing);
    else
        print_account_lines(&listing, &columns);
    if (!tool_wants_json(tool) && names == NULL) {
        print_group(&listing.account);
        status = print_suspension(tool, &listing.account);
        if (status == GO_ON)
            status = print_words(tool, &listing.account);
    }
    if (status == GO_ON && !tool_wants_json(tool) && names == NULL)
        status = print_keys(tool, &listing.account);
    known_free(&known);
    explicit_bzero(listing.account.hash, sizeof listing.account.hash);
    return status == GO_ON ? STATUS_DONE : status;
}
