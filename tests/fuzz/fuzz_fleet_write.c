/*
 * What is asked to be written in the fleet's tree: whatever the lines are, what is taken has the form that DNs, filters and
 * attributes are made of without a further look; and what a server shows after a write is short, or none.
 */
#include <stdlib.h>
#include <string.h>

#include "fleet/facts.h"
#include "fleet/shown.h"
#include "fleet/write_request.h"
#include "fuzz.h"

static struct write_request request;
static struct facts facts;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static bool is_word(const char *text)
{
    return text[0] != '\0' && strpbrk(text, " ,=+\"\\<>#;()*\n") == NULL && strlen(text) <= WRITE_NAME_MAX;
}

static void check_facts(const struct write_operation *operation, bool made)
{
    if (!made)
        return;
    fuzz_require(facts.count <= FACTS_MAX && facts.value_count <= FACTS_VALUES_MAX, "there was room");
    for (size_t i = 0; i < facts.count; i++) {
        fuzz_require(facts.attributes[i].first + facts.attributes[i].count <= facts.value_count, "values are its own");
        for (size_t other = 0; other < i; other++)
            fuzz_require(strcmp(facts.attributes[i].name, facts.attributes[other].name) != 0, "an attribute is written once");
    }
    for (size_t i = 0; i < facts.value_count; i++)
        fuzz_require(facts.values[i].bv_len > 0 && memchr(facts.values[i].bv_val, '\n', facts.values[i].bv_len) == NULL, "a value is a line");
    fuzz_require(operation->name != NULL, "it is somebody's");
}

static void check_operation(const struct write_operation *operation)
{
    struct facts_before before = { .suspended = operation->set_count % 2 == 1, .expires_at = operation->set_count };

    fuzz_require(operation->name == NULL || is_word(operation->name), "a name is a word");
    fuzz_require(operation->entry == NULL || strlen(operation->entry) == 36, "an entry is one");
    fuzz_require(operation->csn == NULL || strpbrk(operation->csn, "()*\\") == NULL, "a csn is one");
    for (size_t i = 0; i < operation->set_count; i++)
        fuzz_require(operation->sets[i].key != NULL && strlen(operation->sets[i].value) <= WRITE_TEXT_MAX, "a fact has a value");
    if (operation->what == WRITE_CHANGE)
        check_facts(operation, facts_change(operation, &before, &facts));
    if (operation->what == WRITE_ADD)
        check_facts(operation, facts_add(operation, 1900000001, &facts));
    if (operation->what == WRITE_ADD_HOST)
        check_facts(operation, facts_add_host(operation, &facts));
    if (operation->what == WRITE_RENAME)
        fuzz_require(is_word(write_value(operation, "username")), "a new name is a word");
}

static void read_request(const void *data, size_t size)
{
    char *text = fuzz_copy_text(data, size);
    struct write_fault fault = { .why = "" };

    if (write_request_read(text, size, &request, &fault)) {
        fuzz_require(request.count > 0 && request.secret != NULL && request.secret_length > 0, "there is something, of somebody");
        fuzz_require(request.as == NULL || is_word(request.as), "an administrator is a word");
        fuzz_require(request.as == NULL || !request.by_ticket, "who has a ticket has no password");
        for (size_t i = 0; i < request.count; i++)
            check_operation(&request.operations[i]);
    } else {
        fuzz_require(fault.why[0] != '\0' && fault.nth <= request.count, "what is refused says why");
    }
    free(text);
}

static void read_shown(const void *data, size_t size)
{
    struct berval value = { size, malloc(size + 1) };
    struct shown shown;

    if (value.bv_val == NULL)
        return;
    memcpy(value.bv_val, data, size);
    if (shown_read(&value, &shown))
        fuzz_require(shown.scope_count <= SHOWN_SCOPES_MAX && strlen(shown.entry_uuid) < SHOWN_TEXT_SIZE, "it fits");
    free(value.bv_val);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] % 4 == 0)
        read_shown(data + 1, size - 1);
    else
        read_request(data + 1, size - 1);
    return 0;
}
