/*
 * The arguments of a PAM line: the conventional ones and no others; settings live in the store.
 */
#include "options.h"

#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

struct options options_read(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options = { .quiet = ((unsigned)flags & PAM_SILENT) != 0 };

    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "debug") == 0)
            options.debug = true;
        else if (strcmp(argv[i], "no_warn") == 0)
            options.quiet = true;
        else if (strcmp(argv[i], "use_authtok") == 0)
            options.use_authtok = true;
        else if (strcmp(argv[i], "try_first_pass") != 0 && strcmp(argv[i], "use_first_pass") != 0)
            pam_syslog(pamh, LOG_ERR, "unknown option: %s", argv[i]);
    }
    return options;
}
