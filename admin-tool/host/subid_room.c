/*
 * Room for ranges, found in one walk through those in use: all that are given have the same size.
 */
#include "subid_room.h"

#include <limits.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct id_range *one = a, *other = b;

    return (one->first > other->first) - (one->first < other->first);
}

static bool add_lines(struct id_ranges *used, const struct local_file *file)
{
    const char *line = file->old, *end = file->old + file->old_size;
    struct id_range range;
    bool good = true;
    size_t length;

    for (; good && line < end; line = local_line_end(line, end, &length))
        good = !id_range_parse(line, &range) || id_ranges_add(used, range);
    return good;
}

bool subid_room_begin(struct subid_room *room, const struct local_file *file, struct subid_rule rule,
                      const struct id_ranges *taken)
{
    bool good;

    *room = (struct subid_room){ .rule = rule, .low = rule.min };
    good = add_lines(&room->used, file);
    for (size_t i = 0; good && i < taken->count; i++)
        good = id_ranges_add(&room->used, taken->ranges[i]);
    if (room->used.count > 0)
        qsort(room->used.ranges, room->used.count, sizeof room->used.ranges[0], compare);
    return good;
}

void subid_room_end(struct subid_room *room)
{
    free(room->used.ranges);
    room->used.ranges = NULL;
}

/* Behind it; a line may say anything. */
static unsigned long end_of(const struct id_range *range)
{
    return range->count > ULONG_MAX - range->first ? ULONG_MAX : range->first + range->count;
}

bool subid_room_take(struct subid_room *room, unsigned long *ret_first)
{
    const struct subid_rule *rule = &room->rule;

    for (; room->next < room->used.count; room->next++) {
        const struct id_range *range = &room->used.ranges[room->next];

        if (range->first > room->low && range->first - room->low >= rule->count)
            break;
        if (end_of(range) > room->low)
            room->low = end_of(range);
    }
    if (room->low > rule->max || rule->max - room->low < rule->count - 1)
        return false;
    *ret_first = room->low;
    room->low += rule->count;
    return true;
}
