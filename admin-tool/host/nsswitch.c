/*
 * One line of nsswitch.conf(5) becomes a list of sources. What glibc would not understand is passed
 * over, as glibc passes it over.
 */
#include "nsswitch.h"

#include <stdio.h>
#include <string.h>

#include "sql/ascii.h"
#include "text_file.h"

enum { LINE_SIZE = 4096 };

/* "[NOTFOUND=return SUCCESS=merge]", "[!UNAVAIL=return]": what it says of NOTFOUND and SUCCESS. */
static void apply_action(const char *action, struct nss_source *source)
{
    while (*action != '\0') {
        size_t length;
        bool negated, missing, found;

        action += strspn(action, "[] \t");
        negated = *action == '!';
        action += negated;
        length = strcspn(action, "= ]\t");
        missing = ascii_equals(action, length, "NOTFOUND") != negated;
        found = ascii_equals(action, length, "SUCCESS") != negated;
        action += length;
        action += strspn(action, " \t");
        if (*action != '=')
            continue;
        action++;
        action += strspn(action, " \t");
        length = strcspn(action, " ]\t");
        if (missing)
            source->stops = ascii_equals(action, length, "return");
        if (found)
            source->merges = ascii_equals(action, length, "merge");
        action += length;
    }
}

static void parse(const char *text, struct nss_line *ret)
{
    char word[256];

    memset(ret, 0, sizeof *ret);
    while (text_word(&text, word, sizeof word)) {
        if (word[0] == '[' && ret->count > 0)
            apply_action(word, &ret->sources[ret->count - 1]);
        else if (word[0] != '[' && ret->count < NSSWITCH_SOURCES_MAX)
            snprintf(ret->sources[ret->count++].name, NSSWITCH_NAME_SIZE, "%.*s",
                     NSSWITCH_NAME_SIZE - 1, word);
    }
}

bool nsswitch_read(FILE *file, const char *database, struct nss_line *ret)
{
    size_t length = strlen(database);
    char line[LINE_SIZE];
    bool found = false;

    while (text_file_line(file, line, sizeof line)) {
        const char *text = line + strspn(line, " \t");

        if (strncmp(text, database, length) != 0)
            continue;
        text += length;
        text += strspn(text, " \t");
        if (*text != ':')
            continue;
        parse(text + 1, ret);
        found = true; /* glibc goes on, and a later line overrules this one */
    }
    return found;
}

int nsswitch_find(const struct nss_line *line, const char *name)
{
    for (size_t i = 0; i < line->count; i++)
        if (strcmp(line->sources[i].name, name) == 0)
            return (int)i;
    return -1;
}

bool nsswitch_reaches(const struct nss_line *line, int index)
{
    for (int i = 0; i < index; i++)
        if (line->sources[i].stops)
            return false;
    return index >= 0;
}

bool nsswitch_hides(const struct nss_line *line, int index)
{
    static const char *const local[] = { "files", "compat", "db" };

    for (int i = 0; i < index; i++)
        for (size_t k = 0; k < sizeof local / sizeof local[0]; k++)
            if (strcmp(line->sources[i].name, local[k]) == 0 && !line->sources[i].merges)
                return true;
    return false;
}
