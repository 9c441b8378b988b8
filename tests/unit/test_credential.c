/*
 * Passwords: what a hash matches and what it never does, what the generator makes, what is too
 * weak. Foreign methods are made here by crypt(3) itself, so nothing is compared with what we wrote
 * ourselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>
#include <crypt.h>

#include "pam_coder/credential.h"
#include "sql/account.h"
#include "sql/policy.h"

#define PASSWORD "correct horse battery"

static void make_text(char *ret, size_t length)
{
    memset(ret, 'p', length);
    ret[length] = '\0';
}

/* -- hash and verify ---------------------------------------------------------------------- */

static void a_hash_is_yescrypt_and_matches_its_password_alone(void **state)
{
    char hash[ACCOUNT_HASH_SIZE];

    (void)state;
    assert_true(credential_hash(PASSWORD, hash));
    assert_int_equal(strncmp(hash, "$y$", 3), 0);
    assert_null(strstr(hash, PASSWORD));
    assert_true(credential_verify(PASSWORD, hash));
    assert_false(credential_verify(PASSWORD " ", hash));
    assert_false(credential_verify("correct horse batter", hash));
    assert_false(credential_verify("Correct horse battery", hash));
    assert_false(credential_verify(hash, hash));
}

static void two_hashes_of_one_password_differ(void **state)
{
    char first[ACCOUNT_HASH_SIZE], second[ACCOUNT_HASH_SIZE];

    (void)state;
    assert_true(credential_hash(PASSWORD, first));
    assert_true(credential_hash(PASSWORD, second));
    assert_string_not_equal(first, second);
    assert_true(credential_verify(PASSWORD, first));
    assert_true(credential_verify(PASSWORD, second));
}

static void the_empty_password_is_never_hashed_and_never_matches(void **state)
{
    char hash[ACCOUNT_HASH_SIZE] = "untouched", setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data data = { 0 };

    (void)state;
    assert_false(credential_hash("", hash));
    assert_string_equal(hash, "untouched");
    assert_non_null(crypt_gensalt_rn("$6$", 1000, NULL, 0, setting, sizeof setting));
    assert_non_null(
        crypt_rn("", setting, &data, sizeof data)); /* what `passwd -d` and an import may leave */
    assert_false(credential_verify("", data.output));
}

static void the_longest_password_works_and_a_longer_one_does_not(void **state)
{
    char longest[513], hash[ACCOUNT_HASH_SIZE] = "untouched";

    (void)state;
    make_text(longest, 512);
    assert_false(credential_hash(longest, hash));
    assert_string_equal(hash, "untouched");
    make_text(longest, 511);
    assert_true(credential_hash(longest, hash));
    assert_true(credential_verify(longest, hash));
    longest[510] = 'q'; /* every octet counts */
    assert_false(credential_verify(longest, hash));
    make_text(longest, 512);
    assert_false(credential_verify(longest, hash));
    make_text(longest, 510);
    assert_false(credential_verify(longest, hash));
}

static void any_octet_may_be_in_a_password(void **state)
{
    char password[256], hash[ACCOUNT_HASH_SIZE];

    (void)state;
    for (int i = 0; i < 255; i++)
        password[i] = (char)(i + 1);
    password[255] = '\0';
    assert_true(credential_hash(password, hash));
    assert_true(credential_verify(password, hash));
    password[200] ^= 1;
    assert_false(credential_verify(password, hash));
}

static void other_methods_of_the_library_verify(void **state)
{
    static const struct {
        const char *prefix;
        unsigned long cost;
    } methods[] = { { "$6$", 1000 }, { "$5$", 1000 }, { "$2b$", 4 },
                    { "$y$", 1 },    { "$gy$", 1 },   { "$7$", 6 } };

    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        char setting[CRYPT_GENSALT_OUTPUT_SIZE];
        struct crypt_data data = { 0 };

        assert_non_null(
            crypt_gensalt_rn(methods[i].prefix, methods[i].cost, NULL, 0, setting, sizeof setting));
        assert_non_null(crypt_rn(PASSWORD, setting, &data, sizeof data));
        assert_int_equal(strncmp(data.output, methods[i].prefix, strlen(methods[i].prefix)), 0);
        assert_true(credential_verify(PASSWORD, data.output));
        assert_false(credential_verify("Correct horse battery", data.output));
        data.output[strlen(data.output) - 1] ^= 1;
        assert_false(credential_verify(PASSWORD, data.output));
    }
}

