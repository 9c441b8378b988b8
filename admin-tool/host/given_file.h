/*
 * A file that was named on the command line.
 */
#ifndef CODER_HOST_GIVEN_FILE_H
#define CODER_HOST_GIVEN_FILE_H

/* For reading, below `folder` unless its path is absolute: NULL and *ret, which the caller closes; else what is wrong.
 * Never waits: a FIFO in a folder is refused, since in a user's home it might never answer; a pipe of the shell's,
 * <(command), is none. */
const char *given_file_open(int folder, const char *path, int *ret);

#endif
