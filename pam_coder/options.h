/*
 * The arguments of a PAM line (pam.conf(5)).
 */
#ifndef CODER_OPTIONS_H
#define CODER_OPTIONS_H

#include <security/pam_modules.h>
#include <stdbool.h>

struct options {
    bool debug;       /* say in the log what was asked and answered, never a secret */
    bool quiet;       /* no_warn, or PAM_SILENT: nothing to the user */
    bool use_authtok; /* the new password comes from a module before: never ask again */
};

/* An unknown argument is logged as an error and otherwise ignored, as Linux-PAM's own modules do.
 * try_first_pass, use_first_pass and use_authtok are pam_get_authtok(3)'s, which reads them
 * itself. */
struct options options_read(pam_handle_t *pamh, int flags, int argc, const char **argv);

#endif
