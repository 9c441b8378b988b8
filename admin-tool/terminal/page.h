/*
 * One page of a table: rows of cells in columns or, where those do not fit, each row as a block of lines
 * "HEADING  value". What could be copied is whole in both.
 */
#ifndef CODER_TERMINAL_PAGE_H
#define CODER_TERMINAL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "columns.h"
#include "layout.h"

struct page;

/* With the widths given, which the layout's owner keeps until the end. first: no page is before it. NULL when memory
 * is short. */
struct page *page_new(const struct layout *layout, bool first, FILE *out);

/* A row of layout->count cells, escaped already; `red` is the index of the one to be shown so, layout->count: none.
 * False when memory is short. */
bool page_add(struct page *page, char cells[LAYOUT_MAX][CELL_SIZE], size_t red);

/* Print what is not printed yet, and free; or free alone. NULL: nothing. */
void page_end(struct page *page);
void page_drop(struct page *page);

#endif
