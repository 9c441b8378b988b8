/*
 * Which of sshd's files has a setting: sshd -T tells what holds, not where it stands.
 */
#ifndef CODER_CHECK_SSHD_FILES_H
#define CODER_CHECK_SSHD_FILES_H

enum { SSHD_FILE_SIZE = 256 };

/* The first file, in sshd's order, with a line for this keyword: /etc/ssh/sshd_config or one that it includes
 * (sshd_config(5), Include); the former, too, when none has one. */
void sshd_file_of(const char *keyword, char ret[SSHD_FILE_SIZE]);

#endif
