/*
 * Bending a directory file where it hurts: header, records, slots, keys, heap, size.
 *
 * The principle: the places are those of the file as it was, so an operation hits what it is named
 * for, whatever was bent before it.
 */
#include "damage.h"

#include <stdlib.h>
#include <string.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_checksum.h"

enum { OPERATIONS_MAX = 32, SIZE_LIMIT = 1 << 16 };

enum operation {
    BEND_BYTES, BEND_HEADER, BEND_RECORD, BEND_SLOT, BEND_SIZE, SWAP_RECORDS, COPY_BLOCK,
    SEAL_HEADER, SEAL_RECORD, SEAL_LIST, SEAL_BODY, BEND_KEYS, SEAL_KEYS, OPERATION_COUNT
};

struct bending {
    struct damaged *damaged;
    struct directory_header places; /* as they were */
    struct directory_extension keys;
    struct fuzz_input *input;
};

static void put(struct damaged *damaged, uint64_t at, const void *bytes, size_t length)
{
    if (at <= damaged->size && length <= damaged->size - at)
        memcpy(damaged->file + at, bytes, length);
}

static bool lies_inside(const struct damaged *damaged, uint64_t at, uint64_t length)
{
    return at <= damaged->size && length <= damaged->size - at;
}

/* Where a record is that may be a user's or a group's. */
static uint64_t pick_record(const struct bending *bending)
{
    enum directory_section section = fuzz_octet(bending->input) % 2 == 0 ? DIRECTORY_USERS
                                                                        : DIRECTORY_GROUPS;
    const struct directory_extent *records = &bending->places.sections[section];
    uint64_t index = fuzz_octet(bending->input);

    return records->offset + (records->count > 0 ? index % records->count : 0) *
           sizeof(struct directory_record);
}

/* Numbers at which a bounds check turns round. */
static uint64_t pick_number(const struct bending *bending)
{
    const uint64_t size = bending->damaged->size;
    const uint64_t edges[] = { 0, 1, size, size - 1, size + 1, size - 128, UINT32_MAX, UINT64_MAX,
                               UINT64_MAX - 127, 1ULL << 57, 1ULL << 61, 1ULL << 63, 4096, 33 };
    uint32_t which = fuzz_below(bending->input, 32);

    return which < sizeof edges / sizeof edges[0] ? edges[which]
                                                  : fuzz_word(bending->input, which % 8 + 1);
}

static void bend_bytes(const struct bending *bending, uint64_t at)
{
    unsigned char bytes[32];

    put(bending->damaged, at, bytes, fuzz_take(bending->input, bytes, 1 + fuzz_octet(bending->input) % 32));
}

static void bend_header(const struct bending *bending)
{
    size_t at = fuzz_below(bending->input, sizeof(struct directory_header) / 8) * 8;
    uint64_t number = pick_number(bending);

    put(bending->damaged, at, &number, sizeof number);
}

static void bend_record(const struct bending *bending, bool plain)
{
    uint64_t at = pick_record(bending);
    size_t field = fuzz_below(bending->input, sizeof(struct directory_record) / 2) * 2;
    uint64_t number = pick_number(bending);
    size_t length = 1u << fuzz_octet(bending->input) % 4;
    bool checksum = field < 4 || (field < 44 && field + length > 40);

    if (plain && checksum)
        return;
    bending->damaged->forged = bending->damaged->forged || checksum;
    put(bending->damaged, at + field, &number, length);
}

static void bend_slot(const struct bending *bending)
{
    enum directory_section table =
        (enum directory_section)(DIRECTORY_USER_NAMES + fuzz_octet(bending->input) % 4);
    const struct directory_extent *slots = &bending->places.sections[table];
    uint64_t number = slots->count > 0 ? fuzz_word(bending->input, 2) % slots->count : 0;
    uint32_t value = (uint32_t)pick_number(bending);
    size_t field = fuzz_octet(bending->input) % 2 * 4;

    put(bending->damaged, slots->offset + number * sizeof(struct directory_slot) + field, &value, 4);
}

/* A number of the extension or of a ring, or octets of the texts. */
static void bend_keys(const struct bending *bending, bool plain)
{
    const struct directory_extent *rings = &bending->keys.rings;
    uint32_t which = fuzz_octet(bending->input) % 3;
    uint64_t index = fuzz_octet(bending->input), number = pick_number(bending);
    size_t field = 8 * fuzz_below(bending->input, sizeof(struct directory_extension) / 8);
    uint64_t at = DIRECTORY_EXTENSION + field;

    bending->damaged->forged = bending->damaged->forged || !plain;
    if (which == 2) {
        bend_bytes(bending, bending->keys.texts.offset + index);
        return;
    }
    if (which == 1 && rings->count > 0)
        at = rings->offset + index % rings->count * sizeof(struct directory_ring) + field % 32;
    put(bending->damaged, at, &number, sizeof number);
}

/* Another size; what is new is zero. */
static void bend_size(struct damaged *damaged, size_t size)
{
    unsigned char *file = malloc(size + 1);

    if (file == NULL)
        return;
    memset(file, 0, size + 1);
    memcpy(file, damaged->file, size < damaged->size ? size : damaged->size);
    free(damaged->file);
    damaged->file = realloc(file, size > 0 ? size : 1);
    damaged->size = size;
}

