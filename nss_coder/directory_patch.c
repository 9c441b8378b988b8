/*
 * directory_patch.c - the next directory file as a copy of this one with one change in it.
 *
 * The principle: a patch is a shortcut and never a repair. It begins from a file that is exactly
 * what its author says, finds everything by a reader's rules, and gives up at the first thing that
 * is not as a whole file would have it; then the whole file is written. The published file is only
 * read: the kernel copies it, and the copy is patched before anybody else sees it.
 */
#include "directory_patch.h"

#include <unistd.h>

#include "directory.h"
#include "directory_keys.h"
#include "directory_map.h"
#include "directory_patch_bytes.h"
#include "directory_patch_members.h"
#include "directory_patch_users.h"
#include "directory_patching.h"
#include "directory_writer.h"

/* More dead bytes than this, and the whole file is written. */
#define DEAD_SHARE 4
#define DEAD_LEAST 4096

/* Does this user (NULL: nobody) stand in the list of the group with this gid? */
static bool is_listed(const struct directory_user *user, uint32_t gid)
{
    for (size_t i = 0; user != NULL && i < user->listed_count; i++) {
        if (user->gids[i] == gid)
            return true;
    }
    return false;
}

static bool groups_change(struct directory_patching *patching, const struct directory_user *before,
                          const struct directory_user *after)
{
    for (size_t i = 0; before != NULL && i < before->listed_count; i++) {
        uint32_t gid = before->gids[i];
        if (!is_listed(after, gid) && !patching_change_group(patching, gid, before, false))
            return false;
    }
    for (size_t i = 0; after != NULL && i < after->listed_count; i++) {
        uint32_t gid = after->gids[i];
        if (!is_listed(before, gid) && !patching_change_group(patching, gid, after, true))
            return false;
    }
    return true;
}

/* Keys, which are not written to, lie between the tables and the heap. *end: of what is in front. */
static bool keys_are_in_place(const struct directory_view *view, uint64_t *end)
{
    struct directory_extension extension;
    enum directory_result result = directory_extension_load(view, &extension);
    if (result != DIRECTORY_OK)
        return result == DIRECTORY_NOT_FOUND;
    uint64_t rings_end = extension.rings.offset
                       + extension.rings.count * sizeof(struct directory_ring);
    if (extension.rings.offset < *end || extension.texts.offset < rings_end)
        return false;
    *end = extension.texts.offset + extension.texts.count;
    return true;
}

/* Sections in the order and places the writer gives them: nothing written to one is in another. */
static bool layout_is_ours(const struct directory_view *view)
{
    const struct directory_header *header = directory_view_header(view);
    uint64_t end = DIRECTORY_BLOCK;
    for (int i = 0; i < DIRECTORY_SECTIONS; i++) {
        const struct directory_extent *section = &header->sections[i];
        if (i == DIRECTORY_HEAP && !keys_are_in_place(view, &end))
            return false;
        if (section->offset < end || section->offset % DIRECTORY_ALIGNMENT != 0)
            return false;
        end = section->offset + section->count * directory_item_sizes[i];
    }
    return header->size >= end && header->size % DIRECTORY_BLOCK == 0
        && header->dead <= header->sections[DIRECTORY_HEAP].count;
}

static bool patching_begin(struct directory_patching *patching, const struct directory_patch *patch)
{
    if (directory_view_of(patching->fd, &patching->view) != DIRECTORY_OK)
        return false;
    patching->header = *directory_view_header(&patching->view);
    const struct directory_header *header = &patching->header;
    return layout_is_ours(&patching->view) && header->generation == patch->before_generation
        && header->frame == patch->frame;
}

static bool patching_end(struct directory_patching *patching, const struct directory_patch *patch)
{
    struct directory_header *header = &patching->header;
    if (header->dead > DEAD_LEAST + header->sections[DIRECTORY_HEAP].count / DEAD_SHARE)
        return false;
    header->generation = patch->generation;
    return patching_seal(patching) && fsync(patching->fd) == 0;
}

enum directory_result directory_patch(const char *path, int fd, const struct directory_patch *patch)
{
    struct directory_patching patching = {.fd = fd};
    bool done = patching_copy(path, fd) && patching_begin(&patching, patch)
             && patching_change_user(&patching, patch->before, patch->after)
             && groups_change(&patching, patch->before, patch->after)
             && patching_end(&patching, patch);
    return done ? DIRECTORY_OK : DIRECTORY_REFUSED;
}
