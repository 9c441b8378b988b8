/*
 * The tool lock: changes go one at a time under it (DESIGN D10). A POSIX lock, so that whoever waits learns who
 * holds it (DESIGN D16).
 */
#ifndef CODER_CHANGE_LOCK_H
#define CODER_CHANGE_LOCK_H

#include <stdbool.h>

#include "terminal/command.h"

/* Take it; `waits`: for as long as this process has patience (holder.h). False with errno, EAGAIN when another
 * has it. Held until tool_unlock. */
bool lock_take(struct tool *tool, bool waits);

/*
 * Wait for the tool lock (DESIGN D10) as holder_wait does, and hold it until tool_unlock or tool_close,
 * under the process's deadline (deadline.h). GO_ON, or said. What is said meanwhile is written, and
 * nscd told, when it is released; nothing when it is not held.
 */
enum status tool_lock(struct tool *tool);

void tool_unlock(struct tool *tool);

#endif
