/*
 * Accounts changed by a file. Each is looked at anew in the transaction, as it is then; what follows is what the verbs
 * edit-roles and suspend do.
 */
#include "update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/local_users.h"
#include "host/sessions.h"
#include "host/setid.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/say.h"
#include "batch.h"
#include "difference.h"
#include "gone.h"
#include "losses.h"

size_t update_count(const struct import_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->rows[i].kind == ROW_CHANGE;
    return count;
}

enum status update_find(const struct import_batch *batch, const struct import_row *row, struct account *ret_present,
                        struct difference *ret)
{
    char reason[IMPORT_REASON_SIZE] = "";
    struct account wanted;
    enum store_result result = store_account_by_uid(batch->tool->store, row->uid, ret_present);

    *ret = (struct difference){ .columns = 0 };
    import_row_unpack(row, &wanted);
    if (result == STORE_OK)
        result = difference_find(batch->tool->store, ret_present, &wanted, row->keys, row->scopes, row->given, ret,
                                 reason);
    explicit_bzero(&wanted, sizeof wanted);
    if (result == STORE_REFUSED)
        return tool_refuse(STATUS_REFUSED, "%s; it was changed meanwhile, so try again", reason);
    return tool_store_status(batch->tool, result, import_row_name(row));
}

/* -- before ------------------------------------------------------------------------------- */

static enum status check_row(const struct import_batch *batch, struct import_row *row, struct losses *losses)
{
    struct difference difference;
    struct account present = { 0 };
    enum status status = update_find(batch, row, &present, &difference);

    if (status == GO_ON) {
        row->takes = difference_takes(&present, &difference);
        status = losses_add(batch->tool, losses, &present, &difference.after);
    }
    difference_free(&difference);
    explicit_bzero(&present, sizeof present);
    return status;
}

static enum status check_gone(const struct import_batch *batch, const struct import_row *row, struct losses *losses)
{
    struct account present = { 0 };
    enum status status = tool_store_status(batch->tool, store_account_by_uid(batch->tool->store, row->uid, &present),
                                           import_row_name(row));

    if (status == GO_ON)
        status = losses_add(batch->tool, losses, &present, NULL);
    explicit_bzero(&present, sizeof present);
    return status;
}

static enum status add_new(const struct import_batch *batch, const struct import_row *row, struct losses *losses)
{
    struct account account;
    enum status status;

    import_row_unpack(row, &account);
    status = losses_add(batch->tool, losses, NULL, &account);
    explicit_bzero(&account, sizeof account);
    return status;
}

enum status update_check(struct import_batch *batch)
{
    struct losses losses;
    enum status status;

    if (update_count(batch) + gone_count(batch) == 0)
        return GO_ON;
    status = losses_begin(batch->tool, &losses);
    for (size_t i = 0; status == GO_ON && i < batch->count; i++) {
        struct import_row *row = &batch->rows[i];

        status = row->kind == ROW_CHANGE ? check_row(batch, row, &losses)
                 : row->kind == ROW_GONE ? check_gone(batch, row, &losses) : add_new(batch, row, &losses);
    }
    return status == GO_ON ? losses_check(batch->tool, &losses) : status;
}

/* Those with takes, or all. */
static enum status print_rows(const struct import_batch *batch, bool all, FILE *out)
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < batch->count; i++) {
        const struct import_row *row = &batch->rows[i];
        struct difference difference;
        struct account present;

        if (row->kind != ROW_CHANGE || !(all || row->takes))
            continue;
        status = update_find(batch, row, &present, &difference);
        if (status == GO_ON)
            difference_print(&present, &difference, out);
        difference_free(&difference);
        explicit_bzero(&present, sizeof present);
    }
    return status;
}

enum status update_preview(const struct import_batch *batch)
{
    return print_rows(batch, true, stdout);
}

enum status update_confirm(const struct import_batch *batch)
{
    const struct tool *tool = batch->tool;
    size_t count = 0;
    char plan[128];
    enum status status;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->rows[i].takes;
    if (count == 0 || tool_has(tool, OPTION_YES))
        return GO_ON;
    if (strcmp(tool->arguments.operand, "-") == 0)
        return tool_refuse_as(KIND_MISSING, "yes", NULL, "missing: --yes; some would be suspended or lose a role, and "
                              "standard input has the accounts and cannot answer");
    status = print_rows(batch, false, stderr); /* standard output is the passwords' */
    if (status != GO_ON)
        return status;
    snprintf(plan, sizeof plan, "take that away from %zu user%s, and end what they run", count, count == 1 ? "" : "s");
    return confirm_change(plan, stderr);
}

