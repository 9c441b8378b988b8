/*
 * A walk over files: through open folders, without following a link or entering what is mounted on the way, in
 * a child and for a few seconds, because a disk may be large, its users may have made it larger, and another
 * machine's may not answer at all.
 */
#ifndef CODER_SEARCH_H
#define CODER_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* What is looked at: fd is O_PATH, st from it; path may lead elsewhere meanwhile. */
struct search_entry {
    int fd;
    const char *path;
    const struct stat *st;
};

/* How far it came. */
struct search_end {
    bool late, deep; /* not all was looked at */
};

enum search_scope {
    SEARCH_ALL,      /* all disks of this machine */
    SEARCH_WRITABLE, /* but for /usr, where packages are and root alone writes: /usr/local only */
    SEARCH_HOMES     /* /home and the folders for everybody alone */
};

struct search {
    const char *const *homes; /* looked at first; one may be NULL */
    size_t home_count;
    enum search_scope scope;
    unsigned seconds;
    /* In the child. ret: as search_run's, zero before the first call. */
    void (*look)(const struct search_entry *entry, const void *context, void *ret);
    const void *context;
};

/* ret: `size` octets that begin with a struct search_end. Late, and nothing found, when the child did not
 * answer in time. */
void search_run(const struct search *search, void *ret, size_t size);

/* Where "find ... -xdev" begins to see what this search sees, as words of a shell's command: the folders of its
 * list that exist and that another of them does not reach on its own mount. */
void search_folders(const char *home, enum search_scope scope, char *ret, size_t size);

#endif
