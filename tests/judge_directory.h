/*
 * judge_directory.h - every answer of a directory file held against the fixture, without cmocka, so that
 * threads and children can judge, too.
 */
#ifndef TEST_JUDGE_DIRECTORY_H
#define TEST_JUDGE_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "nss_coder/directory.h"
#include "fixture_directory.h"

#define ALL_RIGHT (4 * FIXTURE_USERS + 3 * (FIXTURE_GROUPS + FIXTURE_USERS))

/* Everything there is to ask. False: a wrong answer. *right counts the right ones. */
bool judge_all(const struct directory_view *view, uint64_t generation, int *right);

/* Open, judge, close: right answers, 0 when there is no view, -1 for a wrong answer. */
int judge_path(const char *path, uint64_t generation);

#endif
