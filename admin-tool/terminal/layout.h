/*
 * How wide the columns of a long table are.
 */
#ifndef CODER_TERMINAL_LAYOUT_H
#define CODER_TERMINAL_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

enum { LAYOUT_MAX = 16 };

struct layout_column {
    const char *name;
    size_t least; /* the width that still makes sense on a narrow terminal */
    bool right;   /* where its cells stand */
};

/* All 0 to begin with. */
struct layout {
    size_t count;
    struct layout_column columns[LAYOUT_MAX];
    size_t width[LAYOUT_MAX];
};

/* One column more, as wide as its heading. */
void layout_add(struct layout *layout, const struct layout_column *column);

/* Column i has room for this text, too. */
void layout_widen(struct layout *layout, size_t i, const char *text);

/* Narrower until a line fits in `width`; 0: leave it. */
void layout_fit(struct layout *layout, size_t width);

/* How many octets of a text column i has room for; and cut to them. */
size_t layout_room(const struct layout *layout, size_t i, const char *text);
void layout_cut(const struct layout *layout, size_t i, char *text);

#endif
