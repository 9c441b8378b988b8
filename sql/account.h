/*
 * Accounts as values: what a record holds, what policy says, and what both together mean.
 * Everything here is pure: no file, no clock, no allocation; time is always a parameter.
 */
#ifndef CODER_ACCOUNT_H
#define CODER_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "policy.h"

/* Sizes include the terminating NUL. Names: useradd(8); e-mail: RFC 5321 4.5.3.1 (254 octets);
 * hash: CRYPT_OUTPUT_SIZE of crypt(3), repeated here because only pam_coder/ may include
 * crypt.h. */
enum {
    ACCOUNT_NAME_SIZE = 33,
    ACCOUNT_EMAIL_SIZE = 255,
    ACCOUNT_FULL_NAME_SIZE = 257,
    ACCOUNT_PATH_SIZE = 513,
    ACCOUNT_HASH_SIZE = 384,
    ACCOUNT_REASON_SIZE = 257
};

/* A set; everyone is a member, so ROLE_MEMBER is in every stored set. */
enum role { ROLE_MEMBER = 1, ROLE_AUDITOR = 2, ROLE_ADMIN = 4 };

enum account_status { ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED };

/* password_max_days: this password never becomes too old. */
#define ACCOUNT_DAYS_NEVER INT64_C(-1)

/* Times are Unix seconds; 0 means "never" or "does not apply". */
struct account {
    uint32_t uid;
    uint32_t gid; /* the primary group; the uid, or 0: the private group */
    char username[ACCOUNT_NAME_SIZE];
    char email[ACCOUNT_EMAIL_SIZE]; /* empty: none, of a service account only */
    char full_name[ACCOUNT_FULL_NAME_SIZE]; /* UTF-8, may be empty; the GECOS field */
    char home[ACCOUNT_PATH_SIZE];
    char shell[ACCOUNT_PATH_SIZE];
    unsigned roles;
    enum account_status status;
    bool service; /* a service account: no e-mail address needed, no ageing, never dormant */
    char hash[ACCOUNT_HASH_SIZE]; /* crypt(5); empty: no password ever matches */
    bool temporary;               /* the password must be changed at the next login */
    int64_t temporary_until;      /* the temporary password is refused from then on */
    int64_t expires_at;           /* the account is refused from then on */
    int64_t created_at;
    int64_t password_changed_at;
    int64_t password_max_days; /* a password is too old after so many; 0: as policy says; or ACCOUNT_DAYS_NEVER */
    bool never_dormant;
    int64_t last_login_day; /* 00:00 UTC of that day */
    int64_t awake_since;    /* creation or, when later, the last activation: not dormant before policy's days */
    bool fleet;             /* it comes from the fleet: whatever it says is changed there, not here */
    int64_t fleet_heard_at; /* when the fleet was heard of at last, or joined */
};

/* What is known of attempts at one account from one origin. */
struct activity {
    int64_t failures;      /* counted and not yet forgotten, this origin */
    int64_t last_failure;  /* Unix seconds */
    int64_t user_failures; /* the same over all origins */
    bool known_origin;     /* this user succeeded from here within policy's days */
};

/* The rows of the contract's table, in its order of precedence. */
enum verdict {
    VERDICT_OTHERS,            /* another source's user */
    VERDICT_UNKNOWN,           /* nobody's user */
    VERDICT_UNUSABLE,          /* store or helper cannot say */
    VERDICT_LOCKED,            /* this origin is over its limit */
    VERDICT_SUSPENDED,
    VERDICT_DORMANT,           /* not used for longer than policy's days */
    VERDICT_ACCOUNT_EXPIRED,
    VERDICT_TEMPORARY_EXPIRED,
    VERDICT_TEMPORARY,         /* or a change is required, without an end */
    VERDICT_TOO_OLD,           /* the password: to be changed, without an end */
    VERDICT_ACTIVE
};
enum { VERDICT_COUNT = VERDICT_ACTIVE + 1 };

/*
 * What the record means at `now`: UNUSABLE, of the fleet, which was not heard of for longer than policy allows; LOCKED or
 * a later one of the list. With activity NULL (account phase: keys are not guesses) never LOCKED.
 */
