/*
 * What sshd says of its own settings (sshd -T), as far as it decides who may log in and how.
 */
#ifndef CODER_SSHD_SETTINGS_H
#define CODER_SSHD_SETTINGS_H

#include <stdbool.h>

/* In the order in which sshd asks them (sshd_config(5), AllowUsers). */
enum sshd_list { SSHD_DENY_USERS, SSHD_ALLOW_USERS, SSHD_DENY_GROUPS, SSHD_ALLOW_GROUPS };
enum { SSHD_LISTS = SSHD_ALLOW_GROUPS + 1, SSHD_LIST_SIZE = 4096, SSHD_COMMAND_SIZE = 512 };

/* Lists: patterns, each with a blank behind it. */
struct sshd_settings {
    bool pam, keyboard_interactive, password, public_key, strict_modes;
    bool asks_us;    /* coder_keys for keys, with the user's name */
    bool other_keys; /* from another program, or signed by a CA: nothing that we look at tells of them */
    char keys_command[SSHD_COMMAND_SIZE], keys_user[SSHD_COMMAND_SIZE]; /* AuthorizedKeysCommand; "": none */
    char lists[SSHD_LISTS][SSHD_LIST_SIZE];
    char key_files[SSHD_LIST_SIZE];
    char methods[SSHD_LIST_SIZE]; /* AuthenticationMethods */
};

/* From the output of sshd -T; what it does not name keeps sshd's default. */
void sshd_settings_parse(const char *text, struct sshd_settings *ret);

/* Which list keeps a user of this name and these groups (each with a blank behind it) out, or -1. A
 * pattern with a host counts as every host where it allows and as none where it denies. */
int sshd_settings_refusal(const struct sshd_settings *settings, const char *name,
                          const char *groups);

/* What AuthenticationMethods makes of a method: enough, a part of what is enough, or nothing. */
enum sshd_method { SSHD_METHOD_ENOUGH, SSHD_METHOD_WITH_MORE, SSHD_METHOD_NEVER };
enum sshd_method sshd_settings_method(const struct sshd_settings *settings, const char *method);

/* What a user has to offer; of other methods than these nothing is known. */
struct sshd_means {
    bool key, password, keyboard_interactive;
};

/* Can one list of AuthenticationMethods be met with these? Other methods are taken for met. */
bool sshd_settings_can_meet(const struct sshd_settings *settings, const struct sshd_means *means);

/* "AllowUsers" and so on. */
const char *sshd_settings_list_name(int list);

#endif
