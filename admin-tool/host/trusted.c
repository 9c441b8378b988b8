/*
 * Users in rules: no parser of sudoers(5), only of its lists of users: of rules, of User_Alias, of "Defaults:". Groups
 * are rule_groups'.
 */
#include "trusted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_files.h"
#include "rule_groups.h"

struct sink {
    void (*found)(void *context, const char *name, const char *path);
    void *context;
    const char *path;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* polkit's ids have no '#'. */
static void take_name(const struct sink *sink, const char *name)
{
    char id[RULE_GROUP_SIZE + 1];

    snprintf(id, sizeof id, "#%s", name);
    sink->found(sink->context, is_digit(name[0]) ? id : name, sink->path);
}

/* -- users of sudoers(5) ------------------------------------------------------------------ */

static const char blanks[] = " \t\r";

/* One word of a list, quoted or not. What is an alias, a netgroup or a keyword is no name of ours. */
static const char *take_user(const struct sink *sink, const char *at, bool excluded)
{
    char name[RULE_GROUP_SIZE];
    bool quoted = *at == '"';
    size_t length;

    at += quoted;
    length = strcspn(at, quoted ? "\"" : " \t\r,=:!");
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name), at);
    if (!excluded && ((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_' || name[0] == '#'))
        take_name(sink, name);
    at += length;
    return at + (quoted && *at == '"');
}

/* "bob, !carl, #1001": returns where it ends. */
static const char *take_list(const struct sink *sink, const char *at)
{
    for (;;) {
        bool excluded = false;

        for (at += strspn(at, blanks); *at == '!'; at += 1 + strspn(at + 1, blanks))
            excluded = !excluded;
        at = take_user(sink, at, excluded);
        at += strspn(at, blanks);
        if (*at != ',')
            return at;
        at++;
    }
}

static void take_line(const struct sink *sink, const char *line)
{
    line += strspn(line, blanks);
    if (strncmp(line, "User_Alias", 10) == 0) { /* "User_Alias A = bob, carl : B = dora" */
        while ((line = strchr(line, '=')) != NULL)
            line = take_list(sink, line + 1);
    } else if (strncmp(line, "Defaults", 8) != 0) {
        take_list(sink, line);
    } else if (line[8] == ':') {
        take_list(sink, line + 9);
    }
}

/* One line, those that end in '\' joined, without its comment ("#" before digits is an id). Returns what is behind. */
static const char *join_line(const char *text, char *ret)
{
    for (; *text != '\0' && *text != '\n'; text++) {
        if (*text == '#' && !is_digit(text[1])) {
            text += strcspn(text, "\n");
            break;
        }
        if (text[0] == '\\' && text[1] == '\n') {
            *ret++ = ' ';
            text++;
        } else {
            *ret++ = *text;
        }
    }
    *ret = '\0';
    return text + (*text == '\n');
}

static void take_sudoers(const struct sink *sink, const char *text)
{
    char *line = malloc(strlen(text) + 1);

    while (line != NULL && *text != '\0') {
        text = join_line(text, line);
        take_line(sink, line);
    }
    free(line);
}

/* -- all rules ---------------------------------------------------------------------------- */

/* Where a script asks for a user, any of its strings may be a name. */
static void take_polkit(const struct sink *sink, enum rule_language language, const char *text)
{
    bool strings = strstr(text, ".user") != NULL;
    char name[RULE_GROUP_SIZE];

    while (rule_user_next(language, strings, &text, name))
        take_name(sink, name);
}

static void take_file(void *context, enum rule_language language, const char *path, const char *text)
{
    struct sink *sink = context;
    char group[RULE_GROUP_SIZE];

    sink->path = path;
    if (language == RULES_SUDOERS)
        take_sudoers(sink, text);
    else
        take_polkit(sink, language, text);
    while (rule_group_next(language, &text, group))
        take_name(sink, group);
}

void trusted_walk(void (*found)(void *context, const char *name, const char *path), void *context)
{
    struct sink sink = { found, context, NULL };

    rule_files_walk(take_file, &sink);
}

/* -- one name ----------------------------------------------------------------------------- */

struct wanted {
    const char *username;
    char id[16];
    char *path; /* empty: not found */
    size_t size;
};

static void compare(void *context, const char *name, const char *path)
{
    struct wanted *wanted = context;
    bool same = strcmp(name, wanted->id) == 0 ||
                (wanted->username != NULL && strcmp(name, wanted->username) == 0);

    if (same && wanted->path[0] == '\0')
        snprintf(wanted->path, wanted->size, "%s", path);
}

bool trusted_find(const char *username, uint32_t id, char *ret_path, size_t size)
{
    struct wanted wanted = { .username = username, .path = ret_path, .size = size };

    if (id != 0)
        snprintf(wanted.id, sizeof wanted.id, "#%u", id);
    ret_path[0] = '\0';
    trusted_walk(compare, &wanted);
    return ret_path[0] != '\0';
}
