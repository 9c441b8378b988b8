/*
 * What publish.c and publish_whole.c share: how an account looks in the directory file. One
 * function makes a record from an account, so a file written whole and a patched one cannot differ.
 */
#ifndef CODER_PUBLISH_H
#define CODER_PUBLISH_H

#include "command.h"
#include "directory.h"

#define PREPARED PRIVATE_DIR "/directory.new"

enum { LOCAL_GROUPS_MAX = 32, ROLES = 3, SHOWN_GIDS_MAX = ROLES * (1 + LOCAL_GROUPS_MAX) };

/* What a role comes with. */
struct role_groups {
    enum role role;
    bool listed;                         /* its own group names its members */
    uint32_t gids[1 + LOCAL_GROUPS_MAX]; /* the role's own comes first, then policy's local ones */
    size_t gid_count;
};

/* What all records depend on: policy, and this machine's groups as they are now. */
struct frame {
    struct role_groups roles[ROLES];
};

/* One account as the public sees it. Its strings are the account's. */
struct shown {
    struct directory_user user;
    uint32_t gids[SHOWN_GIDS_MAX];
    uint32_t listed[ROLES]; /* role groups that name it as a member */
    size_t listed_count;
};

/* ret points into itself and into the account. */
void publish_show(const struct frame *frame, const struct account *account, struct shown *ret);

/* GO_ON for OK; else said. */
enum status publish_status(enum directory_result result, const char *about);

/* Write all accounts into fd, which is empty. GO_ON, or said. */
enum status publish_whole(struct tool *tool, const struct frame *frame, uint64_t hash,
                          int64_t generation, int fd);

#endif
