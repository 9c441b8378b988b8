/*
 * users apply: a file is the wanted state. Everything is read, compared, judged, asked and hashed before anything is
 * locked; then all of it happens in one transaction, or nothing. Where nothing is to be changed nothing is written.
 */
#include "apply.h"

#include <stdio.h>
#include <string.h>

#include "change/ready.h"
#include "change/scope.h"
#include "host/local_users.h"
#include "sql/memory.h"
#include "sql/store_files.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/confirm.h"
#include "terminal/say.h"
#include "apply_compare.h"
#include "apply_show.h"
#include "batch.h"
#include "equip.h"
#include "file.h"
#include "gone.h"
#include "make.h"
#include "make_fleet.h"
#include "passwords.h"
#include "uids.h"
#include "update.h"

static bool is_standard_input(const struct tool *tool)
{
    return strcmp(tool->arguments.operand, "-") == 0;
}

static enum status check_usage(const struct tool *tool)
{
    if (tool->arguments.operand_count != 1)
        return tool_refuse(STATUS_USAGE, "one FILE, or - for standard input; see 'admin-tool users apply --help'");
    if (is_standard_input(tool) && tool_has(tool, OPTION_PRUNE) && !tool_has(tool, OPTION_YES) &&
        !tool_has(tool, OPTION_DRY_RUN))
        return tool_refuse_as(KIND_MISSING, "yes", NULL, "missing: --yes; --prune asks, and standard input has the accounts "
                              "and cannot answer");
    return GO_ON;
}

/* -- judging ------------------------------------------------------------------------------ */

/* Whoever has lost the content of his file does not mean that there is to be no account. */
static enum status check_empty(const struct import_batch *batch)
{
    if (batch->count > 0 || batch->bad > 0 || tool_has(batch->tool, OPTION_FORCE))
        return GO_ON;
    return tool_refuse(STATUS_REFUSED, "%s: it has no accounts; if that is what you want, use --prune with --force",
                       batch->source);
}

static enum status judge(const struct import_batch *batch)
{
    size_t gone = gone_count(batch);

    import_batch_tell_rest(batch);
    if (batch->bad == 0)
        return GO_ON;
    return tool_refuse(STATUS_REFUSED, "%zu of %zu %s bad, so nothing was changed; mend %s", batch->bad,
                       batch->bad + batch->count + batch->passed - gone, batch->bad == 1 ? "is" : "are",
                       batch->bad == 1 ? "it" : "them");
}

/* -- before ------------------------------------------------------------------------------- */

static enum status preview(struct import_batch *batch)
{
    bool json = answer_is_json();
    struct apply_counts counts;
    char text[APPLY_COUNTS_SIZE];
    enum status status = import_choose_uids(batch);

    if (status == GO_ON)
        status = json ? apply_answer_plan(batch) : apply_show(batch, stdout);
    if (status != GO_ON || json)
        return status == GO_ON ? STATUS_DONE : status;
    gone_preview(batch, stdout);
    import_equip_preview(batch);
    apply_count(batch, &counts);
    apply_counts_write(&counts, false, text);
    printf("Would change %zu%s%s; nothing was changed.\n", counts.changed, counts.changed > 0 ? ": " : "", text);
    return STATUS_DONE;
}

static size_t count_takes(const struct import_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->rows[i].takes;
    return count;
}

/* "delete 2 accounts, and take away access or roles of 3" */
static void write_question(size_t gone, size_t takes, char *ret, size_t size)
{
    char more[64];

    snprintf(more, sizeof more, "take access or roles away from %zu account%s", takes, takes == 1 ? "" : "s");
    if (gone == 0)
        snprintf(ret, size, "%s", more);
    else
        snprintf(ret, size, "delete %zu account%s%s%s", gone, gone == 1 ? "" : "s", takes > 0 ? ", and " : "",
                 takes > 0 ? more : "");
}

/* Whoever is deleted, suspended or loses a role loses what runs, too. Standard output is the answer's. */
static enum status ask(const struct import_batch *batch)
{
    const struct tool *tool = batch->tool;
    size_t gone = gone_count(batch), takes = count_takes(batch);
    char plan[160];
    enum status status;

    if (gone + takes == 0 || tool_has(tool, OPTION_YES))
        return GO_ON;
    if (is_standard_input(tool))
        return tool_refuse_as(KIND_MISSING, "yes", NULL, "missing: --yes; some would be suspended or lose a role, and "
                              "standard input has the accounts and cannot answer");
    status = apply_show(batch, stderr);
    if (status != GO_ON)
        return status;
    write_question(gone, takes, plan, sizeof plan);
    return confirm_change(plan, stderr);
}

/* -- after -------------------------------------------------------------------------------- */

