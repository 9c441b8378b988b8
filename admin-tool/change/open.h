/*
 * Getting hold of the store.
 */
#ifndef CODER_CHANGE_OPEN_H
#define CODER_CHANGE_OPEN_H

#include "sql/store.h"
#include "terminal/command.h"

/* Folders and file of the store are root's alone; the folders are made when there are none. GO_ON, or said. */
enum status open_make_place(struct tool *tool);

/* Open the store and read the policy. Where there is none: GO_ON with tool->store NULL. Else said. */
enum status open_store(struct tool *tool, enum store_mode mode);

/* Where accounts were published there was a store: GO_ON when it is there, or there never was one. Else said. */
enum status open_refuse_lost(const struct tool *tool);

/* The log of attempts, for activity_close; NULL when it cannot be used. */
struct activity_log *tool_open_activity(void);

/* The lock, when it is held, and the store, when it is open. */
void tool_close(struct tool *tool);

void tool_close(struct tool *tool);

/* The log of attempts, for activity_close; NULL when it cannot be used. */
struct activity_log *tool_open_activity(void);

#endif
