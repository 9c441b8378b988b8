/*
 * fleet hosts: all hosts of the fleet, and to which server each is connected.
 */
#ifndef CODER_VERBS_FLEET_HOSTS_H
#define CODER_VERBS_FLEET_HOSTS_H

#include "terminal/command.h"

enum status fleet_hosts(struct tool *tool);

#endif
