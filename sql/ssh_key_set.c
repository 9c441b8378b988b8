/*
 * Several ssh keys, each once.
 */
#include "ssh_key_set.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ssh_key.h"

void ssh_key_set_free(struct ssh_key_set *set)
{
    free(set->keys);
    *set = (struct ssh_key_set){ NULL, 0 };
}

static bool has(const struct ssh_key_set *set, const char *fingerprint)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->keys[i].fingerprint, fingerprint) == 0)
            return true;
    return false;
}

static size_t octets_of(const struct ssh_key_set *set)
{
    size_t octets = 0;

    for (size_t i = 0; i < set->count; i++)
        octets += strlen(set->keys[i].line) + 1;
    return octets;
}

const char *ssh_key_set_add(struct ssh_key_set *set, const char *line)
{
    struct ssh_key key;
    const char *fault = ssh_key_fault(line, &key);

    if (fault != NULL || has(set, key.fingerprint))
        return fault;
    if (set->count == SSH_KEYS_MAX)
        return "is one more than the 64 keys that an account may have";
    if (octets_of(set) + strlen(key.line) + 1 > SSH_KEYS_TEXT_SIZE)
        return "is too much: the keys of an account may have no more than 65536 octets";
    if (set->keys == NULL)
        set->keys = calloc(SSH_KEYS_MAX, sizeof *set->keys);
    if (set->keys == NULL)
        return "needs more memory than there is";
    set->keys[set->count++] = key;
    return NULL;
}

/* The line at *text, ended by a NUL now, without blanks in front; *text goes behind it. */
static const char *take_line(char **text)
{
    char *line = *text, *end = line + strcspn(line, "\n");

    *text = end + (*end == '\n');
    *end = '\0';
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    return line + strspn(line, " \t");
}

const char *ssh_key_set_add_lines(struct ssh_key_set *set, char *text, size_t *ret_line)
{
    size_t before = set->count;
    const char *fault = NULL;
    bool any = false;

    for (*ret_line = 0; fault == NULL && *text != '\0';) {
        const char *line = take_line(&text);

        (*ret_line)++;
        if (line[0] == '\0' || line[0] == '#')
            continue;
        any = true;
        fault = ssh_key_set_add(set, line);
    }
    if (fault == NULL && !any) {
        *ret_line = 0;
        fault = "has no key in it";
    }
    if (fault != NULL)
        set->count = before;
    return fault;
}

void ssh_keys_name(char ret[SSH_KEYS_NAMES_SIZE], const char *fingerprint)
{
    size_t used = strlen(ret);

    snprintf(ret + used, SSH_KEYS_NAMES_SIZE - used, "%s%s", used > 0 ? ", " : "", fingerprint);
}

void ssh_key_set_names(const struct ssh_key_set *set, char ret[SSH_KEYS_NAMES_SIZE])
{
    ret[0] = '\0';
    for (size_t i = 0; i < set->count; i++)
        ssh_keys_name(ret, set->keys[i].fingerprint);
}

void ssh_key_set_text(const struct ssh_key_set *set, char ret[SSH_KEYS_TEXT_SIZE + 1])
{
    char *end = ret;

    *end = '\0';
    for (size_t i = 0; i < set->count; i++) {
        end = stpcpy(end, set->keys[i].line);
        end = stpcpy(end, "\n");
    }
}
