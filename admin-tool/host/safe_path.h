/*
 * A path that root alone can change: what it names is what root put there.
 */
#ifndef CODER_SAFE_PATH_H
#define CODER_SAFE_PATH_H

#include <limits.h>

enum safe_path {
    SAFE_PATH_YES,
    SAFE_PATH_OTHERS, /* somebody else can write a folder on the way, or decides what it shows */
    SAFE_PATH_FAILED  /* it cannot be walked; errno */
};

struct safe_parent {
    int folder;           /* O_PATH, for openat(2); -1 unless YES. To be closed */
    const char *name;     /* the last word of the path, inside it; "" when the path ends with '/' */
    char where[PATH_MAX]; /* OTHERS: which folder that is, not escaped; FAILED: where it ended */
};

/*
 * Walk from "/" to the folder that the last word of `path` is in; what that word names is not looked
 * at. from: where a relative path begins, -1: nowhere. Each folder on the way must be root's, without
 * write permission for group or others (a sticky one has it; an ACL shows in the group's), and on no
 * FUSE filesystem, whose owner says what it holds. This is the rule of OpenSSH's safe_path, by
 * descriptors. A link on the way is followed: nobody but root made it there.
 */
enum safe_path safe_path_parent(int from, const char *path, struct safe_parent *ret);

#endif
