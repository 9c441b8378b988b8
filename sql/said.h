/*
 * What the fleet said since its last commit: of each entry the last word. Not in memory, where that of a hundred thousand
 * would take its room, but in a file without a name, which ends with the process. The first two megabytes have no file.
 */
#ifndef CODER_SAID_H
#define CODER_SAID_H

#include <stdint.h>

#include "store.h"
#include "store_fleet_accounts.h"
#include "store_fleet_held.h"

enum said_what { SAID_ENTRY, SAID_UNREADABLE, SAID_GONE, SAID_PRESENT };

/* What an entry says of its account. */
enum entry_word { WORD_NONE, WORD_ACTIVE, WORD_SUSPENDED, WORD_DELETED };

struct said {
    int64_t number; /* from 1, in the order in which entries were first named */
    char entry_uuid[FLEET_UUID_SIZE];
    enum said_what what;
    enum entry_word word;     /* the last that could be read, of one that is GONE, too */
    char why[FLEET_WHY_SIZE]; /* said_refuse; "": it was not */
};

struct said_list;

/* NULL: no memory. From now on SQLite's temporary files of this process are in CODER_STATE_DIR. */
struct said_list *said_list_new(void);
void said_list_free(struct said_list *list); /* wipes what was in memory */

/* An ENTRY or UNREADABLE, with its line. One that nobody can read any more does not take back that it was suspended: word
 * NONE leaves the word as it is. */
enum store_result said_add_entry(struct said_list *list, const char *entry_uuid, enum said_what what, enum entry_word word,
                                 const char *line);
/* GONE or PRESENT. Of whom more is known than that he is as he was, that stays. */
enum store_result said_add_uuid(struct said_list *list, const char *entry_uuid, enum said_what what);

/* Why it is not taken. */
enum store_result said_refuse(struct said_list *list, int64_t number, const char *why);

enum said_which { SAID_ENTRIES /* ENTRY, UNREADABLE */, SAID_UUIDS /* GONE, PRESENT */, SAID_DELETED /* by its word */ };
/* The first of these with a number above `after`. NOT_FOUND at the end. */
enum store_result said_next(struct said_list *list, enum said_which which, int64_t after, struct said *ret);

/* NOT_FOUND: it was not named. */
enum store_result said_find(struct said_list *list, const char *entry_uuid, struct said *ret);

/* The line of one of ENTRIES, for store_text_free. */
enum store_result said_line(struct said_list *list, int64_t number, char **ret);

#endif
