/*
 * users export --to-passwd: accounts become users of /etc/passwd and are ours no more. Under lckpwdf(3) the new
 * files are made and synced beside the old ones; then, under the tool lock and in one transaction, the accounts leave
 * the store, the files are renamed, /etc/passwd last, and the store is committed. So nobody is ever in neither place.
 * Who was killed between has accounts in both, where the local line decides; the next run does the rest.
 */
#include "give_back.h"

#include <errno.h>
#include <fcntl.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change/fleet_account.h"
#include "change/lock.h"
#include "change/open.h"
#include "change/ready.h"
#include "change/record.h"
#include "change/transaction.h"
#include "host/descriptor.h"
#include "host/local_backup.h"
#include "host/local_files.h"
#include "sql/account.h"
#include "sql/memory.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_chain.h"
#include "sql/store_changes.h"
#include "sql/store_files.h"
#include "sql/store_keys.h"
#include "terminal/answer.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "give_back_ask.h"
#include "give_back_files.h"

enum { PAGE_SIZE = 64, TRIES = 5, KEYS_PATH_SIZE = LOCAL_BACKUP_SIZE + 16 };

struct giving {
    struct tool *tool;
    struct goer *goers;
    size_t count, room;
    size_t followed; /* of --all: who comes from the fleet, and stays */
    struct given given;
    char backup[LOCAL_BACKUP_SIZE]; /* the folder; "": none was needed */
    int folder;                     /* /etc */
    FILE *keys;                     /* of sshd's form, under a comment with each one's name ... */
    char *keys_text;                /* ... in here */
    size_t keys_size;
};

static enum status refuse_memory(void)
{
    return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
}

/* -- who goes ----------------------------------------------------------------------------- */

static enum status add_goer(struct giving *work, const struct account *account)
{
    for (size_t i = 0; !tool_has(work->tool, OPTION_ALL) && i < work->count; i++)
        if (work->goers[i].uid == account->uid)
            return GO_ON; /* named twice */
    if (work->count == work->room) {
        size_t room = 2 * work->room + 16;
        struct goer *goers = reallocarray(work->goers, room, sizeof *goers);

        if (goers == NULL)
            return refuse_memory();
        work->goers = goers;
        work->room = room;
    }
    work->goers[work->count].uid = account->uid;
    memcpy(work->goers[work->count++].username, account->username, ACCOUNT_NAME_SIZE);
    return GO_ON;
}

static enum status find_all(struct giving *work)
{
    struct account *page = calloc(PAGE_SIZE, sizeof *page);
    enum status status = GO_ON;
    uint32_t after = 0;
    size_t count = 1;

    if (page == NULL)
        return refuse_memory();
    while (status == GO_ON && count > 0) {
        status = tool_store_status(work->tool, store_accounts_page(work->tool->store, after, page, PAGE_SIZE,
                                                                   &count), "the list");
        for (size_t i = 0; status == GO_ON && i < count; i++) {
            after = page[i].uid;
            work->followed += page[i].fleet;
            if (!page[i].fleet)
                status = add_goer(work, &page[i]);
        }
    }
    explicit_bzero(page, PAGE_SIZE * sizeof *page);
    free(page);
    if (work->followed > 0)
        tool_refuse(GO_ON, "note: %zu account%s of the fleet stay%s here; see 'admin-tool fleet leave --keep-accounts'",
                    work->followed, work->followed == 1 ? "" : "s", work->followed == 1 ? "s" : "");
    return status;
}

static enum status find_named(struct giving *work)
{
    const struct arguments *arguments = &work->tool->arguments;
    struct account account;
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < arguments->operand_count; i++) {
        status = tool_store_status(work->tool, store_account_by_name(work->tool->store, arguments->operands[i],
                                                                     &account), arguments->operands[i]);
        if (status == GO_ON)
            status = fleet_account_refuse(work->tool, &account);
        if (status == GO_ON)
            status = add_goer(work, &account);
    }
    explicit_bzero(&account, sizeof account);
    return status;
}

static enum status find_goers(struct giving *work)
{
    bool all = tool_has(work->tool, OPTION_ALL);

