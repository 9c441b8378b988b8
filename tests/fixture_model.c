/*
 * fixture_model.c - accounts that change at random, the directory written from them, and every
 * answer of one directory compared with those of another.
 *
 * The principle: the model knows nothing of patches; what it writes is what publishing anew writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nss_coder/directory.h"
#include "nss_coder/directory_map.h"
#include "nss_coder/directory_patch.h"
#include "nss_coder/directory_read.h"
#include "nss_coder/directory_write.h"
#include "nss_coder/directory_writer.h"
#include "fixture_model.h"

#define FIRST_UID 70100U
#define LINE_SIZE 8192

static const uint32_t role_gids[MODEL_ROLES] = {FIXTURE_MEMBER, FIXTURE_AUDITOR, FIXTURE_ADMIN};
static const char *const role_names[MODEL_ROLES] = {"coder-member", "coder-auditor", "coder-admin"};

uint64_t model_seed;

uint32_t model_pick(uint32_t below)
{
    model_seed = model_seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(model_seed >> 33) % below;
}

/* -- the model ---- */

static void model_show(const struct model *model, const struct model_account *account,
                       struct model_shown *ret)
{
    ret->user = (struct directory_user){
        .name = account->name, .uid = account->uid, .gid = account->uid, .gecos = account->gecos,
        .home = account->home, .shell = account->suspended ? "/usr/sbin/nologin" : "/bin/bash",
        .suspended = account->suspended, .gids = ret->gids,
    };
    unsigned held = account->suspended ? 0 : account->roles;
    for (size_t r = 0; r < MODEL_ROLES; r++)
        if ((held & model->listed & (1U << r)) != 0)
            ret->gids[ret->user.listed_count++] = role_gids[r];
    ret->user.gid_count = ret->user.listed_count;
    for (size_t r = 0; r < MODEL_ROLES; r++)
        if ((held & ~model->listed & (1U << r)) != 0)
            ret->gids[ret->user.gid_count++] = role_gids[r];
}

void model_write(const struct model *model, const char *to)
{
    struct directory_plan plan = {model->generation, MODEL_FRAME, 0, MODEL_ROLES};
    for (size_t i = 0; i < model->count; i++)
        plan.users += model->accounts[i].roles != 0;
    struct directory_writer *writer = fixture_writer_begin(&plan);
    for (size_t i = 0; i < model->count; i++) {
        struct model_shown shown;
        model_show(model, &model->accounts[i], &shown);
        if (model->accounts[i].roles != 0)
            assert_int_equal(directory_writer_add_user(writer, &shown.user), DIRECTORY_OK);
    }
    for (size_t r = 0; r < MODEL_ROLES; r++) {
        struct directory_group group = {role_names[r], role_gids[r], false};
        assert_int_equal(directory_writer_add_group(writer, &group), DIRECTORY_OK);
    }
    assert_true(fixture_replace(to, writer));
}

struct model_account *model_add(struct model *model)
{
    struct model_account *account = &model->accounts[model->count];
    uint32_t number = (uint32_t)model->count++;
    snprintf(account->name, sizeof(account->name), "user%u%.*s", number, (int)model_pick(9),
             "abcdefgh");
    snprintf(account->home, sizeof(account->home), "/home/%u", number);
    account->uid = FIRST_UID + number * 3;
    account->roles = MEMBER | model_pick(8);
    return account;
}

void model_change(struct model_account *account)
{
    if (model_pick(4) == 0)
        account->suspended = !account->suspended;
    else if (model_pick(4) == 0)
        account->roles = MEMBER | model_pick(8);
    else if (model_pick(4) == 0)
        account->roles = 0;
    else
        snprintf(account->gecos, sizeof(account->gecos), "%.*s", (int)model_pick(70),
                 "Some Body with a long name, longer than most people have, and long");
}

/* What the change from `before` to `after` is called; roles 0: none. */
void model_describe(const struct model *model, const struct model_account *before,
                     const struct model_account *after, struct model_shown shown[2],
                     struct directory_patch *ret)
{
    *ret = (struct directory_patch){.before_generation = model->generation,
                                    .generation = model->generation + 2, .frame = MODEL_FRAME};
    model_show(model, before, &shown[0]);
    model_show(model, after, &shown[1]);
    if (before->roles != 0)
        ret->before = &shown[0].user;
    if (after->roles != 0)
        ret->after = &shown[1].user;
}

/* The file at path becomes the patched one, or stays. */
enum directory_result model_patch(const char *path, const struct directory_patch *patch)
{
    char beside[80];
    snprintf(beside, sizeof(beside), "%s.new", path);
    int fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, 0644), 0);
    enum directory_result result = directory_patch(path, fd, patch);
    close(fd);
    assert_int_equal(result == DIRECTORY_OK ? rename(beside, path) : unlink(beside), 0);
    return result;
}

/* -- every answer ---- */

