/*
 * The whole directory file from all accounts: read page by page in the order of uids, which is the
 * order of users, and of a group's members, in the file.
 */
#include <stdlib.h>
#include <string.h>

#include "publish.h"

enum { PAGE_SIZE = 256 };

/* Who is a listed member of what, in the order of uids. */
struct membership {
    uint32_t gid, uid;
};

struct publication {
    const struct frame *frame;
    struct directory_writer *writer;
    struct membership *memberships;
    size_t count, room;
};

/* -- accounts ----------------------------------------------------------------------------- */

static bool add_membership(struct publication *publication, uint32_t gid, uint32_t uid)
{
    if (publication->count == publication->room) {
        size_t room = 2 * publication->room + 64;
        struct membership *memberships = reallocarray(publication->memberships, room,
                                                      sizeof *memberships);

        if (memberships == NULL)
            return false;
        publication->memberships = memberships;
        publication->room = room;
    }
    publication->memberships[publication->count++] = (struct membership){ gid, uid };
    return true;
}

static enum directory_result add_user(struct publication *publication,
                                      const struct account *account)
{
    struct shown shown;

    publish_show(publication->frame, account, &shown);
    for (size_t i = 0; i < shown.listed_count; i++)
        if (!add_membership(publication, shown.listed[i], account->uid))
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

/* members: room for all memberships. */
static enum status add_group(struct publication *publication, size_t g, uint32_t *members)
{
    struct directory_group group = {
        .name = publication->frame->groups[g].name,
        .gid = publication->frame->groups[g].gid,
        .members = members,
        .local = publication->frame->groups[g].local,
    };

    for (size_t i = 0; i < publication->count; i++)
        if (publication->memberships[i].gid == group.gid)
            members[group.member_count++] = publication->memberships[i].uid;
    return publish_status(directory_writer_add_group(publication->writer, &group), group.name);
}

static enum status add_groups(struct publication *publication)
{
    uint32_t *members = calloc(publication->count + 1, sizeof *members);
    enum status status = GO_ON;

    if (members == NULL)
        return publish_status(DIRECTORY_NO_RESOURCES, "");
    for (size_t g = 0; g < publication->frame->group_count && status == GO_ON; g++)
        status = add_group(publication, g, members);
    free(members);
    return status;
}

static enum status write_file(struct tool *tool, struct publication *publication, int fd)
{
    enum status status = add_users(tool, publication);

    if (status == GO_ON)
        status = add_groups(publication);
    if (status == GO_ON)
        status = publish_status(directory_writer_finish(publication->writer, fd), "an account");
    return status;
}

static void publication_free(struct publication *publication)
{
    free(publication->memberships);
    directory_writer_free(publication->writer);
    free(publication);
}

enum status publish_whole(struct tool *tool, const struct frame *frame, uint64_t hash,
                          int64_t generation, int fd)
{
    struct publication *publication = calloc(1, sizeof *publication);
    enum status status;

    if (publication == NULL)
        return publish_status(DIRECTORY_NO_RESOURCES, "");
    publication->frame = frame;
    publication->writer = directory_writer_new((uint64_t)generation);
    if (publication->writer == NULL) {
        status = publish_status(DIRECTORY_NO_RESOURCES, "");
    } else {
        directory_writer_set_frame(publication->writer, hash);
        status = write_file(tool, publication, fd);
    }
    publication_free(publication);
    return status;
}
