/*
 * What of a fleet that this host is about to join it would not take.
 */
#ifndef CODER_VERBS_FLEET_PREVIEW_H
#define CODER_VERBS_FLEET_PREVIEW_H

#include <sys/types.h>

#include "host/fleet_folder.h"
#include "terminal/command.h"

/* Ask it with the join file's own certificate, and name each account whose name, id or e-mail address somebody of here has:
 * it would be held. Within 30 s; where no server answers, that is said instead. Nothing is kept. */
void fleet_preview(struct tool *tool, const char *const texts[FLEET_FILES], gid_t group);

#endif
