/*
 * pam_call ENTRY USER [ANSWER...]: one call of libpam from a shell test, as root, without the delay after a
 * failure. ENTRY: auth, account, change (a forced one), session. Exit 0 for PAM_SUCCESS; prints the code and what
 * was said.
 */
#include <stdio.h>
#include <string.h>

#include "pam_host.h"

struct entry {
    const char *name;
    enum host_entry entry;
    int flags;
};

static const struct entry entries[] = {
    { "auth", HOST_AUTH, 0 },
    { "account", HOST_ACCOUNT, 0 },
    { "change", HOST_CHAUTHTOK, PAM_CHANGE_EXPIRED_AUTHTOK },
    { "session", HOST_OPEN, 0 },
};

static int call(const struct entry *entry, char **words)
{
    struct host_call call = { .entry = entry->entry, .flags = entry->flags, .user = words[0] };
    const struct host_seen *seen = NULL;
    int code;

    for (size_t i = 0; i + 1 < sizeof call.answers / sizeof call.answers[0] && words[i + 1] != NULL; i++)
        call.answers[i] = words[i + 1];
    if (!host_open())
        return 2;
    code = host_call(&call, &seen);
    printf("%d\n%s", code, seen->said);
    host_close();
    return code == PAM_SUCCESS ? 0 : 1;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && i < sizeof entries / sizeof entries[0]; i++)
        if (strcmp(entries[i].name, argv[1]) == 0)
            return call(&entries[i], argv + 2);
    fputs("usage: pam_call auth|account|change|session USER [ANSWER...]\n", stderr);
    return 2;
}