enum verdict account_verdict(const struct account *account, const struct activity *activity,
                             const struct policy *policy, int64_t now);

/* The status people see, in one word each: what the verdict says of the account itself. */
enum account_state {
    ACCOUNT_STATE_ACTIVE, ACCOUNT_STATE_SUSPENDED, ACCOUNT_STATE_EXPIRED, ACCOUNT_STATE_DORMANT,
    ACCOUNT_STATE_COUNT
};
enum account_state account_state(const struct account *account, const struct policy *policy, int64_t now);
const char *account_state_name(enum account_state state);

/* Since when nobody has logged in, as far as is known: the end of the day of the last login, or the creation. */
int64_t account_unused_since(const struct account *account);

/* When the account becomes dormant unless it is used before, and when its password becomes too old; Unix seconds,
 * 0: never. */
int64_t account_dormant_from(const struct account *account, const struct policy *policy);
int64_t account_password_end(const struct account *account, const struct policy *policy);

/* In how many days the password becomes too old, one that has begun counted; 0: not within policy's days of warning, or
 * it must be changed anyway. */
int64_t account_days_left(const struct account *account, const struct policy *policy, int64_t now);

/* True when the password was changed, by whomever, less than policy's hours ago and need not be changed: its user
 * must wait. A change in the future, before the clock was set back, keeps nobody waiting. */
bool account_must_wait(const struct account *account, const struct policy *policy, int64_t now);

/* Until when this origin is locked out, Unix seconds, 0 if it is not. Never further from `now`
 * than policy's ceiling, whatever the clock did since the failure. */
int64_t activity_locked_until(const struct activity *activity, const struct policy *policy,
                              int64_t now);

/* How many more attempts may be under way at this origin at once; 0 when locked. */
int64_t activity_attempts_left(const struct activity *activity, const struct policy *policy,
                               int64_t now);

/* ^[a-z_][a-z0-9_.-]{0,31}$ (useradd(8)) without a '.' at the end or next to another; not `coder-...`. NULL if fine,
 * else what is wrong. */
const char *account_username_fault(const char *username);

/* The same in small letters, where that is a valid name and another one; else false. */
bool account_username_fold(const char *username, char ret[ACCOUNT_NAME_SIZE]);

/* One '@', printable ASCII without space, quote or comma, at most 254 octets. NULL if fine. */
const char *account_email_fault(const char *email);

/* One code point of valid UTF-8 (RFC 3629: shortest form, no surrogates), 0 at a fault or the end of the text; *ret is
 * its length in octets. */
uint32_t account_utf8(const char *text, size_t *ret);

/* Valid UTF-8 (RFC 3629) without control characters or the bidirectional controls of UAX #9. NULL
 * if fine, else what is wrong. */
const char *account_text_fault(const char *text);

/* The same without ':', at most 256 octets (passwd(5)). NULL if fine. */
const char *account_full_name_fault(const char *full_name);

/* Absolute, without ':' or control characters (passwd(5)). NULL if fine. */
const char *account_path_fault(const char *path);

/* The same, and neither "/" nor with '..' in it nor a '/' at its end. */
const char *account_home_fault(const char *home);

/* 1000 and up, not 60001-65535 (Debian policy 9.2), not 524288-1879048191 (systemd's and subordinate
 * ids), below 2^31. NULL if fine, else what is wrong. */
const char *account_uid_fault(uint64_t uid);

/* "never", "default" or 1-99998 -> password_max_days. False if it is none of these (ret unchanged). */
bool account_days_parse(const char *text, int64_t *ret);

enum { ACCOUNT_DAYS_SIZE = 24 };
/* The same the other way. */
void account_days_write(int64_t days, char ret[ACCOUNT_DAYS_SIZE]);

/* "admin,auditor" -> set with ROLE_MEMBER. False if a word is no role (ret unchanged). */
bool roles_parse(const char *text, unsigned *ret);

/* The lower-case name of one role; its group is `coder-` and that name. */
const char *role_name(enum role role);
const char *account_status_name(enum account_status status);
const char *verdict_name(enum verdict verdict);

/* The gid of a role's group: 70000 admin, 70001 member, 70002 auditor. */
uint32_t role_gid(enum role role);

#endif
