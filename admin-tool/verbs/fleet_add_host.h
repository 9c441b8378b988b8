/*
 * fleet add-host, fleet remove-host: who of the hosts is in the fleet that this host follows.
 */
#ifndef CODER_VERBS_FLEET_ADD_HOST_H
#define CODER_VERBS_FLEET_ADD_HOST_H

#include "terminal/command.h"

enum status fleet_add_host(struct tool *tool);
enum status fleet_remove_host(struct tool *tool);

#endif
