/*
 * fuzz.h - what every fuzzer has: input taken piece by piece, and claims that must hold.
 *
 * The principle: an input is a script. Whatever octets it has, it can be played, the same way every
 * time; when it is used up, everything taken from it is zero.
 */
#ifndef CODER_FUZZ_H
#define CODER_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libFuzzer's two names; replay.c calls them, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

struct fuzz_input {
    const uint8_t *at;
    size_t left;
};

uint8_t fuzz_octet(struct fuzz_input *input);
uint64_t fuzz_word(struct fuzz_input *input, size_t octets); /* little-endian, at most 8 */
uint32_t fuzz_below(struct fuzz_input *input, uint32_t limit); /* limit: at least 1 */

/* Up to size octets; how many there were. */
size_t fuzz_take(struct fuzz_input *input, void *ret, size_t size);

/* An octet that says how long, and a text of that length, cut to size; a NUL may end it earlier. */
void fuzz_text(struct fuzz_input *input, char *ret, size_t size);

/* The same in memory of its exact size, so that one octet too far is seen. To be freed. */
char *fuzz_copy_text(const void *data, size_t size);

/* Ends the program, which is how a finding looks. */
void fuzz_require(bool holds, const char *claim);

/* A file with these octets, without a name; the descriptor stands at its beginning. */
int fuzz_file(const void *data, size_t size);

/* Like atexit(3), but not in a child. One function. */
void fuzz_at_exit(void (*function)(void));

#endif
