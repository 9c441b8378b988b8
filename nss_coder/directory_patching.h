/*
 * directory_patching.h - what a patch is made of; private to directory_patch*.c.
 *
 * The principle: whoever writes into the copy does it through the functions here, which keep the
 * body's checksum right. False from any of them: give up and write the whole file.
 */
#ifndef CODER_DIRECTORY_PATCHING_H
#define CODER_DIRECTORY_PATCHING_H

#include "directory.h"

struct directory_patching {
    int fd;
    struct directory_view view;     /* of fd: sees what is written here, its header excepted */
    struct directory_header header; /* as it will be written, last */
};

#endif
