/*
 * directory_checksum.c - the one hash of the directory file, for its tables and its checksums.
 *
 * The principle: reader and writer compute it with the same few lines, and nothing secret depends
 * on it. It finds names and notices damage; it is no defence against whoever can write the file.
 */
#include "directory.h"

#include <string.h>

#define HASH_FACTOR 0x9e3779b97f4a7c15U /* odd, so multiplying by it can be undone */
#define WHOLE_CHUNK 4096 /* a multiple of 8, so the pieces add up as one text */

static uint64_t hash_word(uint64_t state, uint64_t word)
{
    state = (state ^ word) * HASH_FACTOR;
    return state ^ (state >> 32);
}

uint64_t directory_hash_add(uint64_t state, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    uint64_t word;
    for (; length >= sizeof(word); bytes += sizeof(word), length -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        state = hash_word(state, word);
    }
    if (length == 0)
        return state;
    word = 0;
    memcpy(&word, bytes, length);
    return hash_word(state, word);
}

uint64_t directory_hash_end(uint64_t state)
{
    return hash_word(hash_word(state, 1), 0);
}

uint64_t directory_hash_name(const char *name, size_t length)
{
    return directory_hash_end(directory_hash_add(0, name, length));
}

uint64_t directory_hash_id(uint32_t id)
{
    return directory_hash_end(hash_word(0, id));
}

enum directory_result directory_view_check_whole(const struct directory_view *view)
{
    const struct directory_header *header = directory_view_header(view);
    char scratch[WHOLE_CHUNK];
    uint64_t state = 0;
    for (uint64_t at = sizeof(*header); at < header->size; at += WHOLE_CHUNK) {
        uint64_t left = header->size - at;
        size_t length = left < WHOLE_CHUNK ? (size_t)left : WHOLE_CHUNK;
        const void *bytes = directory_view_bytes(view, at, length, scratch);
        if (bytes == NULL)
            return DIRECTORY_UNAVAILABLE;
        state = directory_hash_add(state, bytes, length);
    }
    return (uint32_t)directory_hash_end(state) == header->body_checksum ? DIRECTORY_OK
                                                                       : DIRECTORY_UNAVAILABLE;
}
