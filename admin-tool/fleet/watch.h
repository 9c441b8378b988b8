/*
 * No wait without an end, also inside a library that knows none: a timer (SIGALRM) that cuts a socket, so that whoever
 * waits for it fails as if the other side had closed; and after that, or where there is none, ends the process. One
 * process, one timer.
 */
#ifndef CODER_FLEET_WATCH_H
#define CODER_FLEET_WATCH_H

/* Ends the process after so long. */
void watch_process(int seconds);

/* Cuts the socket after so many milliseconds; what has not ended 10 s later is ended with the process. */
void watch_socket(int fd, int milliseconds);

void watch_nothing(void);

#endif
