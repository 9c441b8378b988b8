/*
 * The names of scopes are those of groups in the fleet's tree.
 */
#include "scope.h"

#include <string.h>

#include "sql/scope_list.h"
#include "terminal/say.h"

/* The next word between commas; NULL: it is none. */
static const char *take_word(const char *text, char ret[SCOPE_SIZE])
{
    size_t length = strcspn(text, ",");

    if (length == 0 || length >= SCOPE_SIZE || strspn(text, SCOPE_LETTERS) < length)
        return NULL;
    memcpy(ret, text, length);
    ret[length] = '\0';
    return text + length;
}

enum status scope_check(const struct tool *tool)
{
    const char *given = tool->arguments.value[OPTION_SCOPE], *text = given;
    char word[SCOPE_SIZE];

    while (text != NULL) {
        text = take_word(text, word);
        if (text == NULL)
            return tool_refuse_as(KIND_INVALID, "scope", given, "--scope takes names of scopes with commas between them, not '%s'",
                                  given);
        text = *text == ',' ? text + 1 : NULL;
    }
    return GO_ON;
}

void scope_ask(const char *text, struct fleet_request *request)
{
    char word[SCOPE_SIZE];

    while (text != NULL) {
        text = take_word(text, word);
        if (text == NULL)
            return;
        fleet_request_set(request, "scopes", word);
        text = *text == ',' ? text + 1 : NULL;
    }
}

void scope_set(const struct tool *tool, const char *usual, struct fleet_request *request)
{
    scope_ask(tool_has(tool, OPTION_SCOPE) ? tool->arguments.value[OPTION_SCOPE] : usual, request);
}
