/*
 * Turning from one account to the next.
 */
#include "work.h"

#include "terminal/answer.h"

struct target *work_turn_to(struct work *work, size_t i)
{
    work->change.nth = i;
    answer_about(work->targets.list[i].before.username);
    return &work->targets.list[i];
}
