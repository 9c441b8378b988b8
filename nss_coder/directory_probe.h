/*
 * directory_probe.h - is a word of a mapped file still there? Private to the reader.
 */
#ifndef CODER_DIRECTORY_PROBE_H
#define CODER_DIRECTORY_PROBE_H

#include <stdbool.h>

#define DIRECTORY_PROBED 16 /* bytes: a signal mask is no longer on any machine */

/*
 * Can these DIRECTORY_PROBED bytes, inside one page, be read now without a signal? A page of a mapping that its file no
 * longer reaches cannot (SIGBUS, mmap(2)). False also where the kernel does not say. No lock, no path, no descriptor;
 * nothing is changed, and errno is left alone.
 */
bool directory_probe(const void *bytes);

#endif
