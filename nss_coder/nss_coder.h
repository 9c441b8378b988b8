/*
 * nss_coder.h - what the three maps (passwd, group, shadow) share, and the entry points.
 *
 * The principle: an entry point only opens a view, asks the directory reader and copies the answer
 * into the caller's buffer. It sets *errnop and leaves errno as it was. Statuses are those of the
 * GNU C Library manual, "NSS Modules Interface" and "NSS Module Function Internals".
 */
#ifndef CODER_NSS_CODER_H
#define CODER_NSS_CODER_H

#include <nss.h>
#include <shadow.h>
#include <stdbool.h>
#include <stdint.h>

#include "directory.h"
#include "directory_read.h"

/*
 * The one translation: OK is SUCCESS; NOT_FOUND is NOTFOUND, ENOENT; SHORT_BUFFER is TRYAGAIN,
 * ERANGE; NO_RESOURCES is TRYAGAIN, EAGAIN; all else is UNAVAIL, ENOENT. Restores errno to
 * saved_errno, then sets *errnop (which may be errno) unless the status is SUCCESS.
 */
enum nss_status nss_coder_status(enum directory_result result, int saved_errno, int *errnop);

/*
 * The same for getXXent: at the end, and where there is nothing to list, *errnop stays as it is, as
 * glibc's own services leave it. Callers set errno to 0 before and look at it after the last entry.
 */
enum nss_status nss_coder_list_status(enum directory_result result, int saved_errno, int *errnop);

/*
 * A view for one lookup of a user or private group, by name or, when that is NULL, by id. Where
 * there is neither a directory nor a store, as before the first account: NOT_FOUND.
 */
enum directory_result nss_coder_open(const char *name, uint32_t id, struct directory_key *ret_key,
                                     struct directory_view *ret);

/*
 * Where an enumeration is. glibc serialises the *ent functions of one map with a lock of its own.
 * The view stays open from set to end, so all of an enumeration comes from one file; only where it
 * would keep a descriptor (mmap failed) it is opened anew for each entry.
 */
struct nss_coder_cursor {
    struct directory_view view;
    bool is_open;
    uint64_t next; /* index of the next entry to look at */
};

/* One entry by index, like directory_user_at(): UNAVAILABLE means "skip this one". */
typedef enum directory_result nss_coder_at(const struct directory_view *view, uint64_t index,
                                           struct directory_entry *ret);

/* Start anew: OK, or as nss_coder_open(). */
enum directory_result nss_coder_cursor_set(struct nss_coder_cursor *cursor);
void nss_coder_cursor_end(struct nss_coder_cursor *cursor);

/*
 * The next usable entry, without moving past it; the view is open afterwards when OK. OK, NOT_FOUND
 * at the end, or as nss_coder_open(). nss_coder_cursor_step() must follow with what became of
 * the entry: a short buffer gets it again.
 */
enum directory_result nss_coder_cursor_peek(struct nss_coder_cursor *cursor, nss_coder_at *at,
                                            struct directory_entry *ret);
void nss_coder_cursor_step(struct nss_coder_cursor *cursor, enum directory_result outcome);

/* -- entry points, called by glibc ---- */

#define NSS_CODER_EXPORT __attribute__((visibility("default")))

#endif
