/*
 * SQLite's own allocator, with everything wiped that it gives back: texts it made, bound values it copied,
 * pages of the file. It has no such setting of its own, and each of our own wipings would miss its copies. What it
 * counts of its memory, under a lock for each piece, nobody asks for.
 */
#include "memory.h"

#include <sqlite3.h>
#include <string.h>

static sqlite3_mem_methods plain; /* as SQLite has them; its methods are given no context */

static void free_wiped(void *memory)
{
    if (memory != NULL)
        explicit_bzero(memory, (size_t)plain.xSize(memory));
    plain.xFree(memory);
}

/* realloc(3) would leave a copy where the memory was. */
static void *resize_wiped(void *memory, int size)
{
    int present = plain.xSize(memory);
    void *moved = plain.xMalloc(size);

    if (moved == NULL)
        return NULL;
    memcpy(moved, memory, (size_t)(present < size ? present : size));
    free_wiped(memory);
    return moved;
}

bool memory_wipe_freed(void)
{
    sqlite3_mem_methods wiping;

    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return false;
    wiping = plain;
    wiping.xFree = free_wiped;
    wiping.xRealloc = resize_wiped;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &wiping) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
}

bool memory_of_one_thread(void)
{
    return sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK;
}

void store_text_free(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    sqlite3_free(text);
}