static void no_broken_hash_ever_matches(void **state)
{
    static const char *const broken[] = {
        "",
        "*",
        "!",
        "!!",
        "*0",
        "*1",
        "x",
        "xx",
        "*LK*",
        "NP",
        "::",
        "$",
        "$$",
        "$y",
        "$y$",
        "$y$$",
        "$y$j9T",
        "$y$j9T$",
        "$y$j9T$$",
        "$6$",
        "$6$$",
        "$6$salt",
        "$6$salt$",
        "$5$",
        "$1$",
        "$2b$",
        "$2b$04$",
        "$2b$99$x",
        "$gy$",
        "$gy$j9T$",
        "$7$",
        "$0$",
        "$sha1$",
        "$md5$",
        "$3$",
        "$z$whatever",
        "_",
        "_J9..",
        "{SSHA}abcd",
        "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa",
        "$y$j9T$aaaaaaaaaaaaaaaaaaaaaa$",
        PASSWORD,
        "x" PASSWORD,
        "\n",
        "\xff",
    };
    static const char *const passwords[] = { PASSWORD, "", "x", "*", "*0", "*1", "!" };
    char longest[1024];

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        for (size_t n = 0; n < sizeof passwords / sizeof passwords[0]; n++)
            if (credential_verify(passwords[n], broken[i]))
                fail_msg("'%s' matches '%s'", passwords[n], broken[i]);
    make_text(longest, sizeof longest - 1);
    assert_false(credential_verify(PASSWORD, longest));
}

static void no_part_of_a_hash_and_no_locked_hash_matches(void **state)
{
    char hash[ACCOUNT_HASH_SIZE], other[ACCOUNT_HASH_SIZE + 2], setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data data = { 0 };
    size_t length;

    (void)state;
    assert_non_null(crypt_gensalt_rn("$y$", 1, NULL, 0, setting, sizeof setting));
    assert_non_null(crypt_rn(PASSWORD, setting, &data, sizeof data));
    snprintf(hash, sizeof hash, "%s", data.output);
    length = strlen(hash);
    assert_true(credential_verify(PASSWORD, hash));
    for (size_t cut = 1; cut < length; cut += 7) {
        memcpy(other, hash, length - cut);
        other[length - cut] = '\0';
        assert_false(credential_verify(PASSWORD, other));
    }
    snprintf(other, sizeof other, "!%s", hash); /* usermod -L */
    assert_false(credential_verify(PASSWORD, other));
    snprintf(other, sizeof other, "%sx", hash);
    assert_false(credential_verify(PASSWORD, other));
}

/* CPU seconds of one comparison, the quickest of three: a busy machine only adds. */
static double cost_of(const char *password, const char *hash)
{
    struct timespec from, to;
    double least = 1e9;

    for (int i = 0; i < 3; i++) {
        double cost;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        credential_verify(password, hash);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        cost = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        least = cost < least ? cost : least;
    }
    return least;
}

static void an_unusable_hash_costs_as_much_as_a_right_one(void **state)
{
    static const char *const hashes[] = { "", "!", "*", "$z$" };
    char hash[ACCOUNT_HASH_SIZE];
    double right;

    (void)state;
    assert_true(credential_hash(PASSWORD, hash));
    right = cost_of(PASSWORD, hash);
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        assert_true(cost_of(PASSWORD, hashes[i]) > right / 3); /* else it is a thousandth */
        assert_true(cost_of("", hashes[i]) > right / 3);
    }
}

/* A hash of PASSWORD by this method and cost. */
static void make_hash(const char *prefix, unsigned long cost, char ret[ACCOUNT_HASH_SIZE])
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data data = { 0 };

    assert_non_null(crypt_gensalt_rn(prefix, cost, NULL, 0, setting, sizeof setting));
    assert_non_null(crypt_rn(PASSWORD, setting, &data, sizeof data));
    snprintf(ret, ACCOUNT_HASH_SIZE, "%s", data.output);
}

