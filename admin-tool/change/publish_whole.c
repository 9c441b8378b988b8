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
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "publish.h"
#include "publish_frame.h"

enum { PAGE_SIZE = 256 };

static enum directory_result add_user(struct directory_writer *writer, const struct frame *frame,
                                      const struct account *account)
{
    struct shown shown;

    publish_show(frame, account, &shown);
    return directory_writer_add_user(writer, &shown.user);
}

static enum status add_users(struct tool *tool, struct directory_writer *writer,
                             const struct frame *frame)
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
            status = publish_status(add_user(writer, frame, &page[i]), page[i].username);
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
    enum status status = add_users(tool, writer, frame);

    if (status == GO_ON)
        status = add_groups(writer, frame);
    deadline_renew(size_of(fd));
    if (status == GO_ON)
        status = publish_status(directory_writer_finish(writer), "an account");
    return status;
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
