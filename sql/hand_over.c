/*
 * A text with words in braces: judged, and filled in one pass, so that a value is never taken for a word.
 */
#include "hand_over.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "account.h"

static const char *const words[HAND_OVER_WORDS] = {
    [HAND_OVER_USERNAME] = "{username}", [HAND_OVER_EMAIL] = "{email}",
    [HAND_OVER_FULL_NAME] = "{full_name}", [HAND_OVER_HOST] = "{host}",
    [HAND_OVER_PASSWORD] = "{password}", [HAND_OVER_VALID_UNTIL] = "{valid_until}",
};

/* The word that begins here; HAND_OVER_WORDS: none does. */
static enum hand_over_word word_at(const char *text)
{
    size_t i = 0;

    while (i < HAND_OVER_WORDS && strncmp(text, words[i], strlen(words[i])) != 0)
        i++;
    return (enum hand_over_word)i;
}

/* -- judging ------------------------------------------------------------------------------ */

static bool refuse(char ret[HAND_OVER_FAULT_SIZE], size_t line, const char *what)
{
    snprintf(ret, HAND_OVER_FAULT_SIZE, "has %s in line %zu", what, line);
    return false;
}

/* Its own letters are shown where they are harmless: whoever mistyped a word looks for it. */
static bool refuse_word(char ret[HAND_OVER_FAULT_SIZE], const char *text)
{
    size_t length = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-. ");

    snprintf(ret, HAND_OVER_FAULT_SIZE, "has '%.*s', which stands for nothing: there are " HAND_OVER_ALL_WORDS
             ", and {{ for a brace", (int)(length < 32 ? length + 1 + (text[length + 1] == '}') : 32), text);
    return false;
}

static bool is_turning(uint32_t point)
{
    return (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x2069) || point == 0xfeff;
}

static bool is_control(uint32_t point)
{
    return point != '\n' && point != '\t' && (point < 0x20 || (point >= 0x7f && point < 0xa0));
}

bool hand_over_good(const char *text, char ret_fault[HAND_OVER_FAULT_SIZE])
{
    size_t length = 0, line = 1, count = 0;

    for (const char *p = text; *p != '\0'; p += length) {
        uint32_t point = account_utf8(p, &length);

        if (point == 0)
            return refuse(ret_fault, line, "octets that are not UTF-8");
        if (point == '\r')
            return refuse(ret_fault, line, "a carriage return, which ends no line here,");
        if (is_control(point) || is_turning(point))
            return refuse(ret_fault, line, "a control or direction character");
        line += point == '\n';
        if (point != '{')
            continue;
        if (p[1] == '{')
            length = 2;
        else if (word_at(p) == HAND_OVER_WORDS)
            return refuse_word(ret_fault, p);
        else if (++count > HAND_OVER_WORDS_MAX)
            return refuse(ret_fault, line, "more than 32 words in braces, the last");
    }
    return true;
}

/* -- filling ------------------------------------------------------------------------------ */

/* One piece of a good text: a word, a doubled brace or an octet. *ret_word: HAND_OVER_WORDS for the others. */
static size_t piece_at(const char *text, enum hand_over_word *ret_word)
{
    *ret_word = text[0] == '{' && text[1] != '{' ? word_at(text) : HAND_OVER_WORDS;
    if (*ret_word != HAND_OVER_WORDS)
        return strlen(words[*ret_word]);
    return text[0] == '{' && text[1] == '{' ? 2 : 1;
}

bool hand_over_holds(const char *text, enum hand_over_word word)
{
    enum hand_over_word here = HAND_OVER_WORDS;

    while (*text != '\0' && here != word)
        text += piece_at(text, &here);
    return here == word;
}

/* Where it ends; as much of it as there is room for. */
static size_t put(const char *value, size_t length, size_t used, char *ret, size_t size)
{
    if (used < size) {
        size_t here = length < size - used ? length : size - used;

        memcpy(ret + used, value, here);
    }
    return used + length;
}

size_t hand_over_fill(const char *text, const char *const values[HAND_OVER_WORDS], char *ret, size_t size)
{
    size_t used = 0, length = 0;
    char last = '\0';

    for (; *text != '\0'; text += length) {
        enum hand_over_word word;

        length = piece_at(text, &word);
        last = text[length - 1];
        used = word != HAND_OVER_WORDS ? put(values[word], strlen(values[word]), used, ret, size)
                                       : put(text, 1, used, ret, size);
    }
    if (last != '\n')
        used = put("\n", 1, used, ret, size);
    if (size > 0)
        ret[used < size ? used : size - 1] = '\0';
    return used;
}
