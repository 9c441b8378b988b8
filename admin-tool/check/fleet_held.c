/*
 * What the fleet sent and this host did not take: an entry each, of many the first.
 */
#include "fleet_held.h"

#include <stdlib.h>
#include <string.h>

#include "sql/store.h"
#include "sql/store_fleet.h"
#include "sql/store_fleet_held.h"
#include "finding.h"

enum { PAGE_SIZE = 64, TOLD_MAX = 20 };

struct telling {
    struct doctor *doctor;
    size_t told;
};

static void tell(struct telling *telling, const struct fleet_held *held)
{
    bool remark = held->kind == HELD_REMARK;

    if (held->kind == HELD_VANISHED || held->kind == HELD_DELETED || telling->told++ >= TOLD_MAX) /* those are the brake's */
        return;
    check_report(telling->doctor, remark ? SEVERITY_NOTE : SEVERITY_WARNING, remark ? "fleet-remark" : "fleet-held",
                 held->username[0] != '\0' ? held->username : held->entry_uuid, held->why,
                 remark ? "the account was taken all the same"
                        : "it stays as it was here, or is not there at all; suspended it is in any case where the fleet says so",
                 "mend it on the fleet's server, see coder-fleet(7), or what clashes with it here");
}

static void tell_rest(const struct telling *telling)
{
    char what[CHECK_TEXT_SIZE];

    if (telling->told > TOLD_MAX)
        check_report(telling->doctor, SEVERITY_WARNING, "fleet-held", "more",
                     check_text(what, "%zu more were not taken as they were sent", telling->told - TOLD_MAX),
                     "they stay as they were here, or are not there at all", "admin-tool fleet status -o json");
}

void check_fleet_held(struct doctor *doctor)
{
    struct fleet_held *page = calloc(PAGE_SIZE, sizeof *page);
    struct telling telling = { .doctor = doctor };
    size_t count = PAGE_SIZE;
    char after[FLEET_UUID_SIZE] = "";

    if (page == NULL)
        doctor->incomplete = true;
    while (page != NULL && count == PAGE_SIZE &&
           store_fleet_held(doctor->tool->store, after, page, PAGE_SIZE, &count) == STORE_OK) {
        for (size_t i = 0; i < count; i++)
            tell(&telling, &page[i]);
        memcpy(after, page[PAGE_SIZE - 1].entry_uuid, sizeof after);
    }
    tell_rest(&telling);
    free(page);
}
