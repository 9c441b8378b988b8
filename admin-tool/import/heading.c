/*
 * The heading of a table. People's tables come out of spreadsheets: with the separator of their country, headings in
 * any case, and columns that are of no use here.
 */
#include "heading.h"

#include <stdio.h>
#include <string.h>

#include "record.h"

char heading_separator(const unsigned char *text, size_t length)
{
    bool quoted = false;

    for (size_t i = 0; i < length && (quoted || text[i] != '\n'); i++) {
        quoted ^= text[i] == '"';
        if (!quoted && (text[i] == ',' || text[i] == ';' || text[i] == '\t'))
            return (char)text[i];
    }
    return ',';
}

static bool is_named_already(const struct heading *heading, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (heading->columns[i] != IMPORT_COLUMN_COUNT && heading->columns[before] == heading->columns[i])
            return true;
    return false;
}

const char *heading_take(struct heading *heading, const char *const fields[], size_t count,
                         char ret_reason[IMPORT_REASON_SIZE])
{
    bool names_users = false;

    for (size_t i = 0; i < count; i++) {
        bool known = import_column_find(fields[i], &heading->columns[i]);

        if (!known && heading->strict) {
            snprintf(ret_reason, IMPORT_REASON_SIZE, "unknown column '%.64s'", fields[i]);
            return ret_reason;
        }
        if (!known)
            heading->columns[i] = IMPORT_COLUMN_COUNT;
        if (is_named_already(heading, i))
            return "the first line names a column twice";
        names_users |= heading->columns[i] == IMPORT_USERNAME;
    }
    if (!names_users)
        return "the first line must name the columns, username among them";
    for (size_t i = 0; i < count; i++)
        if (heading->columns[i] == IMPORT_COLUMN_COUNT)
            heading_pass_over(heading, fields[i]);
    heading->count = count;
    return NULL;
}

static bool is_remembered(const struct heading *heading, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = heading->ignored; (at = strstr(at, name)) != NULL; at++)
        if ((at == heading->ignored || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

void heading_pass_over(struct heading *heading, const char *name)
{
    size_t used = strlen(heading->ignored);

    if (name[0] == '\0' || is_remembered(heading, name) || used + strlen(name) + 3 > sizeof heading->ignored)
        return;
    snprintf(heading->ignored + used, sizeof heading->ignored - used, "%s%s", used > 0 ? ", " : "", name);
}
