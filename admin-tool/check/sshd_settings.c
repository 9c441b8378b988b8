/*
 * sshd's settings from its own mouth: "key value" lines, a list's members on one line or on many.
 */
#include "sshd_settings.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sql/ascii.h"

enum { WORD_SIZE = 256 };

static const char *const names[SSHD_LISTS] = { "DenyUsers", "AllowUsers", "DenyGroups",
                                               "AllowGroups" };

const char *sshd_settings_list_name(int list)
{
    return names[list];
}

/* -- reading ------------------------------------------------------------------------------ */

static void append(const char *value, size_t length, char ret[SSHD_LIST_SIZE])
{
    size_t used = strlen(ret);

    if (used + length + 2 <= SSHD_LIST_SIZE)
        snprintf(ret + used, SSHD_LIST_SIZE - used, "%.*s ", (int)length, value);
}

static void take_command(const char *value, size_t length, char ret[SSHD_COMMAND_SIZE])
{
    if (!ascii_equals(value, length, "none"))
        snprintf(ret, SSHD_COMMAND_SIZE, "%.*s", (int)(length < SSHD_COMMAND_SIZE ? length : SSHD_COMMAND_SIZE - 1), value);
}

static void take(const char *key, const char *value, size_t length, struct sshd_settings *ret)
{
    const struct {
        const char *key;
        bool *setting;
    } switches[] = {
        { "usepam", &ret->pam },
        { "kbdinteractiveauthentication", &ret->keyboard_interactive },
        { "challengeresponseauthentication", &ret->keyboard_interactive },
        { "passwordauthentication", &ret->password },
        { "pubkeyauthentication", &ret->public_key },
        { "strictmodes", &ret->strict_modes },
    };

    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        if (ascii_is(key, switches[i].key))
            *switches[i].setting = ascii_equals(value, length, "yes");
    for (size_t i = 0; i < SSHD_LISTS; i++)
        if (ascii_is(key, names[i]))
            append(value, length, ret->lists[i]);
    if (ascii_is(key, "authorizedkeyscommand"))
        take_command(value, length, ret->keys_command);
    if (ascii_is(key, "authorizedkeyscommanduser"))
        take_command(value, length, ret->keys_user);
    if (ascii_is(key, "trustedusercakeys"))
        ret->other_keys = ret->other_keys || !ascii_equals(value, length, "none");
    if (ascii_is(key, "authorizedkeysfile"))
        append(value, length, ret->key_files);
    if (ascii_is(key, "authenticationmethods"))
        append(value, length, ret->methods);
}

void sshd_settings_parse(const char *text, struct sshd_settings *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->password = ret->public_key = ret->strict_modes = ret->keyboard_interactive = true;
    while (*text != '\0') {
        const char *end = text + strcspn(text, "\n");
        size_t key_length = strcspn(text, " \n");
        char key[WORD_SIZE];

        snprintf(key, sizeof key, "%.*s",
                 (int)(key_length < WORD_SIZE ? key_length : WORD_SIZE - 1), text);
        text += key_length;
        text += *text == ' ';
        take(key, text, (size_t)(end - text), ret);
        text = end + (*end == '\n');
    }
    ret->asks_us = strcmp(ret->keys_command, CODER_KEYS " %u") == 0;
    ret->other_keys = ret->other_keys || (ret->keys_command[0] != '\0' && !ret->asks_us);
}

/* -- which methods ------------------------------------------------------------------------ */

/* "publickey,keyboard-interactive:pam": is the method in this list, and is it all of it? */
static enum sshd_method place_in(const char *list, size_t length, const char *method)
{
    size_t size = strlen(method);
    bool alone = memchr(list, ',', length) == NULL;

    for (const char *at = list, *end = list + length; at < end;) {
        size_t word = 0;

        while (at + word < end && at[word] != ',')
            word++;
        if (word >= size && ascii_equals(at, size, method) && (word == size || at[size] == ':'))
            return alone ? SSHD_METHOD_ENOUGH : SSHD_METHOD_WITH_MORE;
        at += word + 1;
    }
    return SSHD_METHOD_NEVER;
}

