/*
 * A temporary password each, on all cores.
 */
#ifndef CODER_IMPORT_HASH_H
#define CODER_IMPORT_HASH_H

#include "terminal/command.h"
#include "batch.h"

/* GO_ON, or said. */
enum status import_make_passwords(struct import_batch *batch);

#endif