/* A checksum says nothing of whether a record is a user's or a group's. */
static void swap_records(const struct bending *bending, bool plain)
{
    unsigned char one[sizeof(struct directory_record)], other[sizeof one];
    uint64_t at = pick_record(bending), to = pick_record(bending);
    uint64_t groups = bending->places.sections[DIRECTORY_GROUPS].offset;

    if ((at < groups) != (to < groups) && plain)
        return;
    bending->damaged->forged = bending->damaged->forged || !plain;
    bending->damaged->swapped = true;
    if (!lies_inside(bending->damaged, at, sizeof one) || !lies_inside(bending->damaged, to, sizeof one))
        return;
    memcpy(one, bending->damaged->file + at, sizeof one);
    memcpy(other, bending->damaged->file + to, sizeof other);
    put(bending->damaged, to, one, sizeof one);
    put(bending->damaged, at, other, sizeof other);
}

static void copy_block(const struct bending *bending)
{
    uint64_t blocks = bending->damaged->size / 64, from, to;

    if (blocks == 0)
        return;
    from = fuzz_word(bending->input, 2) % blocks;
    to = fuzz_word(bending->input, 2) % blocks;
    memmove(bending->damaged->file + to * 64, bending->damaged->file + from * 64, 64);
}

/* -- checksums ---- */

static void seal_header(struct damaged *damaged)
{
    struct directory_header header;

    if (damaged->size < sizeof header)
        return;
    memcpy(&header, damaged->file, sizeof header);
    header.checksum = directory_header_checksum(&header);
    memcpy(damaged->file, &header, sizeof header);
}

static void seal_record(const struct bending *bending, bool list)
{
    struct damaged *damaged = bending->damaged;
    uint64_t at = pick_record(bending);
    struct directory_record record;

    if (!lies_inside(damaged, at, sizeof record))
        return;
    memcpy(&record, damaged->file + at, sizeof record);
    if (list && lies_inside(damaged, record.list_offset, record.list_length))
        record.list_checksum = directory_list_checksum(damaged->file + record.list_offset, record.list_length);
    if (lies_inside(damaged, record.text_offset, record.text_length))
        record.checksum = directory_record_checksum(&record, damaged->file + record.text_offset);
    memcpy(damaged->file + at, &record, sizeof record);
}

static void seal_keys(const struct bending *bending)
{
    struct damaged *damaged = bending->damaged;
    struct directory_extension extension;
    struct directory_ring ring;
    uint64_t index = fuzz_octet(bending->input), at;

    if (!lies_inside(damaged, DIRECTORY_EXTENSION, sizeof extension))
        return;
    memcpy(&extension, damaged->file + DIRECTORY_EXTENSION, sizeof extension);
    extension.checksum = directory_extension_checksum(&extension);
    memcpy(damaged->file + DIRECTORY_EXTENSION, &extension, sizeof extension);
    at = bending->keys.rings.offset + index % 32 * sizeof ring;
    if (index % 32 >= bending->keys.rings.count || !lies_inside(damaged, at, sizeof ring))
        return;
    memcpy(&ring, damaged->file + at, sizeof ring);
    if (lies_inside(damaged, ring.offset, ring.length))
        ring.checksum = directory_ring_checksum(&ring, damaged->file + ring.offset);
    memcpy(damaged->file + at, &ring, sizeof ring);
}

static void seal_body(struct damaged *damaged)
{
    uint64_t sum = 0;

    if (damaged->size < sizeof(struct directory_header))
        return;
    for (uint64_t at = 0; damaged->size - at >= DIRECTORY_BLOCK; at += DIRECTORY_BLOCK)
        sum += directory_block_checksum(at, damaged->file + at);
    memcpy(damaged->file + offsetof(struct directory_header, body_checksum), &sum, sizeof sum);
    seal_header(damaged);
}

static void seal(const struct bending *bending, enum operation operation)
{
    bending->damaged->forged = true;
    if (operation == SEAL_HEADER)
        seal_header(bending->damaged);
    else if (operation == SEAL_BODY)
        seal_body(bending->damaged);
    else if (operation == SEAL_KEYS)
        seal_keys(bending);
    else
        seal_record(bending, operation == SEAL_LIST);
}

/* -- the script ---- */

static void bend(const struct bending *bending, enum operation operation, bool plain)
{
    switch (operation) {
    case BEND_BYTES:
        bending->damaged->forged = bending->damaged->forged || !plain;
        if (!plain)
            bend_bytes(bending, fuzz_word(bending->input, 2));
        else /* the heap has no checksum inside */
            bend_bytes(bending, bending->places.sections[DIRECTORY_HEAP].offset + fuzz_word(bending->input, 2));
        return;
    case BEND_HEADER:
        bending->damaged->forged = bending->damaged->forged || !plain;
        bend_header(bending);
        return;
    case BEND_RECORD:
        bend_record(bending, plain);
        return;
    case BEND_SLOT:
        bend_slot(bending);
        return;
    case BEND_KEYS:
        bend_keys(bending, plain);
        return;
    case BEND_SIZE:
        bend_size(bending->damaged, fuzz_word(bending->input, 2) % SIZE_LIMIT);
        return;
    case SWAP_RECORDS:
        swap_records(bending, plain);
        return;
    case COPY_BLOCK:
        bending->damaged->forged = bending->damaged->forged || !plain;
        if (!plain)
            copy_block(bending);
        return;
    default:
        if (!plain)
            seal(bending, operation);
        return;
    }
}

void damage_apply(struct fuzz_input *input, bool plain, struct damaged *damaged)
{
    struct bending bending = { .damaged = damaged, .input = input };

    memcpy(&bending.places, damaged->file, sizeof bending.places);
    memcpy(&bending.keys, damaged->file + DIRECTORY_EXTENSION, sizeof bending.keys);
    for (size_t i = 0; i < OPERATIONS_MAX && input->left > 0; i++)
        bend(&bending, (enum operation)fuzz_below(input, OPERATION_COUNT), plain);
}
