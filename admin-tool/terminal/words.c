/*
 * Tables of plain words, for what is neither an account nor a row of the audit log. Every cell is
 * escaped before it is shown.
 */
#include "words.h"

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>

#include "escape.h"

enum { CELL_BYTES = 1024 };

struct libscols_table *words_new(const char *const names[], size_t count)
{
    struct libscols_table *table = scols_new_table();

    if (table == NULL)
        return NULL;
    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_noencoding(table, 1);
    for (size_t i = 0; i < count; i++)
        if (scols_table_new_column(table, names[i], 0, 0) == NULL) {
            scols_unref_table(table);
            return NULL;
        }
    return table;
}

bool words_add(struct libscols_table *table, const char *const texts[], size_t count)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    char cell[CELL_BYTES];

    for (size_t i = 0; line != NULL && i < count; i++) {
        print_escape(texts[i], cell, sizeof cell);
        if (scols_line_set_data(line, i, cell) != 0)
            return false;
    }
    return line != NULL;
}

void words_end(struct libscols_table *table, FILE *out)
{
    if (table != NULL && out != NULL) {
        scols_table_set_stream(table, out);
        scols_print_table(table);
    }
    scols_unref_table(table);
}
