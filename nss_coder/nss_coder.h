/*
 * nss_coder.h - what the three maps (passwd, group, shadow) share, and the entry points.
 *
 * The principle: an entry point only opens a view, asks the directory reader and copies the answer
 * into the caller's buffer. It sets *errnop and leaves errno as it was. Statuses are those of the
 * GNU C Library manual, "NSS Modules Interface" and "NSS Module Function Internals".
 */
#ifndef CODER_NSS_CODER_H
#define CODER_NSS_CODER_H

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>

#include "directory.h"

/*
 * The one translation: OK is SUCCESS; NOT_FOUND is NOTFOUND, ENOENT; SHORT_BUFFER is TRYAGAIN,
 * ERANGE; NO_RESOURCES is TRYAGAIN, EAGAIN; all else is UNAVAIL, ENOENT. Restores errno to
 * saved_errno, then sets *errnop (which may be errno) unless the status is SUCCESS.
 */
enum nss_status nss_coder_status(enum directory_result result, int saved_errno, int *errnop);

/* A view for one lookup of a user or private group, by name or, when that is NULL, by id. */
enum directory_result nss_coder_open(const char *name, uint32_t id, struct directory_view *ret);

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

/* Start anew: OK, or as directory_view_open(). */
enum directory_result nss_coder_cursor_set(struct nss_coder_cursor *cursor);
void nss_coder_cursor_end(struct nss_coder_cursor *cursor);

/*
 * The next usable entry, without moving past it; the view is open afterwards when OK. OK, NOT_FOUND
 * at the end, or as directory_view_open(). nss_coder_cursor_step() must follow with what became of
 * the entry: a short buffer gets it again.
 */
enum directory_result nss_coder_cursor_peek(struct nss_coder_cursor *cursor, nss_coder_at *at,
                                            struct directory_entry *ret);
void nss_coder_cursor_step(struct nss_coder_cursor *cursor, enum directory_result outcome);

/* -- entry points, called by glibc ---- */

#define NSS_CODER_EXPORT __attribute__((visibility("default")))

NSS_CODER_EXPORT enum nss_status _nss_coder_getpwnam_r(const char *name, struct passwd *ret,
                                                       char *buffer, size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_getpwuid_r(uid_t uid, struct passwd *ret, char *buffer,
                                                       size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_setpwent(int stayopen);
NSS_CODER_EXPORT enum nss_status _nss_coder_getpwent_r(struct passwd *ret, char *buffer,
                                                       size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_endpwent(void);

NSS_CODER_EXPORT enum nss_status _nss_coder_getgrnam_r(const char *name, struct group *ret,
                                                       char *buffer, size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_getgrgid_r(gid_t gid, struct group *ret, char *buffer,
                                                       size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_setgrent(int stayopen);
NSS_CODER_EXPORT enum nss_status _nss_coder_getgrent_r(struct group *ret, char *buffer, size_t size,
                                                       int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_endgrent(void);

/*
 * Append the user's supplementary gids to (*groups)[*start]; *size is how many fit, limit (if above
 * 0) how far realloc may take it. `skip` (the primary gid) and what is there already are left out.
 */
NSS_CODER_EXPORT enum nss_status _nss_coder_initgroups_dyn(const char *user, gid_t skip,
                                                           long int *start, long int *size,
                                                           gid_t **groups, long int limit,
                                                           int *errnop);

NSS_CODER_EXPORT enum nss_status _nss_coder_getspnam_r(const char *name, struct spwd *ret,
                                                       char *buffer, size_t size, int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_setspent(int stayopen);
NSS_CODER_EXPORT enum nss_status _nss_coder_getspent_r(struct spwd *ret, char *buffer, size_t size,
                                                       int *errnop);
NSS_CODER_EXPORT enum nss_status _nss_coder_endspent(void);

#endif
