/*
 * The plan of users apply: for each account one word and what is to be otherwise, for people in a line, for programs in an
 * object. What was done is counted.
 */
#include "apply_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "sql/ssh_key_set.h"
#include "terminal/answer.h"
#include "terminal/columns.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "column_text.h"
#include "difference.h"
#include "record.h"
#include "update.h"

#define BIT(column) (1u << (column))

/* -- counted ------------------------------------------------------------------------------ */

static void count_change(const struct import_row *row, struct apply_counts *counts)
{
    counts->edited += (row->changed & ~BIT(IMPORT_STATUS)) != 0;
    if ((row->changed & BIT(IMPORT_STATUS)) != 0 && row->status == ACCOUNT_SUSPENDED)
        counts->suspended++;
    else if ((row->changed & BIT(IMPORT_STATUS)) != 0)
        counts->activated++;
}

void apply_count(const struct import_batch *batch, struct apply_counts *ret)
{
    *ret = (struct apply_counts){ .unchanged = batch->passed, .changed = batch->count };
    for (size_t i = 0; i < batch->count; i++) {
        const struct import_row *row = &batch->rows[i];

        ret->created += row->kind == ROW_NEW;
        ret->deleted += row->kind == ROW_GONE;
        if (row->kind == ROW_CHANGE)
            count_change(row, ret);
    }
}

void apply_counts_write(const struct apply_counts *counts, bool done, char ret[APPLY_COUNTS_SIZE])
{
    const struct {
        size_t count;
        const char *would, *did;
    } parts[] = {
        { counts->created, "create", "created" }, { counts->edited, "edit", "edited" },
        { counts->suspended, "suspend", "suspended" }, { counts->activated, "activate", "activated" },
        { counts->deleted, "delete", "deleted" },
    };
    size_t used = 0;

    ret[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].count > 0)
            used += (size_t)snprintf(ret + used, APPLY_COUNTS_SIZE - used, "%s%s %zu", used > 0 ? ", " : "",
                                     done ? parts[i].did : parts[i].would, parts[i].count);
}

char *apply_counts_json(const struct apply_counts *counts)
{
    return json_make_object("iiii" "iii", "changed", (int64_t)counts->changed, "created", (int64_t)counts->created,
                            "edited", (int64_t)counts->edited, "suspended", (int64_t)counts->suspended, "activated",
                            (int64_t)counts->activated, "deleted", (int64_t)counts->deleted, "unchanged",
                            (int64_t)counts->unchanged);
}

/* -- one account -------------------------------------------------------------------------- */

static const char *action_of(const struct import_row *row)
{
    if (row->kind == ROW_OURS)
        return "take-over";
    if (row->kind != ROW_CHANGE)
        return row->kind == ROW_GONE ? "delete" : "create";
    if ((row->changed & BIT(IMPORT_STATUS)) == 0)
        return "edit";
    return row->status == ACCOUNT_SUSPENDED ? "suspend" : "activate";
}

/* What is to be otherwise; of a new account all that its line gives or that has a default. */
static enum status find_changes(const struct import_batch *batch, const struct import_row *row, struct account *ret_present,
                                struct difference *ret)
{
    memset(ret_present, 0, sizeof *ret_present);
    *ret = (struct difference){ .columns = 0 };
    if (row->kind == ROW_CHANGE)
        return update_find(batch, row, ret_present, ret);
    import_row_unpack(row, &ret->after);
    if (row->kind == ROW_NEW)
        ret->columns = BIT(IMPORT_EMAIL) | BIT(IMPORT_FULL_NAME) | BIT(IMPORT_ROLES) | BIT(IMPORT_SHELL) |
                       BIT(IMPORT_HOME) | BIT(IMPORT_STATUS) | BIT(IMPORT_EXPIRES);
    return GO_ON;
}

/* -- for people --------------------------------------------------------------------------- */

static void print_keys(const struct difference *difference, FILE *out)
{
    char come[SSH_KEYS_NAMES_SIZE];

    ssh_key_set_names(&difference->keys.come, come);
    fputs("ssh_keys:", out);
    for (const char *name = difference->keys.gone; *name != '\0'; name += strspn(name, ", ")) {
        size_t length = strcspn(name, ",");

        fprintf(out, " -%.*s", (int)length, name);
        name += length;
    }
    for (const char *name = come; *name != '\0'; name += strspn(name, ", ")) {
        size_t length = strcspn(name, ",");

        fprintf(out, " +%.*s", (int)length, name);
        name += length;
    }
}

/* "  email: a@example.com -> b@example.com, full_name: none -> Ann" */
static void print_changes(const struct account *present, const struct difference *difference, FILE *out)
{
    const char *joint = "  ";

    for (int i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        if ((difference->columns & BIT(i)) == 0 || i == IMPORT_KEYS)
            continue;
        fputs(joint, out);
        difference_print_one(present, difference, (enum import_column)i, out);
        joint = ", ";
    }
    if ((difference->columns & (BIT(IMPORT_KEYS) | DIFFERENCE_KEYS_GO)) != 0) {
        fputs(joint, out);
        print_keys(difference, out);
    }
}

