/*
 * CSV: what a field has to be quoted for, at one place.
 */
#include "csv.h"

#include <stdio.h>
#include <string.h>

static void put_value(const char *formula, const char *text, bool first, csv_put *put, void *to)
{
    if (!first)
        put(to, ",", 1);
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        put(to, formula, strlen(formula));
        put(to, text, strlen(text));
        return;
    }
    put(to, "\"", 1);
    put(to, formula, strlen(formula));
    for (; *text != '\0'; text++)
        put(to, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    put(to, "\"", 1);
}

void csv_field(const char *text, bool first, csv_put *put, void *to)
{
    put_value("", text, first, put, to);
}

static void put_out(void *to, const char *text, size_t length)
{
    fwrite(text, 1, length, to);
}

void csv_print(const char *text, bool first)
{
    put_value(text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL ? "'" : "", text, first, put_out, stdout);
}
