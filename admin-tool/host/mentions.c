/*
 * Lines that name a user. They are looked for word by word, so a line may name the user as an argument only:
 * the administrator sees it and decides. A command that removes lines finds them again by what they say, not by
 * their number, so that one can be run after the other; it is given only where the whole line is the user's.
 */
#include "mentions.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "terminal/columns.h"
#include "terminal/escape.h"
#include "text_file.h"

enum { LINE_SIZE = 4096, PATH_ROOM = 320, PATTERN_SIZE = 256 };

enum kind { SUDOERS, CRONTAB, NAME_LIST, CONFIGURATION };

/* Of a deleted user what lines say of his uid is meant, too. */
struct subject {
    const char *name;
    uint32_t uid;
    const char *now; /* renamed to; NULL: deleted */
};

/* -- words -------------------------------------------------------------------------------- */

/* "bob", "%bob" (the user's own group), "#70101", "%#70101" of sudoers(5). */
static bool is_user(const char *word, size_t length, const struct subject *subject)
{
    char uid[16];
    size_t size;

    snprintf(uid, sizeof uid, "#%u", subject->uid);
    if (length > 0 && *word == '%') {
        word++;
        length--;
    }
    size = strlen(subject->name);
    return (length == size && memcmp(word, subject->name, size) == 0) ||
           (subject->now == NULL && length == strlen(uid) && memcmp(word, uid, length) == 0);
}

static bool names_user(const char *line, const struct subject *subject)
{
    static const char between[] = " \t\r,=:()!@\"";

    line += strspn(line, " \t");
    if (*line == '#' && !isdigit((unsigned char)line[1]))
        return false;
    while (*line != '\0') {
        size_t length = strcspn(line, between);

        if (is_user(line, length, subject))
            return true;
        line += length;
        line += strspn(line, between);
    }
    return false;
}

/* The user field of a system crontab is the sixth word, or the second behind "@daily". */
static bool runs_as(const char *line, const struct subject *subject)
{
    const char *text = line;
    char word[LINE_SIZE];
    int before = 0;

    if (!text_word(&text, word, sizeof word) || word[0] == '#')
        return false;
    for (int left = word[0] == '@' ? 0 : 4; before < left; before++)
        if (!text_word(&text, word, sizeof word))
            return false;
    return text_word(&text, word, sizeof word) && strcmp(word, subject->name) == 0;
}

static bool is_whole(const char *line, const struct subject *subject)
{
    line += strspn(line, " \t");
    return strncmp(line, subject->name, strlen(subject->name)) == 0 &&
           line[strlen(subject->name) + strspn(line + strlen(subject->name), " \t\r")] == '\0';
}

static bool is_named(enum kind kind, const char *line, const struct subject *subject)
{
    switch (kind) {
    case SUDOERS:
    case CONFIGURATION:
        return names_user(line, subject);
    case CRONTAB:
        return runs_as(line, subject);
    default:
        return is_whole(line, subject);
    }
}

/* -- commands ----------------------------------------------------------------------------- */

void mentions_pattern(const char *name, char *ret, size_t size)
{
    size_t used = 0;

    for (; *name != '\0' && used + 4 < size; name++)
        used += (size_t)snprintf(ret + used, size - used, *name == '.' ? "[.]" : "%c", *name);
}

/* One rule of the user's alone: "bob HOST = ...", on one line. */
static bool is_own_rule(const char *line, const struct subject *subject)
{
    size_t size = strlen(subject->name), length = strlen(line);

    line += strspn(line, " \t");
    return strncmp(line, subject->name, size) == 0 && strchr(" \t", line[size]) != NULL &&
           line[size + strspn(line + size, " \t")] != ',' && (length == 0 || line[strlen(line) - 1] != '\\');
}

