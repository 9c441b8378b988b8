/*
 * The directory file written anew, all accounts in it.
 */
#ifndef CODER_CHANGE_PUBLISH_WHOLE_H
#define CODER_CHANGE_PUBLISH_WHOLE_H

#include <stdint.h>

#include "nss_coder/directory.h"
#include "terminal/command.h"
#include "publish_frame.h"

/* Write all accounts into fd, which is empty. GO_ON, or said. */
enum status publish_whole(struct tool *tool, const struct frame *frame, int64_t generation, int fd);

/* GO_ON for OK; else said. */
enum status publish_status(enum directory_result result, const char *about);

#endif
