/*
 * The settings of `admin-tool policy`: what they are, their defaults, ranges and meanings. Pure.
 */
#ifndef CODER_POLICY_H
#define CODER_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The settings of `admin-tool policy`, read from the store. Limits in account.c. */
struct policy {
    int64_t password_min_length;    /* characters */
    int64_t temporary_hours;        /* how long a temporary password is valid */
    int64_t admin_password_temporary; /* 1: what root sets through PAM must be changed */
    int64_t free_failures;          /* per user and origin, before the first lock */
    int64_t lock_seconds;           /* the first lock; doubles with every further failure */
    int64_t lock_max_seconds;       /* no lock is longer */
    int64_t forget_seconds;         /* failures are forgotten after so long without one */
    int64_t user_failures_max;      /* per user over all origins */
    int64_t known_origin_days;      /* above that, origins of a success this recent are served */
    int64_t password_history;       /* former passwords refused */
    int64_t password_min_hours;     /* between changes that a user makes of his own accord */
    int64_t password_max_days;      /* a password is too old after so many; 0: never */
    int64_t password_warn_days;     /* before that its user is told at each session */
    int64_t dormant_days;           /* an account unused for so many is refused; 0: never */
    int64_t uid_min, uid_max;       /* the range create picks from */
    int64_t list_members;           /* 1: getent group coder-member names everybody */
    int64_t fleet_uid_min, fleet_uid_max; /* the range of the fleet's accounts */
    int64_t fleet_offline_temporary; /* 1: who must change the password goes on while no server is there that could */
    int64_t fleet_max_age;          /* hours without word of the fleet after which they are refused; 0: never */
    char keyboardless_services[257]; /* PAM services without a user, separated by commas */
    char admin_groups[257];          /* local groups that come with a role, by commas */
    char auditor_groups[257];
    char member_groups[257];
    char fleet_roles[257];           /* roles that the fleet may give, by commas */
    char default_shell[257];         /* of new users; "": bash where there is one, else sh */
    char home_base[257];             /* the folder that new homes are in */
    char login_host[257];            /* what the hand-over calls this host; "": its own name */
    char hand_over_text[4097];       /* hand_over.h; "": the usual text */
};

/* True when `service` is one of policy's services without a user at the keyboard. */
bool policy_service_is_keyboardless(const struct policy *policy, const char *service);

/* The defaults; and one setting by its text, false if the key is unknown or the value is out of
 * its range (ret unchanged). */
void policy_defaults(struct policy *ret);
bool policy_set(struct policy *ret, const char *key, const char *value);

/* What there is to say about one setting. */
enum policy_type {
    POLICY_NUMBER,
    POLICY_SWITCH, /* 0 or 1 */
    POLICY_LIST,   /* words by commas; from here on texts */
    POLICY_TEXT
};
enum { POLICY_COUNT = 30, POLICY_VALUE_SIZE = 4097 };
struct policy_setting {
    const char *key, *meaning;
    enum policy_type type;
    int64_t least, most; /* of a list or text: octets */
    char range[48];      /* the same for people */
};

/* index: below POLICY_COUNT. A value as policy_set takes it. */
void policy_setting_at(size_t index, struct policy_setting *ret);
void policy_value_at(const struct policy *policy, size_t index, char ret[POLICY_VALUE_SIZE]);

/* Whether policy_set takes the value; if not, ret_fault says why: "takes 1-8760, not 'x'". */
enum { POLICY_FAULT_SIZE = 512 };
bool policy_value_good(size_t index, const char *value, char ret_fault[POLICY_FAULT_SIZE]);

/* A value as a person is shown it in one line: "(312 characters)" when it has several lines or is longer than a list;
 * store_audit.c has the same rule. */
enum { POLICY_SHOWN_SIZE = 257 };
void policy_value_shown(const char *value, char ret[POLICY_SHOWN_SIZE]);

/* The index of a key, POLICY_COUNT when there is none. */
size_t policy_find(const char *key);

/* What is wrong with the settings taken together, each being in its range; NULL if fine. */
const char *policy_fault(const struct policy *policy);

#endif
