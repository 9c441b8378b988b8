/*
 * The groups that rules of sudo and polkit name: what a group of that name gets, whoever it is. And polkit's users.
 */
#ifndef CODER_RULE_GROUPS_H
#define CODER_RULE_GROUPS_H

#include <stdbool.h>

enum rule_language {
    RULES_SUDOERS, /* sudoers(5): %name, %#gid */
    RULES_SCRIPT,  /* polkit(8), rules.d: isInGroup("name"), "unix-group:name" */
    RULES_KEYS     /* pklocalauthority(8): unix-group:name */
};

enum { RULE_GROUP_SIZE = 64 };

/* The next group that the rules at *text name, comments aside, as it is written ("#70000": by its
 * id); one too long is cut. *text: moved behind it. False at the end. */
bool rule_group_next(enum rule_language language, const char **text, char ret[RULE_GROUP_SIZE]);

/* So each "unix-user:name" of polkit's, and with `strings` each string of a script, for it may be a user's name. */
bool rule_user_next(enum rule_language language, bool strings, const char **text, char ret[RULE_GROUP_SIZE]);

#endif
