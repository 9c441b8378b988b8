/*
 * Passwords: hash, verify, generate, judge. Hashing is libxcrypt's, randomness the kernel's; ours
 * is only that every way out of a function has wiped what it worked with.
 */
#include "credential.h"

#include <crypt.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "sql/account.h"
#include "sql/ascii.h"
#include "sql/policy.h"
#include "commonest.h"
#include "hashing.h"

/* Milliseconds of the processor. VERIFY: of a login against a hash that came in all the same. */
enum { TRIAL_TIMES = 20, TRIAL_MS_MIN = 100, VERIFY_MS_MAX = 3000 };

_Static_assert(CREDENTIAL_SIZE == CRYPT_MAX_PASSPHRASE_SIZE, "crypt(3)'s limit is ours");

bool credential_hash(const char *password, char ret[ACCOUNT_HASH_SIZE])
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];

    if (password[0] == '\0' || strlen(password) >= CREDENTIAL_SIZE)
        return false;
    /* NULL prefix: the preferred method; cost 0: its default; NULL bytes: salt from the kernel */
    if (crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting) == NULL)
        return false;
    return hashing_run(password, setting, ret);
}

/* No early way out: the time does not say where two hashes begin to differ. */
static bool is_equal(const char *a, const char *b, size_t length)
{
    unsigned char differ = 0;

    for (size_t i = 0; i < length; i++)
        differ |= (unsigned char)((unsigned char)a[i] ^ (unsigned char)b[i]);
    return differ == 0;
}

void credential_verify_nothing(const char *password)
{
    char hash[ACCOUNT_HASH_SIZE];

    /* never empty or too long, which credential_hash would refuse without work */
    if (password[0] == '\0' || strlen(password) >= CREDENTIAL_SIZE)
        password = "x";
    credential_hash(password, hash);
    explicit_bzero(hash, sizeof hash);
}

/* "$y$j9T$salt...": the length of method and parameters, with their last '$'; 0 for other forms. */
static size_t parameters_length(const char *hash)
{
    const char *end = hash;

    for (int i = 0; i < 3 && end != NULL; i++)
        end = strchr(end + (i > 0), '$');
    return end != NULL ? (size_t)(end - hash) + 1 : 0;
}

/* Its cost is the one that credential_hash would choose. */
static bool has_own_cost(const char *hash)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    size_t length = parameters_length(hash);

    return length != 0 && crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting) != NULL &&
           length == parameters_length(setting) && strncmp(hash, setting, length) == 0;
}

/* `hash` made again from the password: false when that cannot be, or costs too much. */
static bool make_again(const char *password, const char *hash, char ret[ACCOUNT_HASH_SIZE],
                       bool *ret_unusable)
{
    enum hashing hashing;

    if (has_own_cost(hash))
        return hashing_run(password, hash, ret);
    hashing = hashing_run_bounded(password, hash, VERIFY_MS_MAX, ret);
    *ret_unusable = hashing != HASHING_MADE;
    return hashing == HASHING_MADE;
}

bool credential_verify_within(const char *password, const char *hash, bool *ret_unusable)
{
    char made[ACCOUNT_HASH_SIZE] = "";
    size_t length = strlen(hash);
    bool match = false;

    *ret_unusable = false;
    if (length > 1 && length < ACCOUNT_HASH_SIZE && password[0] != '\0' &&
        strlen(password) < CREDENTIAL_SIZE && make_again(password, hash, made, ret_unusable))
        match = strlen(made) == length && is_equal(made, hash, length);
    if (made[0] == '\0')
        credential_verify_nothing(password); /* no usable hash: the same work all the same */
    explicit_bzero(made, sizeof made);
    return match;
}

bool credential_verify(const char *password, const char *hash)
{
    bool unusable;

    return credential_verify_within(password, hash, &unusable);
}

bool credential_is_outdated(const char *hash)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    size_t length = parameters_length(hash);
    const char *method = crypt_preferred_method();

    if (method == NULL || crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting) == NULL)
        return false;
    if (strncmp(hash, method, strlen(method)) != 0 || crypt_checksalt(hash) != CRYPT_SALT_OK)
        return true;
    /* crypt(5)'s digits are in ASCII's order, so equally long parameters compare as text */
    return length != 0 && length == parameters_length(setting) &&
           strncmp(hash, setting, length) < 0;
}

/* -- hashes from elsewhere ---------------------------------------------------------------- */

/* crypt(5): a prefix, and how long what follows the last '$' is; DES and NT hashes are not among them. */
static const struct {
    const char *prefix;
    size_t tail;
} forms[] = {
    { "$y$", 43 },  { "$gy$", 43 }, { "$7$", 43 }, { "$2b$", 53 }, { "$2y$", 53 },
    { "$2a$", 53 }, { "$6$", 86 },  { "$5$", 43 }, { "$1$", 22 },
};

