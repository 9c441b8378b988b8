/*
 * A join file made for another host of the fleet that this host follows.
 */
#ifndef CODER_VERBS_JOIN_MAKE_H
#define CODER_VERBS_JOIN_MAKE_H

#include "sql/store_fleet.h"
#include "terminal/command.h"

enum { JOIN_HOURS = 24, JOIN_HOST_NAME_SIZE = 65 };

/* May a host be called so? GO_ON, or said. */
enum status join_make_check_name(const char *name);

/*
 * The text of the file for the host of this name, for free(3) after it was wiped: the servers, authority and ids of this
 * host's own fleet, and certificate and key of the file that --certificate names. Good for JOIN_HOURS. GO_ON, or said.
 */
enum status join_make(const struct tool *tool, const struct fleet *fleet, const char *name, char **ret);

/* The new file that --join names, root's alone; what is there already is refused. GO_ON, or said. */
enum status join_make_write(const struct tool *tool, const char *text);

/* Away with it again. */
void join_make_remove(const struct tool *tool);

#endif
