/*
 * Tables of the operations and of the facts that each may set, and a form for each kind of value.
 */
#include "write_request.h"

#include <resolv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "json_line.h"

enum form { FORM_TEXT, FORM_NAME, FORM_SECONDS, FORM_NUMBER, FORM_FLAG, FORM_STATUS, FORM_HASH };
enum { HASH_MAX = 512, UUID_LENGTH = 36, CSN_LENGTH = 40 };

#define ON(what) (1u << (what))
#define ACCOUNT (ON(WRITE_CHANGE) | ON(WRITE_ADD))

static const struct operation {
    const char *word;
    bool named;
} operations[] = {
    [WRITE_CHANGE] = { "change", true },     [WRITE_ADD] = { "add", true },
    [WRITE_DELETE] = { "delete", true },     [WRITE_RENAME] = { "rename", true },
    [WRITE_ADD_HOST] = { "add-host", true }, [WRITE_REMOVE_HOST] = { "remove-host", true },
    [WRITE_HOSTS] = { "hosts", false },      [WRITE_LOG] = { "log", false },
};
enum { OPERATIONS = sizeof operations / sizeof operations[0] };

static const struct fact {
    const char *key;
    enum form form;
    bool list;
    unsigned on;
} facts[] = {
    { "status", FORM_STATUS, false, ACCOUNT },
    { "reason", FORM_TEXT, false, ACCOUNT },
    { "full_name", FORM_TEXT, false, ACCOUNT },
    { "home", FORM_TEXT, false, ACCOUNT },
    { "shell", FORM_TEXT, false, ACCOUNT },
    { "email", FORM_TEXT, false, ACCOUNT },
    { "expires_at", FORM_SECONDS, false, ACCOUNT },
    { "temporary_until", FORM_SECONDS, false, ACCOUNT },
    { "hash", FORM_HASH, false, ACCOUNT },
    { "temporary", FORM_FLAG, false, ACCOUNT },
    { "uid", FORM_NUMBER, false, ON(WRITE_ADD) },
    { "roles", FORM_NAME, true, ACCOUNT },
    { "keys", FORM_TEXT, true, ACCOUNT },
    { "scopes", FORM_NAME, true, ACCOUNT | ON(WRITE_ADD_HOST) | ON(WRITE_HOSTS) },
    { "username", FORM_NAME, false, ON(WRITE_RENAME) },
    { "since", FORM_SECONDS, false, ON(WRITE_LOG) },
    { "name", FORM_NAME, false, ON(WRITE_LOG) },
    { "count", FORM_NUMBER, false, ON(WRITE_LOG) },
};
enum { FACTS = sizeof facts / sizeof facts[0] };

struct reading {
    struct write_request *request;
    struct write_fault *fault;
    size_t line;
    bool secret_due;
};

static bool refuse(struct reading *reading, const char *why)
{
    size_t count = reading->request->count;

    reading->fault->nth = count > 0 ? count - 1 : 0;
    snprintf(reading->fault->why, WRITE_FAULT_SIZE, "line %zu of the request: %s", reading->line + 1, why);
    return false;
}

/* -- forms ---- */

static bool is_text(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    return json_line_takes(text, strlen(text));
}

static bool is_of(const char *text, const char *allowed, size_t most)
{
    size_t length = strlen(text);

    return length > 0 && length <= most && strspn(text, allowed) == length;
}