static void tell_entry(const struct directory_view *view, const struct directory_entry *entry,
                       bool group, char ret[LINE_SIZE])
{
    uint32_t gids[DIRECTORY_GIDS_MAX];
    static char names[LINE_SIZE], *members[MODEL_ACCOUNTS + 1];
    size_t count = 0;
    int at = snprintf(ret, LINE_SIZE, "%s:%u:%s:", entry->text, entry->id, group ? "" : entry->text
                      + entry->gecos);
    if (group) {
        assert_true(entry->list_length < sizeof(names) && entry->list_count <= MODEL_ACCOUNTS);
        if (directory_group_members(view, entry, names, members) != DIRECTORY_OK)
            at = snprintf(ret, LINE_SIZE, "-");
        else
            for (char **name = members; *name != NULL; name++)
                at += snprintf(ret + at, LINE_SIZE - (size_t)at, "%s,", *name);
        return;
    }
    at += snprintf(ret + at, LINE_SIZE - (size_t)at, "%s:%s:%d:", entry->text + entry->home,
                   entry->text + entry->shell, entry->suspended);
    if (directory_user_gids(view, entry, gids, &count) != DIRECTORY_OK)
        snprintf(ret, LINE_SIZE, "-");
    for (size_t i = 0; i < count; i++)
        at += snprintf(ret + at, LINE_SIZE - (size_t)at, "%u,", gids[i]);
}

/* "-none" when there is none, "-" when that cannot be said. */
static void tell(const struct directory_view *view, const char *name, uint32_t id, bool group,
                 char ret[LINE_SIZE])
{
    struct directory_entry entry;
    enum directory_result result;
    if (group)
        result = name != NULL ? directory_find_group_by_name(view, name, &entry)
                              : directory_find_group_by_gid(view, id, &entry);
    else
        result = name != NULL ? directory_find_user_by_name(view, name, &entry)
                              : directory_find_user_by_uid(view, id, &entry);
    snprintf(ret, LINE_SIZE, "%s", result == DIRECTORY_NOT_FOUND ? "-none" : "-");
    if (result == DIRECTORY_OK)
        tell_entry(view, &entry, group, ret);
}

/* `holes`: an answer may be missing, but none may be another one. */
static void assert_same(const struct directory_view *view, const struct directory_view *whole,
                        const char *name, uint32_t id, bool group, bool holes)
{
    static char got[LINE_SIZE], right[LINE_SIZE];
    tell(view, name, id, group, got);
    tell(whole, name, id, group, right);
    if (!holes || got[0] != '-')
        assert_string_equal(got, right);
}

static bool next_at(const struct directory_view *view, bool group, uint64_t *index, char *ret)
{
    struct directory_entry entry;
    enum directory_result result;
    while ((result = group ? directory_group_at(view, (*index)++, &entry)
                           : directory_user_at(view, (*index)++, &entry)) == DIRECTORY_UNAVAILABLE)
        continue;
    if (result == DIRECTORY_OK)
        tell_entry(view, &entry, group, ret);
    return result == DIRECTORY_OK;
}

static void assert_same_order(const struct directory_view *view, const struct directory_view *whole,
                              bool group, bool holes)
{
    static char got[LINE_SIZE], right[LINE_SIZE];
    uint64_t index = 0, whole_index = 0;
    while (next_at(view, group, &index, got)) {
        bool more;
        while ((more = next_at(whole, group, &whole_index, right)) && holes
               && strcmp(got, "-") != 0 && strcmp(got, right) != 0)
            continue;
        assert_true(more);
        if (!holes || strcmp(got, "-") != 0)
            assert_string_equal(got, right);
    }
    assert_true(holes || !next_at(whole, group, &whole_index, right));
}

void model_assert_answers(const struct model *model, const char *path, const char *whole_path,
                          bool holes)
{
    struct directory_view view, whole;
    model_write(model, whole_path);
    assert_int_equal(directory_view_open(path, &view), DIRECTORY_OK);
    assert_int_equal(directory_view_open(whole_path, &whole), DIRECTORY_OK);
    assert_int_equal(directory_view_generation(&view), model->generation);
    for (size_t i = 0; i < 2 * model->count; i++) {
        const struct model_account *account = &model->accounts[i / 2];
        assert_same(&view, &whole, account->name, 0, i % 2 == 0, holes);
        assert_same(&view, &whole, NULL, account->uid, i % 2 == 0, holes);
    }
    for (size_t r = 0; r < MODEL_ROLES; r++) {
        assert_same(&view, &whole, role_names[r], 0, true, holes);
        assert_same(&view, &whole, NULL, role_gids[r], true, holes);
    }
    assert_same_order(&view, &whole, false, holes);
    assert_same_order(&view, &whole, true, holes);
    assert_int_equal(directory_view_check_whole(&view), holes ? DIRECTORY_UNAVAILABLE
                                                              : DIRECTORY_OK);
    directory_view_close(&view);
    directory_view_close(&whole);
}
