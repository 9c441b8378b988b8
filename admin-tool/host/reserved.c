/*
 * Names that the system or a package gives a meaning: nobody should be called so, for his private
 * group gets what rules and files give to a group of that name. The names are reserved.txt's.
 */
#include "reserved.h"

#include <stdbool.h>
#include <string.h>

#include "reserved_names.h"

/* The pattern is a name, or the beginning of names with a '*' behind it. */
static bool fits(const char *pattern, const char *name)
{
    size_t length = strlen(pattern) - 1;

    return pattern[length] == '*' ? strncmp(pattern, name, length) == 0
                                  : strcmp(pattern, name) == 0;
}

const char *reserved_name(const char *name)
{
    for (size_t i = 0; i < sizeof reserved_names / sizeof reserved_names[0]; i++)
        if (fits(reserved_names[i].pattern, name))
            return reserved_names[i].whose;
    return NULL;
}
