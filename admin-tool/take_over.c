/*
 * The last step of taking local accounts over: their lines leave /etc/passwd, /etc/shadow, /etc/group
 * and /etc/gshadow, as shadow-utils would do it: under lckpwdf(3), with backups, by rename. The files
 * stay whole at any instant. /etc/passwd goes first: as soon as its line is gone we decide about the
 * account, while one without its line in /etc/shadow could not log in at all. What a run that was
 * killed left in the other files, the next one removes.
 */
#include <errno.h>
#include <fcntl.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import.h"

enum { FILE_COUNT = 4, HASH_FIELD = 1, ID_FIELD = 2, MEMBERS_FIELD = 3, FILE_MAX = 256 << 20 };

/* In the order in which they are replaced. */
enum file_id { FILE_PASSWD, FILE_SHADOW, FILE_GROUP, FILE_GSHADOW };
static const char *const paths[FILE_COUNT] = { "/etc/passwd", "/etc/shadow", "/etc/group",
                                               "/etc/gshadow" };

struct edit {
    enum file_id id;
    bool missing;
    struct stat st;
    char *old, *new;
    size_t old_size, new_size;
};

struct surgery {
    struct import_batch *batch;
    struct claims taken; /* CLAIM_USER: whose lines are to go; number: the uid */
    struct claims kept;  /* CLAIM_USER, CLAIM_GROUP: names in the files as they will be */
    struct edit edits[FILE_COUNT];
    size_t removed;
    bool failed; /* memory */
};

static bool trouble(struct surgery *surgery, const char *path, const char *why)
{
    tool_complain(surgery->batch->tool, "%s: %s; the accounts are imported, but local lines are still "
                  "there: run it again with --take-over", path, why);
    return false;
}

/* -- a file's text ------------------------------------------------------------------------ */

static bool read_text(struct edit *edit, int fd)
{
    size_t size = (size_t)edit->st.st_size;
    ssize_t count;

    edit->old = malloc(size + 1);
    edit->new = malloc(size + 1);
    if (edit->old == NULL || edit->new == NULL)
        return false;
    while (edit->old_size < size &&
           (count = read(fd, edit->old + edit->old_size, size - edit->old_size)) != 0) {
        if (count < 0 && errno != EINTR)
            return false;
        edit->old_size += count > 0 ? (size_t)count : 0;
    }
    edit->old[edit->old_size] = '\0';
    return true;
}

