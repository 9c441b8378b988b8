/*
 * Letters of ASCII, whatever the locale.
 */
#include "ascii.h"

#include <string.h>

char ascii_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

char ascii_upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

bool ascii_is(const char *text, const char *word)
{
    return ascii_equals(text, strlen(text), word);
}

bool ascii_equals(const char *text, size_t length, const char *word)
{
    if (length != strlen(word))
        return false;
    for (size_t i = 0; i < length; i++)
        if (ascii_lower(text[i]) != ascii_lower(word[i]))
            return false;
    return true;
}

bool ascii_holds(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (size_t left = strlen(text); left >= length; left--)
        if (ascii_equals(text++, length, word))
            return true;
    return false;
}
