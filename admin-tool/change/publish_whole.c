/*
 * The whole directory file from all accounts: read page by page in the order of uids, which is the
 * order of users, and of a group's members, in the file.
 */
#include "publish_whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_finish.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "sql/account.h"
#include "sql/deadline.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "publish.h"
#include "publish_frame.h"

enum { PAGE_SIZE = 256 };

/* What is written where, and the next account that has keys; 0: none has. */
struct writing {
    struct tool *tool;
    struct directory_writer *writer;
    const struct frame *frame;
    uint32_t next_owner;
};

static enum status find_owner(struct writing *writing, uint32_t after)
{
    enum store_result result = store_keys_next(writing->tool->store, after, &writing->next_owner);

    if (result == STORE_NOT_FOUND)
        writing->next_owner = 0;
    return tool_store_status(writing->tool, result == STORE_NOT_FOUND ? STORE_OK : result, "the ssh keys");
}

static enum status add_user_with(const struct writing *writing, const struct account *account, const char *keys)
{
    struct shown shown;

    publish_show(writing->frame, account, keys, &shown);
    return publish_status(directory_writer_add_user(writing->writer, &shown.user), account->username);
}

static enum status add_user(struct writing *writing, const struct account *account)
{
    char *keys = NULL;
    enum status status;

    if (account->uid != writing->next_owner)
        return add_user_with(writing, account, "");
    status = tool_store_status(writing->tool, store_keys_text(writing->tool->store, account->uid, &keys),
                               "the ssh keys");
    if (status == GO_ON)
        status = add_user_with(writing, account, keys);
    store_text_free(keys);
    return status == GO_ON ? find_owner(writing, account->uid) : status;
}

static enum status add_users(struct writing *writing)
{
    struct tool *tool = writing->tool;
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = find_owner(writing, 0);
    uint32_t after = 0;
    size_t count = 1;

    if (page == NULL)
        return publish_status(DIRECTORY_NO_RESOURCES, "");
    while (status == GO_ON && count > 0) {
        enum store_result result = store_accounts_page(tool->store, after, page, PAGE_SIZE, &count);

        status = tool_store_status(tool, result, "the list of users");
        for (size_t i = 0; status == GO_ON && i < count; i++) {
            status = add_user(writing, &page[i]);
            after = page[i].uid;
        }
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    return status;
}

static enum status add_groups(struct directory_writer *writer, const struct frame *frame)
{
    enum status status = GO_ON;

    for (size_t g = 0; g < frame->group_count && status == GO_ON; g++) {
        const struct directory_group group = { .name = frame->groups[g].name,
                                               .gid = frame->groups[g].gid,
                                               .local = frame->groups[g].local };

        status = publish_status(directory_writer_add_group(writer, &group), group.name);
    }
    return status;
}

/* All of it is gone through once more, and has to reach the disk. */
static uint64_t size_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static enum status write_file(struct tool *tool, struct directory_writer *writer,
                              const struct frame *frame, int fd)
{
    struct writing writing = { tool, writer, frame, 0 };
    enum status status = add_users(&writing);

    if (status == GO_ON)
        status = add_groups(writer, frame);
    deadline_renew(size_of(fd));
    if (status == GO_ON)
        status = publish_status(directory_writer_finish(writer), "an account");
    return status;
}

static enum status count_keys(struct tool *tool, struct directory_plan *plan)
{
    int64_t owners = 0, octets = 0;
    enum store_result result = store_keys_owners(tool->store, &owners);

    if (result == STORE_OK)
        result = store_keys_octets(tool->store, &octets);
    plan->rings = (uint64_t)owners;
    plan->keys = (uint64_t)octets;
    return tool_store_status(tool, result, "the ssh keys");
}

enum status publish_whole(struct tool *tool, const struct frame *frame, int64_t generation, int fd)
{
    struct directory_plan plan = { .generation = (uint64_t)generation,
                                   .frame = publish_frame_hash(frame),
                                   .groups = frame->group_count };
    struct directory_writer *writer = NULL;
    enum status status = tool_store_status(tool, store_accounts_count(tool->store, &plan.users),
                                           "the list of users");

    if (status == GO_ON)
        status = count_keys(tool, &plan);
    if (status == GO_ON)
        status = publish_status(directory_writer_new(fd, &plan, &writer), "so many accounts");
    if (status == GO_ON)
        status = write_file(tool, writer, frame, fd);
    directory_writer_free(writer);
    return status;
}

enum status publish_status(enum directory_result result, const char *about)
{
    switch (result) {
    case DIRECTORY_OK:
        return GO_ON;
    case DIRECTORY_REFUSED:
        return tool_refuse(STATUS_FAILED, "%s cannot be shown in the public directory; nothing was "
                           "changed", about);
    case DIRECTORY_FAILED:
        return tool_refuse(STATUS_FAILED, PREPARED ": %s; nothing was changed", strerror(errno));
    default:
        return tool_refuse(STATUS_FAILED, "not enough memory to publish; nothing was changed");
    }
}
