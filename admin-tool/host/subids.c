/*
 * Subordinate ids, in the files themselves, all of an import at once. libsubid gives none in a hole between two
 * ranges: behind a line "root:1000000:1000000000" it would give ids above SUB_UID_MAX (seen with shadow 4.13).
 */
#include "subids.h"

#include <errno.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "local_files.h"
#include "local_users.h"
#include "login_defs.h"
#include "nsswitch.h"
#include "subid_room.h"
#include "subid_taken.h"
#include "text_file.h"

static const enum local_file_id ids[SUBID_KINDS] = { LOCAL_SUBUID, LOCAL_SUBGID };

/* -- what this host gives ----------------------------------------------------------------- */

/* shadow-utils look at the first word alone. "": files. */
static void find_other_source(char ret[NSSWITCH_NAME_SIZE])
{
    FILE *file = text_file_open("", "/etc/nsswitch.conf");
    struct nss_line line;

    ret[0] = '\0';
    if (file != NULL && nsswitch_read(file, "subid", &line) && line.count > 0 &&
        strcmp(line.sources[0].name, "files") != 0)
        snprintf(ret, NSSWITCH_NAME_SIZE, "%s", line.sources[0].name);
    if (file != NULL)
        fclose(file);
}

/* useradd's conditions. A kind that is not given has a count of 0; false: neither is. */
static bool read_rules(struct subid_rule ret[SUBID_KINDS])
{
    bool any = false;

    for (int kind = 0; kind < SUBID_KINDS; kind++) {
        ret[kind] = host_subid_rule(kind == SUBID_GROUPS);
        if (access(local_file_path(ids[kind]), F_OK) != 0 || ret[kind].max < ret[kind].min)
            ret[kind].count = 0;
        any = any || ret[kind].count > 0;
    }
    return any;
}

static bool has_line(const char *line, const char *owner)
{
    size_t length = strlen(owner);

    return strncmp(line, owner, length) == 0 && line[length] == ':';
}

static bool has_line_of(const char *path, const char *name, uint32_t uid)
{
    FILE *file = fopen(path, "re");
    bool found = file == NULL && errno != ENOENT; /* then the change itself says why not */
    char *line = NULL, digits[16];
    size_t room = 0;

    snprintf(digits, sizeof digits, "%u", uid);
    while (file != NULL && !found && getline(&line, &room, file) != -1)
        found = has_line(line, name) || has_line(line, digits);
    free(line);
    if (file != NULL)
        fclose(file);
    return found;
}

/* -- who has a line already --------------------------------------------------------------- */

struct key {
    char text[ACCOUNT_NAME_SIZE]; /* first */
    struct subid_owner *owner;
};

