/*
 * The FILE that users import and users apply are given, or standard input: opened, read to its end, and what is wrong
 * with it told line by line.
 */
#include "file.h"

#include <string.h>
#include <unistd.h>

#include "host/given_file.h"
#include "terminal/command.h"
#include "terminal/say.h"
#include "batch.h"
#include "read.h"
#include "record.h"

static enum status read_records(struct import_batch *batch, struct import_reader *reader, unsigned takes,
                                enum status (*take)(struct import_batch *batch, struct import_record *record))
{
    char reason[IMPORT_REASON_SIZE] = "";
    struct import_record record;
    enum import_result result;
    enum status status = GO_ON;

    while (status == GO_ON && ((result = import_reader_next(reader, &record, reason)) == IMPORT_GOOD ||
                               result == IMPORT_BAD)) {
        if (result == IMPORT_BAD)
            import_batch_refuse(batch, record.line, NULL, reason);
        else
            status = take(batch, &record);
    }
    explicit_bzero(&record, sizeof record);
    if (status != GO_ON || result == IMPORT_END || (result == IMPORT_EMPTY && (takes & IMPORT_TAKES_NOTHING) != 0))
        return status;
    return tool_refuse(result == IMPORT_FAILED ? STATUS_FAILED : STATUS_REFUSED, "%s: %s; nothing was changed",
                       batch->source, reason);
}

static enum status read_from(struct import_batch *batch, int fd, unsigned takes,
                             enum status (*take)(struct import_batch *batch, struct import_record *record))
{
    struct import_reader *reader = import_reader_new(fd, tool_has(batch->tool, OPTION_STRICT));
    enum status status;

    if (reader == NULL)
        return tool_refuse(STATUS_FAILED, "not enough memory; nothing was changed");
    if ((takes & IMPORT_TAKES_PARTS) != 0)
        import_reader_take_parts(reader);
    status = read_records(batch, reader, takes, take);
    if (status == GO_ON && import_reader_ignored(reader)[0] != '\0')
        tool_refuse(GO_ON, "note: passed over, because accounts have no such column: %s (--strict refuses them)",
                    import_reader_ignored(reader));
    import_reader_free(reader);
    return status;
}

enum status import_file_read(struct import_batch *batch, unsigned takes,
                             enum status (*take)(struct import_batch *batch, struct import_record *record))
{
    const char *path = batch->tool->arguments.operand;
    bool standard = strcmp(path, "-") == 0;
    int fd = STDIN_FILENO;
    const char *fault = standard ? NULL : given_file_open(batch->tool->folder, path, &fd);
    enum status status;

    batch->source = standard ? "standard input" : path;
    if (fault != NULL)
        return tool_refuse(STATUS_FAILED, "%s: %s", path, fault);
    status = read_from(batch, fd, takes, take);
    if (!standard)
        close(fd);
    return status;
}
