/*
 * The local files with lines for accounts that go back to them. New lines come last, but before those of
 * compat mode (nsswitch.conf(5): "+", "-"), as shadow-utils puts them. What a run that was killed has written is found
 * and not written twice: a line of /etc/shadow without its user, or of /etc/gshadow without its group, is replaced; a
 * group of the name and id is kept.
 */
#include "give_back_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change/publish_frame.h"
#include "host/local_compose.h"
#include "host/local_files.h"
#include "sql/account.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_chain.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "claims.h"
#include "lines.h"

enum { NAME_FIELD = 0, ID_FIELD = 2, NAME_ROOM = 256, REASON_SIZE = 512, TOLD_MAX = 100 };

/* A group of /etc/group that comes with a role, and who is to be listed. */
struct member_list {
    uint32_t gid;
    FILE *out;
    char *names; /* each with its newline */
    size_t size;
};

struct work {
    struct tool *tool;
    struct given *given;
    struct claims local; /* users, groups and their ids of the files; CLAIM_ROW_NAME: who gets lines */
    struct frame frame;
    struct member_list lists[GROUPS_MAX];
    size_t list_count;
    struct member_list groups, gshadow; /* lines, not names */
};

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
}

/* -- what is there ------------------------------------------------------------------------ */

static bool claim_line(struct claims *claims, enum local_file_id file, const char *line, size_t length)
{
    char name[NAME_ROOM], id[16];

    local_line_field(line, length, NAME_FIELD, name, sizeof name);
    local_line_field(line, length, ID_FIELD, id, sizeof id);
    return claims_add(claims, file == LOCAL_PASSWD ? CLAIM_USER : CLAIM_GROUP, name,
                      strtoul(id, NULL, 10), "") != NULL &&
           claims_add(claims, file == LOCAL_PASSWD ? CLAIM_UID : CLAIM_GID, id, 0, name) != NULL;
}

static bool claim_file(struct claims *claims, const struct local_file *file)
{
    const char *line = file->old, *end = file->old + file->old_size, *next;
    size_t length;

    for (; !file->missing && line < end; line = next) {
        next = local_line_end(line, end, &length);
        if (!claim_line(claims, file->id, line, length))
            return false;
    }
    return true;
}

static enum status read_files(struct work *work)
{
    struct local_file *files = work->given->files;

    for (size_t i = 0; i <= LOCAL_GSHADOW; i++) {
        enum local_file_id id = (enum local_file_id)i;

        if (!local_file_load(&files[i], id) || (files[i].missing && id != LOCAL_GSHADOW))
            return tool_refuse(STATUS_FAILED, "%s: %s; nothing was changed", local_file_path(id),
                               strerror(files[i].missing ? ENOENT : errno));
    }
    return claim_file(&work->local, &files[LOCAL_PASSWD]) && claim_file(&work->local, &files[LOCAL_GROUP])
               ? GO_ON : refuse_memory();
}

static const struct claim *find_id(const struct work *work, enum claim_kind kind, uint32_t id)
{
    char text[16];

    snprintf(text, sizeof text, "%u", id);
    return claims_find(&work->local, kind, text);
}

static bool is_there(const struct work *work, const struct account *account)
{
    const struct claim *user = claims_find(&work->local, CLAIM_USER, account->username);

    return user != NULL && user->number == account->uid;
}

/* -- who can go --------------------------------------------------------------------------- */

static bool say(char ret[REASON_SIZE], const char *what, uint32_t id, const char *why)
{
    snprintf(ret, REASON_SIZE, "%s %u%s", what, id, why);
    return true;
}

/* Whom /etc/passwd or /etc/group has with this name or id, but is somebody else. */
static bool find_other(const struct work *work, const struct account *account, char ret[REASON_SIZE])
{
    const struct claim *user = claims_find(&work->local, CLAIM_USER, account->username);
    const struct claim *of_uid = find_id(work, CLAIM_UID, account->uid);
    const struct claim *group = claims_find(&work->local, CLAIM_GROUP, account->username);

    if (user != NULL && !is_there(work, account))
        return say(ret, "/etc/passwd has a user of this name with the uid", (uint32_t)user->number,
                   "; see usermod(8)");
    if (of_uid != NULL && (of_uid->shared || strcmp(of_uid->holder, account->username) != 0))
        return say(ret, "the uid", account->uid, " is another user's in /etc/passwd; see usermod(8)");
    if (account->gid == account->uid && group != NULL && group->number != account->gid)
        return say(ret, "/etc/group has a group of this name with the id", (uint32_t)group->number,
                   "; see groupmod(8)");
    if (account->gid != account->uid && find_id(work, CLAIM_GID, account->gid) == NULL)
        return say(ret, "its primary group", account->gid, " is not in /etc/group; see groupadd(8)");
    return false;
}