    if (work->tool->store == NULL)
        return tool_store_status(work->tool, STORE_MISSING, all ? "--all" : work->tool->arguments.operand);
    return all ? find_all(work) : find_named(work);
}

static enum status check_usage(const struct tool *tool)
{
    bool named = tool->arguments.operand_count > 0;

    if (tool_has(tool, OPTION_FORMAT) || tool_has(tool, OPTION_WITH_HASHES))
        return tool_refuse(STATUS_USAGE, "--to-passwd takes neither --format nor --with-hashes");
    if (named == tool_has(tool, OPTION_ALL))
        return tool_refuse(STATUS_USAGE, named ? "either NAMEs or --all"
                                               : "missing: NAME..., or --all for every account");
    return GO_ON;
}

/* -- made beside -------------------------------------------------------------------------- */

static enum status collect_keys(struct giving *work)
{
    enum status status = GO_ON;

    work->keys = open_memstream(&work->keys_text, &work->keys_size);
    if (work->keys == NULL)
        return refuse_memory();
    for (size_t i = 0; status == GO_ON && i < work->count; i++) {
        char *keys = NULL;

        status = tool_store_status(work->tool, store_keys_text(work->tool->store, work->goers[i].uid, &keys),
                                   work->goers[i].username);
        if (status == GO_ON && keys[0] != '\0')
            fprintf(work->keys, "# %s\n%s", work->goers[i].username, keys);
        store_text_free(keys);
    }
    return fclose(work->keys) == 0 || status != GO_ON ? status : refuse_memory();
}

static void name_keys(const struct giving *work, char ret[KEYS_PATH_SIZE])
{
    snprintf(ret, KEYS_PATH_SIZE, "%s/ssh_keys", work->backup);
}