/* "  ann@example.com, roles admin,member" */
static void print_new(const struct account *account, FILE *out)
{
    char email[CELL_SIZE], roles[CELL_SIZE];

    fprintf(out, "  %s, roles: %s%s", difference_shown(account, IMPORT_EMAIL, email),
            difference_shown(account, IMPORT_ROLES, roles), account->status == ACCOUNT_SUSPENDED ? ", suspended" : "");
}

/* Where it goes, and how many are there already. */
struct view {
    FILE *out;
    size_t count;
    bool failed;
};

static void print_row(struct view *view, const struct import_row *row, const struct account *present,
                      const struct difference *difference)
{
    fprintf(view->out, "%-8s  %s", action_of(row), import_row_name(row));
    if (row->kind == ROW_CHANGE)
        print_changes(present, difference, view->out);
    else if (row->kind == ROW_NEW)
        print_new(&difference->after, view->out);
    fputc('\n', view->out);
}

static enum status for_each(const struct import_batch *batch, struct view *view,
                            void (*show)(struct view *view, const struct import_row *row, const struct account *present,
                                         const struct difference *difference))
{
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < batch->count; i++) {
        struct difference difference;
        struct account present;

        status = find_changes(batch, &batch->rows[i], &present, &difference);
        if (status == GO_ON)
            show(view, &batch->rows[i], &present, &difference);
        difference_free(&difference);
        explicit_bzero(&present, sizeof present);
    }
    return status;
}

enum status apply_show(const struct import_batch *batch, FILE *out)
{
    struct view view = { .out = out };

    return for_each(batch, &view, print_row);
}

/* -- for programs ------------------------------------------------------------------------- */

/* As users export writes them; NULL: nothing. */
static const char *text_or_null(const struct account *account, enum import_column column, char room[WHEN_SIZE])
{
    const char *text = account->username[0] != '\0' ? import_column_text(account, column, room) : "";

    return text[0] != '\0' ? text : NULL;
}

static char *change_object(const struct account *present, const struct difference *difference, enum import_column column)
{
    char old_room[WHEN_SIZE], new_room[WHEN_SIZE], come[SSH_KEYS_NAMES_SIZE];
    const char *before, *after;

    if (column == IMPORT_KEYS) {
        ssh_key_set_names(&difference->keys.come, come);
        before = difference->keys.gone[0] != '\0' ? difference->keys.gone : NULL;
        after = come[0] != '\0' ? come : NULL;
    } else if (column == IMPORT_SCOPES) {
        before = difference->scopes[0];
        after = difference->scopes[1];
    } else {
        before = text_or_null(present, column, old_room);
        after = text_or_null(&difference->after, column, new_room);
    }
    return json_make_object("ttt", "field", import_column_name(column), "before", before, "after", after);
}

/* An array, for free(3); NULL when memory is short. */
static char *changes_array(const struct account *present, const struct difference *difference)
{
    unsigned columns = difference->columns;
    char *text = NULL, *object = NULL;
    const char *joint = "";
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    fputc('[', out);
    columns |= (columns & DIFFERENCE_KEYS_GO) != 0 ? BIT(IMPORT_KEYS) : 0;
    for (int i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        if ((columns & BIT(i)) == 0)
            continue;
        object = change_object(present, difference, (enum import_column)i);
        fprintf(out, "%s%s", joint, object != NULL ? object : "!"); /* no JSON, which is refused */
        store_text_free(object);
        joint = ",";
    }
    fputc(']', out);
    return fclose(out) == 0 ? text : NULL;
}

static void write_row(struct view *view, const struct import_row *row, const struct account *present,
                      const struct difference *difference)
{
    char *changes = changes_array(present, difference), *object = NULL;

    if (changes != NULL)
        object = json_make_object("ttj", "username", import_row_name(row), "action", action_of(row), "changes", changes);
    fprintf(view->out, "%s%s", view->count++ == 0 ? "[" : ",\n ", object != NULL ? object : "");
    view->failed |= object == NULL;
    store_text_free(object);
    free(changes);
}

/* *ret: an array, for free(3). GO_ON, or said. */
static enum status make_plan(const struct import_batch *batch, char **ret)
{
    size_t size;
    struct view view = { .out = open_memstream(ret, &size) };
    enum status status;

    if (view.out == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory for the answer");
    status = for_each(batch, &view, write_row);
    fputs(view.count == 0 ? "[]" : "]", view.out);
    if (fclose(view.out) == 0 && !view.failed)
        return status;
    return status == GO_ON ? tool_refuse(STATUS_FAILED, "not enough memory for the answer") : status;
}

enum status apply_answer_plan(const struct import_batch *batch)
{
    char *text = NULL;
    enum status status = make_plan(batch, &text);

    if (status == GO_ON && (!answer_write(text) || !answer_write("\n")))
        status = tool_refuse(STATUS_FAILED, "the answer could not be written");
    free(text);
    return status;
}

enum status apply_add_plan(const struct import_batch *batch)
{
    char *text = NULL;
    enum status status = make_plan(batch, &text);

    if (status == GO_ON)
        answer_add("plan", text);
    free(text);
    return status;
}
