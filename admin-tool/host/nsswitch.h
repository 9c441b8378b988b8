/*
 * nsswitch.conf(5) as glibc reads it: which sources a database has, and where a search ends.
 */
#ifndef CODER_NSSWITCH_H
#define CODER_NSSWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { NSSWITCH_SOURCES_MAX = 16, NSSWITCH_NAME_SIZE = 32 };

struct nss_source {
    char name[NSSWITCH_NAME_SIZE];
    bool stops;  /* a search that finds nothing here goes no further: [NOTFOUND=return] */
    bool merges; /* a group found here gets the members that later sources know: [SUCCESS=merge] */
};

struct nss_line {
    size_t count;
    struct nss_source sources[NSSWITCH_SOURCES_MAX];
};

/* The line of this database; false when there is none. Of several the last one counts. */
bool nsswitch_read(FILE *file, const char *database, struct nss_line *ret);

/* The source's place, or -1. */
int nsswitch_find(const struct nss_line *line, const char *name);

/* True when a search for what no earlier source knows comes to the source at `index`. */
bool nsswitch_reaches(const struct nss_line *line, int index);

/* True when what a local source knows of a group (files, compat, db) is all that is shown of it, though
 * the source at `index` knows more: none of [SUCCESS=merge] between them. */
bool nsswitch_hides(const struct nss_line *line, int index);

#endif
