/*
 * /etc/passwd, /etc/shadow, /etc/group and /etc/gshadow, and the ranges of subordinate ids, changed as shadow-utils
 * would. Whoever changes them holds lckpwdf(3) from the first load to the end.
 */
#ifndef CODER_LOCAL_FILES_H
#define CODER_LOCAL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* In the order in which they are replaced. */
enum local_file_id {
    LOCAL_PASSWD, LOCAL_SHADOW, LOCAL_GROUP, LOCAL_GSHADOW, LOCAL_SUBUID, LOCAL_SUBGID, LOCAL_FILE_COUNT
};

/* One file as it is, and as it will be. All zero: left alone. */
struct local_file {
    enum local_file_id id;
    bool missing;
    struct stat st;
    char *old, *new; /* new has room for all of old */
    size_t old_size, new_size, new_room;
};

const char *local_file_path(enum local_file_id id);

/* Read it; missing is good but for /etc/passwd. False with errno; to be freed in every case. */
bool local_file_load(struct local_file *file, enum local_file_id id);
void local_file_free(struct local_file *file); /* wipes */

/* Onto the end of the new text, which grows as it must. False: no memory. */
bool local_file_add(struct local_file *file, const char *text, size_t length);

/* -- replacing ------------------------------------------------------------------------------ */

/* Is the new text another one? Of one file, of any of them. */
bool local_file_differs(const struct local_file *file);
bool local_files_differ(const struct local_file files[LOCAL_FILE_COUNT]);

/* Where the files go as they were: a suffix of our own (".coder-..."), put behind each one's name; or a folder
 * of our own, from local_backup_make (local_backup.h). A file that is there is never overwritten. */
enum { LOCAL_BACKUP_SIZE = 256 }; /* octets, the NUL included */

/* Who is in the way of a login meanwhile: a line of /etc/passwd goes first and comes last. */
enum local_order { LOCAL_TAKES_AWAY, LOCAL_ADDS };

/* Those with another text, in place: both halves of it. False with errno and what it was about in *ret_path: the
 * files are as they were, or, where putting failed, whole and with their backups. */
bool local_files_replace(const struct local_file files[LOCAL_FILE_COUNT], const char *backup,
                         enum local_order order, const char **ret_path);

/* The new files beside the old ones, with owner, mode, access list and label, and the backups; all synced. False
 * as above, and nothing is left. */
bool local_files_prepare(const struct local_file files[LOCAL_FILE_COUNT], const char *backup,
                         const char **ret_path);
/* They are renamed; nothing is opened but `folder`, which is /etc, before. */
bool local_files_put(const struct local_file files[LOCAL_FILE_COUNT], int folder, enum local_order order,
                     const char **ret_path);
/* What was prepared is removed, the backups, too. */
void local_files_abandon(const struct local_file files[LOCAL_FILE_COUNT], const char *backup);

/* -- lines ---------------------------------------------------------------------------------- */

/* Past this line's end. *ret_length: without it. */
const char *local_line_end(const char *line, const char *end, size_t *ret_length);

/* A field of "a:b:c", copied; "" when there is none. False, and "", when it is too long. */
bool local_line_field(const char *line, size_t length, int number, char *ret, size_t size);

#endif
