/*
 * What does not fit is refused, or loses its end; never half a character.
 */
#include "fit.h"

#include <string.h>

bool fit_whole(const char *text, char *ret, size_t size)
{
    size_t length = strlen(text);

    if (length >= size)
        return false;
    memcpy(ret, text, length + 1);
    return true;
}

size_t fit_length(const char *text, size_t size)
{
    size_t length = strnlen(text, size);

    if (length < size)
        return length;
    for (length--; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
        length--;
    return length;
}
