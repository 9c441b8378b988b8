/*
 * nss_coder.c - statuses and enumeration, shared by the three maps.
 *
 * The principle: one switch turns a directory result into what glibc understands, and its default
 * is "this source cannot answer".
 */
#include "nss_coder.h"

#include <errno.h>
#include <sys/stat.h>

#include "directory.h"
#include "directory_map.h"

#define TRUTH_PATH CODER_STATE_DIR "/private" /* the folder of the store */

enum nss_status nss_coder_status(enum directory_result result, int saved_errno, int *errnop)
{
    errno = saved_errno;
    switch (result) {
    case DIRECTORY_OK:
        return NSS_STATUS_SUCCESS;
    case DIRECTORY_NOT_FOUND:
        *errnop = ENOENT;
        return NSS_STATUS_NOTFOUND;
    case DIRECTORY_SHORT_BUFFER:
        *errnop = ERANGE;
        return NSS_STATUS_TRYAGAIN;
    case DIRECTORY_NO_RESOURCES:
        *errnop = EAGAIN;
        return NSS_STATUS_TRYAGAIN;
    default:
        *errnop = ENOENT;
        return NSS_STATUS_UNAVAIL;
    }
}

enum nss_status nss_coder_list_status(enum directory_result result, int saved_errno, int *errnop)
{
    int unused;
    bool is_short = result == DIRECTORY_SHORT_BUFFER || result == DIRECTORY_NO_RESOURCES;
    return nss_coder_status(result, saved_errno, is_short ? errnop : &unused);
}

static bool is_absent(const char *path)
{
    struct stat status;
    return lstat(path, &status) != 0 && errno == ENOENT;
}

/* Before the first account the source is empty; a file that is lost leaves the store behind. */
static enum directory_result opened(enum directory_result result)
{
    if (result == DIRECTORY_UNAVAILABLE && is_absent(DIRECTORY_PATH) && is_absent(TRUTH_PATH))
        return DIRECTORY_NOT_FOUND;
    return result;
}

enum directory_result nss_coder_open(const char *name, uint32_t id, struct directory_key *ret_key,
                                     struct directory_view *ret)
{
    *ret_key = name != NULL ? directory_key_of_name(name) : directory_key_of_id(id);
    return opened(directory_view_open_for(DIRECTORY_PATH,
                                          name != NULL ? DIRECTORY_USER_NAMES : DIRECTORY_USER_IDS,
                                          ret_key->hash, ret));
}

static void cursor_close(struct nss_coder_cursor *cursor)
{
    if (cursor->is_open)
        directory_view_close(&cursor->view);
    cursor->is_open = false;
}

static enum directory_result cursor_open(struct nss_coder_cursor *cursor)
{
    if (cursor->is_open)
        return DIRECTORY_OK;
    enum directory_result result = opened(directory_view_open(DIRECTORY_PATH, &cursor->view));
    cursor->is_open = result == DIRECTORY_OK;
    return result;
}

/* Between two calls of the host a descriptor could be closed, or reused, by others. */
static void cursor_park(struct nss_coder_cursor *cursor)
{
    if (cursor->is_open && directory_view_holds_descriptor(&cursor->view))
        cursor_close(cursor);
}

enum directory_result nss_coder_cursor_set(struct nss_coder_cursor *cursor)
{
    nss_coder_cursor_end(cursor);
    enum directory_result result = cursor_open(cursor);
    cursor_park(cursor);
    return result;
}

void nss_coder_cursor_end(struct nss_coder_cursor *cursor)
{
    cursor_close(cursor);
    cursor->next = 0;
}

enum directory_result nss_coder_cursor_peek(struct nss_coder_cursor *cursor, nss_coder_at *at,
                                            struct directory_entry *ret)
{
    enum directory_result result = cursor_open(cursor);
    if (result != DIRECTORY_OK)
        return result;
    while ((result = at(&cursor->view, cursor->next, ret)) == DIRECTORY_UNAVAILABLE)
        cursor->next++;
    return result;
}

void nss_coder_cursor_step(struct nss_coder_cursor *cursor, enum directory_result outcome)
{
    if (outcome == DIRECTORY_OK || outcome == DIRECTORY_UNAVAILABLE)
        cursor->next++;
    cursor_park(cursor);
}
