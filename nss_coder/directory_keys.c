/*
 * directory_keys.c - the keys of one user in a view of the directory file.
 *
 * The principle: a key opens a door, so what is not proven is not handed out: no key where anything on
 * the way to it is damaged, nor for anybody who may not come in.
 */
#include "directory_keys.h"

#include <string.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_map.h"

static bool extent_is_inside(const struct directory_extent *extent, uint64_t size, uint64_t item)
{
    return extent->offset <= size && extent->count <= (size - extent->offset) / item;
}

enum directory_result directory_extension_load(const struct directory_view *view,
                                               struct directory_extension *ret)
{
    static const struct directory_extension none;
    uint64_t size = directory_view_header(view)->size;
    struct directory_extension scratch;
    const void *bytes = directory_view_bytes(view, DIRECTORY_EXTENSION, sizeof(scratch), &scratch);
    if (bytes == NULL)
        return DIRECTORY_UNAVAILABLE;
    memcpy(ret, bytes, sizeof(*ret));
    if (memcmp(ret, &none, sizeof(none)) == 0)
        return DIRECTORY_NOT_FOUND;
    if (memcmp(ret->magic, DIRECTORY_EXTENSION_MAGIC, sizeof(ret->magic)) != 0
        || directory_extension_checksum(ret) != ret->checksum
        || !extent_is_inside(&ret->rings, size, sizeof(struct directory_ring))
        || !extent_is_inside(&ret->texts, size, 1))
        return DIRECTORY_UNAVAILABLE;
    return DIRECTORY_OK;
}

static bool ring_load(const struct directory_view *view,
                      const struct directory_extension *extension, uint64_t index,
                      struct directory_ring *ret)
{
    struct directory_ring scratch;
    const void *bytes = directory_view_bytes(view, extension->rings.offset + index * sizeof(*ret),
                                             sizeof(*ret), &scratch);
    if (bytes != NULL)
        memcpy(ret, bytes, sizeof(*ret));
    return bytes != NULL;
}

/* By halving. */
static enum directory_result ring_find(const struct directory_view *view,
                                       const struct directory_extension *extension, uint32_t uid,
                                       struct directory_ring *ret)
{
    uint64_t low = 0;
    uint64_t high = extension->rings.count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (!ring_load(view, extension, middle, ret))
            return DIRECTORY_UNAVAILABLE;
        if (ret->uid == uid)
            return DIRECTORY_OK;
        if (ret->uid < uid)
            low = middle + 1;
        else
            high = middle;
    }
    return DIRECTORY_NOT_FOUND;
}

/* Copied first, then judged. */
static bool text_load(const struct directory_view *view,
                      const struct directory_extension *extension,
                      const struct directory_ring *ring, char ret[DIRECTORY_KEYS_MAX])
{
    const struct directory_extent *texts = &extension->texts;
    if (ring->length == 0 || ring->length > DIRECTORY_KEYS_MAX || ring->offset < texts->offset
        || ring->offset - texts->offset > texts->count
        || ring->length > texts->count - (ring->offset - texts->offset))
        return false;
    const char *text = directory_view_bytes(view, ring->offset, ring->length, ret);
    if (text == NULL)
        return false;
    memmove(ret, text, ring->length);
    return directory_ring_checksum(ring, ret) == ring->checksum
        && ret[ring->length - 1] == '\n' && memchr(ret, '\0', ring->length) == NULL;
}

enum directory_result directory_keys_of(const struct directory_view *view, uint32_t uid,
                                        char ret[DIRECTORY_KEYS_MAX], size_t *ret_length,
                                        int64_t *ret_until)
{
    struct directory_extension extension;
    struct directory_ring ring;
    enum directory_result result = directory_extension_load(view, &extension);
    if (result == DIRECTORY_OK)
        result = ring_find(view, &extension, uid, &ring);
    if (result != DIRECTORY_OK)
        return result;
    if (!text_load(view, &extension, &ring, ret))
        return DIRECTORY_UNAVAILABLE;
    *ret_length = ring.length;
    *ret_until = ring.until;
    return DIRECTORY_OK;
}

enum directory_result directory_user_keys(const struct directory_view *view,
                                          const struct directory_entry *user, int64_t now,
                                          char ret[DIRECTORY_KEYS_MAX], size_t *ret_length)
{
    size_t length = 0;
    int64_t until = 0;
    if (user->suspended || user->shut)
        return DIRECTORY_NOT_FOUND;
    enum directory_result result = directory_keys_of(view, user->id, ret, &length, &until);
    if (result != DIRECTORY_OK)
        return result;
    if (until != 0 && until <= now)
        return DIRECTORY_NOT_FOUND;
    *ret_length = length;
    return DIRECTORY_OK;
}
