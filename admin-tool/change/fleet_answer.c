/*
 * The lines of coder_fleet's answer. What a line has beyond what is known is passed over.
 */
#include "fleet_answer.h"

#include <stdlib.h>
#include <string.h>

#include "sql/account.h"
#include "sql/fit.h"
#include "sql/json_read.h"

bool fleet_answer_begin(size_t count, struct fleet_answer *ret)
{
    *ret = (struct fleet_answer){ .done = calloc(count + 1, sizeof *ret->done), .count = count };
    return ret->done != NULL;
}

void fleet_answer_free(struct fleet_answer *answer)
{
    free(answer->done);
    free(answer->missing.list);
    free(answer->unasked.list);
    fleet_rows_free(&answer->rows);
    *answer = (struct fleet_answer){ .done = NULL };
}

size_t fleet_answer_done(const struct fleet_answer *answer)
{
    size_t count = 0;

    while (count < answer->count && answer->done[count].done)
        count++;
    return count;
}

/* -- a line ---------------------------------------------------------------------------------- */

enum { WORD_SIZE = 2560 };
enum key {
    KEY_LINE, KEY_NTH, KEY_UUID, KEY_CSN, KEY_UID, KEY_ENDS, KEY_KIND, KEY_WHY, KEY_NAME, KEY_URI, KEY_SCOPES, KEY_AT, KEY_BY, KEY_WHAT,
    KEY_DN, KEY_USERNAME, KEY_CHANGED, KEY_MEMBERS, KEY_STATUS, KEYS
};
static const char *const names[KEYS] = {
    "line", "nth", "entry_uuid", "csn", "uid", "ends", "kind", "why", "name", "uri", "scopes", "at", "by", "what",
    "dn", "username", "changed", "members", "status",
};
enum { KEY_FACTS = KEY_NAME }; /* from here on as those of rows */

struct words {
    char text[KEYS][WORD_SIZE];
    bool good;
};

static bool is_list(size_t key)
{
    return key == KEY_SCOPES || key == KEY_CHANGED || key == KEY_MEMBERS;
}

static size_t room_of(size_t key)
{
    return is_list(key) ? WORD_SIZE : FLEET_REASON_SIZE;
}

/* Nobody hides in the log behind a direction mark: of a row's names that stays which can be shown. */
static void mask(char *word)
{
    for (size_t length; *word != '\0'; word += length) {
        char one[8] = "";

        if (account_utf8(word, &length) == 0)
            return;
        memcpy(one, word, length);
        if (account_text_fault(one) != NULL)
            memset(word, '?', length);
    }
}

/* A list is one word with commas in it. What could not be shown is nothing. */
static void take_word(struct words *words, size_t key, const char *text)
{
    char *word = words->text[key];

    strncat(word, text, fit_length(text, room_of(key) - strlen(word)));
    for (char *p = word; is_list(key) && *p != '\0'; p++)
        if (*p == '\n')
            *p = ',';
    if (key >= KEY_FACTS)
        mask(word);
    if (account_text_fault(word) != NULL)
        word[0] = '\0';
}

/* Whoever writes in the tree makes names there as long as he likes, and would hide the log with one: facts of rows are cut
 * to size, as why is. */
static bool visit(void *context, const struct json_pair *pair)
{
    struct words *words = context;

    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(names[i], pair->key) != 0)
            continue;
        if (pair->text == NULL || (i < KEY_WHY && strlen(pair->text) >= room_of(i)))
            words->good = false;
        else
            take_word(words, i, pair->text);
    }
    return words->good;
}

static bool read_number(const char *text, uint64_t most, uint64_t *ret)
{
    char *end = NULL;

    *ret = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *ret <= most;
}

static bool take_nth(const struct words *words, const struct fleet_answer *answer, size_t *ret)
{
    uint64_t nth;

    if (!read_number(words->text[KEY_NTH], answer->count, &nth))
        return false;
    *ret = (size_t)nth;
    return true;
}

