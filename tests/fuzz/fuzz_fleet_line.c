/*
 * Lines of coder_fleet: whatever the octets, a line that is taken is one of those there are, holds what ends, and gives no
 * account that an import would refuse without saying why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "follow/line.h"
#include "import/record.h"
#include "sql/account.h"
#include "fuzz.h"
#include "grammar.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

static void check_texts(const struct line *line)
{
    const struct fleet_entry *entry = &line->entry;

    fuzz_require(memchr(line->uri, '\0', sizeof line->uri) != NULL && memchr(line->cookie, '\0', sizeof line->cookie) != NULL &&
                     memchr(line->why, '\0', sizeof line->why) != NULL, "the texts end");
    fuzz_require(strpbrk(line->cookie, " \n") == NULL, "a cookie has no blanks");
    fuzz_require(account_text_fault(entry->reason) == NULL && account_text_fault(entry->changed_by) == NULL &&
                     account_text_fault(entry->csn) == NULL, "what is shown can be shown");
    for (size_t i = 0; i < line->uuid_count; i++)
        fuzz_require(strlen(line->uuids + FLEET_UUID_SIZE * i) == FLEET_UUID_SIZE - 1, "an id is whole");
}

static void check_entry(const struct fleet_entry *entry)
{
    const struct account *account = &entry->record.account;

    fuzz_require(strlen(entry->entry_uuid) == FLEET_UUID_SIZE - 1, "an entry has its id");
    fuzz_require(account->hash[0] != '\0' || !account->temporary, "what is temporary is a password");
    fuzz_require(account->temporary || account->temporary_until == 0, "an end of nothing");
    if (entry->why[0] != '\0' || entry->word == WORD_DELETED)
        return;
    fuzz_require(entry->word != WORD_NONE && (account->status == ACCOUNT_ACTIVE) == (entry->word == WORD_ACTIVE), "it has a status");
    grammar_require_account(account, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct line_reader *reader = line_reader_new();
    char *text = calloc(1, size + 1);
    struct line line;

    fuzz_require(reader != NULL && text != NULL, "there is memory");
    memcpy(text, data, size);
    if (line_read(reader, text, &line)) {
        fuzz_require((unsigned)line.kind < LINE_KIND_COUNT && line_kind_name(line.kind)[0] != '\0', "it is one of those there are");
        check_texts(&line);
        if (line.kind == LINE_ENTRY || line.kind == LINE_UNREADABLE)
            check_entry(&line.entry);
        fuzz_require(line.kind != LINE_COMMIT || line.cookie[0] != '\0', "a commit has a cookie");
    }
    line_wipe(&line);
    free(text);
    line_reader_free(reader);
    return 0;
}
