/*
 * One row at once, for whoever cannot wait for all of them: a table of fixed width, CSV, JSON lines.
 */
#include "audit_rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sql/store_audit.h"
#include "terminal/csv.h"
#include "terminal/escape.h"
#include "terminal/when.h"

enum { CELL_BYTES = 2048, COLUMNS = 8 };

enum audit_format audit_format_of(const char *output)
{
    static const char *const names[] = { "table", "json", "jsonl", "csv" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], output) == 0)
            return (enum audit_format)i;
    return AUDIT_TABLE;
}

/* A longer text makes its own column wider. */
static void put_cells(const char *const texts[COLUMNS])
{
    static const int widths[COLUMNS] = { 25, 16, 16, 16, 8, 16, 0, 0 };
    char cell[CELL_BYTES];

    for (size_t i = 0; i < COLUMNS - 1; i++) {
        print_escape(texts[i], cell, sizeof cell);
        printf("%-*s%s", widths[i], cell, widths[i] != 0 ? " " : "\n");
    }
}

static void put_csv(const char *const texts[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++)
        csv_print(texts[i], i == 0);
    putchar('\n');
}

void audit_put_heading(enum audit_format format)
{
    static const char *const table[COLUMNS] = { "TIME", "EVENT", "USERNAME", "ACTOR", "VIA", "ORIGIN", "CHANGE" };
    static const char *const csv[COLUMNS] = { "id", "at", "event", "username", "actor", "via", "origin", "change" };

    if (format == AUDIT_TABLE)
        put_cells(table);
    if (format == AUDIT_CSV)
        put_csv(csv);
}

static void put_csv_row(const struct audit_row *row)
{
    char id[24], time[WHEN_SIZE];
    const char *const texts[COLUMNS] = { id, time, row->event, row->username, row->actor, row->via, row->origin,
                                         row->change };

    snprintf(id, sizeof id, "%lld", (long long)row->id);
    when_format_utc(row->at, time);
    put_csv(texts);
}

static void put_table_row(const struct audit_row *row)
{
    char time[WHEN_SIZE];
    const char *const texts[COLUMNS] = { time, row->event, row->username, row->actor, row->via, row->origin,
                                         row->change };

    when_format(row->at, "-", time);
    put_cells(texts);
}

void audit_put_row(enum audit_format format, const struct audit_row *row)
{
    if (format == AUDIT_TABLE)
        put_table_row(row);
    else if (format == AUDIT_CSV)
        put_csv_row(row);
    else
        puts(row->json);
}
