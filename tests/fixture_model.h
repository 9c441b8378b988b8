/*
 * fixture_model.h - accounts that change at random, for the tests of patched directories.
 */
#ifndef CODER_FIXTURE_MODEL_H
#define CODER_FIXTURE_MODEL_H

#include "nss_coder/directory.h"
#include "fixture_directory.h"

#define MODEL_FRAME 0x1234U
#define MODEL_ACCOUNTS 400
#define MODEL_ROLES 3

enum { MEMBER = 1, AUDITOR = 2, ADMIN = 4 };

struct model_account {
    char name[32], gecos[80], home[40];
    uint32_t uid;
    unsigned roles; /* 0: there is no such account (any more) */
    bool suspended;
};

struct model {
    struct model_account accounts[MODEL_ACCOUNTS]; /* by uid; none is ever taken out */
    size_t count;
    uint64_t generation;
    unsigned listed; /* roles whose groups name their members */
};

/* What model_describe points into. */
struct model_shown {
    struct directory_user user;
    uint32_t gids[MODEL_ROLES];
};

/* The same numbers for the same seed, everywhere. */
extern uint64_t model_seed;
uint32_t model_pick(uint32_t below);

struct model_account *model_add(struct model *model);
void model_change(struct model_account *account);

/* All of it into a new file at `to`. */
void model_write(const struct model *model, const char *to);

/* The change from `before` to `after`, two generations further. */
void model_describe(const struct model *model, const struct model_account *before,
                    const struct model_account *after, struct model_shown shown[2],
                    struct directory_patch *ret);

/* The file at path becomes the patched one, or stays. */
enum directory_result model_patch(const char *path, const struct directory_patch *patch);

/* The file at path answers everything as the whole one, which is written to whole_path for it.
 * holes: answers may be missing, but none may be another one, and the check of the whole fails. */
void model_assert_answers(const struct model *model, const char *path, const char *whole_path,
                          bool holes);

#endif
