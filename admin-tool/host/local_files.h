/*
 * /etc/passwd, /etc/shadow, /etc/group and /etc/gshadow, changed as shadow-utils would. Whoever changes
 * them holds lckpwdf(3) from the first load to the end.
 */
#ifndef CODER_LOCAL_FILES_H
#define CODER_LOCAL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* In the order in which they are replaced. */
enum local_file_id { LOCAL_PASSWD, LOCAL_SHADOW, LOCAL_GROUP, LOCAL_GSHADOW, LOCAL_FILE_COUNT };

/* One file as it is, and as it will be. All zero: left alone. */
struct local_file {
    enum local_file_id id;
    bool missing;
    struct stat st;
    char *old, *new; /* new has room for all of old */
    size_t old_size, new_size;
};

const char *local_file_path(enum local_file_id id);

/* Read it; missing is good but for /etc/passwd. False with errno; to be freed in every case. */
bool local_file_load(struct local_file *file, enum local_file_id id);
void local_file_free(struct local_file *file); /* wipes */

/*
 * Those whose new text is shorter than the old one, in place: each with a backup, all of them synced before
 * the first is replaced. `backup` is put behind the file's name; "-" is shadow-utils' own, which is
 * overwritten, any other is a new file. False with errno and what it was about in *ret_path: the files are as
 * they were, or, where replacing failed, whole and with their backups.
 */
enum { LOCAL_BACKUP_SIZE = 80 }; /* octets of `backup`, its NUL included */
bool local_files_replace(const struct local_file files[LOCAL_FILE_COUNT], const char *backup,
                         const char **ret_path);

/* Past this line's end. *ret_length: without it. */
const char *local_line_end(const char *line, const char *end, size_t *ret_length);

/* A field of "a:b:c", copied; "" when there is none. False, and "", when it is too long. */
bool local_line_field(const char *line, size_t length, int number, char *ret, size_t size);

#endif
