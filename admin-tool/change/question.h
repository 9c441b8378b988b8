/*
 * The question before a change, and what is said instead of it by a dry run.
 */
#ifndef CODER_CHANGE_QUESTION_H
#define CODER_CHANGE_QUESTION_H

#include "terminal/command.h"
#include "work.h"

/* One for all that are due. GO_ON for yes, or when it need not be asked; else said. */
enum status question_ask(struct work *work);

/* What would be done. STATUS_DONE. */
enum status question_rehearse(struct work *work);

#endif