static void only_a_weaker_hash_is_outdated(void **state)
{
    static const struct {
        const char *prefix;
        unsigned long cost;
        bool outdated;
    } hashes[] = { { "$y$", 0, false }, { "$y$", 1, true },    { "$y$", 4, true },
                   { "$y$", 6, false }, { "$6$", 1000, true }, { "$2b$", 4, true },
                   { "$1$", 0, true } };
    char hash[ACCOUNT_HASH_SIZE];

    (void)state;
    assert_true(credential_hash(PASSWORD, hash));
    assert_false(credential_is_outdated(hash));
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        make_hash(hashes[i].prefix, hashes[i].cost, hash);
        if (credential_is_outdated(hash) != hashes[i].outdated)
            fail_msg("'%.8s...' is outdated or not", hash);
    }
}

/* -- generated passwords ------------------------------------------------------------------ */

enum { ROUNDS = 10000 };
static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";

static void a_generated_password_is_five_groups_of_four_clear_letters(void **state)
{
    char made[CREDENTIAL_GENERATED_SIZE];

    (void)state;
    assert_true(credential_generate(made));
    assert_int_equal(strlen(made), 24);
    for (size_t i = 0; i < 24; i++) {
        if (i % 5 == 4)
            assert_int_equal(made[i], '-');
        else
            assert_non_null(strchr(alphabet, made[i]));
    }
    assert_null(strpbrk(alphabet, "0o1liIO"));
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void generated_passwords_do_not_repeat_and_every_letter_is_as_likely(void **state)
{
    char(*made)[CREDENTIAL_GENERATED_SIZE] = calloc(ROUNDS, sizeof *made);
    const double expected = ROUNDS * 20.0 / (sizeof alphabet - 1);
    size_t counts[256] = { 0 };
    double chi = 0;

    (void)state;
    assert_non_null(made);
    for (size_t i = 0; i < ROUNDS; i++) {
        assert_true(credential_generate(made[i]));
        for (const char *p = made[i]; *p != '\0'; p++)
            counts[(unsigned char)*p]++;
    }
    assert_int_equal(counts['-'], ROUNDS * 4);
    for (const char *p = alphabet; *p != '\0'; p++) {
        double off = (double)counts[(unsigned char)*p] - expected;

        chi += off * off / expected;
    }
    /* 30 degrees of freedom: above 90 once in ten million runs; a modulo's bias gives thousands */
    assert_true(chi < 90);
    qsort(made, ROUNDS, sizeof *made, compare_texts);
    for (size_t i = 1; i < ROUNDS; i++)
        assert_string_not_equal(made[i - 1], made[i]);
    free(made);
}

static void every_place_of_a_generated_password_varies(void **state)
{
    bool seen[20][256] = { { false } };

    (void)state;
    for (size_t i = 0; i < 2000; i++) {
        char made[CREDENTIAL_GENERATED_SIZE];

        assert_true(credential_generate(made));
        for (size_t n = 0; n < 20; n++)
            seen[n][(unsigned char)made[n + n / 4]] = true;
    }
    for (size_t n = 0; n < 20; n++)
        for (const char *p = alphabet; *p != '\0'; p++)
            assert_true(seen[n][(unsigned char)*p]);
}

/* -- weakness ----------------------------------------------------------------------------- */

static enum credential_weakness weakness_of(const char *password)
{
    struct account alice = { .username = "alice", .email = "al.liddell@example.org" };
    struct policy policy;

    policy_defaults(&policy);
    return credential_weakness(password, &alice, &policy);
}

static void length_is_counted_in_characters(void **state)
{
    char text[513];

    (void)state;
    assert_int_equal(weakness_of(""), CREDENTIAL_EMPTY);
    assert_int_equal(weakness_of("a"), CREDENTIAL_TOO_SHORT);
    assert_int_equal(weakness_of("elevenchars"), CREDENTIAL_TOO_SHORT);
    assert_int_equal(weakness_of("twelve chars"), CREDENTIAL_FINE);
    assert_int_equal(
        weakness_of("\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab\xc3\xab"),
        CREDENTIAL_TOO_SHORT); /* 16 octets, 8 characters */
    make_text(text, 511);
    assert_int_equal(weakness_of(text), CREDENTIAL_FINE);
    make_text(text, 512);
    assert_int_equal(weakness_of(text), CREDENTIAL_TOO_LONG);
}

static void policy_says_the_least_length(void **state)
{
    struct account alice = { .username = "alice" };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    policy.password_min_length = 20;
    assert_int_equal(credential_weakness("nineteen letters ab", &alice, &policy),
                     CREDENTIAL_TOO_SHORT);
    assert_int_equal(credential_weakness("twenty letters ab cd", &alice, &policy), CREDENTIAL_FINE);
}

static void a_password_may_not_hold_its_users_name(void **state)
{
    (void)state;
    assert_int_equal(weakness_of("my alice password"), CREDENTIAL_HAS_NAME);
    assert_int_equal(weakness_of("MyALICEpassword"), CREDENTIAL_HAS_NAME);
    assert_int_equal(weakness_of("xxAl.Liddellxx"), CREDENTIAL_HAS_NAME);
    assert_int_equal(weakness_of("al.liddell@example.org"), CREDENTIAL_HAS_NAME);
    assert_int_equal(weakness_of("bob's own pass"), CREDENTIAL_FINE);
}

static void very_short_names_forbid_only_themselves(void **state)
{
    struct account al = { .username = "a", .email = "b@example.org" };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(credential_weakness("a bright blue fish", &al, &policy), CREDENTIAL_FINE);
}

static void the_commonest_passwords_are_refused_in_any_case(void **state)
{
    struct account alice = { .username = "alice" };
    struct policy policy;

    (void)state;
    policy_defaults(&policy);
    assert_int_equal(weakness_of("passwordpassword"), CREDENTIAL_COMMON);
    assert_int_equal(weakness_of("PassWordPassword"), CREDENTIAL_COMMON);
    assert_int_equal(weakness_of("123456789012"), CREDENTIAL_COMMON);
    policy.password_min_length = 8;
    assert_int_equal(credential_weakness("password", &alice, &policy), CREDENTIAL_COMMON);
    assert_int_equal(credential_weakness("p@ssw0rd", &alice, &policy), CREDENTIAL_COMMON);
    assert_int_equal(weakness_of("passwordpassworx"), CREDENTIAL_FINE);
}

static void a_generated_password_is_never_weak(void **state)
{
    char made[CREDENTIAL_GENERATED_SIZE];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_true(credential_generate(made));
        assert_int_equal(weakness_of(made), CREDENTIAL_FINE);
    }
}

