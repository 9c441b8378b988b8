/*
 * Many accounts at once: the nouns of users import and users export. What is read from a file is a
 * record; a record that is valid becomes a row of the batch; who or what has a name or an id already
 * is a claim. Reading, records and claims are pure: they know neither the tool nor this machine.
 */
#ifndef CODER_IMPORT_H
#define CODER_IMPORT_H

#include "terminal/command.h"

enum status users_import(struct tool *tool);

#endif
