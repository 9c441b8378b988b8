/*
 * The whole directory file from all accounts: read page by page in the order of uids, which is the
 * order of users, and of a group's members, in the file.
 */
#include <stdlib.h>
#include <string.h>

#include "publish.h"

enum { PAGE_SIZE = 256 };

/* Of one role's group. */
struct members {
    uint32_t *uids;
    size_t count, room;
};

struct publication {
    const struct frame *frame;
    struct directory_writer *writer;
    struct members members[ROLES];
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
        for (size_t r = 0; r < ROLES; r++)
            if (shown.listed[i] == publication->frame->roles[r].gids[0] &&
                !add_member(&publication->members[r], account->uid))
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

static enum status add_role_group(struct publication *publication, size_t r)
{
    char name[DIRECTORY_NAME_MAX + 1];
    struct directory_group group = {
        .name = name,
        .gid = publication->frame->roles[r].gids[0],
        .members = publication->members[r].uids,
        .member_count = publication->members[r].count,
    };

    snprintf(name, sizeof name, "coder-%s", role_name(publication->frame->roles[r].role));
    return publish_status(directory_writer_add_group(publication->writer, &group), name);
}

static enum status write_file(struct tool *tool, struct publication *publication, int fd)
{
    enum status status = add_users(tool, publication);

    for (size_t r = 0; r < ROLES && status == GO_ON; r++)
        status = add_role_group(publication, r);
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
    for (size_t r = 0; r < ROLES; r++)
        free(publication.members[r].uids);
    directory_writer_free(publication.writer);
    return status;
}
