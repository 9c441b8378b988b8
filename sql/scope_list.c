/*
 * Whatever order they come in, the text is the same.
 */
#include "scope_list.h"

#include <stdlib.h>
#include <string.h>

enum { SCOPES_MAX = FLEET_SCOPES_SIZE / SCOPE_SIZE };

static int compare(const void *one, const void *other)
{
    return strcmp(one, other);
}

bool scope_list(const char *text, char ret[FLEET_SCOPES_SIZE])
{
    static const char joints[] = ",;\n";
    char names[SCOPES_MAX][SCOPE_SIZE];
    size_t count = 0;
    bool all = true;

    for (text += strspn(text, joints); *text != '\0'; text += strspn(text, joints)) {
        size_t length = strcspn(text, joints);
        bool fits = count < SCOPES_MAX && length < SCOPE_SIZE && strspn(text, SCOPE_LETTERS) >= length;

        if (fits) {
            memcpy(names[count], text, length);
            names[count++][length] = '\0';
        }
        all &= fits;
        text += length;
    }
    qsort(names, count, sizeof names[0], compare);
    *ret = '\0';
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
            ret = stpcpy(stpcpy(ret, i == 0 ? "" : ","), names[i]);
    return all;
}
