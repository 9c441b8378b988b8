/*
 * What login.defs(5) says, and the subordinate ids that are handed out by it (subuid(5)).
 */
#include "login_defs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long read_setting(const char *key, int base, long otherwise)
{
    FILE *file = fopen("/etc/login.defs", "re");
    char line[1024], *end;
    size_t length = strlen(key);
    long value = otherwise;

    if (file == NULL)
        return otherwise;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *text = line + strspn(line, " \t");
        long number;

        if (strncmp(text, key, length) != 0 || strchr(" \t", text[length]) == NULL)
            continue;
        number = strtol(text + length, &end, base);
        if (end != text + length && number >= 0)
            value = number;
    }
    fclose(file);
    return value;
}

mode_t host_home_mode(void)
{
    return (mode_t)read_setting("HOME_MODE", 8, 0700) & 0777;
}

struct subid_rule host_subid_rule(bool groups)
{
    unsigned long min = (unsigned long)read_setting(groups ? "SUB_GID_MIN" : "SUB_UID_MIN", 10, 100000);
    unsigned long max = (unsigned long)read_setting(groups ? "SUB_GID_MAX" : "SUB_UID_MAX", 10, 600100000);
    unsigned long count = (unsigned long)read_setting(groups ? "SUB_GID_COUNT" : "SUB_UID_COUNT", 10, 65536);

    return (struct subid_rule){ .min = min, .max = max, .count = count };
}

bool id_range_parse(const char *line, struct id_range *ret)
{
    const char *colon = strchr(line, ':');
    unsigned long first, count;
    char *end;

    if (colon == NULL)
        return false;
    first = strtoul(colon + 1, &end, 10);
    if (*end != ':')
        return false;
    count = strtoul(end + 1, NULL, 10);
    *ret = (struct id_range){ first, count };
    return count > 0;
}

bool id_ranges_add(struct id_ranges *ranges, struct id_range range)
{
    struct id_range *grown;

    if ((ranges->count & (ranges->count + 1)) == 0) { /* full: 0, 1, 3, 7, ... */
        grown = reallocarray(ranges->ranges, 2 * ranges->count + 1, sizeof *grown);
        if (grown == NULL)
            return false;
        ranges->ranges = grown;
    }
    ranges->ranges[ranges->count++] = range;
    return true;
}

static bool add_rule(struct id_ranges *ranges, struct subid_rule rule)
{
    return rule.max < rule.min || id_ranges_add(ranges, (struct id_range){ rule.min, rule.max - rule.min + 1 });
}

static bool add_file(struct id_ranges *ranges, const char *path)
{
    FILE *file = fopen(path, "re");
    struct id_range range;
    char line[1024];
    bool good = true;

    if (file == NULL)
        return errno == ENOENT;
    while (good && fgets(line, sizeof line, file) != NULL)
        if (id_range_parse(line, &range))
            good = id_ranges_add(ranges, range);
    good = good && ferror(file) == 0;
    fclose(file);
    return good;
}

bool host_subordinates_read(struct id_ranges *ret)
{
    return add_rule(ret, host_subid_rule(false)) && add_rule(ret, host_subid_rule(true)) &&
           add_file(ret, "/etc/subuid") && add_file(ret, "/etc/subgid");
}

bool host_subordinates_have(const struct id_ranges *ranges, uint32_t uid)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (uid >= ranges->ranges[i].first && uid - ranges->ranges[i].first < ranges->ranges[i].count)
            return true;
    return false;
}

uint32_t host_subordinates_beyond(const struct id_ranges *ranges, uint32_t uid)
{
    for (size_t i = 0; i < ranges->count; i++) {
        const struct id_range *range = &ranges->ranges[i];

        if (uid < range->first || uid - range->first >= range->count)
            continue;
        if (range->first + range->count > UINT32_MAX)
            return UINT32_MAX;
        return host_subordinates_beyond(ranges, (uint32_t)(range->first + range->count));
    }
    return uid;
}

bool host_uid_is_subordinate(uint32_t uid)
{
    struct id_ranges ranges = { NULL, 0 };
    bool found = !host_subordinates_read(&ranges) || host_subordinates_have(&ranges, uid);

    free(ranges.ranges);
    return found;
}
