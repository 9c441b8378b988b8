/*
 * JSON text for what is not in the store: findings, settings, reports. SQLite writes it, so
 * escaping is nobody else's business.
 */
#ifndef CODER_JSON_H
#define CODER_JSON_H

#include <stddef.h>

/*
 * One JSON object of the pairs that follow: for each letter of `types` a key (const char *) and its
 * value: t text (const char *, NULL: null), i int64_t, b int as true or false, w Unix seconds
 * (int64_t) as RFC 3339 text in UTC with 0 as null, j JSON text (const char *, NULL: null). To be
 * freed by store_text_free; NULL when memory is short, a text is no UTF-8 SQLite takes or JSON text
 * is none.
 */
char *json_make_object(const char *types, ...);

/* One JSON array of texts, and one object with the pairs of two that have no key in common. Ownership and NULL as
 * above. */
char *json_make_array(const char *const *texts, size_t count);
char *json_join(const char *object, const char *more);

#endif
