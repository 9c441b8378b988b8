/*
 * Asking coder_helper, from inside whatever program uses PAM.
 */
#ifndef CODER_ASK_H
#define CODER_ASK_H

#include <stdbool.h>

#include "request.h"

/*
 * One request, one answer (DESIGN D2). With euid 0 the helper is forked and executed as root;
 * otherwise it is reached by the socket in CODER_RUN_DIR, or else by its setuid bit; where neither
 * answers because the socket is taken by others, by the socket again, for 5 s.
 * False: no sound answer within 20 s of the last of these; ret unchanged; errno is why the helper could not be
 * executed, or 0. The host gets no SIGCHLD, keeps no descriptor,
 * and its signal handlers, environment and limits do not reach the helper.
 */
bool ask_helper(const struct request *request, struct answer *ret);

#endif
