/*
 * What a process has of its caller's, though execve(2) gave it root's rights: credentials(7) tells
 * the rest that the kernel resets by itself (dumpable's default, capabilities, POSIX timers, handlers).
 */
#ifndef CODER_INHERITED_H
#define CODER_INHERITED_H

#include <stdbool.h>

/* What the program means to keep: nothing (coder_helper), or what a person at a terminal needs
 * (admin-tool): session and process group, and SIGHUP, SIGINT and SIGQUIT where they are ignored,
 * as nohup(1) and a shell's "&" have it. That only keeps the person's own run alive: a change holds
 * these signals off anyway, and SIGKILL ends it. */
enum inherited_keep { INHERITED_NOTHING, INHERITED_TERMINAL };

/* Sets all of it to an ordinary default, in a process with one thread; first thing in main().
 * Environment and descriptors, which the program's own interface is made of, are left to it. False
 * when the process could still be read, dumped or (INHERITED_NOTHING) signalled by its caller, by a
 * terminal's keys included: then it has to end. What needs a privilege that root has not here (CAP_SYS_RESOURCE in a container, any
 * in the sandbox of systemd's unit, whose caller has nothing to hand down) stays as it was. */
bool inherited_reset(enum inherited_keep keep);

/* Of these, what can keep a program from being executed at all: resource limits that are lower than it takes, and those
 * only as far; the program raises them by itself. A service has other limits lower than ours, and who has no
 * CAP_SYS_RESOURCE by AppArmor's or SELinux's rules is logged for trying. By system calls only, so that a child of a
 * host with threads may call it. */
void inherited_let_execute(void);

/* The SELinux context for the next exec (setexeccon(3)): pam_selinux sets it for the user's shell, and what a module
 * executes after that would take it. For the child that executes, just before it does: exec uses it up, so a program
 * need not. By system calls only. Where there is no SELinux, or no right to set one, nothing was set and nothing
 * happens. */
void inherited_drop_context(void);

#endif
