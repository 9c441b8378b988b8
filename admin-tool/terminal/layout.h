/*
 * How wide the columns of a long table are.
 */
#ifndef CODER_TERMINAL_LAYOUT_H
#define CODER_TERMINAL_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

enum { LAYOUT_MAX = 24 };

/* What a column does on a narrow terminal. */
enum layout_way {
    LAYOUT_KEEPS,     /* is never cut: a name, an id, a time, whatever one could copy */
    LAYOUT_GIVES_WAY, /* ends in an ellipsis */
    LAYOUT_GOES_ON    /* on the next line; the last column only */
};

struct layout_column {
    const char *name;
    enum layout_way way;
    bool right; /* where its cells stand */
};

/* All 0 to begin with. */
struct layout {
    size_t count;
    struct layout_column columns[LAYOUT_MAX];
    size_t width[LAYOUT_MAX];
    size_t heading; /* the width of the widest heading */
    bool blocks;    /* no line fits: each row is a block of lines */
};

/* One column more, as wide as its heading. */
void layout_add(struct layout *layout, const struct layout_column *column);

/* Column i has room for this text, too. */
void layout_widen(struct layout *layout, size_t i, const char *text);

/* Narrower until a line fits in `width`, or blocks; 0: leave it. */
void layout_fit(struct layout *layout, size_t width);

/* How many octets of a text column i has room for; and cut to its width, with an ellipsis at the end. size: of text. */
size_t layout_room(const struct layout *layout, size_t i, const char *text);
void layout_cut(const struct layout *layout, size_t i, char *text, size_t size);

#endif
