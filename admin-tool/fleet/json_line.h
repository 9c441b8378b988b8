/*
 * One line of JSON (RFC 8259) for admin-tool, written piece by piece into a buffer of fixed size. What does not fit or
 * is no text makes the line a failed one; whoever writes looks once, at the end.
 */
#ifndef CODER_FLEET_JSON_LINE_H
#define CODER_FLEET_JSON_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_LINE_SIZE = 256 * 1024 }; /* the longest, its newline included */

struct json_line {
    size_t used;
    bool failed;
    char text[JSON_LINE_SIZE];
};

/* {"line":NAME */
void json_line_begin(struct json_line *line, const char *name);

/* A key of the program's own, and its value. The text is UTF-8 of this length without a NUL; NULL: null. */
void json_line_text(struct json_line *line, const char *key, const char *octets, size_t length);
void json_line_string(struct json_line *line, const char *key, const char *text);
void json_line_number(struct json_line *line, const char *key, uint64_t number);
void json_line_flag(struct json_line *line, const char *key, bool flag);

/* A list of texts: its elements stand between the two. */
void json_line_open(struct json_line *line, const char *key);
void json_line_element(struct json_line *line, const char *octets, size_t length);
void json_line_close(struct json_line *line);

/* } and the newline; true when the line is whole. No NUL is at its end. */
bool json_line_end(struct json_line *line);

/* UTF-8 (RFC 3629) without a NUL: what a line can hold. */
bool json_line_takes(const char *octets, size_t length);

#endif
