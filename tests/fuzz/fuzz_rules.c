/*
 * The rules for what an account and policy may hold, times and escaped text: what is accepted is of
 * the documented grammar, and what is of it is accepted.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sql/account.h"
#include "sql/hand_over.h"
#include "sql/policy.h"
#include "terminal/escape.h"
#include "terminal/when.h"
#include "fuzz.h"
#include "grammar.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

static void check_faults(const char *text)
{
    fuzz_require((account_username_fault(text) == NULL) == grammar_is_username(text), "username");
    fuzz_require((account_email_fault(text) == NULL) == grammar_is_email(text), "e-mail");
    fuzz_require(account_text_fault(text) != NULL || grammar_is_text(text), "text");
    fuzz_require(account_full_name_fault(text) != NULL || grammar_is_full_name(text), "full name");
    fuzz_require(account_path_fault(text) != NULL || grammar_is_path(text), "path");
    fuzz_require(account_home_fault(text) != NULL || grammar_is_home(text), "home");
}

static void check_roles(const char *text)
{
    unsigned roles = 1234;
    bool good = roles_parse(text, &roles);

    fuzz_require(good == grammar_is_roles(text), "roles");
    if (!good)
        fuzz_require(roles == 1234, "what is refused leaves the roles as they were");
    else
        fuzz_require((roles & ROLE_MEMBER) != 0 && roles <= 7 &&
                         ((roles & ROLE_ADMIN) != 0) == (strstr(text, "admin") != NULL) &&
                         ((roles & ROLE_AUDITOR) != 0) == (strstr(text, "auditor") != NULL),
                     "the roles are those named");
}

/* The value as it is kept: a number in its range, or a text that policy set again means the same. */
static void check_setting(size_t index, const char *value)
{
    struct policy policy, again, before;
    struct policy_setting setting;
    char kept[POLICY_VALUE_SIZE];

    policy_defaults(&policy);
    before = policy;
    policy_setting_at(index, &setting);
    if (!policy_set(&policy, setting.key, value)) {
        fuzz_require(memcmp(&policy, &before, sizeof policy) == 0, "what is refused changes nothing");
        return;
    }
    policy_value_at(&policy, index, kept);
    again = policy;
    fuzz_require(policy_set(&again, setting.key, kept) && memcmp(&again, &policy, sizeof again) == 0,
                 "what is kept can be set");
    if (setting.type == POLICY_LIST) {
        fuzz_require(strcmp(kept, value) == 0 && strlen(value) <= (size_t)setting.most, "a list");
        for (const char *p = value; *p != '\0'; p++)
            fuzz_require(*p > ' ' && *p <= '~', "a list is plain");
    } else if (setting.type == POLICY_TEXT) {
        fuzz_require(strcmp(kept, value) == 0 && strlen(value) <= (size_t)setting.most, "a text");
        for (const char *p = value; *p != '\0'; p++)
            fuzz_require((*p == '\n' || *p == '\t' || (unsigned char)*p >= ' ') && *p != 0x7f, "a text that no terminal obeys");
    } else {
        long long number = strtoll(kept, NULL, 10);

        fuzz_require(number >= setting.least && number <= setting.most, "a number in its range");
    }
}

/* Every word becomes its value, and nothing else is one. */
static void check_hand_over(const char *text)
{
    static const char *const values[HAND_OVER_WORDS] = { "\1", "\1", "\1", "\1", "\1", "\1" };
    char fault[HAND_OVER_FAULT_SIZE], filled[HAND_OVER_WORDS_MAX + 8];
    size_t length, words = 0;
    char *whole;

    if (!hand_over_good(text, fault))
        return;
    length = hand_over_fill(text, values, filled, sizeof filled);
    whole = malloc(length + 1);
    fuzz_require(whole != NULL && hand_over_fill(text, values, whole, length + 1) == length && strlen(whole) == length &&
                     whole[length - 1] == '\n', "what is counted is what is written");
    for (const char *p = whole; *p != '\0'; p++)
        words += *p == '\1';
    fuzz_require(words <= HAND_OVER_WORDS_MAX && length <= strlen(text) + 1, "no more words than there may be");
    fuzz_require(strncmp(filled, whole, strlen(filled)) == 0, "what does not fit is cut");
    free(whole);
}

static void check_when(const char *text)
{
    const int64_t now = 1700000000;
    int64_t when = -1234, end = -1234, again_end = 0;
    char shown[WHEN_SIZE];

    if (when_parse_end(text, now, &end)) {
        when_format_end(end, "never", shown);
        fuzz_require(when_parse_end(shown, now, &again_end) && again_end == end, "an end that is shown is read as the same");
    } else {
        fuzz_require(end == -1234, "what is refused sets no end");
    }
    if (!when_parse(text, now, &when)) {
        fuzz_require(when == -1234, "what is refused sets no time");
        return;
    }
    if (strlen(text) >= 10 && strspn(text, "0123456789") != 0 && strchr("smhdw", text[strlen(text) - 1]) == NULL) {
        char again[WHEN_SIZE];
        int64_t second = 0;

        when_format_utc(when, again);
        fuzz_require(again[0] == '\0' || (when_parse(again, now, &second) && second == when),
                     "a time that is written is read as the same");
    } else if (strchr("smhdw", text[strlen(text) - 1]) != NULL) {
        fuzz_require(when <= now, "so long ago is not after now");
    }
}

/* Nothing but printable ASCII in the C locale; an escape may not be cut. */
static void check_escape(const char *text, size_t size)
{
    char *ret = malloc(size);
    size_t length;

    fuzz_require(ret != NULL, "there is memory");
    memset(ret, 'x', size);
    print_escape(text, ret, size);
    length = strnlen(ret, size);
    fuzz_require(length < size && print_is_plain(ret), "what is shown is plain");
    fuzz_require(size < 5 * strlen(text) + 6 || strlen(text) <= length, "nothing is left out");
    free(ret);
}

/* In UTF-8 what is shown has no control, and none of UAX #9. */
static void check_escape_utf8(const char *text)
{
    char ret[4 * 4096 + 8];

    print_escape(text, ret, sizeof ret);
    fuzz_require(grammar_is_text(ret), "what is shown is a text without controls");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = { data, size };
    uint8_t choice = fuzz_octet(&input);
    char *text = fuzz_copy_text(input.at, input.left < 4096 ? input.left : 4095);

    switch (choice % 6) {
    case 0:
        check_faults(text);
        break;
    case 1:
        check_roles(text);
        break;
    case 2:
        check_setting(choice / 6 % POLICY_COUNT, text);
        check_hand_over(text);
        break;
    case 3:
        check_when(text);
        break;
    case 4:
        setlocale(LC_ALL, "C");
        check_escape(text, 1 + (size_t)choice / 6 * 3);
        check_escape(text, 5 * strlen(text) + 6);
        if (setlocale(LC_ALL, "C.UTF-8") != NULL)
            check_escape_utf8(text);
        break;
    case 5: {
        uint64_t uid = 0;

        memcpy(&uid, text, strnlen(text, sizeof uid));
        fuzz_require((account_uid_fault(uid) == NULL) == grammar_is_uid(uid), "uid");
        fuzz_require((account_uid_fault(uid & 0x7fffffff) == NULL) == grammar_is_uid(uid & 0x7fffffff), "uid");
        fuzz_require((account_uid_fault(uid & 0xfffff) == NULL) == grammar_is_uid(uid & 0xfffff), "uid");
        break;
    }
    }
    free(text);
    return 0;
}
