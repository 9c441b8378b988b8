/*
 * What pam_coder.so asks coder_helper and what it is answered: one packet each way over a
 * SOCK_SEQPACKET socket. Both are plain structs of one fixed size with the size in front, so
 * nothing is parsed: a packet of another length, or with a text that does not end, is no request.
 */
#ifndef CODER_REQUEST_H
#define CODER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/account.h"
#include "credential.h"

enum request_kind {
    REQUEST_AUTHENTICATE, /* is this the password */
    REQUEST_ACCOUNT,      /* may the user go on */
    REQUEST_VERIFY,       /* is this the current password, before a change */
    REQUEST_CHANGE,       /* change it: current and new password */
    REQUEST_SET,          /* root's word: new password only */
    REQUEST_SESSION,      /* a session begins */
    REQUEST_KINDS
};

/* No NSS source knows the name: (uid_t)-1, which is nobody's (setreuid(2)). */
#define REQUEST_NO_UID UINT32_MAX

struct request {
    uint32_t size; /* sizeof (struct request) */
    uint32_t kind;
    uint32_t uid;        /* the user's uid by NSS, or REQUEST_NO_UID; then user is "" */
    uint32_t caller_uid; /* the host's real uid; believed only from a root peer */
    uint32_t stranger;   /* a name nobody has: request_stranger of it */
    uint32_t silent;     /* SESSION: 1, another user's sudo: no login to record */
    char user[ACCOUNT_NAME_SIZE];
    char service[65], tty[65];
    char rhost[129];   /* PAM_RHOST, cut to size */
    char address[65], server[65]; /* the client's and our own address out of SSH_CONNECTION */
    char password[CREDENTIAL_SIZE], new_password[CREDENTIAL_SIZE];
};

/* Of an account of the fleet, whose password only a server there changes. */
enum elsewhere {
    ELSEWHERE_NOT,       /* it is of this host */
    ELSEWHERE_FLEET,     /* it is the fleet's; SET: so root sets none here */
    ELSEWHERE_COMING,    /* CHANGE: made, and not on this host yet */
    ELSEWHERE_AWAY,      /* CHANGE: nothing was done, no server that writes answers; ACCOUNT: so who must change it goes on */
    ELSEWHERE_OVERTAKEN, /* CHANGE: the server does not take the current one any more */
    ELSEWHERE_REFUSED,   /* CHANGE: by a rule of the server's */
    ELSEWHERE_UNKNOWN,   /* CHANGE: sent, and not answered */
    ELSEWHERE_COUNT
};

struct answer {
    uint32_t size; /* sizeof (struct answer) */
    uint32_t verdict;  /* enum verdict */
    uint32_t right;    /* 1: the password was right, or (SET, CHANGE) the change is committed */
    uint32_t weakness; /* enum credential_weakness: why a new password was not taken */
    uint32_t min_length;
    uint32_t temporary; /* SET: what was set must be changed by its user */
    uint32_t must_wait; /* ACCOUNT, CHANGE: 1, its user may not change it yet */
    uint32_t elsewhere; /* ACCOUNT, CHANGE, SET: enum elsewhere */
    uint32_t days_left; /* SESSION: the password becomes too old in so many; 0: nothing to warn of */
    int64_t last_login_at, last_failure_at; /* SESSION: before this one, 0: never */
    int64_t failures;                       /* SESSION: since the last login */
    char last_origin[129], failure_origin[129];
};

/* 16 bits that tell one unknown name from another, so that attempts at each are counted like a
 * user's without the name leaving the host's process. */
uint32_t request_stranger(const char *name);

/*
 * What is taken from a sound request as the asker's word. From root's programs (by_root) all, but a service whose
 * name is not 1-64 of [A-Za-z0-9_.-] is "other"; from anybody else nothing: the service is "helper", and there is no
 * terminal and no host.
 */
void request_settle(struct request *request, bool by_root);

/* True when every number is in range and every text ends within its field. */
bool request_is_sound(const struct request *request, size_t size);
bool answer_is_sound(const struct answer *answer, size_t size);

/* Send or receive one packet on a socket before the deadline (CLOCK_MONOTONIC, milliseconds). Never
 * raises SIGPIPE, never blocks longer; EINTR is gone on with. receive: -1, or how long the packet
 * was (more than `size` when it was cut). */
bool packet_send(int fd, const void *packet, size_t size, int64_t deadline);
ptrdiff_t packet_receive(int fd, void *packet, size_t size, int64_t deadline);

/* CLOCK_MONOTONIC in milliseconds. */
int64_t packet_clock(void);

#endif