/* -- the change --------------------------------------------------------------------------- */

enum status update_make(struct import_batch *batch, struct import_row *row)
{
    struct difference difference;
    struct account present = { 0 };
    enum status status = update_find(batch, row, &present, &difference);

    if (status == GO_ON)
        status = difference_apply(batch->tool, &present, &difference);
    row->changed = difference.columns;
    row->takes = difference_takes(&present, &difference);
    difference_free(&difference);
    explicit_bzero(&present, sizeof present);
    return status;
}

/* -- after it ----------------------------------------------------------------------------- */

void update_record(const struct import_batch *batch)
{
    struct account after = { 0 };

    for (size_t i = 0; i < batch->count; i++) {
        const struct import_row *row = &batch->rows[i];

        if (row->kind == ROW_CHANGE && row->changed != 0 &&
            store_account_by_uid(batch->tool->store, row->uid, &after) == STORE_OK)
            difference_record(batch->tool, &after, row->changed);
    }
    explicit_bzero(&after, sizeof after);
}

/* Of which something was taken, side by side. NULL when memory is short. */
static struct account *read_takers(const struct import_batch *batch, size_t *ret_count)
{
    struct account *accounts = calloc(batch->count + 1, sizeof *accounts);

    *ret_count = 0;
    for (size_t i = 0; accounts != NULL && i < batch->count; i++)
        if (batch->rows[i].kind == ROW_CHANGE && batch->rows[i].takes &&
            store_account_by_uid(batch->tool->store, batch->rows[i].uid, &accounts[*ret_count]) == STORE_OK)
            (*ret_count)++;
    if (accounts == NULL)
        tool_complain(batch->tool, "not enough memory for what follows the change; see 'ps -ef'");
    return accounts;
}

static void forget_takers(struct account *accounts, size_t count)
{
    if (accounts != NULL)
        explicit_bzero(accounts, count * sizeof *accounts);
    free(accounts);
}

void update_finish(const struct import_batch *batch)
{
    size_t count;
    struct account *accounts = read_takers(batch, &count);

    sessions_end(batch->tool, accounts, count);
    forget_takers(accounts, count);
}

/* Those of them with something that runs; all, where that cannot be found out. Returns how many. */
static size_t choose_running(const struct tool *tool, struct account *accounts, size_t count)
{
    struct running *running = calloc(count, sizeof *running);
    bool known = running != NULL && sessions_find(tool, accounts, count, running);
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!known || running[i].count > 0)
            accounts[kept++] = accounts[i];
    free(running);
    return kept;
}

void update_finish_again(const struct import_batch *batch)
{
    struct account *accounts = calloc(batch->out_count + 1, sizeof *accounts);
    size_t count = 0, running;

    for (size_t i = 0; accounts != NULL && i < batch->out_count; i++)
        if (store_account_by_uid(batch->tool->store, batch->out[i], &accounts[count]) == STORE_OK &&
            accounts[count].status == ACCOUNT_SUSPENDED)
            count++;
    if (accounts == NULL)
        tool_complain(batch->tool, "not enough memory to see what runs for those who are suspended; see 'ps -ef'");
    running = count > 0 ? choose_running(batch->tool, accounts, count) : 0;
    sessions_end(batch->tool, accounts, running);
    forget_takers(accounts, count);
}

static void advise(const struct account *account, char ret[SETID_COMMAND_SIZE])
{
    char roles[ROLES_SIZE];

    print_roles(account->roles, roles);
    if (account->status == ACCOUNT_SUSPENDED)
        snprintf(ret, SETID_COMMAND_SIZE, "admin-tool users suspend %s --remove-setid", account->username);
    else
        snprintf(ret, SETID_COMMAND_SIZE, "admin-tool users edit-roles %s --roles %s --remove-setid", account->username,
                 roles);
}

/* A file's set-id bits keep what was lost, and a local line lets in whoever is suspended. */
void update_settle(const struct import_batch *batch)
{
    size_t count;
    struct account *accounts = read_takers(batch, &count);

    if (count > 0)
        setid_settle(batch->tool, accounts, count, false, advise);
    for (size_t i = 0; i < count; i++)
        if (accounts[i].status == ACCOUNT_SUSPENDED)
            host_complain_local(batch->tool, accounts[i].username);
    forget_takers(accounts, count);
}
