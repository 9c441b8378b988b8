/*
 * The reader's questions to a view.
 */
#ifndef CODER_DIRECTORY_READ_H
#define CODER_DIRECTORY_READ_H

#include <stddef.h>
#include <stdint.h>

#include "directory.h"

/* What is searched for, hashed once. */
struct directory_key {
    const char *name; /* NULL: by id */
    size_t name_length;
    uint32_t id;
    uint64_t hash;
};

struct directory_key directory_key_of_name(const char *name);
struct directory_key directory_key_of_id(uint32_t id);

/*
 * Find one by name or id: OK, NOT_FOUND, or UNAVAILABLE when what was found is damaged. The ids 0
 * and (uint32_t)-1 are never found. Groups include the users' private ones.
 */
enum directory_result directory_find_user(const struct directory_view *view,
                                          const struct directory_key *key,
                                          struct directory_entry *ret);
enum directory_result directory_find_group(const struct directory_view *view,
                                           const struct directory_key *key,
                                           struct directory_entry *ret);
enum directory_result directory_find_user_by_name(const struct directory_view *view,
                                                  const char *name, struct directory_entry *ret);
enum directory_result directory_find_user_by_uid(const struct directory_view *view, uint32_t uid,
                                                 struct directory_entry *ret);
enum directory_result directory_find_group_by_name(const struct directory_view *view,
                                                   const char *name, struct directory_entry *ret);
enum directory_result directory_find_group_by_gid(const struct directory_view *view, uint32_t gid,
                                                  struct directory_entry *ret);

/*
 * For enumeration, index from 0: OK, NOT_FOUND behind the last one, UNAVAILABLE for a damaged
 * record or a local group, which the caller skips. Role groups come before private ones.
 */
enum directory_result directory_user_at(const struct directory_view *view, uint64_t index,
                                        struct directory_entry *ret);
enum directory_result directory_group_at(const struct directory_view *view, uint64_t index,
                                         struct directory_entry *ret);

/* A user's supplementary gids, gid 0 left out: OK or UNAVAILABLE. */
enum directory_result directory_user_gids(const struct directory_view *view,
                                          const struct directory_entry *user,
                                          uint32_t ret[DIRECTORY_GIDS_MAX], size_t *ret_count);

/* The same of the user with this name; one walk of the list, and nothing else of the user. */
enum directory_result directory_find_gids(const struct directory_view *view,
                                          const struct directory_key *key,
                                          uint32_t ret[DIRECTORY_GIDS_MAX], size_t *ret_count);

/*
 * A group's members. names: list_length bytes for the names; members: list_count + 1 pointers into
 * them, the last one NULL. OK, or UNAVAILABLE with both in disorder.
 */
enum directory_result directory_group_members(const struct directory_view *view,
                                              const struct directory_entry *group, char *names,
                                              char **members);

#endif
