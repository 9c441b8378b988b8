/*
 * What people see and write: times, cells, tables as wide as their terminal, and text from outside made
 * safe for it. JSON text comes from sql/.
 */
#ifndef CODER_PRINT_H
#define CODER_PRINT_H

#include "command.h"

/* -- when.c: times as people write and read them ------------------------------------------ */

/* "2026-11-30", "2026-11-30 18:00", with seconds, with Z (RFC 3339), or "2d" ago (s, m, h, d, w);
 * local time without Z. False if it is none of these. */
bool when_parse(const char *text, int64_t now, int64_t *ret);

enum { WHEN_SIZE = 40 };
/* RFC 3339 in UTC; "" for 0. */
void when_format_utc(int64_t when, char ret[WHEN_SIZE]);

/* Local time, or `never` (the word given) for 0. */
void when_format(int64_t when, const char *never, char ret[WHEN_SIZE]);

/* -- escape.c: text made safe for terminals ----------------------------------------------- */

/* Copy text, cut to size; controls, invalid UTF-8 and direction marks become \xNN. */
void print_escape(const char *text, char *ret, size_t size);

/* True when escaping changes nothing. */
bool print_is_plain(const char *text);

/* -- layout.c: how wide the columns of a long table are ----------------------------------- */

enum { LAYOUT_MAX = 16 };

struct layout_column {
    const char *name;
    size_t least; /* the width that still makes sense on a narrow terminal */
    bool right;   /* where its cells stand */
};

/* All 0 to begin with. */
struct layout {
    size_t count;
    struct layout_column columns[LAYOUT_MAX];
    size_t width[LAYOUT_MAX];
};

/* One column more, as wide as its heading. */
void layout_add(struct layout *layout, const struct layout_column *column);

/* Column i has room for this text, too. */
void layout_widen(struct layout *layout, size_t i, const char *text);

/* Narrower until a line fits in `width`; 0: leave it. */
void layout_fit(struct layout *layout, size_t width);

/* How many octets of a text column i has room for; and cut to them. */
size_t layout_room(const struct layout *layout, size_t i, const char *text);
void layout_cut(const struct layout *layout, size_t i, char *text);

/* -- columns.c: accounts, cell by cell ---------------------------------------------------- */

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
void print_default_columns(struct columns *ret);
/* "username, email, ...": all there are. */
void print_column_names(char *ret, size_t size);
bool print_columns_need_activity(const struct columns *columns);

enum { CELL_SIZE = 4 * ACCOUNT_PATH_SIZE };

/* One cell, escaped; `column` is one of struct columns. */
void print_cell(const struct listing *listing, size_t column, char ret[CELL_SIZE]);
bool print_column_warns(size_t column, const struct listing *listing); /* to be shown in red */

/* The layout of a table with these columns, and one account looked at for it. */
void print_columns_begin(const struct columns *columns, struct layout *ret);
void print_columns_measure(const struct columns *columns, const struct listing *listing,
                           struct layout *layout);

/* "admin,member" */
enum { ROLES_SIZE = 32 };
void print_roles(unsigned roles, char ret[ROLES_SIZE]);

/* As a list of "NAME  value" lines; columns: NULL for all. */
void print_account_lines(const struct listing *listing, const struct columns *columns);

/* -- print.c: tables ---------------------------------------------------------------------- */

struct libscols_table;

/* One page of a long table, with the widths given. NULL when memory is short. */
struct libscols_table *print_page_new(const struct layout *layout, bool headings);
bool print_table_add(struct libscols_table *table, const struct columns *columns,
                     const struct layout *layout, const struct listing *listing);
void print_table_drop(struct libscols_table *table);

/* Print to `out` and free. On a terminal lines are cut to fit. */
void print_table_end(struct libscols_table *table, FILE *out);

/* One account as a table of one row. */
void print_account_row(const struct account *account, FILE *out);

/* The audit log, page by page. Of its last column nothing is cut: what does not fit goes on below. */
void print_audit_begin(struct layout *ret);
void print_audit_measure(const struct audit_row *row, struct layout *layout);
bool print_audit_add(struct libscols_table *table, const struct layout *layout,
                     const struct audit_row *row);

/* One setting a line; index: policy_setting_at's. */
struct libscols_table *print_policy_new(void);
bool print_policy_add(struct libscols_table *table, const struct policy *policy, size_t index);

/* -- terminal.c --------------------------------------------------------------------------- */

/* In columns, 0 when `out` is no terminal. */
size_t terminal_width(FILE *out);
bool terminal_has_colours(FILE *out);

#endif
