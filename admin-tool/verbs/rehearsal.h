/*
 * What a restore finds missing on this machine: no clash, and nothing that stops it, but accounts that cannot work as
 * they did before.
 */
#ifndef CODER_VERBS_REHEARSAL_H
#define CODER_VERBS_REHEARSAL_H

#include <stdbool.h>

#include "sql/restore_plan.h"
#include "sql/store.h"

struct rehearsal;

/* NULL: no memory. */
struct rehearsal *rehearsal_new(void);
void rehearsal_free(struct rehearsal *rehearsal);

/* An account as it will be. Homes that are not there (a service without one was made so), shells that cannot be run,
 * primary groups that /etc/group lacks, and who is suspended afterwards. */
void rehearsal_note(struct rehearsal *rehearsal, const struct restored *one);

/* A line each on stdout, with the way out; one for each group that /etc/group lacks of the backup's policy, which holds
 * afterwards; and one for each local user with the id of an account that is no more in the backup. */
enum store_result rehearsal_print(const struct rehearsal *rehearsal, struct store *backup);

#endif
