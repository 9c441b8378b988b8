/*
 * directory_checksum.c - the one hash of the directory file, for its tables and its checksums.
 *
 * The principle: reader and writer compute it with the same few lines, and nothing secret depends
 * on it. It finds names and notices damage; it is no defence against whoever can write the file.
 */
#include "directory_checksum.h"

#include <string.h>

#include "directory.h"

#define HASH_FACTOR 0x9e3779b97f4a7c15U /* odd, so multiplying by it can be undone */
#define LITTLE_ENDIAN_HOST (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

static uint64_t hash_word(uint64_t state, uint64_t word)
{
    state = (state ^ word) * HASH_FACTOR;
    return state ^ (state >> 32);
}

/* The bytes in front, zeros behind. In a register: a word put together in memory is waited for. */
static uint64_t last_word(const unsigned char *bytes, size_t length)
{
    uint64_t word = 0;
    for (size_t i = 0; i < length; i++)
        word |= (uint64_t)bytes[i] << (8 * (LITTLE_ENDIAN_HOST ? i : 7 - i));
    return word;
}

uint64_t directory_hash_add(uint64_t state, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    uint64_t word;
    for (; length >= sizeof(word); bytes += sizeof(word), length -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        state = hash_word(state, word);
    }
    return length == 0 ? state : hash_word(state, last_word(bytes, length));
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

uint32_t directory_record_checksum(const struct directory_record *record, const void *text)
{
    uint64_t state = directory_hash_add(0, &record->id, offsetof(struct directory_record, near)
                                                            - sizeof(record->checksum));
    return (uint32_t)directory_hash_end(directory_hash_add(state, text, record->text_length));
}

uint32_t directory_list_checksum(const void *list, size_t length)
{
    return (uint32_t)directory_hash_end(directory_hash_add(0, list, length));
}

uint32_t directory_header_checksum(const struct directory_header *header)
{
    size_t length = offsetof(struct directory_header, checksum);
    return (uint32_t)directory_hash_end(directory_hash_add(0, header, length));
}

uint32_t directory_extension_checksum(const struct directory_extension *extension)
{
    size_t length = offsetof(struct directory_extension, checksum);
    return (uint32_t)directory_hash_end(directory_hash_add(0, extension, length));
}

/* As if its own checksum were 0: a piece's length is a multiple of 8. */
uint32_t directory_ring_checksum(const struct directory_ring *ring, const void *text)
{
    struct directory_ring facts = *ring;
    facts.checksum = 0;
    uint64_t state = directory_hash_add(0, &facts, sizeof(facts));
    return (uint32_t)directory_hash_end(directory_hash_add(state, text, ring->length));
}

/* The place is hashed first: blocks that changed places do not add up to the same. The mark counts as
 * clear. */
uint64_t directory_block_checksum(uint64_t place, const void *block)
{
    unsigned char first[DIRECTORY_BLOCK];
    size_t skip = place == 0 ? sizeof(struct directory_header) : 0;
    uint64_t state = hash_word(0, place + 1);
    if (place == 0) {
        memcpy(first, block, sizeof(first));
        memset(first + DIRECTORY_MARK, 0, sizeof(uint32_t));
        block = first;
    }
    state = directory_hash_add(state, (const char *)block + skip, DIRECTORY_BLOCK - skip);
    return directory_hash_end(state);
}
