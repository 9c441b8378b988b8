/*
 * The name service cache daemon, nscd(8).
 */
#ifndef CODER_HOST_NSCD_H
#define CODER_HOST_NSCD_H

/* What it keeps of users and groups is dropped (nscd -i), where one runs; else nothing. Takes as long as
 * host_run lets a program. */
void nscd_tell(void);

#endif
