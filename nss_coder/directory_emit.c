/*
 * directory_emit.c - a finished writer's sections become a file on the disk.
 *
 * The principle: one pass. The blocks' checksums add up as they go out; the header, which has their
 * sum, is written last, then everything is synced.
 */
#include "directory_writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SPARE_SHARE 16   /* one spare record for so many */
#define SPARE_LEAST 7

const size_t directory_item_sizes[DIRECTORY_SECTIONS] = {
    sizeof(struct directory_record), sizeof(struct directory_record),
    sizeof(struct directory_slot),   sizeof(struct directory_slot),
    sizeof(struct directory_slot),   sizeof(struct directory_slot), 1,
};

static uint64_t round_up(uint64_t length, uint64_t unit)
{
    return (length + unit - 1) / unit * unit;
}

void directory_lay_out(const struct directory_writer *writer, struct directory_header *header)
{
    header->size = DIRECTORY_BLOCK;
    for (int i = 0; i < DIRECTORY_SECTIONS; i++) {
        uint64_t used = writer->sections[i].used;
        header->sections[i].offset = header->size;
        header->sections[i].count = used / directory_item_sizes[i];
        if (i == DIRECTORY_USERS)
            used += (header->sections[i].count / SPARE_SHARE + SPARE_LEAST)
                  * sizeof(struct directory_record);
        header->size += round_up(used, DIRECTORY_ALIGNMENT);
    }
    header->size = round_up(header->size, DIRECTORY_BLOCK);
}

static bool write_fully(int fd, const unsigned char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        length -= (size_t)written;
    }
    return true;
}

/* The file as a stream of blocks: their checksums add up as they go out. */
struct stream {
    int fd;
    uint64_t at; /* where in the file the buffer begins */
    uint64_t sum;
    size_t used;
    unsigned char buffer[64 * DIRECTORY_BLOCK];
};

/* The buffer holds whole blocks. */
static bool stream_flush(struct stream *stream)
{
    for (size_t i = 0; i < stream->used; i += DIRECTORY_BLOCK)
        stream->sum += directory_block_checksum(stream->at + i, stream->buffer + i);
    if (!write_fully(stream->fd, stream->buffer, stream->used))
        return false;
    stream->at += stream->used;
    stream->used = 0;
    return true;
}

/* data NULL: zeros. */
static bool stream_add(struct stream *stream, const unsigned char *data, size_t length)
{
    while (length > 0) {
        size_t part = sizeof(stream->buffer) - stream->used;
        part = part < length ? part : length;
        if (data != NULL)
            memcpy(stream->buffer + stream->used, data, part);
        else
            memset(stream->buffer + stream->used, 0, part);
        data = data != NULL ? data + part : NULL;
        length -= part;
        stream->used += part;
        if (stream->used == sizeof(stream->buffer) && !stream_flush(stream))
            return false;
    }
    return true;
}

/* Up to this place of the file. */
static bool stream_pad(struct stream *stream, uint64_t until)
{
    return stream_add(stream, NULL, (size_t)(until - stream->at - stream->used));
}

static bool body_write(const struct directory_writer *writer, struct directory_header *header,
                       int fd)
{
    struct stream stream = {.fd = fd};
    for (int i = 0; i < DIRECTORY_SECTIONS; i++) {
        const struct section *section = &writer->sections[i];
        if (!stream_pad(&stream, header->sections[i].offset)
            || !stream_add(&stream, section->data, section->used))
            return false;
    }
    if (!stream_pad(&stream, header->size) || !stream_flush(&stream))
        return false;
    header->body_checksum = stream.sum;
    return true;
}

static bool header_write(const struct directory_writer *writer, struct directory_header *header,
                         int fd)
{
    memcpy(header->magic, DIRECTORY_MAGIC, sizeof(header->magic));
    header->version = DIRECTORY_VERSION;
    header->byte_order = DIRECTORY_BYTE_ORDER;
    header->generation = writer->generation;
    header->frame = writer->frame;
    header->checksum = directory_header_checksum(header);
    return pwrite(fd, header, sizeof(*header), 0) == (ssize_t)sizeof(*header);
}

bool directory_emit(const struct directory_writer *writer, struct directory_header *header, int fd)
{
    return body_write(writer, header, fd) && header_write(writer, header, fd) && fsync(fd) == 0;
}
