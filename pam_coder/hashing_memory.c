/*
 * The memory in which a hash is computed, with its pages at once. yescrypt takes 16 MiB for some milliseconds and writes
 * all of it; half of what it costs are 4,100 page faults one by one, and libxcrypt has no way to ask for better. So the
 * program has an mmap(2) of its own, which a library that it has loaded calls in libc's place, and which asks for the
 * pages of anonymous memory of such a size (MAP_POPULATE). Where nobody calls it, or there are no pages, all is as it
 * was. Not huge pages: a virtual machine that tells its host what is free gets each of them anew, which takes longer
 * than the hash.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/types.h>

enum { LARGE = 8 << 20, TOO_LARGE = 32 << 20 }; /* a hash of a usual cost; a dear one may end before its last page */

typedef void *mapping(void *, size_t, int, int, int, off_t);

#pragma GCC visibility push(default)

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    static mapping *plain;

    if (plain == NULL)
        *(void **)&plain = dlsym(RTLD_NEXT, "mmap");
    if (plain == NULL)
        return MAP_FAILED;
    if (length >= LARGE && length <= TOO_LARGE && flags == (MAP_PRIVATE | MAP_ANONYMOUS) && (protection & PROT_WRITE))
        flags |= MAP_POPULATE;
    return plain(address, length, protection, flags, fd, offset);
}
