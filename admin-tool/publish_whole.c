/*
 * The whole directory file from all accounts: read page by page in the order of uids, which is the
 * order of users, and of a group's members, in the file.
 */
#include <stdlib.h>
#include <string.h>

#include "publish.h"

enum { PAGE_SIZE = 256 };

/* Of one group. */
struct members {
    uint32_t *uids;
    size_t count, room;
};

struct publication {
    const struct frame *frame;
    struct directory_writer *writer;
    struct members members[GROUPS_MAX]; /* as in the frame */
};

/* -- accounts ----------------------------------------------------------------------------- */

static bool add_member(struct members *members, uint32_t uid)
{
    if (members->count == members->room) {
        size_t room = 2 * members->room + 64;
        uint32_t *uids = reallocarray(members->uids, room, sizeof *uids);

        if (uids == NULL)
            return false;
        members->uids = uids;
        members->room = room;
    }
    members->uids[members->count++] = uid;
    return true;
}

static enum directory_result add_user(struct publication *publication,
                                      const struct account *account)
{
    struct shown shown;

    publish_show(publication->frame, account, &shown);
    for (size_t i = 0; i < shown.listed_count; i++)
        for (size_t g = 0; g < publication->frame->group_count; g++)
            if (shown.listed[i] == publication->frame->groups[g].gid &&
                !add_member(&publication->members[g], account->uid))
                return DIRECTORY_NO_RESOURCES;
    return directory_writer_add_user(publication->writer, &shown.user);
}

static enum status add_users(struct tool *tool, struct publication *publication)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = GO_ON;
    uint32_t after = 0;
    size_t count = 1;

    if (page == NULL)
        return publish_status(DIRECTORY_NO_RESOURCES, "");
    while (status == GO_ON && count > 0) {
        enum store_result result = store_accounts_page(tool->store, after, page, PAGE_SIZE, &count);

        status = tool_store_status(tool, result, "the list of users");
        for (size_t i = 0; status == GO_ON && i < count; i++) {
            status = publish_status(add_user(publication, &page[i]), page[i].username);
            after = page[i].uid;
        }
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return status;
}

/* -- groups ------------------------------------------------------------------------------- */

static enum status add_group(struct publication *publication, size_t g)
{
    struct directory_group group = {
        .name = publication->frame->groups[g].name,
        .gid = publication->frame->groups[g].gid,
        .members = publication->members[g].uids,
        .member_count = publication->members[g].count,
        .local = publication->frame->groups[g].local,
    };

    return publish_status(directory_writer_add_group(publication->writer, &group), group.name);
}

static enum status write_file(struct tool *tool, struct publication *publication, int fd)
{
    enum status status = add_users(tool, publication);

    for (size_t g = 0; g < publication->frame->group_count && status == GO_ON; g++)
        status = add_group(publication, g);
    if (status == GO_ON)
        status = publish_status(directory_writer_finish(publication->writer, fd), "an account");
    return status;
}

enum status publish_whole(struct tool *tool, const struct frame *frame, uint64_t hash,
                          int64_t generation, int fd)
{
    struct publication publication = { .frame = frame,
                                       .writer = directory_writer_new((uint64_t)generation) };
    enum status status;

    if (publication.writer == NULL)
        return publish_status(DIRECTORY_NO_RESOURCES, "");
    directory_writer_set_frame(publication.writer, hash);
    status = write_file(tool, &publication, fd);
    for (size_t g = 0; g < GROUPS_MAX; g++)
        free(publication.members[g].uids);
    directory_writer_free(publication.writer);
    return status;
}
