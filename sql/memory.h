/*
 * SQLite's memory: in admin-tool it holds temporary passwords, in both programs hashes.
 */
#ifndef CODER_MEMORY_H
#define CODER_MEMORY_H

#include <stdbool.h>

/* From now on whatever SQLite frees is wiped before. To be called once, before anything else of sql/; false
 * when SQLite is at work already. */
bool memory_wipe_freed(void);

/* Nor are there other threads that SQLite would have to guard its memory from, and never will be. Before it, too. */
bool memory_of_one_thread(void);

void store_text_free(char *text);

#endif
