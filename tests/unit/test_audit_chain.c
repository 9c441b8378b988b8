/*
 * The chain of hashes: whatever is done to the audit log behind the product's back shows, and names
 * the first row that is not as it was; what the product does itself, migration and pruning, leaves
 * it whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/account.h"
#include "sql/database.h"
#include "sql/policy.h"
#include "sql/store.h"
#include "sql/store_accounts.h"
#include "sql/store_audit.h"
#include "sql/store_chain.h"
#include "sql/store_prune.h"
#include "fixture/fixture.h"

#define NOW 1800000000LL
#define NO_RULES "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_fixed; DROP TRIGGER audit_is_not_replaced;" \
                 "DROP TRIGGER audit_prunings_are_true;"
#define MOVE(from, to) "UPDATE audit SET id = " #to " WHERE id = " #from ";"
#define CONTENT_OF(id) "(at, event, actor_uid, actor, via, origin, uid, username, before, after) = (SELECT at," \
                       " event, actor_uid, actor, via, origin, uid, username, before, after FROM audit WHERE id = " #id ")"

static const struct audit_actor carol = {
    .login_uid = 1000, .name = "carol", .via = "", .origin = "192.0.2.7"
};

static struct store *store;

static int begin(void **state)
{
    (void)state;
    fixture_reset();
    return store_open(FIXTURE_PRIVATE, STORE_CREATE, &store) == STORE_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    store = NULL;
    return 0;
}

static void append(const char *event, int64_t now)
{
    struct account alice = fixture_account("alice", 70100), after = alice;

    after.status = ACCOUNT_SUSPENDED;
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_audit_append(store, &carol, event, &alice, &after, NULL, now), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
}

/* Ids 1 to 6, one a second. */
static void append_six(void)
{
    for (int i = 0; i < 6; i++)
        append(i % 2 == 0 ? "suspend" : "activate", NOW + i);
}

static struct audit_proof verify(void)
{
    struct audit_proof proof = { .rows = -1 };

    assert_int_equal(store_audit_verify(store, &proof), STORE_OK);
    return proof;
}

static enum store_result prune(int64_t before)
{
    enum store_result result;

    assert_int_equal(store_begin(store), STORE_OK);
    result = store_audit_prune(store, &carol, before, NOW + 100);
    assert_int_equal(store_commit(store), STORE_OK);
    return result;
}

static void an_empty_log_is_whole(void **state)
{
    struct audit_proof proof = verify();

    (void)state;
    assert_true(proof.whole);
    assert_int_equal(proof.rows, 0);
    assert_int_equal(proof.link.id, 0);
}

static void rows_hang_together(void **state)
{
    struct audit_proof proof;
    struct audit_link newest;

    (void)state;
    append_six();
    proof = verify();
    assert_true(proof.whole);
    assert_int_equal(proof.rows, 6);
    assert_int_equal(store_audit_newest(store, &newest), STORE_OK);
    assert_int_equal(newest.id, 6);
    assert_string_equal(newest.hash, proof.link.hash);
}

/* As the comment on top of store_chain.c says it, and sha256sum(1) counts it: printf '%064d' 0;
 * printf 'i1,i1800000000,t1:x,i1000,t5:carol,t0:,t9:192.0.2.7,n,n,n,t14:{"detail":"y"},' */