/* Each once, in their order. */
static bool take_done(const struct words *words, struct fleet_answer *answer)
{
    struct fleet_done *done;
    uint64_t uid = 0;
    size_t nth;

    if (!take_nth(words, answer, &nth) || nth >= answer->count || nth != fleet_answer_done(answer))
        return false;
    done = &answer->done[nth];
    if (words->text[KEY_UID][0] != '\0' && !read_number(words->text[KEY_UID], UINT32_MAX, &uid))
        return false;
    done->uid = (uint32_t)uid;
    done->done = fit_whole(words->text[KEY_UUID], done->entry_uuid, sizeof done->entry_uuid) &&
                 fit_whole(words->text[KEY_CSN], done->csn, sizeof done->csn) &&
                 fit_whole(words->text[KEY_BY], done->by, sizeof done->by);
    return done->done;
}

static bool add_name(struct fleet_names *names_of, const char *text)
{
    if (names_of->count == names_of->room) {
        size_t room = 2 * names_of->room + 16;
        struct fleet_name *list = realloc(names_of->list, room * sizeof *list);

        if (list == NULL)
            return false;
        names_of->list = list;
        names_of->room = room;
    }
    if (!fit_whole(text, names_of->list[names_of->count].text, sizeof names_of->list[0].text))
        return false;
    names_of->count++;
    return true;
}

static bool take_row(const struct words *words, struct fleet_answer *answer)
{
    const char *facts[FLEET_FACTS];

    for (size_t i = 0; i < FLEET_FACTS; i++)
        facts[i] = words->text[KEY_FACTS + i];
    return fleet_rows_add(&answer->rows, facts);
}

static bool take_host(const struct words *words, struct fleet_answer *answer)
{
    answer->hosts++;
    if (!take_row(words, answer))
        return false;
    return words->text[KEY_URI][0] != '\0' || add_name(&answer->missing, words->text[KEY_NAME]);
}

static bool take_identity(const struct words *words, struct fleet_answer *answer)
{
    uint64_t end;

    if (!read_number(words->text[KEY_ENDS], INT32_MAX * UINT64_C(100), &end))
        return false;
    answer->identity_end = (int64_t)end;
    return true;
}

static bool take_refusal(const struct words *words, struct fleet_answer *answer)
{
    static const char *const kinds[FLEET_REFUSALS] = {
        "", "identity", "rights", "changed", "taken", "invalid", "standby", "away", "unknown", "failed",
    };

    answer->refusal = FLEET_FAILED;
    for (size_t i = 1; i < FLEET_REFUSALS; i++)
        if (strcmp(kinds[i], words->text[KEY_KIND]) == 0)
            answer->refusal = (enum fleet_refusal)i;
    if (!take_nth(words, answer, &answer->refused))
        answer->refused = fleet_answer_done(answer);
    return fit_whole(words->text[KEY_WHY], answer->why, sizeof answer->why);
}

bool fleet_answer_take(struct json_reader *reader, const char *line, struct fleet_answer *answer)
{
    struct words words = { .good = true };
    const char *kind = words.text[KEY_LINE];

    if (json_reader_read(reader, line, visit, &words) != JSON_OK || answer->ended)
        return false;
    if (strcmp(kind, "done") == 0)
        return take_done(&words, answer);
    if (strcmp(kind, "host") == 0)
        return take_host(&words, answer);
    if (strcmp(kind, "identity") == 0)
        return take_identity(&words, answer);
    if (strcmp(kind, "log") == 0)
        return take_row(&words, answer);
    if (strcmp(kind, "unasked") == 0)
        return add_name(&answer->unasked, words.text[KEY_URI]);
    if (strcmp(kind, "refused") == 0)
        return take_refusal(&words, answer);
    answer->ended = strcmp(kind, "ended") == 0;
    return answer->ended;
}
