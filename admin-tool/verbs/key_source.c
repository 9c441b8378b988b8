/*
 * Keys read from the command line, a file or standard input. People hand over the private key by mistake: what was
 * read is wiped and nothing of it is said.
 */
#include "key_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "host/given_file.h"
#include "sql/ssh_key_set.h"
#include "terminal/command.h"
#include "terminal/say.h"

enum { FILE_SIZE = 2 * SSH_KEYS_TEXT_SIZE };

static enum status add_lines(const char *source, char *text, struct ssh_key_set *set)
{
    size_t line = 0;
    const char *fault = ssh_key_set_add_lines(set, text, &line);

    if (fault != NULL && line == 0)
        return tool_refuse(STATUS_REFUSED, "%s: it %s", source, fault);
    return fault == NULL ? GO_ON : tool_refuse(STATUS_REFUSED, "%s, line %zu: it %s", source, line, fault);
}

static enum status add_text(const char *source, int fd, char *text, struct ssh_key_set *set)
{
    ssize_t length = descriptor_read_some(fd, text, FILE_SIZE);

    if (length < 0)
        return tool_refuse(STATUS_FAILED, "%s: %s", source, strerror(errno));
    if (length == FILE_SIZE)
        return tool_refuse(STATUS_REFUSED, "%s: it is longer than %d octets, so it is not a file of keys", source, FILE_SIZE - 1);
    text[length] = '\0';
    if (strlen(text) < (size_t)length)
        return tool_refuse(STATUS_REFUSED, "%s: it has a NUL in it, so it is not a file of keys", source);
    return add_lines(source, text, set);
}

static enum status add_file(const struct tool *tool, const char *path, struct ssh_key_set *set)
{
    bool standard = strcmp(path, "-") == 0;
    const char *source = standard ? "standard input" : path;
    int fd = STDIN_FILENO;
    const char *fault = standard ? NULL : given_file_open(tool->folder, path, &fd);
    char *text = malloc(FILE_SIZE + 1);
    enum status status;

    if (fault != NULL)
        status = tool_refuse(STATUS_FAILED, "%s: %s; a KEY itself is one word in quotes, \"ssh-ed25519 AAAA...\"",
                             path, fault);
    else if (text == NULL)
        status = tool_refuse(STATUS_FAILED, "not enough memory");
    else
        status = add_text(source, fd, text, set);
    if (text != NULL)
        explicit_bzero(text, FILE_SIZE + 1);
    free(text);
    if (fault == NULL && !standard)
        close(fd);
    return status;
}

static enum status add_word(const char *word, struct ssh_key_set *set)
{
    const char *fault = ssh_key_set_add(set, word);

    return fault == NULL ? GO_ON : tool_refuse(STATUS_REFUSED, "the key is refused: it %s", fault);
}

enum status key_source_read(const struct tool *tool, const char *word, struct ssh_key_set *set)
{
    bool is_key = word[0] != '/' && word[0] != '.' && strpbrk(word, " \t") != NULL;

    return is_key ? add_word(word, set) : add_file(tool, word, set);
}