static void the_hash_is_what_is_documented(void **state)
{
    struct audit_link newest;

    (void)state;
    assert_int_equal(store_begin(store), STORE_OK);
    assert_int_equal(store_audit_append(store, &carol, "x", NULL, NULL, "y", NOW), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(store_audit_newest(store, &newest), STORE_OK);
    assert_string_equal(newest.hash,
                        "e7611a1b6bdcbd2b9412c2ff2c4c068c70258d1ddcd649955bbd190a2c85c3ab");
}

/* Each kind of tampering, and the first row it spoils. */
static void tampering_shows(void **state)
{
    static const struct {
        const char *sql;
        int64_t bad;
    } attacks[] = {
        { "UPDATE audit SET actor = 'mallory' WHERE id = 3", 3 },
        { "UPDATE audit SET actor_uid = NULL WHERE id = 3", 3 },
        { "UPDATE audit SET at = at + 1 WHERE id = 6", 6 },
        { "UPDATE audit SET after = json_set(after, '$.uid', 1) WHERE id = 1", 1 },
        { "UPDATE audit SET hash = NULL WHERE id = 4", 4 },
        { "UPDATE audit SET hash = (SELECT hash FROM audit WHERE id = 5) WHERE id = 4", 4 },
        { "UPDATE audit SET via = actor, actor = via WHERE id = 2", 2 },
        { "DELETE FROM audit WHERE id = 1", 2 },
        { "DELETE FROM audit WHERE id = 3", 4 },
        { "DELETE FROM audit WHERE id IN (2, 3, 4)", 5 },
        { "DELETE FROM audit WHERE id = 6", 6 },
        { "DELETE FROM audit WHERE id > 3", 4 },
        { "DELETE FROM audit", 1 },
        { MOVE(2, 99) MOVE(3, 2) MOVE(99, 3), 2 },
        { MOVE(6, 7), 7 },
        { MOVE(3, 99) "INSERT INTO audit SELECT 3, at, event, actor_uid, actor, via, origin, uid, username,"
          " before, after, hash FROM audit WHERE id = 2;", 3 },
        { "UPDATE audit SET " CONTENT_OF(4) " WHERE id = 2", 2 },
        { "INSERT INTO audit (at, event, actor, via, origin) VALUES (1800000009, 'x', '', '', '')", 7 },
        { "INSERT INTO audit (id, at, event, actor, via, origin) VALUES (0, 0, 'x', '', '', '')", 0 },
        { "DELETE FROM audit WHERE id < 4; INSERT INTO audit (at, event, actor, via, origin, after) VALUES"
          " (0, 'audit-prune', '', '', '', '{\"pruned_through\":3,\"pruned_hash\":\"00\"}')", 4 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct audit_proof proof;

        end(NULL);
        begin(NULL);
        append_six();
        fixture_sql(NO_RULES);
        fixture_sql(attacks[i].sql);
        proof = verify();
        if (proof.whole || proof.bad != attacks[i].bad)
            fail_msg("%s: bad is %lld", attacks[i].sql, (long long)proof.bad);
    }
}

/* What the rules stop without anybody dropping them. */
static void rules_hold(void **state)
{
    static const char *const statements[] = {
        "UPDATE audit SET hash = NULL",
        "UPDATE audit SET hash = '0000000000000000000000000000000000000000000000000000000000000000'",
        "UPDATE audit SET rowid = 99 WHERE id = 1",
        "DELETE FROM audit WHERE id = 1",
        "INSERT INTO audit (at, event, actor, via, origin, after) VALUES (0, 'audit-prune', '', '', '',"
        " '{\"pruned_through\":3,\"pruned_hash\":\"00\"}')",
        "INSERT INTO audit (at, event, actor, via, origin, after) VALUES (0, 'audit-prune', '', '', '',"
        " '{\"pruned_through\":99}')",
        "INSERT INTO audit (at, event, actor, via, origin) VALUES (0, 'audit-prune', '', '', '')",
    };

    (void)state;
    append_six();
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        if (database_run(store->db, statements[i], "") != STORE_REFUSED)
            fail_msg("no rule stopped: %s", statements[i]);
    assert_true(verify().whole);
}

/* -- pruning ------------------------------------------------------------------------------ */

static void a_pruning_leaves_an_anchor(void **state)
{
    struct audit_proof proof;
    int64_t count = -1;

    (void)state;
    append_six();
    assert_int_equal(store_audit_count_prunable(store, NOW + 3, &count), STORE_OK);
    assert_int_equal(count, 3);
    assert_int_equal(prune(NOW + 3), STORE_OK);
    assert_int_equal(fixture_number("SELECT min(id) FROM audit"), 4);
    assert_int_equal(fixture_number("SELECT json_extract(after, '$.pruned_rows') FROM audit WHERE id = 7"), 3);
    proof = verify();
    assert_true(proof.whole);
    assert_int_equal(proof.rows, 4);
    assert_int_equal(proof.pruned_through, 3);
    assert_int_equal(prune(NOW + 3), STORE_NOT_FOUND);
}

static void everything_may_be_pruned_and_the_log_goes_on(void **state)
{
    struct audit_proof proof;

    (void)state;
    append_six();
    assert_int_equal(prune(NOW + 50), STORE_OK);
    assert_int_equal(verify().rows, 1);
    append("suspend", NOW + 200);
    assert_int_equal(prune(NOW + 150), STORE_OK); /* the first anchor, too */
    proof = verify();
    assert_true(proof.whole);
    assert_int_equal(proof.rows, 2);
    assert_int_equal(proof.pruned_through, 7);
}

/* A clock that was ahead once: what lies behind such a row is not pruned from under it. */
static void only_the_oldest_go(void **state)
{
    (void)state;
    append("suspend", NOW);
    append("activate", NOW + 1000);
    append("suspend", NOW + 1);
    assert_int_equal(prune(NOW + 10), STORE_OK);
    assert_int_equal(fixture_number("SELECT count(*) FROM audit"), 3);
    assert_true(verify().whole);
}

static void tampering_after_a_pruning_shows(void **state)
{
    static const struct {
        const char *sql;
        int64_t bad;
    } attacks[] = {
        { "UPDATE audit SET actor = 'mallory' WHERE id = 4", 4 },
        { "DELETE FROM audit WHERE id = 4", 5 },
        { "DELETE FROM audit WHERE id = 7", 4 },
        { "UPDATE audit SET after = json_set(after, '$.pruned_rows', 1) WHERE id = 7", 7 },
        { "UPDATE audit SET after = json_set(after, '$.pruned_through', 2) WHERE id = 7", 7 },
        { "INSERT INTO audit (id, at, event, actor, via, origin) VALUES (2, 0, 'x', '', '', '')", 2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct audit_proof proof;

        end(NULL);
        begin(NULL);
        append_six();
        assert_int_equal(prune(NOW + 3), STORE_OK);
        fixture_sql(NO_RULES);
        fixture_sql(attacks[i].sql);
        proof = verify();
        if (proof.whole || proof.bad != attacks[i].bad)
            fail_msg("%s: bad is %lld", attacks[i].sql, (long long)proof.bad);
    }
}

/* -- migration ---------------------------------------------------------------------------- */

/* A store of schema version 1 with five rows, as an earlier version of the product left it. */
static void make_old_store(void)
{
    size_t size;
    char *sql = fixture_read("tests/stores/0001.sql", &size);

    end(NULL);
    fixture_reset();
    fixture_write(FIXTURE_PRIVATE "/accounts.db", "", 0, 0600);
    sql[size] = '\0';
    fixture_sql(sql);
    free(sql);
}

static void an_old_store_is_migrated_with_all_it_holds(void **state)
{
    struct audit_proof proof;
    struct account alice;
    struct policy policy;

    (void)state;
    make_old_store();
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(store_account_by_name(store, "alice", &alice), STORE_OK);
    assert_int_equal(alice.roles, ROLE_MEMBER | ROLE_ADMIN);
    assert_string_equal(alice.full_name, "Alice \xc3\x86nderson");
    assert_int_equal(store_policy(store, &policy), STORE_OK);
    assert_int_equal(policy.password_min_length, 14);
    assert_int_equal(store_name_is_free(store, "gone"), STORE_TAKEN);
    assert_int_equal(fixture_number("SELECT count(*) FROM password_history"), 1);
    proof = verify();
    assert_true(proof.whole);
    assert_int_equal(proof.rows, 5);
    append("suspend", NOW);
    assert_int_equal(verify().rows, 6);
}

static void a_migrated_store_keeps_its_rules(void **state)
{
    (void)state;
    make_old_store();
    assert_int_equal(store_open(FIXTURE_PRIVATE, STORE_EXISTING, &store), STORE_OK);
    assert_int_equal(database_run(store->db, "UPDATE accounts SET rowid = 80000", ""), STORE_REFUSED);
    assert_int_equal(database_run(store->db, "DELETE FROM tombstones", ""), STORE_REFUSED);
    assert_int_equal(database_run(store->db, "UPDATE audit SET actor = ''", ""), STORE_REFUSED);
    assert_int_equal(database_run(store->db, "DELETE FROM audit", ""), STORE_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_log_is_whole, begin, end),
        cmocka_unit_test_setup_teardown(rows_hang_together, begin, end),
        cmocka_unit_test_setup_teardown(the_hash_is_what_is_documented, begin, end),
        cmocka_unit_test_setup_teardown(tampering_shows, begin, end),
        cmocka_unit_test_setup_teardown(rules_hold, begin, end),
        cmocka_unit_test_setup_teardown(a_pruning_leaves_an_anchor, begin, end),
        cmocka_unit_test_setup_teardown(everything_may_be_pruned_and_the_log_goes_on, begin, end),
        cmocka_unit_test_setup_teardown(only_the_oldest_go, begin, end),
        cmocka_unit_test_setup_teardown(tampering_after_a_pruning_shows, begin, end),
        cmocka_unit_test_setup_teardown(an_old_store_is_migrated_with_all_it_holds, begin, end),
        cmocka_unit_test_setup_teardown(a_migrated_store_keeps_its_rules, begin, end),
    };

    return cmocka_run_group_tests_name("audit_chain", tests, NULL, NULL);
}
