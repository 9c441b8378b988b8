/*
 * Room for ranges. Each user's is sought from a place of the uid's on: what a deleted user had, and left in a container,
 * is not the next one's.
 */
#include "subid_room.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

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

/* Behind it; a line may say anything. */
static unsigned long end_of(const struct id_range *range)
{
    return range->count > ULONG_MAX - range->first ? ULONG_MAX : range->first + range->count;
}

/* Those that touch or overlap become one. */
static void merge(struct id_ranges *used)
{
    size_t kept = 0;

    for (size_t i = 1; i < used->count; i++) {
        struct id_range *last = &used->ranges[kept];
        const unsigned long end = end_of(&used->ranges[i]);

        if (used->ranges[i].first > end_of(last))
            used->ranges[++kept] = used->ranges[i];
        else if (end > end_of(last))
            last->count = end - last->first;
    }
    used->count = used->count > 0 ? kept + 1 : 0;
}

bool subid_room_begin(struct subid_room *room, const struct local_file *file, struct subid_rule rule,
                      const struct id_ranges *taken)
{
    bool good;

    *room = (struct subid_room){ .rule = rule };
    good = add_lines(&room->used, file);
    for (size_t i = 0; good && i < taken->count; i++)
        good = id_ranges_add(&room->used, taken->ranges[i]);
    if (room->used.count > 0)
        qsort(room->used.ranges, room->used.count, sizeof room->used.ranges[0], compare);
    merge(&room->used);
    return good;
}

void subid_room_end(struct subid_room *room)
{
    free(room->used.ranges);
    room->used.ranges = NULL;
}

/* The first range in use that ends behind `low`; the count: none. */
static size_t find_behind(const struct id_ranges *used, unsigned long low)
{
    size_t begin = 0, end = used->count;

    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;

        if (end_of(&used->ranges[middle]) > low)
            end = middle;
        else
            begin = middle + 1;
    }
    return begin;
}

/* In front of the range `next`; neighbours become one, so that many users' ranges stay few. */
static bool use(struct id_ranges *used, size_t next, struct id_range range)
{
    if (next > 0 && end_of(&used->ranges[next - 1]) == range.first) {
        used->ranges[next - 1].count += range.count;
        return true;
    }
    if (!id_ranges_add(used, range))
        return false;
    memmove(&used->ranges[next + 1], &used->ranges[next], (used->count - 1 - next) * sizeof range);
    used->ranges[next] = range;
    return true;
}

static bool take_from(struct subid_room *room, unsigned long low, unsigned long *ret_first)
{
    const struct subid_rule *rule = &room->rule;
    size_t next = find_behind(&room->used, low);

    for (; next < room->used.count; next++) {
        const struct id_range *range = &room->used.ranges[next];

        if (range->first > low && range->first - low >= rule->count)
            break;
        low = end_of(range);
    }
    if (low > rule->max || rule->max - low < rule->count - 1)
        return false;
    *ret_first = low;
    return use(&room->used, next, (struct id_range){ low, rule->count });
}

bool subid_room_take(struct subid_room *room, uint32_t uid, unsigned long *ret_first)
{
    const struct subid_rule *rule = &room->rule;
    unsigned long slots;

    if (rule->max - rule->min < rule->count - 1)
        return false;
    slots = (rule->max - rule->min - (rule->count - 1)) / rule->count + 1;
    return take_from(room, rule->min + uid % slots * rule->count, ret_first) ||
           take_from(room, rule->min, ret_first);
}
