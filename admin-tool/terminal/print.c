/*
 * For people: what stands in the rows of accounts, of the audit log and of the policy. Every cell is escaped before it
 * is shown; JSON text comes from sql/.
 */
#include "print.h"

#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "sql/store_audit.h"
#include "columns.h"
#include "escape.h"
#include "layout.h"
#include "page.h"
#include "terminal.h"
#include "when.h"

static void begin(struct layout *layout, const struct layout_column *columns, size_t count)
{
    memset(layout, 0, sizeof *layout);
    for (size_t i = 0; i < count; i++)
        layout_add(layout, &columns[i]);
}

static void measure(struct layout *layout, char cells[LAYOUT_MAX][CELL_SIZE])
{
    for (size_t i = 0; i < layout->count; i++)
        layout_widen(layout, i, cells[i]);
}

/* -- accounts ----------------------------------------------------------------------------- */

bool print_account_add(struct page *page, const struct columns *columns, const struct listing *listing)
{
    char cells[LAYOUT_MAX][CELL_SIZE];
    size_t red = columns->count;

    for (size_t i = 0; i < columns->count; i++) {
        print_cell(listing, columns->index[i], cells[i]);
        if (print_column_warns(columns->index[i], listing))
            red = i;
    }
    return page_add(page, cells, red);
}

static void set_listing(const struct tool *tool, const struct account *account, struct listing *ret)
{
    ret->account = *account;
    account_extra_begin(account, &tool->policy, tool->now, &ret->extra);
}

void print_account_rows(const struct tool *tool, const struct account *accounts, size_t count, FILE *out)
{
    struct listing listing = { .extra.last_login_at = 0 };
    struct columns columns;
    struct layout layout;
    struct page *page;
    bool added, fleet = false, services = false;

    for (size_t i = 0; i < count; i++) {
        fleet = fleet || accounts[i].fleet;
        services = services || accounts[i].service;
    }
    print_default_columns(fleet, services, &columns);
    print_columns_begin(&columns, &layout);
    for (size_t i = 0; i < count; i++) {
        set_listing(tool, &accounts[i], &listing);
        print_columns_measure(&columns, &listing, &layout);
    }
    layout_fit(&layout, terminal_width(out));
    page = page_new(&layout, true, out);
    added = page != NULL;
    for (size_t i = 0; added && i < count; i++) {
        set_listing(tool, &accounts[i], &listing);
        added = print_account_add(page, &columns, &listing);
    }
    if (added)
        page_end(page);
    else
        page_drop(page);
    explicit_bzero(listing.account.hash, sizeof listing.account.hash);
}

void print_account_row(const struct tool *tool, const struct account *account, FILE *out)
{
    print_account_rows(tool, account, 1, out);
}

/* -- the audit log ------------------------------------------------------------------------ */

static const struct layout_column audit_columns[] = {
    { "time", LAYOUT_KEEPS, false },  { "event", LAYOUT_KEEPS, false }, { "username", LAYOUT_KEEPS, false },
    { "actor", LAYOUT_KEEPS, false }, { "via", LAYOUT_KEEPS, false },   { "origin", LAYOUT_KEEPS, false },
    { "change", LAYOUT_GOES_ON, false },
};
enum { AUDIT_COLUMNS = sizeof audit_columns / sizeof audit_columns[0] };

static void write_audit(const struct audit_row *row, char ret[LAYOUT_MAX][CELL_SIZE])
{
    char time[WHEN_SIZE];
    const char *const texts[AUDIT_COLUMNS] = { time,     row->event,  row->username, row->actor,
                                               row->via, row->origin, row->change };

    when_format(row->at, "-", time);
    for (size_t i = 0; i < AUDIT_COLUMNS; i++)
        print_escape(texts[i], ret[i], CELL_SIZE);
}

void print_audit_begin(struct layout *ret)
{
    begin(ret, audit_columns, AUDIT_COLUMNS);
}

void print_audit_measure(const struct audit_row *row, struct layout *layout)
{
    char cells[LAYOUT_MAX][CELL_SIZE];

    write_audit(row, cells);
    measure(layout, cells);
}

bool print_audit_add(struct page *page, const struct audit_row *row)
{
    char cells[LAYOUT_MAX][CELL_SIZE];

    write_audit(row, cells);
    return page_add(page, cells, AUDIT_COLUMNS);
}

/* -- the policy --------------------------------------------------------------------------- */

static const struct layout_column policy_columns[] = {
    { "key", LAYOUT_KEEPS, false },   { "value", LAYOUT_KEEPS, false },     { "default", LAYOUT_KEEPS, false },
    { "range", LAYOUT_KEEPS, false }, { "meaning", LAYOUT_GOES_ON, false },
};
enum { POLICY_COLUMNS = sizeof policy_columns / sizeof policy_columns[0] };

static void write_policy(const struct policy *policy, size_t index, char ret[LAYOUT_MAX][CELL_SIZE])
{
    char value[POLICY_VALUE_SIZE], initial[POLICY_VALUE_SIZE], shown[POLICY_SHOWN_SIZE];
    struct policy_setting setting;
    struct policy defaults;
    const char *texts[POLICY_COLUMNS];

    policy_setting_at(index, &setting);
    policy_defaults(&defaults);
    policy_value_at(policy, index, value);
    policy_value_at(&defaults, index, initial);
    policy_value_shown(value, shown);
    texts[0] = setting.key;
    texts[1] = shown;
    texts[2] = initial;
    texts[3] = setting.range;
    texts[4] = setting.meaning;
    for (size_t i = 0; i < POLICY_COLUMNS; i++)
        print_escape(texts[i], ret[i], CELL_SIZE);
}

void print_policy_begin(struct layout *ret)
{
    begin(ret, policy_columns, POLICY_COLUMNS);
}

void print_policy_measure(const struct policy *policy, size_t index, struct layout *layout)
{
    char cells[LAYOUT_MAX][CELL_SIZE];

    write_policy(policy, index, cells);
    measure(layout, cells);
}

bool print_policy_add(struct page *page, const struct policy *policy, size_t index)
{
    char cells[LAYOUT_MAX][CELL_SIZE];

    write_policy(policy, index, cells);
    return page_add(page, cells, POLICY_COLUMNS);
}
