/*
 * Files of users import: whatever the octets, reading ends, says of each record where it began, and
 * gives no account that users create would refuse.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "import/read.h"
#include "import/record.h"
#include "pam_coder/credential.h"
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

/* What a whole record has, and the part of one need not have. */
static void check_whole(const struct import_record *record)
{
    const struct account *account = &record->account;

    fuzz_require(account->service || (record->given & 1u << IMPORT_EMAIL) != 0, "the address is there");
    fuzz_require((account->roles & ROLE_MEMBER) != 0, "everyone is a member");
    fuzz_require(account->temporary || account->temporary_until == 0, "an end of nothing");
}

static void check_good(const struct import_record *record)
{
    struct account known = record->account;
    const struct account *account = &record->account;

    fuzz_require((record->given & 1u << IMPORT_USERNAME) != 0, "the name is there");
    fuzz_require((record->given & ~record->named) == 0, "what has a value is there");
    if ((record->given & 1u << IMPORT_EMAIL) == 0)
        snprintf(known.email, sizeof known.email, "none@example.com");
    grammar_require_account(&known, true);
    fuzz_require((record->keys[0] != '\0') == ((record->given & 1u << IMPORT_KEYS) != 0) &&
                     (record->keys[0] == '\0' || record->keys[strlen(record->keys) - 1] == '\n'), "keys are lines");
    fuzz_require(account->hash[0] == '\0' || credential_form(account->hash) != CREDENTIAL_BROKEN,
                 "a hash is whole");
    fuzz_require(account->expires_at >= 0 && account->created_at >= 0 &&
                     account->password_changed_at >= 0 && account->temporary_until >= 0,
                 "times are after 1970");
}

/* An expected number of records at most: each takes an octet. */
static void read_all(int fd, size_t size, bool parts)
{
    struct import_reader *reader = import_reader_new(fd, size % 2 == 0);
    char reason[IMPORT_REASON_SIZE];
    struct import_record record;
    enum import_result result;
    size_t line = 0, count = 0;

    fuzz_require(reader != NULL, "there is memory");
    if (parts)
        import_reader_take_parts(reader);
    do {
        memset(reason, 'x', sizeof reason);
        reason[0] = '\0';
        result = import_reader_next(reader, &record, reason);
        fuzz_require(memchr(reason, '\0', sizeof reason) != NULL, "a reason ends");
        if (result != IMPORT_GOOD && result != IMPORT_BAD)
            break;
        fuzz_require(++count <= size && record.line > line && record.line <= size + 1,
                     "each record begins behind the one before");
        line = record.line;
        if (result == IMPORT_GOOD)
            check_good(&record);
        if (result == IMPORT_GOOD && !parts)
            check_whole(&record);
        else if (result == IMPORT_BAD)
            fuzz_require(reason[0] != '\0', "there is a reason");
    } while (true);
    fuzz_require(result != IMPORT_FAILED, "the file can be read");
    import_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = fuzz_file(data, size);

    read_all(fd, size, false);
    fuzz_require(lseek(fd, 0, SEEK_SET) == 0, "the file begins again");
    read_all(fd, size, true);
    close(fd);
    return 0;
}
