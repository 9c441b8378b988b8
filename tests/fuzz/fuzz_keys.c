/*
 * One line of authorized_keys: what is taken has one reading, is taken again as it was written down, and cannot be cut
 * in two by whoever prints it.
 */
#include <stdlib.h>
#include <string.h>

#include "sql/ssh_key.h"
#include "fuzz.h"
#include "grammar.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy_text(data, size < 2 * SSH_KEY_LINE_SIZE ? size : 2 * SSH_KEY_LINE_SIZE);
    static struct ssh_key key, again;

    memset(&key, 0, sizeof key);
    if (ssh_key_fault(text, &key) != NULL) {
        fuzz_require(key.line[0] == '\0' && key.fingerprint[0] == '\0', "what is refused sets nothing");
        free(text);
        return 0;
    }
    fuzz_require(grammar_is_text(key.line) && key.line[0] != '#', "a line is one line");
    fuzz_require(strstr(key.line, key.type) != NULL, "the type is in the line");
    fuzz_require(strlen(key.fingerprint) == SSH_KEY_FINGERPRINT_SIZE - 1, "a fingerprint has one length");
    fuzz_require(strlen(key.comment) <= strlen(key.line), "the comment is of the line");
    fuzz_require(ssh_key_fault(key.line, &again) == NULL, "what was written down is taken");
    fuzz_require(strcmp(key.line, again.line) == 0 && strcmp(key.fingerprint, again.fingerprint) == 0 &&
                     strcmp(key.comment, again.comment) == 0 && key.bits == again.bits,
                 "and is the same");
    free(text);
    return 0;
}
