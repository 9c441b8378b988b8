/*
 * Rows of the audit log as they are read, a line each.
 */
#ifndef CODER_VERBS_AUDIT_ROWS_H
#define CODER_VERBS_AUDIT_ROWS_H

#include "sql/store_audit.h"

enum audit_format { AUDIT_TABLE, AUDIT_JSON, AUDIT_JSON_LINES, AUDIT_CSV };

/* Of what -o takes; "" is a table. */
enum audit_format audit_format_of(const char *output);

/* What stands above the rows: of a table and of CSV, no other. */
void audit_put_heading(enum audit_format format);

/* A table's columns are of fixed width here; JSON is one object a line. */
void audit_put_row(enum audit_format format, const struct audit_row *row);

#endif
