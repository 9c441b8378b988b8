/*
 * Text made safe for terminals: whatever came from outside is shown only through here.
 */
#include "escape.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* Marks that reorder or hide text: UAX #9, zero-width characters, line separators, tags. */
static bool is_direction_or_hidden(wchar_t c)
{
    return c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xe0000 && c <= 0xe007f);
}

bool print_takes_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* How many octets of text may be shown as they are: one character's, 0 when it must be escaped. In
 * a locale without UTF-8 nothing but ASCII: the terminal might take our octets for its controls. */
static size_t shown_length(const char *text)
{
    mbstate_t state = { 0 };
    wchar_t c;
    size_t length;

    if ((unsigned char)*text < 0x80)
        return *text >= ' ' && *text <= '~' ? 1 : 0;
    if (!print_takes_utf8())
        return 0;
    length = mbrtowc(&c, text, strlen(text), &state);
    if (length == 0 || length > 4 || !iswprint((wint_t)c) || is_direction_or_hidden(c))
        return 0;
    return length;
}

void print_escape(const char *text, char *ret, size_t size)
{
    size_t used = 0;

    while (*text != '\0' && used + 5 <= size) {
        size_t length = shown_length(text);

        if (length != 0) {
            memcpy(ret + used, text, length);
            used += length;
            text += length;
        } else {
            used += (size_t)snprintf(ret + used, size - used, "\\x%02x", (unsigned char)*text++);
        }
    }
    ret[used] = '\0';
}

bool print_is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}
