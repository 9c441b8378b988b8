/*
 * What a restore would change and what clashes, as data.
 */
#ifndef CODER_RESTORE_ANSWER_H
#define CODER_RESTORE_ANSWER_H

#include "sql/restore_plan.h"
#include "terminal/command.h"
#include "restore_clash.h"

struct restore_answer;

/* NULL: memory is short, or nobody asked for JSON; then the rest does nothing. */
struct restore_answer *restore_answer_new(void);
void restore_answer_free(struct restore_answer *answer);

/* An account as it would be. */
void restore_answer_add(struct restore_answer *answer, const struct tool *tool, const struct restored *one);

/* All of them become part of the command's answer ("plan", "clashes"), be it an error's. */
void restore_answer_give(struct restore_answer *answer, const struct clash_list *clashes);

#endif
