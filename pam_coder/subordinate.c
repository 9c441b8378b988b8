/*
 * Looking up a subordinate id in subuid(5)'s file, line by line: NAME:FIRST:COUNT. Whatever is no such line is
 * passed over, as newuidmap does.
 */
#include "subordinate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number to the end of the field; false where there is none. */
static bool read_number(const char **text, char end, uint64_t *ret)
{
    char *rest;

    if (**text < '0' || **text > '9')
        return false;
    *ret = strtoull(*text, &rest, 10);
    if (*rest != end)
        return false;
    *text = rest + (end != '\0');
    return true;
}

static bool holds(const char *line, uint32_t uid, char ret[SUBORDINATE_OWNER_SIZE])
{
    size_t length = strcspn(line, ":");
    const char *rest = line + length + 1;
    uint64_t first, count;

    if (line[length] != ':' || length == 0 || !read_number(&rest, ':', &first) ||
        !read_number(&rest, '\0', &count) || uid < first || uid - first >= count)
        return false;
    snprintf(ret, SUBORDINATE_OWNER_SIZE, "%.*s", (int)length, line);
    return true;
}

bool subordinate_owner(const char *path, uint32_t uid, char ret[SUBORDINATE_OWNER_SIZE])
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    bool found = false;

    if (file == NULL)
        return false;
    while (!found && getline(&line, &room, file) != -1) {
        line[strcspn(line, "\n")] = '\0';
        found = holds(line, uid, ret);
    }
    free(line);
    fclose(file);
    return found;
}
