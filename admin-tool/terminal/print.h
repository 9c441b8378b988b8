/*
 * Accounts, rows of the audit log and settings as rows of a table: what stands in their cells. A table is made in two
 * passes: begin, measure each row, layout_fit; then a page or more of the rows.
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
#include "page.h"

/* The first pass of accounts is in columns.h. All that add: false when memory is short. */
bool print_account_add(struct page *page, const struct columns *columns, const struct listing *listing);

/* As a table: one account, or a few. */
void print_account_row(const struct tool *tool, const struct account *account, FILE *out);
void print_account_rows(const struct tool *tool, const struct account *accounts, size_t count, FILE *out);

void print_audit_begin(struct layout *ret);
void print_audit_measure(const struct audit_row *row, struct layout *layout);
bool print_audit_add(struct page *page, const struct audit_row *row);

/* index: policy_setting_at's. */
void print_policy_begin(struct layout *ret);
void print_policy_measure(const struct policy *policy, size_t index, struct layout *layout);
bool print_policy_add(struct page *page, const struct policy *policy, size_t index);

#endif
