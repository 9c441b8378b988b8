/*
 * Taking an input apart, for all fuzzers.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void fuzz_require(bool holds, const char *claim)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz: it does not hold: %s\n", claim);
    abort();
}

size_t fuzz_take(struct fuzz_input *input, void *ret, size_t size)
{
    size_t count = size < input->left ? size : input->left;

    if (count > 0)
        memcpy(ret, input->at, count);
    input->at += count;
    input->left -= count;
    return count;
}

uint8_t fuzz_octet(struct fuzz_input *input)
{
    uint8_t octet = 0;

    fuzz_take(input, &octet, 1);
    return octet;
}

uint64_t fuzz_word(struct fuzz_input *input, size_t octets)
{
    uint64_t word = 0;

    for (size_t i = 0; i < octets; i++)
        word |= (uint64_t)fuzz_octet(input) << 8 * i;
    return word;
}

uint32_t fuzz_below(struct fuzz_input *input, uint32_t limit)
{
    return (uint32_t)fuzz_word(input, limit > 65536 ? 4 : limit > 256 ? 2 : 1) % limit;
}

void fuzz_text(struct fuzz_input *input, char *ret, size_t size)
{
    char text[256] = "";
    size_t length = fuzz_take(input, text, fuzz_octet(input));

    if (length >= size)
        length = size - 1;
    memcpy(ret, text, length);
    ret[length] = '\0';
}

char *fuzz_copy_text(const void *data, size_t size)
{
    size_t length = size > 0 ? strnlen(data, size) : 0;
    char *text = malloc(length + 1);

    fuzz_require(text != NULL, "there is memory");
    if (length > 0)
        memcpy(text, data, length);
    text[length] = '\0';
    return text;
}

int fuzz_file(const void *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    fuzz_require(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size) &&
                     lseek(fd, 0, SEEK_SET) == 0,
                 "a file can be made");
    return fd;
}

static void (*at_exit)(void);
static pid_t parent;

static void run_at_exit(void)
{
    if (getpid() == parent)
        at_exit();
}

void fuzz_at_exit(void (*function)(void))
{
    at_exit = function;
    parent = getpid();
    atexit(run_at_exit);
}