static bool judge(struct work *work, const struct account *account)
{
    const char *fault = lines_fault(account);
    char reason[REASON_SIZE];

    if (fault != NULL)
        snprintf(reason, sizeof reason, "%s", fault);
    if (fault == NULL && !find_other(work, account, reason))
        return true;
    if (work->given->bad++ < TOLD_MAX)
        tool_refuse(GO_ON, "%s: %s", account->username, reason);
    return false;
}

/* -- what they get ------------------------------------------------------------------------ */

static struct member_list *find_list(struct work *work, uint32_t gid)
{
    for (size_t i = 0; i < work->list_count; i++)
        if (work->lists[i].gid == gid)
            return &work->lists[i];
    return NULL;
}

/* The groups of /etc/group that NSS gives it by its roles now; the primary one lists nobody for it. */
static void join_groups(struct work *work, const struct account *account)
{
    struct shown shown;

    publish_show(&work->frame, account, "", &shown);
    for (size_t i = 0; i < shown.user.gid_count; i++) {
        struct member_list *list = find_list(work, shown.gids[i]);

        if (list != NULL && list->gid != account->gid)
            fprintf(list->out, "%s\n", account->username);
    }
}

/* One of /etc/group with its id is its primary one. */
static bool needs_group(const struct work *work, const struct account *account)
{
    return account->gid == account->uid && find_id(work, CLAIM_GID, account->gid) == NULL;
}

static bool add_lines(struct work *work, const struct account *account)
{
    struct local_file *files = work->given->files;
    char line[LINE_SIZE];
    bool good;

    lines_passwd(account, line);
    good = local_file_add(&files[LOCAL_PASSWD], line, strlen(line));
    lines_shadow(account, &work->tool->policy, work->tool->now, line);
    good = good && local_file_add(&files[LOCAL_SHADOW], line, strlen(line));
    explicit_bzero(line, sizeof line);
    if (!needs_group(work, account))
        return good;
    lines_group(account, line);
    fputs(line, work->groups.out);
    lines_gshadow(account, line);
    fputs(line, work->gshadow.out);
    return good;
}

/* -- the new texts ------------------------------------------------------------------------ */

/* What is before the new lines, without the lines of who gets new ones. */
static bool copy_head(const struct work *work, struct local_file *file)
{
    const char *line = file->old, *end = local_file_tail(file), *next;
    char name[NAME_ROOM];
    bool good = true;
    size_t length;

    for (; good && line < end; line = next) {
        next = local_line_end(line, end, &length);
        local_line_field(line, length, NAME_FIELD, name, sizeof name);
        if (name[0] == '\0' || claims_find(&work->local, CLAIM_ROW_NAME, name) == NULL)
            good = local_file_add(file, line, (size_t)(next - line));
    }
    return good && local_file_end_line(file);
}

static bool copy_groups(struct work *work, struct local_file *file)
{
    const char *line = file->old, *end = local_file_tail(file), *next;
    char name[NAME_ROOM];
    bool good = true;
    size_t length;

    for (; good && line < end; line = next) {
        const struct claim *group;
        const struct member_list *list;

        next = local_line_end(line, end, &length);
        local_line_field(line, length, NAME_FIELD, name, sizeof name);
        group = claims_find(&work->local, CLAIM_GROUP, name);
        list = group != NULL ? find_list(work, (uint32_t)group->number) : NULL;
        if (claims_find(&work->local, CLAIM_ROW_GROUP, name) != NULL)
            continue; /* of /etc/gshadow alone */
        good = local_file_add(file, line, length);
        if (good && list != NULL)
            good = local_file_add_members(file, line, length, list->names);
        good = good && local_file_add(file, line + length, (size_t)(next - line) - length);
    }
    return good && local_file_end_line(file);
}

/* -- all of it ---------------------------------------------------------------------------- */

