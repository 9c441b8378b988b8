/*
 * policy apply: the file is what 'policy -o json' writes, an array of objects with "key" and "value". What is so
 * already is not wished for, so that nothing is said of it and a file applied again changes nothing.
 */
#include "policy_apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change/ready.h"
#include "host/descriptor.h"
#include "host/given_file.h"
#include "sql/json_read.h"
#include "sql/policy.h"
#include "terminal/command.h"
#include "terminal/fault.h"
#include "terminal/say.h"
#include "policy_wish.h"

enum { FILE_SIZE = 1 << 20 };

/* A file under way to a wish. */
struct wanted {
    const char *source;
    struct json_reader *reader; /* of the object; the array has its own */
    char *key, *value;          /* of the object at hand; NULL: it has none */
    bool twice;                 /* one of them */
    char *values[POLICY_COUNT]; /* NULL: not in the file */
    enum status status;
};

static enum status refuse(const struct wanted *wanted, const char *key, const char *what)
{
    return tool_refuse_as(KIND_INVALID, key, NULL, "%s: %s; see 'admin-tool policy -o json', which is such a file",
                          wanted->source, what);
}

static bool take_text(struct wanted *wanted, char **place, const char *text)
{
    char *copied = strdup(text);

    wanted->twice |= *place != NULL;
    free(*place);
    *place = copied;
    return copied != NULL;
}

static bool take_pair(void *context, const struct json_pair *pair)
{
    struct wanted *wanted = context;

    if (pair->text != NULL && strcmp(pair->key, "key") == 0)
        return take_text(wanted, &wanted->key, pair->text);
    if (pair->text != NULL && strcmp(pair->key, "value") == 0)
        return take_text(wanted, &wanted->value, pair->text);
    return true;
}

/* The object at hand becomes one of the values. */
static enum status keep(struct wanted *wanted)
{
    size_t index;

    if (wanted->key == NULL || wanted->twice)
        return refuse(wanted, NULL, "not every element has one \"key\" and one \"value\"");
    index = policy_find(wanted->key);
    if (index == POLICY_COUNT)
        return tool_refuse_as(KIND_INVALID, NULL, wanted->key, "%s: unknown setting '%s'; see 'admin-tool policy'",
                              wanted->source, wanted->key);
    if (wanted->value == NULL)
        return tool_refuse_as(KIND_INVALID, wanted->key, NULL, "%s: %s has no value that is a text or a whole number",
                              wanted->source, wanted->key);
    if (wanted->values[index] != NULL)
        return tool_refuse_as(KIND_INVALID, wanted->key, NULL, "%s: %s is there twice", wanted->source, wanted->key);
    wanted->values[index] = wanted->value;
    wanted->value = NULL;
    return GO_ON;
}

static void forget_object(struct wanted *wanted)
{
    free(wanted->key);
    free(wanted->value);
    wanted->key = wanted->value = NULL;
    wanted->twice = false;
}

static bool take_object(void *context, const char *object)
{
    struct wanted *wanted = context;
    enum json_result result = json_reader_read(wanted->reader, object, take_pair, wanted);

    if (result == JSON_MALFORMED)
        wanted->status = refuse(wanted, NULL, "it is not a JSON array of settings");
    else if (result != JSON_OK)
        wanted->status = tool_refuse(STATUS_FAILED, "not enough memory");
    else
        wanted->status = keep(wanted);
    forget_object(wanted);
    return wanted->status == GO_ON;
}

static enum status parse(struct wanted *wanted, const char *text)
{
    struct json_reader *list = json_reader_new();
    enum json_result result = JSON_FAILED;

    wanted->status = GO_ON;
    wanted->reader = json_reader_new();
    if (list != NULL && wanted->reader != NULL)
        result = json_reader_list(list, text, take_object, wanted);
    json_reader_free(wanted->reader);
    json_reader_free(list);
    if (result == JSON_MALFORMED)
        return refuse(wanted, NULL, "it is not a JSON array of settings");
    return result == JSON_FAILED ? tool_refuse(STATUS_FAILED, "not enough memory") : wanted->status;
}

/* -- the file ----------------------------------------------------------------------------- */

static enum status read_text(struct wanted *wanted, int fd, char *text)
{
    ssize_t length = descriptor_read_some(fd, text, FILE_SIZE);

    if (length < 0)
        return tool_refuse(STATUS_FAILED, "%s: %s", wanted->source, strerror(errno));
    if (length == FILE_SIZE)
        return refuse(wanted, NULL, "it is longer than 1 MiB, so it is not a file of settings");
    text[length] = '\0';
    if (strlen(text) < (size_t)length)
        return refuse(wanted, NULL, "it has a NUL in it, so it is not a file of settings");
    return parse(wanted, text);
}

static enum status read_file(const struct tool *tool, struct wanted *wanted)
{
    const char *path = tool->arguments.operand;
    bool standard = strcmp(path, "-") == 0;
    int fd = STDIN_FILENO;
    const char *fault = standard ? NULL : given_file_open(tool->folder, path, &fd);
    char *text = malloc(FILE_SIZE + 1);
    enum status status;

    wanted->source = standard ? "standard input" : path;
    if (fault != NULL)
        status = tool_refuse(STATUS_FAILED, "%s: %s", path, fault);
    else if (text == NULL)
        status = tool_refuse(STATUS_FAILED, "not enough memory");
    else
        status = read_text(wanted, fd, text);
    free(text);
    if (fault == NULL && !standard)
        close(fd);
    return status;
}

/* -- the wish ----------------------------------------------------------------------------- */

static void wish_what_differs(const struct tool *tool, const struct wanted *wanted, struct policy_wish *ret)
{
    for (size_t i = 0; i < POLICY_COUNT; i++) {
        char present[POLICY_VALUE_SIZE];

        policy_value_at(&tool->policy, i, present);
        ret->wanted[i] = wanted->values[i] != NULL && strcmp(wanted->values[i], present) != 0;
        ret->values[i] = wanted->values[i];
    }
}

enum status policy_apply(struct tool *tool)
{
    struct wanted wanted = { .source = "" };
    struct policy_wish wish = { 0 };
    enum status status = read_file(tool, &wanted);

    if (status == GO_ON)
        status = tool_open(tool);
    if (status == GO_ON) {
        wish_what_differs(tool, &wanted, &wish);
        status = policy_wish_make(tool, &wish);
    }
    for (size_t i = 0; i < POLICY_COUNT; i++)
        free(wanted.values[i]);
    return status;
}
