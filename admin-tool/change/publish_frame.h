/*
 * How an account looks in the directory file. One function makes a record from an account, so a file
 * written whole and a patched one cannot differ.
 */
#ifndef CODER_CHANGE_PUBLISH_FRAME_H
#define CODER_CHANGE_PUBLISH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/group_ids.h"
#include "nss_coder/directory.h"
#include "sql/account.h"
#include "sql/policy.h"
#include "terminal/command.h"

enum { LOCAL_GROUPS_MAX = 32, ROLES = 3, GROUPS_MAX = ROLES * (1 + LOCAL_GROUPS_MAX) };

/* What a role comes with. */
struct role_groups {
    enum role role;
    bool listed;                         /* its groups name their members */
    uint32_t gids[1 + LOCAL_GROUPS_MAX]; /* the role's own comes first, then policy's local ones */
    size_t gid_count;
};

/* What all records depend on: policy, this machine's groups as they are now and, where accounts become dormant, the
 * day. */
struct frame {
    struct role_groups roles[ROLES];
    struct {
        char name[ACCOUNT_NAME_SIZE];
        bool local;
        uint32_t gid;
    } groups[GROUPS_MAX]; /* which the file shows, each once; those of the roles first */
    size_t group_count;
    struct group_ids local;
    struct policy policy;
    int64_t now;
};

/* One account as the public sees it. Its strings are the account's, and its keys the caller's. */
struct shown {
    struct directory_user user;
    uint32_t gids[GROUPS_MAX];
};

/* GO_ON, or said: what cannot be read now is not taken for missing. To be freed in either case. */
enum status publish_find_frame(const struct tool *tool, struct frame *ret);
void publish_free_frame(struct frame *frame);

/* A file with another hash shows accounts otherwise, and no patch may start from it. */
uint64_t publish_frame_hash(const struct frame *frame);

/* keys: store_keys_text's, "" for none. ret points into itself, into the account and the keys. */
void publish_show(const struct frame *frame, const struct account *account, const char *keys, struct shown *ret);

#endif
