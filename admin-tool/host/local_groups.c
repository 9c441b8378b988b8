/*
 * Names in the lists of local groups. A line keeps each octet but the name and its comma; lines that are no
 * group's are kept as they are. The lists are read as libc does: blanks before a name do not count.
 */
#include "local_groups.h"

#include <errno.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sql/account.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "local_files.h"
#include "local_users.h"
#include "nscd.h"

enum { NAME_FIELD = 0, ADMINISTRATORS_FIELD = 2, MEMBERS_FIELD = 3, NAME_ROOM = 256 };

/* -- lines and lists ---------------------------------------------------------------------- */

/* Where a field begins; NULL when the line has fewer. *ret_length: its octets. */
static const char *find_field(const char *line, size_t length, int number, size_t *ret_length)
{
    const char *end = line + length, *stop;

    for (; number > 0 && line != NULL; number--) {
        line = memchr(line, ':', (size_t)(end - line));
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL)
        return NULL;
    stop = memchr(line, ':', (size_t)(end - line));
    *ret_length = (size_t)((stop != NULL ? stop : end) - line);
    return line;
}

/* The next name of a list, without blanks before it. *list moves behind its comma, to `end` at last. */
static const char *next_name(const char **list, const char *end, size_t *ret_length)
{
    const char *name = *list;
    const char *comma = memchr(name, ',', (size_t)(end - name));
    const char *stop = comma != NULL ? comma : end;

    *list = comma != NULL ? comma + 1 : end;
    while (name < stop && (*name == ' ' || *name == '\t'))
        name++;
    *ret_length = (size_t)(stop - name);
    return name;
}

static bool is_name(const char *name, size_t length, const char *username)
{
    return length == strlen(username) && memcmp(name, username, length) == 0;
}

static bool is_list(enum local_file_id file, int field)
{
    return field == MEMBERS_FIELD || (file == LOCAL_GSHADOW && field == ADMINISTRATORS_FIELD);
}

/* -- what is there ------------------------------------------------------------------------ */

typedef void (*found_function)(void *, enum local_group_list, const char *, const char *);

static void walk_list(const char *line, size_t length, enum local_group_list kind, int field,
                      found_function found, void *context)
{
    char group[NAME_ROOM], name[NAME_ROOM];
    size_t size = 0;
    const char *list = find_field(line, length, field, &size);
    const char *end = list != NULL ? list + size : NULL;

    if (list == NULL || !local_line_field(line, length, NAME_FIELD, group, sizeof group))
        return;
    while (list < end) {
        const char *text = next_name(&list, end, &size);

        snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
        if (size > 0)
            found(context, kind, group, name);
    }
}

static void walk_line(enum local_file_id file, const char *line, size_t length,
                      found_function found, void *context)
{
    if (file == LOCAL_GSHADOW)
        walk_list(line, length, GSHADOW_ADMINISTRATORS, ADMINISTRATORS_FIELD, found, context);
    walk_list(line, length, file == LOCAL_GSHADOW ? GSHADOW_MEMBERS : GROUP_MEMBERS, MEMBERS_FIELD,
              found, context);
}

static void walk_file(const struct local_file *file, found_function found, void *context)
{
    const char *line = file->old, *end = file->old + file->old_size, *next;
    size_t length;

    for (; !file->missing && line < end; line = next) {
        next = local_line_end(line, end, &length);
        walk_line(file->id, line, length, found, context);
    }
}

bool local_groups_walk(void (*found)(void *context, enum local_group_list list, const char *group,
                                     const char *name),
                       void *context)
{
    static const enum local_file_id ids[] = { LOCAL_GROUP, LOCAL_GSHADOW };
    bool good = true;

    for (size_t i = 0; good && i < sizeof ids / sizeof ids[0]; i++) {
        struct local_file file;

        good = local_file_load(&file, ids[i]);
        if (good)
            walk_file(&file, found, context);
        local_file_free(&file);
    }
    return good;
}

/* -- one name's groups -------------------------------------------------------------------- */

/* "adm, sudo", each once and as long as there is room. */
struct groups {
    const char *username;
    char names[LOCAL_GROUPS_SIZE];
};

static bool has_group(const char *names, const char *group)
{
    size_t length = strlen(group);

    for (const char *p = names; (p = strstr(p, group)) != NULL; p += length)
        if ((p == names || p[-1] == ' ') && (p[length] == ',' || p[length] == '\0'))
            return true;
    return false;
}

static void note_group(void *context, enum local_group_list list, const char *group,
                       const char *name)
{
    struct groups *groups = context;
    size_t used = strlen(groups->names);

    (void)list;
    if (strcmp(name, groups->username) != 0 || has_group(groups->names, group))
        return;
    if (used + strlen(group) + sizeof ", , ..." > sizeof groups->names)
        group = "...";
    if (!has_group(groups->names, group))
        snprintf(groups->names + used, sizeof groups->names - used, "%s%s", used > 0 ? ", " : "",
                 group);
}

bool local_groups_of(const char *username, char ret[LOCAL_GROUPS_SIZE])
{
    struct groups groups = { .username = username };
    bool done = local_groups_walk(note_group, &groups);

    memcpy(ret, groups.names, LOCAL_GROUPS_SIZE);
    return done;
}

/* -- taking it out, or another in its place ------------------------------------------------- */

struct rewriting {
    struct local_file *file;
    const char *old, *new; /* new: NULL when it is only taken out */
};

static bool has_name(const char *list, const char *end, const char *username)
{
    while (list < end) {
        size_t length;
        const char *name = next_name(&list, end, &length);

        if (is_name(name, length, username))
            return true;
    }
    return false;
}

