/*
 * Writing to the fleet through coder_fleet, with an administrator's own identity.
 */
#ifndef CODER_CHANGE_FLEET_WRITE_H
#define CODER_CHANGE_FLEET_WRITE_H

#include "terminal/command.h"
#include "fleet_answer.h"
#include "fleet_identity.h"
#include "fleet_request.h"

/*
 * Ask what `what` has, and wait for the answer: 35 s at most. GO_ON: all was done. Else nothing is said yet, and *ret (for
 * fleet_answer_free in every case) says how far it went and what was refused; fleet_write_refuse says it.
 */
enum status fleet_write(const struct fleet_identity *identity, const struct fleet_request *what, size_t count,
                        struct fleet_answer *ret);

/* What was refused, in a sentence, with its exit status. subject: of the operation that was refused. */
enum status fleet_write_refuse(const struct fleet_identity *identity, const struct fleet_answer *answer, const char *subject);

/* The same of what only reads. reader: who may ("an auditor"). */
enum status fleet_write_refuse_read(const struct fleet_identity *identity, const struct fleet_answer *answer, const char *subject,
                                    const char *reader);

/* The same for fleet_write_complain's sentence, of one that is not the first. */
void fleet_write_complain(struct tool *tool, const struct fleet_answer *answer, const char *subject);

/*
 * Wait until this host has what was done, 2 s at most from *ret_since on (0: now; milliseconds of CLOCK_MONOTONIC, set by
 * this). gone: the entry is a gravestone. False: not yet, or the store cannot be read.
 */
bool fleet_await(struct tool *tool, const struct fleet_done *done, bool gone, int64_t *since);

/* Asks the servers: of a host that was put out it is noted that it hears of no change any more. */
void fleet_write_note_out(void);

#endif
