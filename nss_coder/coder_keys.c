/*
 * coder_keys: prints the ssh keys of one account for sshd (AuthorizedKeysCommand), out of the public directory. It
 * needs no privilege, no daemon and no lock, and tells nothing that is not public. A name that is not ours, or whose
 * user may not enter, has no keys here; sshd then goes on with the user's own files, and its account check.
 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "directory.h"
#include "directory_keys.h"
#include "directory_map.h"
#include "directory_read.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* A host without a directory has no accounts of ours; one that cannot be read has, and sshd's log is to tell. */
static int refuse(void)
{
    if (access(DIRECTORY_PATH, F_OK) != 0)
        return EXIT_DONE;
    fputs("coder_keys: " DIRECTORY_PATH " cannot be used; see 'admin-tool check'\n", stderr);
    return EXIT_FAILED;
}

/* A local user of this name, or another source's, is who logs in: then the keys are not his. */
static bool is_ours(const struct directory_entry *user, const char *name)
{
    const struct passwd *who = getpwnam(name);

    return who != NULL && who->pw_uid == user->id;
}

static int print_keys(const struct directory_view *view, const char *name)
{
    static char text[DIRECTORY_KEYS_MAX];
    struct directory_entry user;
    size_t length = 0;
    enum directory_result result = directory_find_user_by_name(view, name, &user);

    if (result == DIRECTORY_OK && is_ours(&user, name))
        result = directory_user_keys(view, &user, (int64_t)time(NULL), text, &length);
    if (result != DIRECTORY_OK)
        return result == DIRECTORY_NOT_FOUND ? EXIT_DONE : refuse();
    return fwrite(text, 1, length, stdout) == length && fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct directory_view view;
    int status;

    if (argc != 2) {
        fputs("Usage: coder_keys NAME\nPrints the ssh keys of a Coder account, for sshd: see coder_keys(8).\n", stderr);
        return EXIT_USAGE;
    }
    if (directory_view_open(DIRECTORY_PATH, &view) != DIRECTORY_OK)
        return refuse();
    status = print_keys(&view, argv[1]);
    directory_view_close(&view);
    return status;
}