static int compare_keys(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Two for each owner: the name, and the uid in digits, which is no name. NULL: no memory. */
static struct key *make_keys(struct subid_owner *owners, size_t count)
{
    struct key *keys = calloc(2 * count, sizeof *keys);

    for (size_t i = 0; keys != NULL && i < count; i++) {
        snprintf(keys[2 * i].text, ACCOUNT_NAME_SIZE, "%s", owners[i].name);
        snprintf(keys[2 * i + 1].text, ACCOUNT_NAME_SIZE, "%u", owners[i].uid);
        keys[2 * i].owner = keys[2 * i + 1].owner = &owners[i];
    }
    if (keys != NULL)
        qsort(keys, 2 * count, sizeof *keys, compare_keys);
    return keys;
}

static void mark_lines(const struct local_file *file, int kind, const struct key *keys, size_t count)
{
    const char *line = file->old, *end = file->old + file->old_size, *next;
    char name[ACCOUNT_NAME_SIZE];
    size_t length;

    for (; line < end; line = next) {
        const struct key *key = NULL;

        next = local_line_end(line, end, &length);
        if (local_line_field(line, length, 0, name, sizeof name))
            key = bsearch(name, keys, count, sizeof *keys, compare_keys);
        if (key != NULL)
            key->owner->has[kind] = true;
    }
}

/* -- giving, under the lock --------------------------------------------------------------- */

struct gift {
    struct subid_rule rules[SUBID_KINDS];
    struct id_ranges taken;
    struct subid_owner *owners;
    size_t count, given; /* the first `given` have all that they can have */
    struct local_file files[LOCAL_FILE_COUNT];
    struct subid_room room[SUBID_KINDS];
};

static bool read_files(struct gift *gift)
{
    struct key *keys = make_keys(gift->owners, gift->count);
    bool good = keys != NULL;

    for (int kind = 0; good && kind < SUBID_KINDS; kind++) {
        struct local_file *file = &gift->files[ids[kind]];

        if (gift->rules[kind].count == 0)
            continue;
        good = local_file_load(file, ids[kind]) && !file->missing &&
               subid_room_begin(&gift->room[kind], file, gift->rules[kind], &gift->taken);
        if (good)
            mark_lines(file, kind, keys, 2 * gift->count);
    }
    free(keys);
    return good;
}

/* Both kinds or none: one without the other is of no use. */
static bool choose(struct gift *gift, struct subid_owner *owner)
{
    for (int kind = 0; kind < SUBID_KINDS; kind++)
        if (gift->rules[kind].count > 0 && !owner->has[kind] &&
            !subid_room_take(&gift->room[kind], owner->uid, &owner->first[kind]))
            return false;
    return true;
}

static bool add_lines(struct gift *gift, int kind)
{
    struct local_file *file = &gift->files[ids[kind]];
    bool good = local_file_add(file, file->old, file->old_size);
    char line[128];

    if (good && file->old_size > 0 && file->old[file->old_size - 1] != '\n')
        good = local_file_add(file, "\n", 1);
    for (size_t i = 0; good && i < gift->given; i++) {
        const struct subid_owner *owner = &gift->owners[i];

        snprintf(line, sizeof line, "%s:%lu:%lu\n", owner->name, owner->first[kind], gift->rules[kind].count);
        good = owner->has[kind] || local_file_add(file, line, strlen(line));
    }
    return good;
}

/* shadow-utils' own backups, which each change of theirs overwrites, too. */
static bool replace(const struct local_file files[LOCAL_FILE_COUNT], const char **ret_path)
{
    for (int kind = 0; kind < SUBID_KINDS; kind++)
        if (local_file_differs(&files[ids[kind]]))
            unlink(kind == SUBID_USERS ? "/etc/subuid-" : "/etc/subgid-");
    return local_files_replace(files, "-", LOCAL_ADDS, ret_path);
}

/* NULL when all that there is room for was given, else what it failed at, with errno. */
static const char *give_all(struct gift *gift)
{
    const char *path = "/etc/subuid";

    if (!read_files(gift))
        return path;
    while (gift->given < gift->count && choose(gift, &gift->owners[gift->given]))
        gift->given++;
    for (int kind = 0; kind < SUBID_KINDS; kind++)
        if (gift->rules[kind].count > 0 && !add_lines(gift, kind))
            return path;
    return replace(gift->files, &path) ? NULL : path;
}

/* -- giving ------------------------------------------------------------------------------- */

static void complain(struct tool *tool, const struct gift *gift, const char *path, const char *why)
{
    const char *name = gift->owners[gift->given].name;
    size_t count = gift->count - gift->given;

    if (gift->count == 1)
        tool_complain(tool, "%s was created, but has no subordinate ids: %s: %s; if containers are to run, write a "
                      "line %s:FIRST:COUNT into /etc/subuid and /etc/subgid", name, path, why, name);
    else
        tool_complain(tool, "all are imported, but %zu, %s the first, have no subordinate ids: %s: %s; if containers "
                      "are to run, write lines NAME:FIRST:COUNT into /etc/subuid and /etc/subgid", count, name, path,
                      why);
}

static void give(struct tool *tool, struct gift *gift)
{
    const char *path;
    char why[128];

    if (lckpwdf() != 0) {
        complain(tool, gift, "/etc/.pwd.lock", "another program is changing the local accounts");
        return;
    }
    path = give_all(gift);
    snprintf(why, sizeof why, "%s", strerror(errno));
    ulckpwdf();
    if (path != NULL) {
        gift->given = 0;
        complain(tool, gift, path, why);
    } else if (gift->given < gift->count) {
        complain(tool, gift, "/etc/login.defs", "the ids from SUB_UID_MIN to SUB_UID_MAX are used up");
    }
}

static unsigned long lowest(const struct subid_rule rules[SUBID_KINDS])
{
    return rules[SUBID_USERS].min < rules[SUBID_GROUPS].min ? rules[SUBID_USERS].min : rules[SUBID_GROUPS].min;
}

void subids_give(struct tool *tool, struct subid_owner *owners, size_t count)
{
    struct gift gift = { .owners = owners, .count = count };
    char source[NSSWITCH_NAME_SIZE];

    if (count == 0 || !read_rules(gift.rules))
        return;
    find_other_source(source);
    if (source[0] != '\0')
        tool_refuse(GO_ON, "note: /etc/nsswitch.conf has subordinate ids from '%s'; none are given here", source);
    else if (subid_taken_read(tool->store, lowest(gift.rules), &gift.taken))
        give(tool, &gift);
    else
        complain(tool, &gift, "/etc/subuid", "it cannot be found out which ids are taken");
    for (int kind = 0; kind < SUBID_KINDS; kind++) {
        subid_room_end(&gift.room[kind]);
        local_file_free(&gift.files[ids[kind]]);
    }
    free(gift.taken.ranges);
}

/* -- taking back -------------------------------------------------------------------------- */

static bool cut_lines(struct local_file *file, const struct account *account)
{
    const char *line = file->old, *end = file->old + file->old_size, *next;
    char name[ACCOUNT_NAME_SIZE], digits[16];
    bool good = true;
    size_t length;

    snprintf(digits, sizeof digits, "%u", account->uid);
    for (; good && !file->missing && line < end; line = next) {
        next = local_line_end(line, end, &length);
        local_line_field(line, length, 0, name, sizeof name);
        good = strcmp(name, account->username) == 0 || strcmp(name, digits) == 0 ||
               local_file_add(file, line, (size_t)(next - line));
    }
    return good;
}

/* NULL when done, else what it failed at, with errno. */
static const char *cut_all(const struct account *account)
{
    struct local_file files[LOCAL_FILE_COUNT] = { { .id = LOCAL_PASSWD } };
    const char *path = NULL;
    int error;

    for (int kind = 0; path == NULL && kind < SUBID_KINDS; kind++)
        if (!local_file_load(&files[ids[kind]], ids[kind]) || !cut_lines(&files[ids[kind]], account))
            path = local_file_path(ids[kind]);
    if (path == NULL && replace(files, &path))
        path = NULL;
    error = errno;
    for (int kind = 0; kind < SUBID_KINDS; kind++)
        local_file_free(&files[ids[kind]]);
    errno = error;
    return path;
}

/* Lines that are this account's alone. */
static bool has_own(const struct account *account)
{
    return (has_line_of("/etc/subuid", account->username, account->uid) ||
            has_line_of("/etc/subgid", account->username, account->uid)) && !host_is_local(account->username);
}

void subids_take_back(struct tool *tool, const struct account *account)
{
    const char *path = "/etc/.pwd.lock", *why = "another program is changing the local accounts";

    if (!has_own(account))
        return;
    if (lckpwdf() == 0) {
        path = cut_all(account);
        why = path != NULL ? strerror(errno) : NULL;
        ulckpwdf();
    }
    if (path != NULL)
        tool_complain(tool, "%s is deleted, but still has subordinate ids: %s: %s; take the lines out of /etc/subuid and "
                      "/etc/subgid", account->username, path, why);
}

/* -- --dry-run ---------------------------------------------------------------------------- */

void subids_preview_give(size_t accounts, FILE *out)
{
    struct subid_rule rules[SUBID_KINDS];
    char source[NSSWITCH_NAME_SIZE];

    find_other_source(source);
    if (accounts > 0 && source[0] == '\0' && read_rules(rules))
        fprintf(out, "Would give %s subordinate ids (subuid(5)).\n", accounts == 1 ? "it" : "them");
}

void subids_preview_take_back(const struct account *account, FILE *out)
{
    if (has_own(account))
        fprintf(out, "Would take the subordinate ids of %s back.\n", account->username);
}
