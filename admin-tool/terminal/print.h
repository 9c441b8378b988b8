/*
 * What people see and write: times, cells, tables as wide as their terminal, and text from outside made
 * safe for it. JSON text comes from sql/.
 */
#ifndef CODER_PRINT_H
#define CODER_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sql/account.h"
#include "sql/policy.h"
#include "sql/store_audit.h"
#include "columns.h"
#include "command.h"
#include "layout.h"

struct libscols_table;

/* One page of a long table, with the widths given. NULL when memory is short. */
struct libscols_table *print_page_new(const struct layout *layout, bool headings);
bool print_table_add(struct libscols_table *table, const struct columns *columns,
                     const struct layout *layout, const struct listing *listing);
void print_table_drop(struct libscols_table *table);

/* Print to `out` and free. On a terminal lines are cut to fit. */
void print_table_end(struct libscols_table *table, FILE *out);

/* One account as a table of one row. */
void print_account_row(const struct tool *tool, const struct account *account, FILE *out);

/* The audit log, page by page. Of its last column nothing is cut: what does not fit goes on below. */
void print_audit_begin(struct layout *ret);
void print_audit_measure(const struct audit_row *row, struct layout *layout);
bool print_audit_add(struct libscols_table *table, const struct layout *layout,
                     const struct audit_row *row);

/* One setting a line; index: policy_setting_at's. */
struct libscols_table *print_policy_new(void);
bool print_policy_add(struct libscols_table *table, const struct policy *policy, size_t index);

#endif
