/*
 * The one hash of the directory file, for its tables and its checksums.
 */
#ifndef CODER_DIRECTORY_CHECKSUM_H
#define CODER_DIRECTORY_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "directory.h"

/*
 * The one hash of the format (an xor-multiply-shift chain over 64-bit words; every step can be
 * undone, so a single changed bit changes the state). Start with state 0; a text may be given in
 * pieces whose lengths are multiples of 8, the last one excepted. directory_hash_end() mixes the
 * state into the value the tables use; a checksum is the lower half of that value.
 */
uint64_t directory_hash_add(uint64_t state, const void *data, size_t length);
uint64_t directory_hash_end(uint64_t state);
uint64_t directory_hash_name(const char *name, size_t length);
uint64_t directory_hash_id(uint32_t id);

/* The checksums of the format. A block's place in the file is a multiple of DIRECTORY_BLOCK; of the
 * first block only what is behind the header counts. */
uint32_t directory_record_checksum(const struct directory_record *record, const void *text);
uint32_t directory_list_checksum(const void *list, size_t length);
uint32_t directory_header_checksum(const struct directory_header *header);
uint32_t directory_extension_checksum(const struct directory_extension *extension);
uint32_t directory_ring_checksum(const struct directory_ring *ring, const void *text);
uint64_t directory_block_checksum(uint64_t place, const void *block);

#endif