static void print_command(enum kind kind, const char *path, const char *line,
                          const struct subject *subject, FILE *out)
{
    char name[PATTERN_SIZE];

    mentions_pattern(subject->name, name, sizeof name);
    if (kind == SUDOERS && is_own_rule(line, subject))
        fprintf(out, "    remove it: sed -i -E '/^[[:blank:]]*%s[[:blank:]]+[^,[:blank:]].*[^\\\\]$/d' '%s'\n", name, path);
    else if (kind == SUDOERS)
        fprintf(out, "    take the name out: visudo -f '%s'\n", path);
    else if (kind == CRONTAB)
        fprintf(out, "    remove it: sed -i -E '/^[[:blank:]]*(@[^[:blank:]]+|([^[:blank:]#]+[[:blank:]]+){4}"
                "[^[:blank:]]+)[[:blank:]]+%s[[:blank:]]/d' '%s'\n", name, path);
    else
        fprintf(out, "    remove it: sed -i -E '/^[[:blank:]]*%s[[:blank:]]*$/d' '%s'\n", name, path);
}

/* -- files -------------------------------------------------------------------------------- */

static void print_mention(enum kind kind, const char *path, size_t number, const char *line,
                          const struct subject *subject, FILE *out)
{
    static const char *const what[] = { "sudoers", "crontab", "list", "configuration" };
    char plain[CELL_SIZE];

    print_escape(line, plain, sizeof plain);
    fprintf(out, "  %s: %s:%zu: %s\n", what[kind], path, number, plain);
    if (subject->now == NULL)
        print_command(kind, path, line, subject, out);
    else if (kind == SUDOERS)
        fprintf(out, "    change it: visudo -f '%s'\n", path);
}

static void search_file(enum kind kind, const char *path, const struct subject *subject, FILE *out)
{
    FILE *file = text_file_open("", path);
    char *line = NULL;
    size_t room = 0, number = 0;

    while (file != NULL && getline(&line, &room, file) > 0) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (is_named(kind, line, subject))
            print_mention(kind, path, number, line, subject, out);
    }
    free(line);
    if (file != NULL)
        fclose(file);
}

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* A name that is more than one word in a command is nobody's: cron and sudo skip it, too. */
static int is_read(const struct dirent *entry)
{
    return entry->d_name[strspn(entry->d_name, PLAIN)] == '\0';
}

/* "50-our.conf", "backup@.service". */
static int is_configuration(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && entry->d_name[strspn(entry->d_name, PLAIN ".@")] == '\0';
}

static void search_folder(enum kind kind, const char *folder, const struct subject *subject,
                          FILE *out)
{
    struct dirent **entries = NULL;
    char path[PATH_ROOM];
    int count = scandir(folder, &entries, kind == CONFIGURATION ? is_configuration : is_read, alphasort);

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        search_file(kind, path, subject, out);
        free(entries[i]);
    }
    free(entries);
}

static void search_all(const struct subject *subject, FILE *out)
{
    static const char *const lists[] = { "/etc/cron.allow", "/etc/cron.deny", "/etc/at.allow",
                                         "/etc/at.deny" };

    search_file(SUDOERS, "/etc/sudoers", subject, out);
    search_folder(SUDOERS, "/etc/sudoers.d", subject, out);
    search_file(CRONTAB, "/etc/crontab", subject, out);
    search_folder(CRONTAB, "/etc/cron.d", subject, out);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        search_file(NAME_LIST, lists[i], subject, out);
}

void mentions_print(const struct account *account, FILE *out)
{
    const struct subject subject = { account->username, account->uid, NULL };

    search_all(&subject, out);
}

void mentions_print_former(const char *old, const char *now, FILE *out)
{
    static const char *const folders[] = { "/etc/ssh/sshd_config.d", "/etc/security", "/etc/security/limits.d",
                                           "/etc/systemd/system" };
    const struct subject subject = { old, 0, now };
    char *text = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&text, &size);

    if (list == NULL)
        return;
    search_all(&subject, list);
    search_file(CONFIGURATION, "/etc/ssh/sshd_config", &subject, list);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        search_folder(CONFIGURATION, folders[i], &subject, list);
    if (fclose(list) == 0 && size > 0)
        fprintf(out, "These lines name %s and are left as they are; where they mean the user, write %s there:\n%s", old,
                now, text);
    free(text);
}
