/*
 * Groups in rules: no parser of the languages, only of what a group looks like in them. A name in a
 * comment is none.
 */
#include "rule_groups.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *line_end(const char *text)
{
    return text + strcspn(text, "\n");
}

/* The text up to one of these. */
static const char *take(const char *text, const char *ends, char ret[RULE_GROUP_SIZE])
{
    size_t length = strcspn(text, ends);

    snprintf(ret, RULE_GROUP_SIZE, "%.*s", (int)(length < RULE_GROUP_SIZE ? length : RULE_GROUP_SIZE),
             text);
    return text + length;
}

/* -- sudoers(5) --------------------------------------------------------------------------- */

/* "#" before digits is an id, else a comment. */
static bool is_comment(const char *text)
{
    return text[0] == '#' && !isdigit((unsigned char)text[1]);
}

/* "%:" names groups of a plugin of sudo's. */
static bool sudoers_next(const char **text, char ret[RULE_GROUP_SIZE])
{
    static const char before[] = " \t\n,=!(:\"", behind[] = " \t\r\n,=!():\"\\";
    const char *begin = *text;

    for (const char *at = begin; *at != '\0'; at++) {
        char last = '\n';

        if (at > begin)
            last = at[-1];
        if (is_comment(at) && last != '%' && last != '\\')
            at = line_end(at);
        if (*at == '\0')
            break;
        if (*at != '%' || strchr(before, last) == NULL || at[1] == ':')
            continue;
        *text = take(at[1] == '"' ? at + 2 : at + 1, behind, ret);
        if (ret[0] != '\0')
            return true;
    }
    return false;
}

/* -- polkit ------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does the string that begins at `quote` stand as what a group is asked by? */
static bool is_asked(const char *begin, const char *quote)
{
    static const char *const calls[] = { "isInGroup", "indexOf", "includes" };

    while (quote > begin && is_blank(quote[-1]))
        quote--;
    if (quote == begin || *--quote != '(')
        return false;
    while (quote > begin && is_blank(quote[-1]))
        quote--;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        size_t length = strlen(calls[i]);

        if ((size_t)(quote - begin) >= length && memcmp(quote - length, calls[i], length) == 0)
            return true;
    }
    return false;
}

/* Behind a comment that begins here; NULL: none does. */
static const char *past_comment(enum rule_language language, const char *at)
{
    const char *end;

    if (language == RULES_KEYS)
        return at[0] == '#' ? line_end(at) : NULL;
    if (at[0] != '/' || (at[1] != '/' && at[1] != '*'))
        return NULL;
    if (at[1] == '/')
        return line_end(at);
    end = strstr(at + 2, "*/");
    return end != NULL ? end + 2 : at + strlen(at);
}

/* A name behind the prefix, or a string of a script that stands where asked() says (NULL: none). */
static bool polkit_next(enum rule_language language, const char *prefix,
                        bool (*asked)(const char *begin, const char *quote), const char **text,
                        char ret[RULE_GROUP_SIZE])
{
    static const char behind[] = ";,\"' \t\r\n)";
    const char *begin = *text, *at = begin, *next;

    while (*at != '\0') {
        if ((next = past_comment(language, at)) != NULL) {
            at = next;
            continue;
        }
        if (strncmp(at, prefix, strlen(prefix)) == 0)
            next = take(at + strlen(prefix), behind, ret);
        else if (language == RULES_SCRIPT && asked != NULL && (*at == '"' || *at == '\'') && asked(begin, at))
            next = take(at + 1, behind, ret);
        if (next != NULL && ret[0] != '\0') {
            *text = next;
            return true;
        }
        at++;
    }
    return false;
}

bool rule_group_next(enum rule_language language, const char **text, char ret[RULE_GROUP_SIZE])
{
    return language == RULES_SUDOERS ? sudoers_next(text, ret)
                                     : polkit_next(language, "unix-group:", is_asked, text, ret);
}

static bool is_string(const char *begin, const char *quote)
{
    return begin <= quote;
}

bool rule_user_next(enum rule_language language, bool strings, const char **text, char ret[RULE_GROUP_SIZE])
{
    return polkit_next(language, "unix-user:", strings ? is_string : NULL, text, ret);
}
