/*
 * Accounts whose entries this host is not shown any more, or that are deleted: many at once wait for an administrator.
 */
#ifndef CODER_FOLLOW_VANISH_H
#define CODER_FOLLOW_VANISH_H

#include "sql/store.h"
#include "applying.h"

/* In the transaction, before all entries: into applying->keeps_deleted whether those that the batch deletes are more than
 * 5 % and more than 20 within 10 minutes, or the brake is on: then each is suspended, and held as deleted. OK; anything
 * else ends the batch. */
enum store_result vanish_judge_deleted(struct applying *applying);

/* In the transaction, behind all entries: who was named as gone, or not named by a refresh that names everybody, is "not
 * here": refused, with name and uid kept. More than 5 % and more than 20 within 10 minutes are held. OK; anything else
 * ends the batch. */
enum store_result vanish_all(struct applying *applying);

#endif