/* Standard output is the passwords', unless they went elsewhere. */
static bool shows_passwords(const struct import_batch *batch)
{
    if (tool_has(batch->tool, OPTION_PASSWORDS_TO) || tool_has(batch->tool, OPTION_HAND_OVER_TO))
        return false;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].password[0] != '\0')
            return true;
    return false;
}

/* "{"changed": 2, ..., "passwords": [...]" is written at once, and the rest at the end. */
static void answer_begin(const struct import_batch *batch, const struct apply_counts *counts)
{
    char *text = apply_counts_json(counts);

    if (text == NULL)
        return;
    text[strlen(text) - 1] = '\0';
    answer_write(text);
    answer_write(",\"passwords\":");
    if (shows_passwords(batch))
        import_passwords_print(batch);
    else
        answer_write("[]");
    store_text_free(text);
}

static enum status answer_rest(void)
{
    char *lines = answer_lines("", true);
    bool whole = lines != NULL && answer_write(",") && answer_write(lines + 1) && answer_write("\n");

    store_text_free(lines);
    return whole ? GO_ON : tool_refuse(STATUS_FAILED, "not enough memory for the answer");
}

static void print_places(const struct import_batch *batch)
{
    const char *path = batch->tool->arguments.value[OPTION_PASSWORDS_TO];
    const char *folder = batch->tool->arguments.value[OPTION_HAND_OVER_TO];

    if (path != NULL)
        printf("The temporary passwords are in %s.\n", path);
    if (folder != NULL && import_count_new(batch) > 0)
        printf("The texts to hand over are in %s.\n", folder);
}

static void report(struct import_batch *batch)
{
    bool shows = shows_passwords(batch);
    struct apply_counts counts;
    char text[APPLY_COUNTS_SIZE];

    apply_count(batch, &counts);
    if (answer_is_json()) {
        answer_begin(batch, &counts);
        answer_hear(); /* what follows has its place in the answer */
        return;
    }
    if (shows)
        import_passwords_print(batch);
    apply_counts_write(&counts, true, text);
    fprintf(shows ? stderr : stdout, "Changed %zu: %s; %zu unchanged.\n", counts.changed, text, counts.unchanged);
    print_places(batch);
}

static enum status say_unchanged(struct import_batch *batch)
{
    if (answer_is_json())
        report(batch);
    else if (batch->passed == 1)
        puts("Nothing to change: the account is up to date.");
    else
        printf("Nothing to change: all %zu accounts are up to date.\n", batch->passed);
    update_finish_again(batch);
    return GO_ON;
}

/* -- the command -------------------------------------------------------------------------- */

static enum status carry_out(struct import_batch *batch)
{
    enum status status = import_choose_uids(batch); /* too few are said before anybody answers or waits */

    if (status == GO_ON)
        status = ask(batch);
    if (status == GO_ON)
        status = import_make(batch);
    if (status == GO_ON)
        import_equip(batch);
    return status;
}

/* Who is there already decides what a line means; but a bad file makes no store. */
static enum status read(struct import_batch *batch)
{
    struct tool *tool = batch->tool;
    bool has_store = store_check_files(PRIVATE_DIR, "accounts.db") != STORE_MISSING;
    enum status status = has_store ? tool_open(tool) : GO_ON;

    batch->fleet = status == GO_ON && make_fleet_is_meant(batch);
    if (status == GO_ON)
        status = scope_check(tool);
    if (status == GO_ON)
        status = import_file_read(batch, IMPORT_TAKES_PARTS | IMPORT_TAKES_NOTHING, apply_take);
    if (status == GO_ON)
        status = check_empty(batch);
    if (status == GO_ON)
        status = apply_compare(batch);
    if (status == GO_ON)
        status = judge(batch);
    if (status == GO_ON && !has_store)
        status = tool_open(tool);
    return status;
}

static enum status apply(struct import_batch *batch)
{
    enum status status = check_usage(batch->tool);

    if (status == GO_ON)
        status = read(batch);
    if (status == GO_ON)
        status = update_check(batch);
    if (status != GO_ON)
        return status;
    if (update_count(batch) > 0)
        host_note_locals(batch->tool);
    import_batch_date(batch);
    if (tool_has(batch->tool, OPTION_DRY_RUN))
        return preview(batch);
    answer_hear();
    status = batch->count > 0 ? carry_out(batch) : say_unchanged(batch);
    return status == GO_ON && answer_is_json() ? answer_rest() : status;
}

enum status users_apply(struct tool *tool)
{
    struct import_batch batch = { .tool = tool, .report = report };
    enum status status = apply(&batch);

    import_batch_free(&batch);
    return status == GO_ON ? STATUS_DONE : status;
}
