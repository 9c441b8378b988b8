/*
 * The rules for an account's values, a second time.
 *
 * The principle: nothing here is as account.c has it. Where both were wrong in the same way, no
 * fuzzer could tell.
 */
#include "grammar.h"

#include <regex.h>
#include <string.h>

#include "sql/account.h"
#include "fuzz.h"

static bool matches(const char *text, const char *expression)
{
    regex_t made;
    bool match;

    fuzz_require(regcomp(&made, expression, REG_EXTENDED | REG_NOSUB) == 0, "an expression is one");
    match = regexec(&made, text, 0, NULL, 0) == 0;
    regfree(&made);
    return match;
}

bool grammar_is_username(const char *text)
{
    return matches(text, "^[a-z_][a-z0-9_.-]{0,31}$") && !matches(text, "^coder-|[.]$|[.][.]");
}

bool grammar_is_email(const char *text)
{
    return strlen(text) <= 254 && matches(text, "^[!-~]+$") && !matches(text, "[],\\;:<>()[\"]") &&
           matches(text, "^[^@]+@[^@.-][^@]*$") && !matches(text, "@.*\\.\\.") &&
           !matches(text, "\\.$");
}

/* RFC 3629 section 4, its table of well-formed sequences read from the least significant end. */
static const unsigned char *well_formed(const unsigned char *p, uint32_t *ret)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, tail;
    } rows[] = {
        { 0x01, 0x7f, 0, 0, 0 },       { 0xc2, 0xdf, 0x80, 0xbf, 0 },
        { 0xe0, 0xe0, 0xa0, 0xbf, 1 }, { 0xe1, 0xec, 0x80, 0xbf, 1 },
        { 0xed, 0xed, 0x80, 0x9f, 1 }, { 0xee, 0xef, 0x80, 0xbf, 1 },
        { 0xf0, 0xf0, 0x90, 0xbf, 2 }, { 0xf1, 0xf3, 0x80, 0xbf, 2 },
        { 0xf4, 0xf4, 0x80, 0x8f, 2 },
    };
    size_t row = 0;

    while (row < 9 && (*p < rows[row].first_low || *p > rows[row].first_high))
        row++;
    if (row == 9)
        return NULL;
    *ret = *p & (row == 0 ? 0x7fu : row == 1 ? 0x1fu : row < 6 ? 0x0fu : 0x07u);
    p++;
    if (row == 0)
        return p;
    if (*p < rows[row].second_low || *p > rows[row].second_high)
        return NULL;
    *ret = *ret * 64 + (*p++ & 0x3fu);
    for (unsigned i = 0; i < rows[row].tail; i++, p++) {
        if (*p < 0x80 || *p > 0xbf)
            return NULL;
        *ret = *ret * 64 + (*p & 0x3fu);
    }
    return p;
}

bool grammar_is_text(const char *text)
{
    /* controls (C0, DEL, C1); UAX #9's marks, embeddings, overrides and isolates; zero width */
    static const uint32_t forbidden[][2] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c },
                                             { 0x200e, 0x200f }, { 0x202a, 0x202e },
                                             { 0x2066, 0x2069 } };

    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
        uint32_t point = 0;

        p = well_formed(p, &point);
        if (p == NULL)
            return false;
        for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
            if (point >= forbidden[i][0] && point <= forbidden[i][1])
                return false;
    }
    return true;
}

bool grammar_is_full_name(const char *text)
{
    return strlen(text) <= 256 && strchr(text, ':') == NULL && grammar_is_text(text);
}

bool grammar_is_path(const char *text)
{
    return text[0] == '/' && strlen(text) <= 512 && strchr(text, ':') == NULL &&
           grammar_is_text(text);
}

bool grammar_is_home(const char *text)
{
    return grammar_is_path(text) && !matches(text, "/$") && !matches(text, "/\\.\\.(/|$)");
}

bool grammar_is_roles(const char *text)
{
    return matches(text, "^(admin|auditor|member)(,(admin|auditor|member))*$");
}

bool grammar_is_uid(uint64_t uid)
{
    return (uid >= 1000 && uid <= 60000) || (uid >= 65536 && uid <= 524287) ||
           (uid > 1879048191 && uid <= 2147483647);
}

void grammar_require_account(const struct account *account, bool partly)
{
    fuzz_require(grammar_is_username(account->username), "the username is one");
    fuzz_require(grammar_is_email(account->email), "the e-mail address is one");
    fuzz_require(grammar_is_full_name(account->full_name), "the full name is one");
    fuzz_require((partly && account->home[0] == '\0') || grammar_is_home(account->home),
                 "the home is one");
    fuzz_require((partly && account->shell[0] == '\0') || grammar_is_path(account->shell),
                 "the shell is one");
    fuzz_require((partly && account->uid == 0) || grammar_is_uid(account->uid), "the uid is one");
    fuzz_require((account->roles & ~(unsigned)(ROLE_MEMBER | ROLE_AUDITOR | ROLE_ADMIN)) == 0,
                 "the roles are ours");
}
