/*
 * An administrator's own text to hand over to users: plain text with words in braces that stand for what differs from
 * user to user. Pure.
 */
#ifndef CODER_HAND_OVER_H
#define CODER_HAND_OVER_H

#include <stdbool.h>
#include <stddef.h>

enum hand_over_word {
    HAND_OVER_USERNAME, HAND_OVER_EMAIL, HAND_OVER_FULL_NAME, HAND_OVER_HOST, HAND_OVER_PASSWORD,
    HAND_OVER_VALID_UNTIL, HAND_OVER_WORDS
};
#define HAND_OVER_ALL_WORDS "{username} {email} {full_name} {host} {password} {valid_until}"

/* So many words at most: what a text becomes has a limit. */
enum { HAND_OVER_WORDS_MAX = 32, HAND_OVER_FAULT_SIZE = 256 };

/*
 * Valid UTF-8 (RFC 3629) in lines, with tabs but no other control character, so that no terminal obeys it; nor with
 * what turns the order of other text round (UAX #9's embeddings, overrides and isolates; its marks and the joiners,
 * which many languages are written with, are welcome). Each '{' begins a known word, or is doubled and stands for
 * itself; there are at most HAND_OVER_WORDS_MAX words. False: ret_fault says what is wrong, "has ..."; it holds nothing that a terminal obeys.
 */
bool hand_over_good(const char *text, char ret_fault[HAND_OVER_FAULT_SIZE]);

/* Whether the word is in a good text. */
bool hand_over_holds(const char *text, enum hand_over_word word);

/* A good text with the values in the places of its words, and a newline at its end. snprintf's rule: what did not fit is
 * counted, too. What stands in a value is not looked at. */
size_t hand_over_fill(const char *text, const char *const values[HAND_OVER_WORDS], char *ret, size_t size);

#endif