static bool has_form(const char *hash)
{
    const char *tail = strrchr(hash, '$');

    for (size_t i = 0; tail != NULL && i < sizeof forms / sizeof forms[0]; i++)
        if (strncmp(hash, forms[i].prefix, strlen(forms[i].prefix)) == 0)
            return tail - hash >= (ptrdiff_t)strlen(forms[i].prefix) &&
                   strlen(tail + 1) == forms[i].tail;
    return false;
}

enum credential_form credential_form(const char *hash)
{
    static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const char *tail = strrchr(hash, '$');

    if (strlen(hash) >= ACCOUNT_HASH_SIZE || !has_form(hash) ||
        strspn(tail + 1, digits) != strlen(tail + 1))
        return CREDENTIAL_BROKEN;
    for (const char *p = hash; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || strchr(":;*!\\", *p) != NULL) /* crypt(5): never in a hash */
            return CREDENTIAL_BROKEN;
    switch (crypt_checksalt(hash)) {
    case CRYPT_SALT_OK:
        return CREDENTIAL_SOUND;
    case CRYPT_SALT_METHOD_LEGACY:
        return CREDENTIAL_WEAK;
    default:
        return CREDENTIAL_BROKEN;
    }
}

/* Of the older methods the salt comes second, unless a number of rounds does. */
size_t credential_parameters_length(const char *hash)
{
    const char *second = strchr(hash + 1, '$');

    if (second != NULL && strchr("156", hash[1]) != NULL && strncmp(second, "$rounds=", 8) != 0)
        return (size_t)(second - hash) + 1;
    return parameters_length(hash);
}

/* The first hash of a process is the dearest: on the generous side. */
static int64_t affordable_ms(void)
{
    char hash[ACCOUNT_HASH_SIZE] = "";
    int64_t begun = hashing_clock(), most;

    credential_hash("x", hash);
    most = TRIAL_TIMES * (hashing_clock() - begun);
    if (most < TRIAL_MS_MIN)
        return TRIAL_MS_MIN;
    return most < VERIFY_MS_MAX / 2 ? most : VERIFY_MS_MAX / 2; /* what passes here verifies at logins */
}

bool credential_is_affordable(const char *hash)
{
    char made[ACCOUNT_HASH_SIZE] = "";
    bool good = hashing_run_bounded("x", hash, affordable_ms(), made) == HASHING_MADE &&
                strlen(made) == strlen(hash);

    explicit_bzero(made, sizeof made);
    return good;
}

/* -- generated passwords ------------------------------------------------------------------ */

/* One letter of `alphabet` from the kernel, unbiased: bytes past its last whole multiple are thrown away. */
static bool random_letter(const char *alphabet, unsigned count, char *ret)
{
    unsigned char byte;
    ssize_t got;

    do {
        got = getrandom(&byte, 1, 0);
        if (got != 1 && errno != EINTR)
            return false;
    } while (got != 1 || byte >= 256 - 256 % count);
    *ret = alphabet[byte % count];
    explicit_bzero(&byte, sizeof byte);
    return true;
}

bool credential_generate(char ret[CREDENTIAL_GENERATED_SIZE])
{
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* no 0 o 1 l i */
    char made[CREDENTIAL_GENERATED_SIZE] = "";
    bool good = true;

    for (size_t i = 0; i < CREDENTIAL_GENERATED_SIZE - 1 && good; i++) {
        made[i] = '-';
        if (i % 5 != 4)
            good = random_letter(alphabet, sizeof alphabet - 1, &made[i]);
    }
    if (good)
        memcpy(ret, made, sizeof made);
    explicit_bzero(made, sizeof made);
    return good;
}

/* Code points, as policy counts: every octet but UTF-8's continuations. */
static int64_t count_characters(const char *text)
{
    int64_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool is_common(const char *password)
{
    for (size_t i = 0; i < sizeof commonest / sizeof commonest[0]; i++)
        if (ascii_is(password, commonest[i]))
            return true;
    return false;
}

/* Words under three letters would forbid too much: they count only when they are all of it. */
static bool has_word(const char *password, const char *word)
{
    return strlen(word) < 3 ? ascii_is(password, word) : ascii_holds(password, word);
}

static bool has_name(const char *password, const struct account *account)
{
    char local[ACCOUNT_EMAIL_SIZE];
    size_t length = strcspn(account->email, "@");

    memcpy(local, account->email, length);
    local[length] = '\0';
    return (account->username[0] != '\0' && has_word(password, account->username)) ||
           (length > 0 && has_word(password, local));
}

enum credential_weakness credential_weakness(const char *password, const struct account *account,
                                             const struct policy *policy)
{
    if (password[0] == '\0')
        return CREDENTIAL_EMPTY;
    if (strlen(password) >= CREDENTIAL_SIZE)
        return CREDENTIAL_TOO_LONG;
    if (count_characters(password) < policy->password_min_length)
        return CREDENTIAL_TOO_SHORT;
    if (has_name(password, account))
        return CREDENTIAL_HAS_NAME;
    if (is_common(password))
        return CREDENTIAL_COMMON;
    return CREDENTIAL_FINE;
}
