/*
 * A role's local groups are complete for whoever asks for a user's groups (initgroups). Who asks for a
 * group's users, as polkit does for its administrators, gets the first source's answer.
 */
#include "group_lists.h"

#include <stdio.h>

#include "nsswitch.h"
#include "text_file.h"

bool group_lists_lack_ours(void)
{
    FILE *file = text_file_open("", "/etc/nsswitch.conf");
    struct nss_line line;
    bool lack = file != NULL && nsswitch_read(file, "group", &line) &&
                nsswitch_hides(&line, nsswitch_find(&line, "coder"));

    if (file != NULL)
        fclose(file);
    return lack;
}
