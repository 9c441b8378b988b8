/*
 * JSON text read, key by key.
 */
#ifndef CODER_JSON_READ_H
#define CODER_JSON_READ_H

#include <stdbool.h>

struct json_reader;

enum json_result {
    JSON_OK,
    JSON_STOPPED,   /* by the visitor */
    JSON_MALFORMED, /* no JSON (RFC 8259), no object, or with a NUL in a string */
    JSON_FAILED     /* memory */
};

/* One pair of an object. Valid during the visit. */
struct json_pair {
    const char *key;
    /* Text as it is meant, integers in digits, true and false, "" for null, a flat array's texts joined
     * with newlines. NULL for everything else. */
    const char *text;
};

/* NULL when memory is short. */
struct json_reader *json_reader_new(void);
void json_reader_free(struct json_reader *reader);

/* Show the pairs of the object in `text` to the visitor, in order, until it returns false. */
enum json_result json_reader_read(struct json_reader *reader, const char *text,
                                  bool (*visit)(void *context, const struct json_pair *pair),
                                  void *context);

/* Show the elements of the array in `text`, each as JSON text (valid during the visit), in order, until it returns
 * false. MALFORMED when it is no array of objects alone. */
enum json_result json_reader_list(struct json_reader *reader, const char *text,
                                  bool (*visit)(void *context, const char *object), void *context);

#endif