/* A list without the old name, onto the end of file->new. */
static bool copy_list(const struct rewriting *work, const char *list, const char *end)
{
    const char *new = work->new != NULL && has_name(list, end, work->new) ? NULL : work->new;
    bool first = true, good = true;

    while (good && list < end) {
        const char *from = list;
        size_t length;
        const char *name = next_name(&list, end, &length);
        bool is_old = is_name(name, length, work->old);

        if (is_old && new == NULL)
            continue;
        good = (first || local_file_add(work->file, ",", 1)) &&
               local_file_add(work->file, from, (size_t)(name - from) + (is_old ? 0 : length)) &&
               (!is_old || local_file_add(work->file, new, strlen(new)));
        first = false;
        if (is_old)
            new = NULL; /* once is enough */
    }
    return good;
}

/* A line with its end. */
static bool copy_line(const struct rewriting *work, const char *line, const char *next, size_t length)
{
    const char *end = line + length;
    bool good = true;

    for (int field = 0; good && line < end; field++) {
        const char *stop = memchr(line, ':', (size_t)(end - line));
        const char *list_end = stop != NULL ? stop : end;

        if (is_list(work->file->id, field) && has_name(line, list_end, work->old)) {
            good = copy_list(work, line, list_end);
            line = list_end;
        }
        list_end += stop != NULL;
        good = good && local_file_add(work->file, line, (size_t)(list_end - line));
        line = list_end;
    }
    return good && local_file_add(work->file, end, (size_t)(next - end));
}

bool local_groups_rewrite(struct local_file *file, const char *old, const char *new)
{
    const struct rewriting work = { file, old, new };
    const char *line = file->old, *end = file->old + file->old_size, *next;
    bool good = true;
    size_t length;

    for (; good && !file->missing && line < end; line = next) {
        next = local_line_end(line, end, &length);
        good = copy_line(&work, line, next, length);
    }
    return good;
}

/* ".coder-NAME-20261130-180000" */
static void name_backup(const struct tool *tool, const char *username, char ret[LOCAL_BACKUP_SIZE])
{
    char when[32] = "";
    time_t now = (time_t)tool->now;
    struct tm broken;

    if (gmtime_r(&now, &broken) != NULL)
        strftime(when, sizeof when, "%Y%m%d-%H%M%S", &broken);
    snprintf(ret, LOCAL_BACKUP_SIZE, ".coder-%s-%s", username, when);
}

/* Under the lock. NULL when done, else what it failed at, with errno. */
static const char *cut_all(const char *username, const char *backup)
{
    struct local_file files[LOCAL_FILE_COUNT] = { { .id = LOCAL_PASSWD } };
    const char *path = NULL;

    for (size_t i = LOCAL_GROUP; path == NULL && i <= LOCAL_GSHADOW; i++) {
        if (!local_file_load(&files[i], (enum local_file_id)i) || !local_groups_rewrite(&files[i], username, NULL))
            path = local_file_path((enum local_file_id)i);
    }
    if (path == NULL && local_files_replace(files, backup, LOCAL_TAKES_AWAY, &path))
        path = NULL;
    for (size_t i = 0; i < LOCAL_FILE_COUNT; i++) {
        int error = errno;

        local_file_free(&files[i]);
        errno = error;
    }
    return path;
}

static void complain(struct tool *tool, const struct groups *groups, const char *path,
                     const char *why)
{
    tool_complain(tool, "%s is deleted, but stays in the lists of the local groups %s: %s: %s; run "
                  "'gpasswd -d %s GROUP' for each", groups->username, groups->names, path, why,
                  groups->username);
}

static void leave(struct tool *tool, const struct groups *groups)
{
    char backup[LOCAL_BACKUP_SIZE];
    const char *path;

    if (lckpwdf() != 0) {
        complain(tool, groups, "/etc/.pwd.lock", "another program is changing the local accounts");
        return;
    }
    name_backup(tool, groups->username, backup);
    path = cut_all(groups->username, backup);
    if (path != NULL)
        complain(tool, groups, path, strerror(errno));
    ulckpwdf();
    if (path != NULL)
        return;
    nscd_tell();
    printf("%s is out of the local groups %s; the former files are /etc/group%s and "
           "/etc/gshadow%s.\n", groups->username, groups->names, backup, backup);
}

/* -- users delete ------------------------------------------------------------------------- */

static void print_kept(const struct groups *groups, FILE *out)
{
    fprintf(out, "%s stays in the lists of the local groups %s, which whoever is made with that name "
            "will have; 'gpasswd -d %s GROUP' takes it out.\n", groups->username, groups->names,
            groups->username);
}

void local_groups_preview(const struct tool *tool, const struct account *account, FILE *out)
{
    struct groups groups = { .username = account->username };

    if (host_is_anothers(account->username, account->uid) || !local_groups_walk(note_group, &groups) || groups.names[0] == '\0')
        return;
    if (tool_has(tool, OPTION_KEEP_GROUPS))
        print_kept(&groups, out);
    else
        fprintf(out, "Would take %s out of the local groups %s.\n", account->username, groups.names);
}

void local_groups_leave(struct tool *tool, const struct account *account)
{
    struct groups groups = { .username = account->username };

    if (host_is_anothers(account->username, account->uid))
        return;
    if (!local_groups_walk(note_group, &groups))
        tool_complain(tool, "cannot read /etc/group or /etc/gshadow: %s; see there for %s",
                      strerror(errno), account->username);
    else if (groups.names[0] != '\0' && tool_has(tool, OPTION_KEEP_GROUPS))
        print_kept(&groups, stdout);
    else if (groups.names[0] != '\0')
        leave(tool, &groups);
}
