/*
 * Writing a directory file: begun, filled user by user and group by group.
 */
#ifndef CODER_DIRECTORY_WRITE_H
#define CODER_DIRECTORY_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "directory.h"
#include "directory_writer.h"

/*
 * Begin a file in fd (the caller's: empty, open for reading and writing, seen by nobody else, and
 * still to be closed). OK and a writer that the caller frees; NO_RESOURCES; FAILED with errno. The
 * disk's room is taken before it is written to, so a full disk is an error and no signal; a disk
 * that breaks under the mapping ends the process with SIGBUS. Where the file cannot be mapped for
 * writing (mmap(2), EACCES or ENODEV), memory stands in.
 */
enum directory_result directory_writer_new(int fd, const struct directory_plan *plan,
                                           struct directory_writer **ret);
void directory_writer_free(struct directory_writer *writer);

/*
 * May this user be shown? Not with a name that is not [a-z_][a-z0-9_.-]{0,31}; an id of 0 or
 * (uint32_t)-1, in the list too; a private group and a gid other than uid; a ':' or control
 * character in a text; a home or shell without a leading '/'; keys with a control character other
 * than tab, or whose last line does not end; texts, keys or a gid list over the limits above.
 */
bool directory_user_is_valid(const struct directory_user *user);

/*
 * Add one user or group; everything is copied. Users with keys come in the order of their uids. OK;
 * REFUSED and nothing added, for a user that is not valid or comes too late, a group whose name or
 * id would not be, or more than planned; NO_RESOURCES; FAILED with errno.
 */
enum directory_result directory_writer_add_user(struct directory_writer *writer,
                                                const struct directory_user *user);
enum directory_result directory_writer_add_group(struct directory_writer *writer,
                                                 const struct directory_group *group);

/* What the record of a valid user says: its flags, and its list of gids, how many. */
uint32_t directory_user_flags(const struct directory_user *user);
size_t directory_user_list(const struct directory_user *user, uint32_t ret[DIRECTORY_GIDS_MAX]);

/* The four strings one behind the other: how long, or 0 when that is too long. */
size_t directory_text_make(const char *const strings[4], char ret[DIRECTORY_TEXT_MAX],
                           uint16_t ret_lengths[4]);

#endif
