/*
 * Only sudo can tell what its policy allows: rules come from files, LDAP or plugins. So it is asked,
 * and as little as can be is read out of the answer.
 */
#include "sudo_rules.h"

#include <stdio.h>
#include <string.h>

#include "sql/account.h"
#include "program.h"

enum { OUTPUT_SIZE = 16384 };

/* Does a line begin with "User " and hold these words? A rule's own text is indented. */
static bool says(const char *text, const char *words)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        const char *found = strstr(text, words);

        if (strncmp(text, "User ", 5) == 0 && found != NULL && found < text + length)
            return true;
        text += length;
        text += *text == '\n';
    }
    return false;
}

static enum sudo_word parse(const char *text)
{
    if (says(text, " is not allowed to run sudo"))
        return SUDO_NONE;
    return says(text, " may run the following commands") ? SUDO_SOME : SUDO_SILENT;
}

enum sudo_word sudo_rules_ask(const char *username)
{
    char name[ACCOUNT_NAME_SIZE], text[OUTPUT_SIZE];
    char *const argv[] = { "/usr/bin/sudo", "-n", "-l", "-U", name, NULL };

    snprintf(name, sizeof name, "%s", username);
    return host_capture(argv, text, sizeof text) ? parse(text) : SUDO_SILENT;
}
