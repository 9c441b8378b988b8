/*
 * One thing asked of the fleet that is about no account: its hosts, its log.
 */
#ifndef CODER_VERBS_FLEET_ASK_H
#define CODER_VERBS_FLEET_ASK_H

#include "change/fleet_answer.h"
#include "change/fleet_request.h"
#include "sql/store_fleet.h"
#include "terminal/command.h"

/* GO_ON, and *ret is the fleet that this host follows; else said. */
enum status fleet_ask_find(struct tool *tool, struct fleet *ret);

/* Ask `what`, one operation, as an administrator who is found or asked. GO_ON and *ret (for fleet_answer_free in every
 * case); or said. subject: what it is about; reader: who may read it ("an auditor"), NULL: it changes something. */
enum status fleet_ask(struct tool *tool, const struct fleet_request *what, const char *subject, const char *reader,
                      struct fleet_answer *ret);

/* On record here: who did it there, and the detail. Trouble is complained about: it was done. */
void fleet_ask_record(struct tool *tool, const char *event, const struct fleet_answer *answer, const char *detail);

/* Servers that could not say their part. */
void fleet_ask_note(const struct fleet_answer *answer, const char *what);

#endif
