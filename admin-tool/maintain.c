/*
 * The verbs that look after what accounts rest on: passwords, the audit log, the public directory.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "directory.h"

enum { PAGE_SIZE = 128 };

/* -- reset-password ----------------------------------------------------------------------- */

static enum store_result apply_reset(struct tool *tool, const struct change *change,
                                     const struct account *account)
{
    return store_account_set_password(tool->store, account->uid, change->hash, true,
                                      tool->now + tool->policy.temporary_hours * 3600, tool->now);
}

static void finish_reset(struct tool *tool, const struct change *change,
                         const struct account *before, const struct account *after)
{
    if (tool_has(tool, OPTION_END_SESSIONS))
        sessions_end(tool, before);
    handover_print(tool, after, change->password);
    if (after->status == ACCOUNT_SUSPENDED)
        tool_refuse(GO_ON, "note: %s is still suspended; see 'admin-tool users activate'",
                    after->username);
}

enum status maintain_reset_password(struct tool *tool)
{
    char password[CREDENTIAL_GENERATED_SIZE], hash[ACCOUNT_HASH_SIZE];
    const struct change change = {
        .event = "reset-password", .plan = "reset the password of", .asks = true,
        .password = password, .hash = hash, .apply = apply_reset, .finish = finish_reset,
    };
    enum status status;

    /* hashed before anything is locked: that takes longer than all the rest */
    if (credential_generate(password) && credential_hash(password, hash))
        status = change_account(tool, &change);
    else
        status = tool_refuse(STATUS_FAILED, "no password could be made; nothing was changed");
    explicit_bzero(password, sizeof password);
    explicit_bzero(hash, sizeof hash);
    return status;
}

/* -- audit -------------------------------------------------------------------------------- */

/* What to show, and how far we are. */
struct log_reader {
    struct tool *tool;
    const char *username; /* NULL: all */
    int64_t since, after;
    struct libscols_table *table; /* NULL: JSON */
    size_t count;
};

static enum status parse_audit(struct tool *tool, struct log_reader *reader, int64_t *ret_count)
{
    const char *since = tool->arguments.value[OPTION_SINCE];
    const char *count = tool->arguments.value[OPTION_COUNT];

    reader->username = tool->arguments.value[OPTION_USER];
    if (since != NULL && !when_parse(since, tool->now, &reader->since))
        return tool_refuse(STATUS_USAGE,
                           "--since takes 2026-11-30, \"2026-11-30 18:00\" or 2d, not "
                           "'%s'",
                           since);
    if (count == NULL)
        return GO_ON;
    if (count[0] == '\0' || strlen(count) > 9 || count[strspn(count, "0123456789")] != '\0')
        return tool_refuse(STATUS_USAGE, "-n takes a number, not '%s'", count);
    *ret_count = strtol(count, NULL, 10);
    return GO_ON;
}

static enum status put_row(struct log_reader *reader, const struct audit_row *row)
{
    reader->after = row->id;
    if (reader->table != NULL)
        return print_audit_add(reader->table, row)
                   ? GO_ON
                   : tool_refuse(STATUS_FAILED, "not enough memory");
    printf("%s%s", reader->count++ == 0 ? "[" : ",\n ", row->json);
    return GO_ON;
}

static enum status put_rows(struct log_reader *reader)
{
    struct audit_row page[PAGE_SIZE];
    enum status status = GO_ON;
    size_t count = 1;

    while (status == GO_ON && count > 0) {
        enum store_result result = store_audit_page(reader->tool->store, reader->after,
                                                    reader->username, reader->since, page,
                                                    PAGE_SIZE, &count);

        status = tool_store_status(reader->tool, result, "the audit log");
        if (status != GO_ON)
            return status;
        for (size_t i = 0; status == GO_ON && i < count; i++)
            status = put_row(reader, &page[i]);
        store_audit_page_free(page, count);
    }
    return status;
}

static enum status print_log(struct log_reader *reader, int64_t count)
{
    enum status status = GO_ON;

    if (!tool_wants_json(reader->tool) && (reader->table = print_audit_new()) == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    if (reader->tool->store != NULL && count >= 0)
        status = tool_store_status(reader->tool,
                                   store_audit_tail(reader->tool->store, reader->username,
                                                    reader->since, count, &reader->after),
                                   "the audit log");
    if (reader->tool->store != NULL && status == GO_ON)
        status = put_rows(reader);
    if (reader->table != NULL)
        print_table_end(reader->table, stdout);
    else
        puts(reader->count == 0 ? "[]" : "]");
    return status == GO_ON ? STATUS_DONE : status;
}

enum status maintain_audit(struct tool *tool)
{
    struct log_reader reader = { .tool = tool };
    int64_t count = -1;
    enum status status = parse_audit(tool, &reader, &count);

    if (status == GO_ON)
        status = tool_open(tool);
    return status == GO_ON ? print_log(&reader, count) : status;
}

/* -- publish ------------------------------------------------------------------------------ */

enum status maintain_publish(struct tool *tool)
{
    enum status status = tool_open(tool);

    if (status == GO_ON && tool_has(tool, OPTION_DRY_RUN)) {
        puts("Would write " DIRECTORY_PATH " anew; nothing was changed.");
        return STATUS_DONE;
    }
    if (status == GO_ON)
        status = tool_lock(tool);
    if (status == GO_ON)
        status = publish_now(tool);
    if (status != GO_ON)
        return status;
    tool->changed = true;
    puts(DIRECTORY_PATH " is up to date.");
    return STATUS_DONE;
}
