/*
 * sudo's own word on whether a user may use it at all.
 */
#ifndef CODER_SUDO_RULES_H
#define CODER_SUDO_RULES_H

enum sudo_word {
    SUDO_SOME,  /* there is a rule for the user: which one is for a person to read */
    SUDO_NONE,  /* none: a right password is of no use */
    SUDO_SILENT /* it did not say: its policy or root's own PAM stack is broken, or it took too long */
};

/* Ask "sudo -l -U username", as root: with an empty environment, answered in English, within 10 s of
 * silence. sudo logs that it was asked. */
enum sudo_word sudo_rules_ask(const char *username);

#endif
