/*
 * directory_write_keys.c - users' keys on their way into the directory file.
 *
 * The principle: a section of their own, in a gap that no map of NSS looks at. Rings are in the order
 * of uids from the start, so nothing is sorted afterwards.
 */
#include "directory_write_keys.h"

#include <string.h>

#include "directory.h"
#include "directory_checksum.h"
#include "directory_writer.h"

static struct directory_ring *ring_at(const struct directory_writer *writer, uint64_t index)
{
    uint64_t offset = writer->extension.rings.offset;
    return (struct directory_ring *)(void *)(writer->file + offset) + index;
}

bool directory_keys_fit(const struct directory_writer *writer, const struct directory_user *user)
{
    const struct directory_extent *rings = &writer->extension.rings;
    if (user->keys_length == 0)
        return true;
    if (rings->count > 0 && ring_at(writer, rings->count - 1)->uid >= user->uid)
        return false;
    return rings->count < writer->plan.rings
        && user->keys_length <= writer->plan.keys - writer->extension.texts.count;
}

void directory_keys_add(struct directory_writer *writer, const struct directory_user *user)
{
    struct directory_extent *texts = &writer->extension.texts;
    if (user->keys_length == 0)
        return;
    struct directory_ring ring = {
        .uid = user->uid, .until = user->until, .offset = texts->offset + texts->count,
        .length = (uint32_t)user->keys_length,
    };
    ring.checksum = directory_ring_checksum(&ring, user->keys);
    memcpy(writer->file + ring.offset, user->keys, ring.length);
    *ring_at(writer, writer->extension.rings.count) = ring;
    writer->extension.rings.count++;
    texts->count += ring.length;
}

void directory_keys_seal(struct directory_writer *writer)
{
    struct directory_extension *extension = &writer->extension;
    if (extension->rings.count == 0)
        return;
    memcpy(extension->magic, DIRECTORY_EXTENSION_MAGIC, sizeof(extension->magic));
    extension->checksum = directory_extension_checksum(extension);
    memcpy(writer->file + DIRECTORY_EXTENSION, extension, sizeof(*extension));
}
