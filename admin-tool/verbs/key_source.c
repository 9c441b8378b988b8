/*
 * Keys read from the command line, a file or standard input. People hand over the private key by mistake: what was
 * read is wiped and nothing of it is said.
 */
#include "key_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/ssh_key.h"
#include "sql/store_keys.h"
#include "terminal/command.h"
#include "terminal/say.h"

void key_set_free(struct key_set *set)
{
    free(set->keys);
    *set = (struct key_set){ NULL, 0 };
}

/* -- one key ------------------------------------------------------------------------------ */

static bool has(const struct key_set *set, const char *fingerprint)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->keys[i].fingerprint, fingerprint) == 0)
            return true;
    return false;
}

static enum status add(struct key_set *set, const struct ssh_key *key)
{
    if (has(set, key->fingerprint))
        return GO_ON;
    if (set->keys == NULL)
        set->keys = calloc(STORE_KEYS_MAX, sizeof *set->keys);
    if (set->keys == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory");
    if (set->count == STORE_KEYS_MAX)
        return tool_refuse(STATUS_REFUSED, "these are more than %d keys, and one account has no more; nothing was "
                           "changed", STORE_KEYS_MAX);
    set->keys[set->count++] = *key;
    return GO_ON;
}

static enum status add_word(const char *word, struct key_set *set)
{
    struct ssh_key key;
    const char *fault = ssh_key_fault(word, &key);

    return fault == NULL ? add(set, &key) : tool_refuse(STATUS_REFUSED, "the key is refused: it %s", fault);
}

/* -- a file of them ----------------------------------------------------------------------- */

enum { FILE_SIZE = 2 * STORE_KEYS_TEXT_MAX };

/* The line at *text, ended by a NUL now; *text goes behind it. */
static const char *take_line(char **text)
{
    char *line = *text, *end = line + strcspn(line, "\n");

    *text = end + (*end == '\n');
    *end = '\0';
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    return line + strspn(line, " \t");
}

static enum status add_lines(const char *source, char *text, struct key_set *set)
{
    size_t before = set->count;
    enum status status = GO_ON;
    bool any = false;

    for (size_t number = 1; status == GO_ON && *text != '\0'; number++) {
        const char *line = take_line(&text), *fault;
        struct ssh_key key;

        if (line[0] == '\0' || line[0] == '#')
            continue;
        any = true;
        fault = ssh_key_fault(line, &key);
        status = fault == NULL ? add(set, &key)
                               : tool_refuse(STATUS_REFUSED, "%s, line %zu: it %s", source, number, fault);
    }
    if (status == GO_ON && !any)
        status = tool_refuse(STATUS_REFUSED, "%s: there is no key in it", source);
    if (status != GO_ON)
        set->count = before;
    return status;
}

/* At most `size` octets; -1 with errno. */
static ssize_t read_all(int fd, char *ret, size_t size)
{
    size_t used = 0;
    ssize_t count = 1;

    while (count > 0 && used < size) {
        count = read(fd, ret + used, size - used);
        if (count < 0 && errno == EINTR)
            count = 1;
        else if (count > 0)
            used += (size_t)count;
    }
    return count < 0 ? -1 : (ssize_t)used;
}

static enum status add_text(const char *source, int fd, char *text, struct key_set *set)
{
    ssize_t length = read_all(fd, text, FILE_SIZE);

    if (length < 0)
        return tool_refuse(STATUS_FAILED, "%s: %s", source, strerror(errno));
    if (length == FILE_SIZE)
        return tool_refuse(STATUS_REFUSED, "%s: it is longer than %d octets, so no file of keys", source, FILE_SIZE - 1);
    text[length] = '\0';
    if (strlen(text) < (size_t)length)
        return tool_refuse(STATUS_REFUSED, "%s: it has a NUL in it, so it is no file of keys", source);
    return add_lines(source, text, set);
}

static enum status add_file(const struct tool *tool, const char *path, struct key_set *set)
{
    bool standard = strcmp(path, "-") == 0;
    const char *source = standard ? "standard input" : path;
    int fd = standard ? STDIN_FILENO : openat(tool->folder, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *text = malloc(FILE_SIZE + 1);
    enum status status;

    if (fd == -1)
        status = tool_refuse(STATUS_FAILED, "%s: %s; a KEY itself is one word in quotes, \"ssh-ed25519 AAAA...\"",
                             path, strerror(errno));
    else if (text == NULL)
        status = tool_refuse(STATUS_FAILED, "not enough memory");
    else
        status = add_text(source, fd, text, set);
    if (text != NULL)
        explicit_bzero(text, FILE_SIZE + 1);
    free(text);
    if (fd != -1 && !standard)
        close(fd);
    return status;
}

enum status key_source_read(const struct tool *tool, const char *word, struct key_set *set)
{
    bool is_key = word[0] != '/' && word[0] != '.' && strpbrk(word, " \t") != NULL;

    return is_key ? add_word(word, set) : add_file(tool, word, set);
}