static void hashes_from_elsewhere_are_judged(void **state)
{
    static const char tail[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const char *const broken[] = {
        "", "*", "!", "x", "$", "$y$", "$6$", "$6$salt$", "$6$salt$tooshort", "ab0123456789.",
        "$9$salt$0123456789012345678901", "$1$salt$012345678901234567890:", "!$1$salt$0123456789012345678901",
        "$1$sa lt$0123456789012345678901", "$1$salt$01234567890123456789\n1", "plain-horse-9-lantern",
    };
    char hash[ACCOUNT_HASH_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        if (credential_form(broken[i]) != CREDENTIAL_BROKEN)
            fail_msg("'%s' is not refused", broken[i]);
    assert_int_equal(credential_form("$1$salt$0123456789012345678901"), CREDENTIAL_WEAK);
    snprintf(hash, sizeof hash, "$6$salt$%s", tail);
    assert_int_equal(credential_form(hash), CREDENTIAL_SOUND);
    assert_int_equal(credential_parameters_length(hash), 3);
    assert_true(credential_is_affordable(hash));
    snprintf(hash, sizeof hash, "$6$rounds=5000$salt$%s", tail);
    assert_int_equal(credential_form(hash), CREDENTIAL_SOUND);
    assert_int_equal(credential_parameters_length(hash), 15);
    snprintf(hash, sizeof hash, "$2b$05$%.53s", tail);
    assert_int_equal(credential_form(hash), CREDENTIAL_SOUND);
    assert_int_equal(credential_parameters_length(hash), 7);
    snprintf(hash, sizeof hash, "$y$zzzz$salt$%.43s", tail);
    assert_false(credential_is_affordable(hash));
    assert_true(credential_hash("plain-horse-9-lantern", hash));
    assert_int_equal(credential_form(hash), CREDENTIAL_SOUND);
    assert_int_equal(credential_parameters_length(hash), strlen("$y$j9T$"));
    assert_true(credential_is_affordable(hash));
}

static int64_t wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Each of them would take minutes, days or gigabytes. */
static void a_hash_that_costs_too_much_is_given_up(void **state)
{
    static const char tail[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const struct {
        const char *prefix;
        int length;
    } dear[] = {
        { "$6$rounds=999999999$salt$", 86 }, { "$5$rounds=999999999$salt$", 43 },
        { "$2b$31$", 53 },                   { "$2y$20$", 53 },
        { "$y$jHT$salt$", 43 },              { "$gy$jHT$salt$", 43 },
    };
    char hash[ACCOUNT_HASH_SIZE];
    bool unusable;

    (void)state;
    for (size_t i = 0; i < sizeof dear / sizeof dear[0]; i++) {
        int64_t begun = wall_ms();

        snprintf(hash, sizeof hash, "%s%.*s", dear[i].prefix, dear[i].length, tail);
        assert_int_not_equal(credential_form(hash), CREDENTIAL_BROKEN);
        if (credential_is_affordable(hash))
            fail_msg("%s is taken", dear[i].prefix);
        unusable = false;
        assert_false(credential_verify_within("plain-horse-9-lantern", hash, &unusable));
        if (!unusable)
            fail_msg("%s is not told", dear[i].prefix);
        if (wall_ms() - begun > 60000)
            fail_msg("%s took %lld ms", dear[i].prefix, (long long)(wall_ms() - begun));
    }
    assert_false(credential_verify_within("plain-horse-9-lantern", "", &unusable));
    assert_false(unusable);
}

/* A quarter of a gigabyte, computed well within the time. */
static void a_hash_that_takes_too_much_memory_is_given_up(void **state)
{
    struct crypt_data data = { 0 };
    bool unusable;

    (void)state;
    assert_non_null(crypt_r(PASSWORD, "$y$jDT$salt$", &data));
    assert_false(credential_verify_within(PASSWORD, data.output, &unusable));
    assert_true(unusable);
}

/* What was made in a child is what would have been made here; who waits for it gets no other. */
static void hashes_of_other_costs_verify(void **state)
{
    static const char *const settings[] = { "$6$salt$", "$5$rounds=5000$salt$", "$1$salt$",
                                            "$2b$05$abcdefghijklmnopqrstuu", "$y$j8T$salt$" };
    struct crypt_data data = { 0 };
    bool unusable;

    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        assert_non_null(crypt_r(PASSWORD, settings[i], &data));
        assert_true(credential_verify_within(PASSWORD, data.output, &unusable));
        assert_false(unusable);
        assert_false(credential_verify_within(PASSWORD "x", data.output, &unusable));
        assert_false(unusable);
        assert_true(credential_is_affordable(data.output));
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_yescrypt_and_matches_its_password_alone),
        cmocka_unit_test(two_hashes_of_one_password_differ),
        cmocka_unit_test(the_empty_password_is_never_hashed_and_never_matches),
        cmocka_unit_test(the_longest_password_works_and_a_longer_one_does_not),
        cmocka_unit_test(any_octet_may_be_in_a_password),
        cmocka_unit_test(other_methods_of_the_library_verify),
        cmocka_unit_test(no_broken_hash_ever_matches),
        cmocka_unit_test(no_part_of_a_hash_and_no_locked_hash_matches),
        cmocka_unit_test(an_unusable_hash_costs_as_much_as_a_right_one),
        cmocka_unit_test(only_a_weaker_hash_is_outdated),
        cmocka_unit_test(a_generated_password_is_five_groups_of_four_clear_letters),
        cmocka_unit_test(generated_passwords_do_not_repeat_and_every_letter_is_as_likely),
        cmocka_unit_test(every_place_of_a_generated_password_varies),
        cmocka_unit_test(length_is_counted_in_characters),
        cmocka_unit_test(policy_says_the_least_length),
        cmocka_unit_test(a_password_may_not_hold_its_users_name),
        cmocka_unit_test(very_short_names_forbid_only_themselves),
        cmocka_unit_test(the_commonest_passwords_are_refused_in_any_case),
        cmocka_unit_test(a_generated_password_is_never_weak),
        cmocka_unit_test(hashes_from_elsewhere_are_judged),
        cmocka_unit_test(a_hash_that_costs_too_much_is_given_up),
        cmocka_unit_test(a_hash_that_takes_too_much_memory_is_given_up),
        cmocka_unit_test(hashes_of_other_costs_verify),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
