/*
 * users create on a host that follows a fleet: the account is made there.
 */
#ifndef CODER_VERBS_CREATE_FLEET_H
#define CODER_VERBS_CREATE_FLEET_H

#include <stdbool.h>

#include "terminal/command.h"
#include "newcomer.h"

/* This host has joined, and --here was not given. */
bool create_fleet_is_meant(const struct tool *tool);

/* Make one who was judged by all that this host knows. The fleet gives the id, unless --uid does. DONE, or said. */
enum status create_fleet(struct tool *tool, struct newcomer *newcomer);

#endif
