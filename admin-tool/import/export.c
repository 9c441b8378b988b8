/*
 * users export: all accounts as users import reads them, page by page. A password's columns are
 * written only with the hashes, so that what is written is always what is read back.
 */
#include "export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change/ready.h"
#include "host/local_users.h"
#include "sql/account.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_export.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_accounts.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/csv.h"
#include "terminal/say.h"
#include "terminal/terminal.h"
#include "terminal/when.h"
#include "column_text.h"
#include "give_back.h"
#include "record.h"

enum { PAGE_SIZE = 128, BUFFER_SIZE = 65536 };

/* Standard output with a buffer that can be wiped: there may be hashes in it. */
struct output {
    struct tool *tool;
    bool hashes, failed;
    bool fleet; /* this host follows one: accounts have scopes there */
    uint32_t owner; /* the next account that has ssh keys, 0: not known yet, UINT32_MAX: none */
    size_t used;
    char buffer[BUFFER_SIZE];
};

static void flush(struct output *output)
{
    const char *text = output->buffer;

    while (output->used > 0 && !output->failed) {
        ssize_t count = write(STDOUT_FILENO, text, output->used);

        if (count < 0 && errno == EINTR)
            continue;
        output->failed = count <= 0;
        text += count > 0 ? count : 0;
        output->used -= count > 0 ? (size_t)count : 0;
    }
    output->used = 0;
}

static void put(void *to, const char *text, size_t length)
{
    struct output *output = to;

    while (length > 0) {
        size_t room = BUFFER_SIZE - output->used, part = length < room ? length : room;

        memcpy(output->buffer + output->used, text, part);
        output->used += part;
        text += part;
        length -= part;
        if (output->used == BUFFER_SIZE)
            flush(output);
    }
}

/* Accounts come by uid, and most have no keys: *ret is NULL then, and nothing is read. */
static enum store_result read_keys(struct output *output, uint32_t uid, char **ret,
                                   enum store_result (*read)(struct store *store, uint32_t uid, char **ret))
{
    struct store *store = output->tool->store;
    enum store_result result = STORE_OK;

    *ret = NULL;
    if (output->owner < uid)
        result = store_keys_next(store, uid - 1, &output->owner);
    if (result == STORE_NOT_FOUND) {
        output->owner = UINT32_MAX;
        result = STORE_OK;
    }
    return result == STORE_OK && output->owner == uid ? read(store, uid, ret) : result;
}

/* Of an account of here: "". */
static enum store_result read_scopes(struct output *output, const struct account *account, char ret[FLEET_SCOPES_SIZE])
{
    struct fleet_account fleet;
    enum store_result result;

    ret[0] = '\0';
    if (!account->fleet)
        return STORE_OK;
    result = store_fleet_account(output->tool->store, account->uid, &fleet);
    if (result == STORE_OK)
        memcpy(ret, fleet.scopes, sizeof fleet.scopes);
    return result;
}

/* -- CSV ----------------------------------------------------------------------------------- */

static size_t count_columns(const struct output *output)
{
    return output->hashes ? IMPORT_COLUMN_COUNT : IMPORT_PUBLIC_COUNT;
}

static bool has_column(const struct output *output, size_t column)
{
    return column != IMPORT_SCOPES || output->fleet;
}

static enum status put_csv(struct output *output, const struct account *account)
{
    char room[WHEN_SIZE], scopes[FLEET_SCOPES_SIZE], *keys = NULL;
    enum store_result result = read_keys(output, account->uid, &keys, store_keys_text);

    if (keys != NULL && keys[0] != '\0')
        keys[strlen(keys) - 1] = '\0'; /* newlines are between the keys of a field */
    if (result == STORE_OK)
        result = read_scopes(output, account, scopes);
    for (size_t i = 0; result == STORE_OK && i < count_columns(output); i++)
        if (has_column(output, i))
            csv_field(i == IMPORT_KEYS && keys != NULL ? keys : i == IMPORT_SCOPES ? scopes
                      : import_column_text(account, (enum import_column)i, room), i == 0, put, output);
    store_text_free(keys);
    put(output, "\n", 1);
    return tool_store_status(output->tool, result, account->username);
}

static void put_header(struct output *output)
{
    for (size_t i = 0; i < count_columns(output); i++)
        if (has_column(output, i))
            csv_field(import_column_name((enum import_column)i), i == 0, put, output);
    put(output, "\n", 1);
}

/* -- JSON lines --------------------------------------------------------------------------- */

static enum status put_json(struct output *output, const struct account *account)
{
    char scopes[FLEET_SCOPES_SIZE], *text = NULL, *keys = NULL;
    enum store_result result = read_keys(output, account->uid, &keys, store_keys_json);

    if (result == STORE_OK)
        result = read_scopes(output, account, scopes);
    if (result == STORE_OK)
        result = store_account_line(output->tool->store, account, keys, scopes, output->hashes, &text);

    if (result == STORE_OK) {
        put(output, text, strlen(text));
        put(output, "\n", 1);
    }
    store_text_free(text);
    store_text_free(keys);
    return tool_store_status(output->tool, result, account->username);
}

/* -- all of them -------------------------------------------------------------------------- */

static enum status put_all(struct output *output,
                           enum status (*put_one)(struct output *output,
                                                  const struct account *account))
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = GO_ON;
    uint32_t after = 0;
    size_t count = 1;

    if (page == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    while (status == GO_ON && count > 0 && !output->failed) {
        enum store_result result = store_accounts_page(output->tool->store, after, page, PAGE_SIZE,
                                                       &count);

        status = tool_store_status(output->tool, result, "the list");
        for (size_t i = 0; status == GO_ON && i < count; i++) {
            status = put_one(output, &page[i]);
            after = page[i].uid;
        }
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return status;
}

static enum status export(struct output *output)
{
    const char *format = output->tool->arguments.value[OPTION_FORMAT];
    bool json = format != NULL ? strcmp(format, "json") == 0 : tool_wants_json(output->tool);
    struct fleet fleet;
    enum status status = GO_ON;

    output->fleet = output->tool->store != NULL && store_fleet(output->tool->store, &fleet) == STORE_OK;

    if (output->hashes && isatty(STDOUT_FILENO))
        tool_refuse(GO_ON, "note: whoever sees these hashes can guess passwords at leisure");
    if (!json)
        put_header(output);
    if (output->tool->store != NULL)
        status = put_all(output, json ? put_json : put_csv);
    flush(output);
    if (status == GO_ON && output->failed && !terminal_is_left(stdout, 0))
        return tool_refuse(STATUS_FAILED, "standard output could not be written");
    return status == GO_ON ? STATUS_DONE : status;
}

enum status users_export(struct tool *tool)
{
    struct output *output;
    enum status status;

    if (tool_has(tool, OPTION_TO_PASSWD))
        return give_back(tool);
    if (tool->arguments.operand_count > 0 || tool_has(tool, OPTION_ALL) || tool_has(tool, OPTION_YES) ||
        tool_has(tool, OPTION_DRY_RUN))
        return tool_refuse(STATUS_USAGE, "NAME, --all, --yes and --dry-run go with --to-passwd");
    output = calloc(1, sizeof *output);
    if (output == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    output->tool = tool;
    output->hashes = tool_has(tool, OPTION_WITH_HASHES);
    status = tool_open(tool);
    if (status == GO_ON) {
        host_note_locals(tool);
        status = export(output);
    }
    explicit_bzero(output, sizeof *output);
    free(output);
    return status;
}
