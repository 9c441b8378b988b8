/*
 * Local accounts' lines taken out of the local files.
 */
#ifndef CODER_IMPORT_TAKE_OVER_H
#define CODER_IMPORT_TAKE_OVER_H

#include "terminal/command.h"
#include "batch.h"

/* Ask. GO_ON, or said. */
enum status take_over_confirm(struct import_batch *batch);

/* Remove the rows' lines from the local files. Trouble is a complaint. */
void take_over(struct import_batch *batch);

#endif