/* A link is somebody's own arrangement, which a rename would break. */
static bool load(struct surgery *surgery, enum file_id id)
{
    struct edit *edit = &surgery->edits[id];
    int fd = open(paths[id], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    bool good;

    edit->id = id;
    edit->missing = fd == -1 && errno == ENOENT && id != FILE_PASSWD;
    if (fd == -1)
        return edit->missing || trouble(surgery, paths[id], strerror(errno));
    errno = EINVAL;
    good = fstat(fd, &edit->st) == 0 && S_ISREG(edit->st.st_mode) && edit->st.st_size < FILE_MAX &&
           read_text(edit, fd);
    close(fd);
    return good || trouble(surgery, paths[id], strerror(errno));
}

/* -- which lines go ----------------------------------------------------------------------- */

/* A field of "a:b:c", copied; "" when there is none or it is too long to be ours. */
static void copy_field(const char *line, size_t length, int number, char *ret, size_t size)
{
    const char *end = line + length, *stop;

    ret[0] = '\0';
    for (; number > 0; number--) {
        line = memchr(line, ':', (size_t)(end - line));
        if (line == NULL)
            return;
        line++;
    }
    stop = memchr(line, ':', (size_t)(end - line));
    if (stop == NULL)
        stop = end;
    if ((size_t)(stop - line) < size)
        snprintf(ret, size, "%.*s", (int)(stop - line), line);
}

/* The uid of an account of ours without a line in /etc/passwd; 0 when there is none. */
static uint32_t find_orphan(struct surgery *surgery, const char *name)
{
    struct account account;
    uint32_t uid = 0;

    if (claims_find(&surgery->kept, CLAIM_USER, name) == NULL &&
        store_account_by_name(surgery->batch->tool->store, name, &account) == STORE_OK)
        uid = account.uid;
    explicit_bzero(&account, sizeof account);
    return uid;
}

/* Whose id is it that goes; 0: nobody's. Never below 1000, whatever was asked for. */
static uint32_t taken_uid(struct surgery *surgery, const char *name)
{
    const struct claim *taken = claims_find(&surgery->taken, CLAIM_USER, name);
    uint32_t uid = taken != NULL ? (uint32_t)taken->number : 0;

    if (taken != NULL && claims_find(&surgery->kept, CLAIM_USER, name) != NULL)
        return 0; /* its line has another uid now */
    if (uid == 0)
        uid = find_orphan(surgery, name);
    return uid >= 1000 ? uid : 0;
}

static bool keep(struct surgery *surgery, enum claim_kind kind, const char *name)
{
    if (claims_add(&surgery->kept, kind, name, 0, "") == NULL)
        surgery->failed = true;
    return false;
}

static bool passwd_line_goes(struct surgery *surgery, const char *name, const char *id)
{
    const struct claim *taken = claims_find(&surgery->taken, CLAIM_USER, name);

    if (taken != NULL && taken->number >= 1000 && strtoul(id, NULL, 10) == taken->number) {
        surgery->removed++;
        return true;
    }
    return keep(surgery, CLAIM_USER, name);
}

/* The private group, if it is nobody else's, too. */
static bool group_line_goes(struct surgery *surgery, const char *name, const char *id,
                            const char *members)
{
    uint32_t uid = taken_uid(surgery, name);

    if (uid == 0 || strtoul(id, NULL, 10) != uid ||
        (members[0] != '\0' && strcmp(members, name) != 0))
        return keep(surgery, CLAIM_GROUP, name);
    return true;
}

static bool line_goes(struct surgery *surgery, enum file_id file, const char *line, size_t length)
{
    char name[ACCOUNT_NAME_SIZE], id[16], members[ACCOUNT_NAME_SIZE];

    copy_field(line, length, 0, name, sizeof name);
    copy_field(line, length, ID_FIELD, id, sizeof id);
    if (name[0] == '\0')
        return false;
    switch (file) {
    case FILE_PASSWD:
        return passwd_line_goes(surgery, name, id);
    case FILE_SHADOW:
        return taken_uid(surgery, name) != 0;
    case FILE_GROUP:
        copy_field(line, length, MEMBERS_FIELD, members, sizeof members);
        return group_line_goes(surgery, name, id, members);
    case FILE_GSHADOW:
        return claims_find(&surgery->kept, CLAIM_GROUP, name) == NULL &&
               taken_uid(surgery, name) != 0;
    default:
        return false;
    }
}

/* A password that was changed since it was read would be lost: that account waits for the next run. */
static void spare_changed(struct surgery *surgery, const char *line, size_t length)
{
    char name[ACCOUNT_NAME_SIZE], hash[ACCOUNT_HASH_SIZE];
    struct claim *found;

    copy_field(line, length, 0, name, sizeof name);
    copy_field(line, length, HASH_FIELD, hash, sizeof hash);
    found = claims_find(&surgery->taken, CLAIM_USER, name);
    if (found != NULL && hash[0] == '$' && strcmp(found->holder, hash) != 0) {
        tool_complain(surgery->batch->tool, "the password of %s was changed meanwhile, so its lines "
                      "stay: run it again with --take-over", name);
        found->number = 0;
    }
    explicit_bzero(hash, sizeof hash);
}

static void spare_all_changed(struct surgery *surgery, const struct edit *shadow)
{
    const char *line = shadow->old, *end = shadow->old + shadow->old_size;

    while (!shadow->missing && line < end) {
        size_t length = strcspn(line, "\n");

        spare_changed(surgery, line, length);
        line += length + 1;
    }
}

static void cut(struct surgery *surgery, struct edit *edit)
{
    const char *line = edit->old, *end = edit->old + edit->old_size;

    while (!edit->missing && line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = stop != NULL ? (size_t)(stop - line) : (size_t)(end - line);
        size_t whole = length + (stop != NULL);

        if (!line_goes(surgery, edit->id, line, length)) {
            memcpy(edit->new + edit->new_size, line, whole);
            edit->new_size += whole;
        }
        line += whole;
    }
}

static bool is_changed(const struct edit *edit)
{
    return !edit->missing && edit->new_size != edit->old_size;
}

/* -- writing ------------------------------------------------------------------------------ */

static bool write_whole(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, text, size);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        text += count;
        size -= (size_t)count;
    }
    return true;
}

/* A new file with the old one's owner and mode, on disk when it returns. */
static bool write_file(const char *path, const struct stat *like, const char *text, size_t size)
{
    bool written;
    int fd;

    unlink(path); /* left by a run that was killed; we hold the lock */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd == -1)
        return false;
    written = fchown(fd, like->st_uid, like->st_gid) == 0 &&
              fchmod(fd, like->st_mode & 07777) == 0 && write_whole(fd, text, size) && fsync(fd) == 0;
    if (close(fd) != 0 || !written) {
        int error = errno;

        unlink(path);
        errno = error;
        return false;
    }
    return true;
}

/* "/etc/passwd-" is the backup, "/etc/passwd+" the new one: shadow-utils' names. */
static void name_beside(enum file_id id, char suffix, char ret[32])
{
    snprintf(ret, 32, "%s%c", paths[id], suffix);
}

