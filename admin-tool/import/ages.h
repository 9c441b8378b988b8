/*
 * The days of shadow(5), in our terms.
 */
#ifndef CODER_IMPORT_AGES_H
#define CODER_IMPORT_AGES_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/account.h"
#include "batch.h"
#include "shadow.h"

/* Is the account at its end, by the file. */
bool ages_has_expired(const struct shadow_line *secret, int64_t now);

/* max becomes the account's own password_max_days (99999 and none: policy's), the last change its day, 0: a change is
 * required, expire the account's end; who has expired already, or whose password was not changed in time, comes in
 * suspended, with a note. */
void ages_take(struct import_batch *batch, const struct shadow_line *secret, struct account *account);

/* Keeps what has no place, for ages_note; row: the last one added. */
void ages_keep(const struct shadow_line *secret, struct import_row *row);

/* When the policy is known: min, warn and inactive that are not as it says, a line each or their number. */
void ages_note(struct import_batch *batch);

#endif
