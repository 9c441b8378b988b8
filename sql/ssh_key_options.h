/*
 * The options in front of a key in an authorized_keys file.
 */
#ifndef CODER_SSH_KEY_OPTIONS_H
#define CODER_SSH_KEY_OPTIONS_H

/*
 * NULL if sshd takes all of them (sshd(8), AUTHORIZED_KEYS FILE FORMAT), else what is wrong, in words that follow
 * "it". Without blanks outside quotes. Refused though sshd knows them: cert-authority and principals=, for who has a
 * certificate of that authority would be anybody. Refused though sshd reads them: patterns of from= that keep
 * everybody out, or that match nothing.
 */
const char *ssh_key_options_fault(const char *options);

#endif
