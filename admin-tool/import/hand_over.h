/*
 * The texts to hand over, a file for each new account.
 */
#ifndef CODER_IMPORT_HAND_OVER_H
#define CODER_IMPORT_HAND_OVER_H

#include <stdbool.h>
#include <stddef.h>

#include "terminal/command.h"
#include "batch.h"

/* What was written so far. */
struct hand_over {
    int folder;     /* -1: nothing */
    bool made;      /* the folder is ours */
    size_t written; /* of the batch's rows so many were looked at */
};

/* What users create prints, into NAME.txt of --hand-over-to's folder, each a new file of mode 0600, and all of them on
 * disk: a new folder, or one that is root's alone. GO_ON, also when nothing is to be written, and ret to be closed; or
 * said, and nothing is left behind. */
enum status hand_over_write(const struct import_batch *batch, struct hand_over *ret);

/* For --dry-run: how many there would be. */
void hand_over_preview(const struct import_batch *batch);

/* All of them gone again. */
void hand_over_remove(const struct import_batch *batch, struct hand_over *hand_over);
void hand_over_close(struct hand_over *hand_over);

/* When all is done: a note where others than root could put another folder in the place of theirs. */
void hand_over_note(const struct import_batch *batch);

#endif
