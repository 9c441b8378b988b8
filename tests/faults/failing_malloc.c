/*
 * Preloaded into a program: its Nth allocation fails, N in the file /run/faults/malloc (0: none), and says so by
 * emptying that file. "N own" counts only what the program itself asks for, and not its libraries. The environment
 * is no place for N: the programs under test clear theirs.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT_FILE "/run/faults/malloc"

static long left = -1; /* -1: not read yet */
static bool own;
static uintptr_t begin, end; /* of the program */

/* The first object is the program. */
static int find_program(struct dl_phdr_info *object, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    begin = UINTPTR_MAX;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        uintptr_t at = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;

        if (object->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        begin = at < begin ? at : begin;
        end = at + object->dlpi_phdr[i].p_memsz;
    }
    return 1;
}

static void read_count(void)
{
    char text[16] = "";
    int fd = open(COUNT_FILE, O_RDONLY | O_CLOEXEC);

    left = 0;
    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
        left = strtol(text, NULL, 10);
    own = strstr(text, "own") != NULL;
    if (fd >= 0)
        close(fd);
    dl_iterate_phdr(find_program, NULL);
}

static int is_to_fail(const void *caller)
{
    int fd;

    if (left == -1)
        read_count();
    if (left == 0 || (own && ((uintptr_t)caller < begin || (uintptr_t)caller >= end)) || --left > 0)
        return 0;
    fd = open(COUNT_FILE, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    errno = ENOMEM;
    return 1;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    return is_to_fail(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    return is_to_fail(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
    return is_to_fail(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}
