/*
 * An entry of the fleet's tree: whatever its attributes hold, one line of JSON comes out that says whose it is; and a
 * status that can be read is in it.
 */
#include <stdlib.h>
#include <string.h>

#include "fleet/entry.h"
#include "sql/json_read.h"
#include "fuzz.h"

enum { ATTRIBUTES_MAX = 24, VALUES_MAX = 4 };

#define UUID "0c6e0102-0304-0506-0708-090a0b0c0d0e"

static const char *const samples[] = {
    "active", "suspended", "deleted", "TRUE", "FALSE", "1900000001", "0", "4294967296", "20261128232200Z", "20261128232200.5Z",
    "{CRYPT}$y$j9T$x", "{SSHA}x", "bob", "/home/bob", "\xc3\x9c", "\xff", "", "253402300799",
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

static struct json_reader *reader;
static struct json_line line;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    reader = json_reader_new();
    fuzz_require(reader != NULL, "there is memory");
    return 0;
}

struct seen {
    bool line, uuid;
    char status[512];
};

static bool visit(void *context, const struct json_pair *pair)
{
    struct seen *seen = context;

    fuzz_require(pair->text != NULL, "every value is text, a number, a flag, null or a list of texts");
    if (strcmp(pair->key, "line") == 0)
        seen->line = strcmp(pair->text, "entry") == 0 || strcmp(pair->text, "unreadable") == 0;
    if (strcmp(pair->key, "entry_uuid") == 0)
        seen->uuid = strcmp(pair->text, UUID) == 0;
    if (strcmp(pair->key, "status") == 0)
        strncpy(seen->status, pair->text, sizeof seen->status - 1);
    return true;
}

static void check_line(const struct entry_attribute *status)
{
    struct seen seen = { 0 };
    char *text = malloc(line.used);

    fuzz_require(text != NULL && line.used > 2 && line.used <= JSON_LINE_SIZE && line.text[line.used - 1] == '\n', "a line ends");
    memcpy(text, line.text, line.used - 1);
    text[line.used - 1] = '\0';
    fuzz_require(strlen(text) == line.used - 1 && strchr(text, '\n') == NULL, "and is one");
    fuzz_require(json_reader_read(reader, text, visit, &seen) == JSON_OK, "it is JSON");
    fuzz_require(seen.line && seen.uuid, "it says what it is, and whose");
    if (status != NULL && status->count == 1 && json_line_takes(status->values[0].bv_val, status->values[0].bv_len) &&
        status->values[0].bv_len < sizeof seen.status)
        fuzz_require(strlen(seen.status) == status->values[0].bv_len &&
                         memcmp(seen.status, status->values[0].bv_val, status->values[0].bv_len) == 0,
                     "a status that can be read is said");
    free(text);
}

/* Its octets in memory of their exact size. */
static struct berval take_value(struct fuzz_input *input)
{
    uint8_t choice = fuzz_octet(input);
    const char *sample = samples[choice % SAMPLES];
    char octets[256];
    size_t length = choice % 2 == 0 ? strlen(sample) : fuzz_take(input, octets, fuzz_octet(input));
    struct berval value = { length, malloc(length > 0 ? length : 1) };

    fuzz_require(value.bv_val != NULL, "there is memory");
    memcpy(value.bv_val, choice % 2 == 0 ? sample : octets, length);
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size };
    struct entry_attribute attributes[ATTRIBUTES_MAX], *status = NULL;
    struct berval values[ATTRIBUTES_MAX][VALUES_MAX];
    size_t names = 0, count = 0;

    while (entry_attributes[names] != NULL)
        names++;
    while (count < ATTRIBUTES_MAX && input.left > 0) {
        struct entry_attribute *attribute = &attributes[count];
        const char *name = entry_attributes[fuzz_octet(&input) % names];
        bool several = (fuzz_octet(&input) & 1) != 0;
        size_t more = fuzz_octet(&input) % VALUES_MAX;

        *attribute = (struct entry_attribute){ name, values[count], 0 };
        for (size_t left = 1 + (several ? more : 0); left > 0; left--)
            values[count][attribute->count++] = take_value(&input);
        if (status == NULL && strcmp(attribute->name, "coderStatus") == 0)
            status = attribute;
        count++;
    }
    entry_write(UUID, attributes, count, &line);
    check_line(status);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < attributes[i].count; j++)
            free(values[i][j].bv_val);
    return 0;
}