/* Call `each` with every account; false from it ends with a lack of memory. */
static enum status for_all(struct work *work, const struct goer *goers, size_t count,
                           bool (*each)(struct work *work, const struct account *account))
{
    struct account account;
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < count; i++) {
        status = tool_store_status(work->tool, store_account_by_uid(work->tool->store, goers[i].uid, &account),
                                   goers[i].username);
        if (status == GO_ON && !each(work, &account))
            status = refuse_memory();
    }
    explicit_bzero(&account, sizeof account);
    return status;
}

static bool look_at(struct work *work, const struct account *account)
{
    if (!judge(work, account))
        return true;
    work->given->there += is_there(work, account);
    return is_there(work, account) ||
           (claims_add(&work->local, CLAIM_ROW_NAME, account->username, 0, "") != NULL &&
            (!needs_group(work, account) ||
             claims_add(&work->local, CLAIM_ROW_GROUP, account->username, 0, "") != NULL));
}

static bool write_one(struct work *work, const struct account *account)
{
    join_groups(work, account);
    return is_there(work, account) || add_lines(work, account);
}

static enum status write_all(struct work *work, const struct goer *goers, size_t count)
{
    struct local_file *files = work->given->files;
    enum status status = copy_head(work, &files[LOCAL_PASSWD]) && copy_head(work, &files[LOCAL_SHADOW])
                             ? for_all(work, goers, count, write_one) : refuse_memory();
    const struct member_list *texts[] = { &work->groups, &work->gshadow };
    bool good = status == GO_ON;

    for (size_t i = 0; i < work->list_count; i++)
        good = fflush(work->lists[i].out) == 0 && good;
    good = fflush(work->groups.out) == 0 && fflush(work->gshadow.out) == 0 && good;
    for (size_t i = LOCAL_PASSWD; good && i <= LOCAL_SHADOW; i++)
        good = local_file_add_tail(&files[i]);
    for (size_t i = LOCAL_GROUP; good && i <= LOCAL_GSHADOW; i++)
        good = files[i].missing ||
               (copy_groups(work, &files[i]) &&
                local_file_add(&files[i], texts[i - LOCAL_GROUP]->names, texts[i - LOCAL_GROUP]->size) &&
                local_file_add_tail(&files[i]));
    return good || status != GO_ON ? status : refuse_memory();
}

static bool open_list(struct member_list *list, uint32_t gid)
{
    list->gid = gid;
    list->out = open_memstream(&list->names, &list->size);
    return list->out != NULL;
}

static void close_list(struct member_list *list)
{
    if (list->out != NULL)
        fclose(list->out);
    free(list->names);
}

/* A role's own group comes first, and is none of /etc/group. */
static enum status open_lists(struct work *work)
{
    bool good = open_list(&work->groups, 0) && open_list(&work->gshadow, 0);

    for (size_t r = 0; r < ROLES; r++)
        for (size_t g = 1; good && g < work->frame.roles[r].gid_count; g++)
            if (find_list(work, work->frame.roles[r].gids[g]) == NULL)
                good = open_list(&work->lists[work->list_count++], work->frame.roles[r].gids[g]);
    return good ? GO_ON : refuse_memory();
}

static enum status make(struct work *work, const struct goer *goers, size_t count)
{
    struct given *given = work->given;
    enum status status = tool_store_status(work->tool,
                                           store_audit_newest(work->tool->store, &given->newest), "the audit log");

    if (status == GO_ON)
        status = publish_find_frame(work->tool, &work->frame);
    if (status == GO_ON)
        status = open_lists(work);
    if (status == GO_ON)
        status = read_files(work);
    if (status == GO_ON)
        status = for_all(work, goers, count, look_at);
    if (status == GO_ON && given->bad > 0)
        return tool_refuse(STATUS_REFUSED, "%zu of %zu accounts cannot go to /etc/passwd; nothing was changed",
                           given->bad, count);
    return status == GO_ON ? write_all(work, goers, count) : status;
}

enum status given_make(struct tool *tool, const struct goer *goers, size_t count, struct given *ret)
{
    struct work *work = calloc(1, sizeof *work);
    enum status status;

    *ret = (struct given){ .bad = 0 };
    if (work == NULL)
        return refuse_memory();
    work->tool = tool;
    work->given = ret;
    status = make(work, goers, count);
    claims_free(&work->local);
    for (size_t i = 0; i < GROUPS_MAX; i++)
        close_list(&work->lists[i]);
    close_list(&work->groups);
    close_list(&work->gshadow);
    publish_free_frame(&work->frame);
    free(work);
    return status;
}

void given_free(struct given *given)
{
    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++)
        local_file_free(&given->files[i]);
}
