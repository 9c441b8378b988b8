/*
 * A local file's new text put together from its old one.
 */
#include "local_compose.h"

#include <stddef.h>
#include <string.h>

#include "local_files.h"

enum { MEMBERS_FIELD = 3 };

const char *local_file_tail(const struct local_file *file)
{
    const char *line = file->old, *end = file->old + file->old_size;
    size_t length;

    while (line < end && line[0] != '+' && line[0] != '-')
        line = local_line_end(line, end, &length);
    return line;
}

bool local_file_end_line(struct local_file *file)
{
    return file->new_size == 0 || file->new[file->new_size - 1] == '\n' || local_file_add(file, "\n", 1);
}

bool local_file_add_tail(struct local_file *file)
{
    const char *tail = local_file_tail(file);

    return local_file_add(file, tail, (size_t)(file->old + file->old_size - tail));
}

static bool lists(const char *members, const char *end, const char *name, size_t length)
{
    for (; members < end; members++) {
        const char *stop = memchr(members, ',', (size_t)(end - members));

        stop = stop != NULL ? stop : end;
        if ((size_t)(stop - members) == length && memcmp(members, name, length) == 0)
            return true;
        members = stop;
    }
    return false;
}

static bool has_members(const char *line, size_t length)
{
    size_t colons = 0;

    for (size_t i = 0; i < length; i++)
        colons += line[i] == ':';
    return colons == MEMBERS_FIELD;
}

bool local_file_add_members(struct local_file *file, const char *line, size_t length, const char *names)
{
    const char *colon = memrchr(line, ':', length), *end = line + length;
    bool good = true, first = colon + 1 == end;

    if (!has_members(line, length))
        return true;
    for (const char *name = names; good && *name != '\0'; name += strcspn(name, "\n") + 1) {
        size_t size = strcspn(name, "\n");

        if (lists(colon + 1, end, name, size))
            continue;
        good = (first || local_file_add(file, ",", 1)) && local_file_add(file, name, size);
        first = false;
    }
    return good;
}
