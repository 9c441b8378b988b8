/*
 * Accounts, cell by cell.
 */
#ifndef CODER_TERMINAL_COLUMNS_H
#define CODER_TERMINAL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/account.h"
#include "sql/store_json.h"
#include "command.h"
#include "layout.h"

/* An account and what the activity log adds. */
struct listing {
    struct account account;
    struct account_extra extra;
};

/* Which columns, in order: indexes of the table in columns.c. */
struct columns {
    size_t count;
    size_t index[LAYOUT_MAX];
};

/* "username,created at": GO_ON, or USAGE, said. */
enum status print_parse_columns(const char *text, struct columns *ret);
/* fleet: this host is in one, so where an account comes from is shown. services: some are service accounts, which then are
 * marked in a last column. */
void print_default_columns(bool fleet, bool services, struct columns *ret);
void print_all_columns(bool fleet, struct columns *ret);
/* "username, email, ...": all there are. */
void print_column_names(char *ret, size_t size);
/* "created_at": the key of JSON. */
enum { COLUMN_KEY_SIZE = 32 };
void print_column_key(size_t column, char ret[COLUMN_KEY_SIZE]);
bool print_columns_need_activity(const struct columns *columns);

enum { CELL_SIZE = 4 * ACCOUNT_PATH_SIZE };

/* One cell, escaped; `column` is one of struct columns. */
void print_cell(const struct listing *listing, size_t column, char ret[CELL_SIZE]);
/* The same for programs, as users export writes it: not escaped, times in UTC, empty where there is none. */
void print_value(const struct listing *listing, size_t column, char ret[CELL_SIZE]);
bool print_column_warns(size_t column, const struct listing *listing); /* to be shown in red */

/* The layout of a table with these columns, and one account looked at for it. */
void print_columns_begin(const struct columns *columns, struct layout *ret);
void print_columns_measure(const struct columns *columns, const struct listing *listing,
                           struct layout *layout);

/* "admin,member" */
enum { ROLES_SIZE = 32 };
void print_roles(unsigned roles, char ret[ROLES_SIZE]);          /* "admin,member", as --roles takes them */
void print_roles_in_words(unsigned roles, char ret[ROLES_SIZE]); /* "roles admin, member", "role member" */

/* As a list of "NAME  value" lines. */
void print_account_lines(const struct listing *listing, const struct columns *columns);

#endif