enum sshd_method sshd_settings_method(const struct sshd_settings *settings, const char *method)
{
    const char *list = settings->methods;
    enum sshd_method best = SSHD_METHOD_NEVER;

    if (list[0] == '\0' || ascii_equals(list, strcspn(list, " "), "any"))
        return SSHD_METHOD_ENOUGH;
    for (size_t length; *list != '\0'; list += length + (list[length] == ' ')) {
        enum sshd_method place;

        length = strcspn(list, " ");
        place = place_in(list, length, method);
        best = place < best ? place : best;
    }
    return best;
}

static bool lacks(const char *list, size_t length, const char *method, bool has)
{
    return !has && place_in(list, length, method) != SSHD_METHOD_NEVER;
}

bool sshd_settings_can_meet(const struct sshd_settings *settings, const struct sshd_means *means)
{
    const char *list = settings->methods;

    if (list[0] == '\0' || ascii_equals(list, strcspn(list, " "), "any"))
        return true;
    for (size_t length; *list != '\0'; list += length + (list[length] == ' ')) {
        length = strcspn(list, " ");
        if (!lacks(list, length, "publickey", means->key) && !lacks(list, length, "password", means->password) &&
            !lacks(list, length, "keyboard-interactive", means->keyboard_interactive))
            return true;
    }
    return false;
}

/* -- who may ------------------------------------------------------------------------------ */

/* sshd's patterns: * and ? (ssh_config(5), PATTERNS). */
static bool matches(const char *pattern, size_t length, const char *text)
{
    size_t star = SIZE_MAX, p = 0;
    const char *back = NULL;

    while (*text != '\0') {
        if (p < length && pattern[p] == '*') {
            star = p++;
            back = text;
        } else if (p < length && (pattern[p] == '?' || pattern[p] == *text)) {
            p++;
            text++;
        } else if (back != NULL) {
            p = star + 1;
            text = ++back;
        } else {
            return false;
        }
    }
    while (p < length && pattern[p] == '*')
        p++;
    return p == length;
}

/* One of the list's patterns is the name's; a negated one that is settles it. */
static bool is_listed(const char *list, const char *name, bool denies)
{
    bool listed = false;

    for (size_t length; *list != '\0'; list += length + (list[length] == ' ')) {
        const char *pattern = list, *host;
        size_t size;
        bool negated;

        length = strcspn(list, " ");
        negated = *pattern == '!';
        pattern += negated;
        size = length - negated;
        host = memchr(pattern, '@', size);
        if (host != NULL && (denies || negated))
            continue;
        if (!matches(pattern, host != NULL ? (size_t)(host - pattern) : size, name))
            continue;
        if (negated)
            return false;
        listed = true;
    }
    return listed;
}

static bool is_group_listed(const char *list, const char *groups, bool denies)
{
    while (*groups != '\0') {
        size_t length = strcspn(groups, " ");
        char name[WORD_SIZE];

        snprintf(name, sizeof name, "%.*s", (int)(length < WORD_SIZE ? length : WORD_SIZE - 1),
                 groups);
        if (is_listed(list, name, denies))
            return true;
        groups += length + (groups[length] == ' ');
    }
    return false;
}

int sshd_settings_refusal(const struct sshd_settings *settings, const char *name,
                          const char *groups)
{
    for (int i = 0; i < SSHD_LISTS; i++) {
        bool denies = i == SSHD_DENY_USERS || i == SSHD_DENY_GROUPS;
        bool by_group = i == SSHD_DENY_GROUPS || i == SSHD_ALLOW_GROUPS;
        const char *list = settings->lists[i];
        bool listed =
            by_group ? is_group_listed(list, groups, denies) : is_listed(list, name, denies);

        if (list[0] != '\0' && listed == denies)
            return i;
    }
    return -1;
}