static bool write_keys(const struct giving *work)
{
    char path[KEYS_PATH_SIZE];
    bool written;
    int fd;

    if (work->keys_size == 0)
        return true;
    name_keys(work, path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    written = fd != -1 && descriptor_write(fd, work->keys_text, work->keys_size) && fsync(fd) == 0;
    return fd != -1 && close(fd) == 0 && written;
}

static void abandon(const struct giving *work)
{
    char path[KEYS_PATH_SIZE];
    int error = errno;

    if (work->backup[0] == '\0')
        return;
    name_keys(work, path);
    unlink(path);
    local_files_abandon(work->given.files, work->backup);
    errno = error;
}

static enum status prepare(struct giving *work)
{
    const char *path = PRIVATE_DIR;

    work->backup[0] = '\0';
    if (!local_files_differ(work->given.files) && work->keys_size == 0)
        return GO_ON;
    if (local_backup_make("to-passwd", work->tool->now, work->backup) && write_keys(work) &&
        local_files_prepare(work->given.files, work->backup, &path))
        return GO_ON;
    abandon(work);
    return tool_refuse(STATUS_FAILED, "%s: %s; nothing was changed", path, strerror(errno));
}

/* -- done --------------------------------------------------------------------------------- */

/* In the transaction. */
static enum status leave_store(struct giving *work, struct account *ret_last)
{
    struct tool *tool = work->tool;
    enum status status = GO_ON;

    for (size_t i = 0; status == GO_ON && i < work->count; i++) {
        enum store_result result = store_account_by_uid(tool->store, work->goers[i].uid, ret_last);

        if (result == STORE_OK)
            result = store_account_give_back(tool->store, ret_last);
        status = tool_store_status(tool, result, work->goers[i].username);
        if (status == GO_ON)
            status = change_append(tool, "to-passwd", ret_last, NULL, NULL);
    }
    return status;
}

static enum status put_files(const struct giving *work)
{
    const char *path = "";

    if (local_files_put(work->given.files, work->folder, LOCAL_ADDS, &path))
        return GO_ON;
    return tool_refuse(STATUS_FAILED, "%s: %s; the accounts are still here: run it again", path, strerror(errno));
}

static enum status leave(struct giving *work)
{
    struct account last;
    enum status status = leave_store(work, &last);

    if (status != GO_ON)
        abandon(work);
    else
        status = put_files(work);
    if (status == GO_ON) {
        status = change_end(work->tool, work->count == 1 ? &last : NULL, NULL);
        if (status != GO_ON)
            tool_refuse(GO_ON, "the accounts are users of /etc/passwd, and here as well: run it again");
    }
    explicit_bzero(&last, sizeof last);
    return status;
}

/* *ret_again: the store is not what the files were made from. */
static enum status commit(struct giving *work, bool *ret_again)
{
    struct tool *tool = work->tool;
    struct audit_link present = { 0 };
    enum status status = tool_lock(tool);

    if (status == GO_ON)
        status = change_begin(tool);
    if (status == GO_ON)
        status = tool_store_status(tool, store_audit_newest(tool->store, &present), "the audit log");
    *ret_again = status == GO_ON && present.id != work->given.newest.id;
    if (status == GO_ON && !*ret_again)
        status = leave(work);
    else
        abandon(work);
    store_rollback(tool->store);
    tool_unlock(tool);
    return status;
}

static enum status try(struct giving *work, bool *ret_again)
{
    enum status status = given_make(work->tool, work->goers, work->count, &work->given);

    if (status == GO_ON)
        status = collect_keys(work);
    if (status == GO_ON)
        status = prepare(work);
    if (status == GO_ON)
        status = commit(work, ret_again);
    given_free(&work->given);
    free(work->keys_text);
    work->keys_text = NULL;
    return status;
}

static enum status carry_out(struct giving *work)
{
    bool again = true;
    enum status status = GO_ON;

    if (lckpwdf() != 0)
        return tool_refuse(STATUS_FAILED, "/etc/.pwd.lock: another program is changing the local accounts; nothing "
                           "was changed");
    work->folder = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (work->folder == -1)
        status = tool_refuse(STATUS_FAILED, "/etc: %s; nothing was changed", strerror(errno));
    for (int i = 0; status == GO_ON && again && i < TRIES; i++)
        status = try(work, &again);
    if (status == GO_ON && again)
        status = tool_refuse_as(KIND_BUSY, NULL, NULL, "the accounts keep changing; nothing was changed: run it again");
    if (work->folder != -1)
        close(work->folder);
    ulckpwdf();
    return status;
}

static void report(const struct giving *work)
{
    char path[KEYS_PATH_SIZE];

    for (size_t i = 0; i < work->count; i++) {
        struct account account = { .uid = work->goers[i].uid };

        memcpy(account.username, work->goers[i].username, ACCOUNT_NAME_SIZE);
        record_event(work->tool, "to-passwd", &account);
    }
    answer_count("moved", (int64_t)work->count);
    printf("%zu account%s in /etc/passwd now, and not here%s%s.\n", work->count, work->count == 1 ? " is" : "s are",
           work->backup[0] != '\0' ? "; the former files are in " : "", work->backup);
    name_keys(work, path);
    if (work->backup[0] != '\0' && access(path, F_OK) == 0)
        printf("The ssh keys are in %s.\n", path);
}

static enum status give(struct giving *work)
{
    enum status status = find_goers(work);

    if (status == GO_ON && work->count == 0) {
        puts("There is no account; nothing was changed.");
        return STATUS_DONE;
    }
    if (status == GO_ON) /* who cannot go is told before anything is asked */
        status = given_make(work->tool, work->goers, work->count, &work->given);
    if (status == GO_ON && work->given.there > 0)
        tool_refuse(GO_ON, "note: %zu account%s in /etc/passwd already; what stands there stays",
                    work->given.there, work->given.there == 1 ? " is" : "s are");
    given_free(&work->given);
    if (status == GO_ON)
        status = give_back_ask(work->tool, work->goers, work->count, work->given.there);
    if (status != GO_ON)
        return status;
    change_hold_signals();
    status = carry_out(work);
    if (status == GO_ON)
        report(work);
    change_release_signals();
    return status == GO_ON ? STATUS_DONE : status;
}

enum status give_back(struct tool *tool)
{
    struct giving work = { .tool = tool, .folder = -1 };
    enum status status = check_usage(tool);

    answer_hear();
    if (status == GO_ON && store_check_files(PRIVATE_DIR, "accounts.db") == STORE_MISSING)
        status = open_refuse_lost(tool); /* else there is none, and none is made for this */
    else if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON)
        status = give(&work);
    free(work.goers);
    return status;
}