/* Nothing that means something in a DN or a filter. */
static bool is_name(const char *text)
{
    return is_of(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", WRITE_NAME_MAX) && text[0] != '-' &&
           text[0] != '.';
}

static bool is_number(const char *text, uint64_t most)
{
    uint64_t number = 0;

    if (!is_of(text, "0123456789", 12) || text[0] == '0')
        return false;
    for (; *text != '\0'; text++)
        number = number * 10 + (unsigned)(*text - '0');
    return number <= most;
}

static bool is_one_of(const char *text, const char *one, const char *other)
{
    return strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

static bool has_form(const struct fact *fact, const char *value)
{
    switch (fact->form) {
    case FORM_NAME:
        return is_name(value);
    case FORM_SECONDS:
        return is_number(value, 253402300799);
    case FORM_NUMBER:
        return is_number(value, UINT32_MAX);
    case FORM_FLAG:
        return is_one_of(value, "true", "false");
    case FORM_STATUS:
        return is_one_of(value, "active", "suspended");
    case FORM_HASH:
        return is_of(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./$=,+-_", HASH_MAX) && value[0] == '$';
    default:
        return is_text(value) && strlen(value) <= WRITE_VALUE_MAX;
    }
}

/* -- lines ---- */

static struct write_operation *last_operation(struct reading *reading)
{
    struct write_request *request = reading->request;

    return request->count > 0 ? &request->operations[request->count - 1] : NULL;
}

static bool take_as(struct reading *reading, char *value)
{
    if (reading->line != 0)
        return refuse(reading, "\"as\" is the first line, and there once");
    if (!is_name(value))
        return refuse(reading, "as whom? external, gssapi, or a name of letters, digits and ._-");
    reading->request->by_ticket = strcmp(value, "gssapi") == 0;
    reading->request->as = is_one_of(value, "external", "gssapi") ? NULL : value;
    reading->secret_due = true;
    return true;
}

static bool is_secret(const char *key)
{
    return strcmp(key, "pem") == 0 || strcmp(key, "password") == 0 || strcmp(key, "ticket") == 0;
}

static const char *secret_due(const struct write_request *request)
{
    return request->as != NULL ? "password" : request->by_ticket ? "ticket" : "pem";
}

/* Decoded in place: three octets for four. */
static bool take_secret(struct reading *reading, const char *key, char *value)
{
    struct write_request *request = reading->request;
    size_t length = strlen(value);
    int decoded;

    if (!reading->secret_due || strcmp(key, secret_due(request)) != 0)
        return refuse(reading, "\"pem\" follows \"as external\", \"ticket\" \"as gssapi\", \"password\" \"as NAME\"");
    decoded = b64_pton(value, (unsigned char *)value, length);
    if (decoded <= 0 || (!request->by_ticket && memchr(value, '\0', (size_t)decoded) != NULL))
        return refuse(reading, "it is no base64, or of nothing, or of a text with a NUL");
    value[decoded] = '\0';
    explicit_bzero(value + decoded, length - (size_t)decoded);
    request->secret = value;
    request->secret_length = (size_t)decoded;
    reading->secret_due = false;
    return true;
}

static bool take_do(struct reading *reading, const char *value)
{
    struct write_request *request = reading->request;

    if (request->count == WRITE_OPERATIONS_MAX)
        return refuse(reading, "more than 1024 operations");
    for (size_t i = 0; i < OPERATIONS; i++)
        if (strcmp(operations[i].word, value) == 0) {
            request->operations[request->count++] =
                (struct write_operation){ .what = (enum write_what)i, .sets = request->sets + request->set_count };
            return true;
        }
    return refuse(reading, "no such operation");
}

static bool take_name(struct reading *reading, const char *value)
{
    struct write_operation *operation = last_operation(reading);

    if (operation == NULL || operation->name != NULL || !operations[operation->what].named)
        return refuse(reading, "there is no place for a name");
    if (!is_name(value))
        return refuse(reading, "a name is of letters, digits and ._-");
    operation->name = value;
    return true;
}

static bool take_shown(struct reading *reading, const char **into, const char *value, const char *allowed, size_t length)
{
    if (last_operation(reading) == NULL || *into != NULL)
        return refuse(reading, "there is no place for what was shown");
    if (!is_of(value, allowed, length) || strlen(value) != length)
        return refuse(reading, "it is neither entryUUID nor entryCSN");
    *into = value;
    return true;
}

/* A list may have been begun as an empty one, which stands alone. */
static const char *fault_of_another(const struct write_operation *operation, const struct fact *fact, const char *value)
{
    const char *before = write_value(operation, fact->key);

    if (before == NULL)
        return NULL;
    if (!fact->list)
        return "it is set twice";
    return *before == '\0' || *value == '\0' ? "a list is none, or has values" : NULL;
}

static bool take_fact(struct reading *reading, struct write_operation *operation, const struct fact *fact, const char *value)
{
    struct write_request *request = reading->request;
    const char *fault = fault_of_another(operation, fact, value);

    if (fault != NULL)
        return refuse(reading, fault);
    if (request->set_count == WRITE_SETS_MAX)
        return refuse(reading, "more than 16384 facts");
    if (*value != '\0' && !has_form(fact, value))
        return refuse(reading, "the value has not the form of this fact");
    request->sets[request->set_count++] = (struct write_set){ fact->key, value };
    operation->set_count++;
    return true;
}

static char *split(char *text)
{
    char *value = text + strcspn(text, " ");

    if (*value == ' ')
        *value++ = '\0';
    return value;
}

static bool take_set(struct reading *reading, char *key)
{
    struct write_operation *operation = last_operation(reading);
    char *value = split(key);

    for (size_t i = 0; operation != NULL && i < FACTS; i++)
        if ((facts[i].on & ON(operation->what)) != 0 && strcmp(facts[i].key, key) == 0)
            return take_fact(reading, operation, &facts[i], value);
    return refuse(reading, "this operation sets no such fact");
}

static bool take_hosts(struct reading *reading, const char *value)
{
    if (reading->request->count == 0 || *value != '\0')
        return refuse(reading, "\"hosts\" is the last line");
    reading->request->hosts = true;
    return true;
}

static bool take_line(struct reading *reading, char *key)
{
    struct write_operation *operation = last_operation(reading);
    char *value = split(key);

    if (reading->request->hosts)
        return refuse(reading, "\"hosts\" is the last line");
    if (reading->line > 0 && reading->secret_due && !is_secret(key))
        return refuse(reading, "the second line is \"pem\", \"ticket\" or \"password\"");
    if (strcmp(key, "as") == 0)
        return take_as(reading, value);
    if (is_secret(key))
        return take_secret(reading, key, value);
    if (reading->request->secret == NULL)
        return refuse(reading, "the first line is \"as\"");
    if (strcmp(key, "do") == 0)
        return take_do(reading, value);
    if (strcmp(key, "name") == 0)
        return take_name(reading, value);
    if (strcmp(key, "entry") == 0 && operation != NULL)
        return take_shown(reading, &operation->entry, value, "0123456789abcdef-", UUID_LENGTH);
    if (strcmp(key, "csn") == 0 && operation != NULL)
        return take_shown(reading, &operation->csn, value, "0123456789abcdef.Z#", CSN_LENGTH);
    if (strcmp(key, "set") == 0)
        return take_set(reading, value);
    if (strcmp(key, "hosts") == 0)
        return take_hosts(reading, value);
    return refuse(reading, "no such line");
}

/* -- what an operation must have ---- */

const char *write_value(const struct write_operation *operation, const char *key)
{
    for (size_t i = 0; i < operation->set_count; i++)
        if (strcmp(operation->sets[i].key, key) == 0)
            return operation->sets[i].value;
    return NULL;
}

static bool has(const struct write_operation *operation, const char *key)
{
    const char *value = write_value(operation, key);

    return value != NULL && *value != '\0';
}

static bool is_empty(const struct write_operation *operation, const char *key)
{
    const char *value = write_value(operation, key);

    return value != NULL && *value == '\0';
}

static const char *missing(const struct write_operation *operation)
{
    if (operations[operation->what].named && operation->name == NULL)
        return "there is no name";
    if (operation->what == WRITE_CHANGE && operation->set_count == 0)
        return "there is nothing to change";
    if (operation->what == WRITE_ADD && (!has(operation, "home") || !has(operation, "shell")))
        return "an account has a home and a shell";
    if (operation->what == WRITE_RENAME && !has(operation, "username"))
        return "there is no new name";
    if (operation->what == WRITE_ADD_HOST && !has(operation, "scopes"))
        return "a host has a scope";
    if (is_empty(operation, "status"))
        return "an account has a status";
    if (operation->what == WRITE_LOG && (is_empty(operation, "since") || is_empty(operation, "name") || is_empty(operation, "count")))
        return "what is asked of the log has a value";
    return NULL;
}

static bool check(struct reading *reading)
{
    struct write_request *request = reading->request;

    if (request->count == 0)
        return refuse(reading, "there is no operation");
    for (size_t i = 0; i < request->count; i++) {
        const char *what = missing(&request->operations[i]);

        if (what != NULL) {
            reading->fault->nth = i;
            snprintf(reading->fault->why, WRITE_FAULT_SIZE, "operation %zu: %s", i, what);
            return false;
        }
    }
    return true;
}

bool write_request_read(char *text, size_t length, struct write_request *ret, struct write_fault *fault)
{
    struct reading reading = { .request = ret, .fault = fault };

    memset(ret, 0, sizeof *ret);
    if (strlen(text) != length)
        return refuse(&reading, "it has a NUL");
    for (char *next; *text != '\0'; text = next, reading.line++) {
        size_t end = strcspn(text, "\n");

        next = text + end + (text[end] == '\n');
        text[end] = '\0';
        if (!take_line(&reading, text))
            return false;
    }
    return check(&reading);
}