static bool prepare(struct surgery *surgery, struct edit *edit)
{
    char path[32], backup[32];

    if (!is_changed(edit))
        return true;
    name_beside(edit->id, '+', path);
    name_beside(edit->id, '-', backup);
    if (write_file(path, &edit->st, edit->old, edit->old_size) && rename(path, backup) == 0 &&
        write_file(path, &edit->st, edit->new, edit->new_size))
        return true;
    return trouble(surgery, path, strerror(errno));
}

static void abandon(void)
{
    char path[32];

    for (size_t i = 0; i < FILE_COUNT; i++) {
        name_beside((enum file_id)i, '+', path);
        unlink(path);
    }
}

static bool replace(struct surgery *surgery)
{
    int folder = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char path[32];
    bool good = true;

    for (size_t i = 0; good && i < FILE_COUNT; i++) {
        name_beside((enum file_id)i, '+', path);
        if (is_changed(&surgery->edits[i]) && rename(path, paths[i]) != 0)
            good = trouble(surgery, paths[i], strerror(errno));
    }
    if (folder == -1 || fsync(folder) != 0)
        good = good && trouble(surgery, "/etc", strerror(errno));
    if (folder != -1)
        close(folder);
    return good;
}

/* -- all of it ---------------------------------------------------------------------------- */

static bool operate(struct surgery *surgery)
{
    const struct import_batch *batch = surgery->batch;

    for (size_t i = 0; i < batch->count; i++)
        if (claims_add(&surgery->taken, CLAIM_USER, import_row_name(&batch->rows[i]),
                       batch->rows[i].uid,
                       batch->rows[i].hash != NULL ? batch->rows[i].hash : "") == NULL)
            return trouble(surgery, paths[FILE_PASSWD], strerror(ENOMEM));
    for (size_t i = 0; i < FILE_COUNT; i++)
        if (!load(surgery, (enum file_id)i))
            return false;
    spare_all_changed(surgery, &surgery->edits[FILE_SHADOW]);
    for (size_t i = 0; i < FILE_COUNT; i++)
        cut(surgery, &surgery->edits[i]);
    if (surgery->failed)
        return trouble(surgery, paths[FILE_PASSWD], strerror(ENOMEM));
    for (size_t i = 0; i < FILE_COUNT; i++)
        if (!prepare(surgery, &surgery->edits[i]))
            return false;
    return replace(surgery);
}

static void surgery_free(struct surgery *surgery)
{
    for (size_t i = 0; i < FILE_COUNT; i++) {
        struct edit *edit = &surgery->edits[i];

        if (edit->old != NULL)
            explicit_bzero(edit->old, edit->old_size);
        if (edit->new != NULL)
            explicit_bzero(edit->new, edit->new_size);
        free(edit->old);
        free(edit->new);
    }
    claims_free(&surgery->taken);
    claims_free(&surgery->kept);
}

/* Their sessions began when suspending had no effect; to end them may take seconds each. */
static void note_suspended(const struct import_batch *batch)
{
    struct account account;

    for (size_t i = 0; i < batch->count; i++)
        if (store_account_by_uid(batch->tool->store, batch->rows[i].uid, &account) == STORE_OK &&
            account.status == ACCOUNT_SUSPENDED)
            tool_refuse(GO_ON, "note: %s is suspended; 'admin-tool users suspend %s' ends what it may "
                        "still run", account.username, account.username);
    explicit_bzero(&account, sizeof account);
}

void take_over(struct import_batch *batch)
{
    struct surgery surgery = { .batch = batch };

    if (lckpwdf() != 0) {
        trouble(&surgery, "/etc/.pwd.lock", "another program is changing the local accounts");
        return;
    }
    if (operate(&surgery)) {
        note_suspended(batch);
        tool_refuse(GO_ON, "%zu account%s taken over from /etc/passwd; the former files are "
                    "/etc/passwd-, /etc/shadow-, /etc/group- and /etc/gshadow-", surgery.removed,
                    surgery.removed == 1 ? "" : "s");
    } else {
        abandon();
    }
    ulckpwdf();
    surgery_free(&surgery);
    publish_tell_nscd();
}

enum status take_over_confirm(struct import_batch *batch)
{
    char plan[512] = "remove ";
    size_t used = strlen(plan), shown = 0;

    if (tool_has(batch->tool, OPTION_YES) || batch->count == 0)
        return GO_ON;
    for (; shown < batch->count && shown < 8; shown++)
        used += (size_t)snprintf(plan + used, sizeof plan - used, "%s%s", shown > 0 ? ", " : "",
                                 import_row_name(&batch->rows[shown]));
    if (shown < batch->count)
        used += (size_t)snprintf(plan + used, sizeof plan - used, " and %zu more",
                                 batch->count - shown);
    snprintf(plan + used, sizeof plan - used, " from /etc/passwd and /etc/shadow");
    if (change_is_confirmed(plan, stderr))
        return GO_ON;
    return tool_refuse(STATUS_NOT_CONFIRMED, "not confirmed; nothing was changed");
}
