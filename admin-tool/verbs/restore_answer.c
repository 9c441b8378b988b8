/*
 * The plan of a restore for programs: an object for each account that changes, and one for each that clashes.
 */
#include "restore_answer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sql/account.h"
#include "sql/json.h"
#include "sql/memory.h"
#include "terminal/answer.h"
#include "terminal/command.h"

/* An array while it grows. */
struct array {
    FILE *out;
    char *text;
    size_t size, count;
};

struct restore_answer {
    struct array plan;
};

static bool begin(struct array *array)
{
    *array = (struct array){ .count = 0 };
    array->out = open_memstream(&array->text, &array->size);
    return array->out != NULL;
}

/* The object is freed. Without one the array is no JSON, and is refused. */
static void add(struct array *array, char *object)
{
    fprintf(array->out, "%s%s", array->count++ == 0 ? "[" : ",", object != NULL ? object : "!");
    store_text_free(object);
}

/* The array becomes the answer's. */
static void give(struct array *array, const char *key)
{
    if (array->count == 0)
        fputc('[', array->out);
    fputc(']', array->out);
    if (fclose(array->out) == 0)
        answer_add(key, array->text);
    free(array->text);
    *array = (struct array){ .count = 0 };
}

struct restore_answer *restore_answer_new(void)
{
    struct restore_answer *answer = answer_is_json() ? calloc(1, sizeof *answer) : NULL;

    if (answer == NULL || begin(&answer->plan))
        return answer;
    free(answer);
    return NULL;
}

void restore_answer_free(struct restore_answer *answer)
{
    if (answer != NULL && answer->plan.out != NULL)
        fclose(answer->plan.out);
    if (answer != NULL)
        free(answer->plan.text);
    free(answer);
}

static const char *state_of(const struct tool *tool, bool there, const struct account *account)
{
    return there ? account_state_name(account_state(account, &tool->policy, tool->now)) : NULL;
}

void restore_answer_add(struct restore_answer *answer, const struct tool *tool, const struct restored *one)
{
    const struct account *whom = one->was ? &one->before : &one->after;
    unsigned roles = one->is ? one->after.roles : 0;

    if (answer == NULL)
        return;
    add(&answer->plan, json_make_object("titt" "bbb", "username", whom->username, "uid", (int64_t)whom->uid,
                                        "before", state_of(tool, one->was, &one->before),
                                        "after", state_of(tool, one->is, &one->after),
                                        "admin", (roles & ROLE_ADMIN) != 0, "auditor", (roles & ROLE_AUDITOR) != 0,
                                        "password", one->password));
}

void restore_answer_give(struct restore_answer *answer, const struct clash_list *clashes)
{
    struct array array;

    if (answer == NULL || !begin(&array))
        return;
    for (size_t i = 0; i < clashes->count; i++)
        add(&array, json_make_object("tit", "username", clashes->list[i].username, "uid", (int64_t)clashes->uids[i],
                                     "reason", clashes->list[i].reason));
    give(&answer->plan, "plan");
    give(&array, "clashes");
}
