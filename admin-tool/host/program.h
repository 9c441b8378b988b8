/*
 * Other programs, run with nothing of ours.
 */
#ifndef CODER_HOST_PROGRAM_H
#define CODER_HOST_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Run a program, if there is one, with no environment but PATH and no output, for at most 10 s; it may fail. */
void host_run(char *const argv[]);

/* The same, for so long. False: there is none, it failed, or it was ended. */
bool host_succeeds(char *const argv[], int milliseconds);

/* The same, with its standard output in `ret`, cut to size. False: there is none, it failed, or it
 * said nothing for 10 s. */
bool host_capture(char *const argv[], char *ret, size_t size);

/* Begin a program that talks on `fd`, its standard input and output; for host_end. -1: there is none. */
pid_t host_begin(char *const argv[], int fd);
/* End it. */
void host_end(pid_t program);

#endif
