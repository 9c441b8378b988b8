#!/bin/bash
# What the JSON of an account says of its suspension, locks and keys, wherever it is shown; and that it says nothing that
# is not so any more.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
ATTEMPTS=$STATE/private/activity.db

make alice
make bob
make carol
show() { run admin-tool users show "$1" -o json; }
nothing='(d["suspended_at"], d["suspended_by"], d["suspended_reason"]) == (None, None, None)'

# -- suspensions ----------------------------------------------------------------------------------------------
show alice
json "$nothing" "who is active has no suspension"
admin-tool users suspend alice -y --reason 'the first' >"$tmp/made"
sqlite3 "$STORE" "DROP TRIGGER audit_is_fixed; UPDATE audit SET at = 1700000000 WHERE event = 'suspend'"
show alice
json '(d["suspended_at"], d["suspended_by"], d["suspended_reason"]) == ("2023-11-14T22:13:20Z", "root", "the first")' \
    "who is suspended has when, by whom and why"
cp "$tmp/out" "$tmp/shown"
run admin-tool users list -o json
ok "... in the list as well" python3 -c '
import json, sys
shown, listed = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
sys.exit(0 if listed[0] == shown else 1)' "$tmp/shown" "$tmp/out"
json 'all(u["suspended_at"] is None for u in d[1:])' "... nobody else"
admin-tool users edit alice -n 'Alice Doe' >"$tmp/made"
admin-tool users suspend alice -y --reason 'once more' >"$tmp/made"
show alice
json 'd["suspended_reason"] == "the first"' "a change in between, and what was so already, begin none anew"
admin-tool users rename alice amy -y >"$tmp/made"
show amy
json '(d["suspended_at"], d["suspended_reason"]) == ("2023-11-14T22:13:20Z", "the first")' "nor does a new name"
run admin-tool users activate amy -y -o json
json "$nothing" "who is active again has none, in the answer of the change"
show amy
json "$nothing" "... and shown"
run admin-tool users suspend amy -y -o json
json 'd["suspended_at"].startswith("20") and d["suspended_reason"] is None' "suspended again, without a reason"
sqlite3 "$STORE" "UPDATE accounts SET status = 'active' WHERE username = 'amy'"
show amy
json "$nothing" "whoever made her active: there is no suspension"
sqlite3 "$STORE" "UPDATE accounts SET status = 'suspended' WHERE username = 'bob'"
show bob
json "d['status'] == 'suspended' and $nothing" "of a suspension that nobody has on record nothing is known"
printf 'username,email,status\ndave,dave@example.com,suspended\n' >"$tmp/dave.csv"
admin-tool users import "$tmp/dave.csv" >"$tmp/made"
show dave
json 'd["suspended_at"] is not None and d["suspended_by"] == "root" and d["suspended_reason"] is None' \
    "who came in suspended is so since then"
admin-tool users activate dave -y >"$tmp/made"
sqlite3 "$STORE" "UPDATE accounts SET status = 'suspended' WHERE username = 'dave'"
show dave
json "$nothing" "an earlier suspension is not taken for a later one"
sleep 1
admin-tool audit prune --before "$(date +%FT%T%z)" -y >"$tmp/made" 2>&1
sqlite3 "$STORE" "UPDATE accounts SET status = 'suspended' WHERE username = 'amy'"
show amy
json "d['status'] == 'suspended' and $nothing" "nor is one known whose row was pruned"

# -- locks ----------------------------------------------------------------------------------------------------
show carol
json 'd["locks"] == [] and d["locked_until"] is None' "nobody has failed: no locks"
sqlite3 "$ATTEMPTS" "INSERT INTO failures SELECT uid, o, n, unixepoch() - age FROM
    (SELECT $(id -u carol) AS uid), (SELECT 'ip:192.0.2.7' AS o, 9 AS n, 5 AS age UNION ALL SELECT 'a\"b', 6, 1 UNION ALL SELECT 'local', 4, 0)"
show carol
json '[(l["origin"], l["failures"]) for l in d["locks"]] == [("a\"b", 6), ("ip:192.0.2.7", 9)]' \
    "each origin that is locked, and no other"
json 'max(l["until"] for l in d["locks"]) == d["locked_until"] and all(set(l) == {"origin", "failures", "until"} for l in d["locks"])' \
    "... with its end"
cp "$tmp/out" "$tmp/shown"
run admin-tool users list -o json
json '[len(u["locks"]) for u in d] == [0, 0, 2, 0]' "... in the list as well"
run admin-tool users edit carol -n Carol -o json
json 'len(d["locks"]) == 2' "... in the answer of a change"
run admin-tool users unlock carol -o json
json 'd["locks"] == [] and d["locked_until"] is None' "... and after unlock there are none"
sqlite3 "$ATTEMPTS" "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
    INSERT INTO failures SELECT $(id -u carol), 'ip:192.0.2.' || i, 2, unixepoch() FROM n"
show carol
json '[(l["origin"], l["failures"]) for l in d["locks"]] == [(None, 120)] and d["locked_until"] == d["locks"][0]["until"]' \
    "the lock of all origins together has none"
mv "$ATTEMPTS" "$tmp/attempts" && mkdir "$ATTEMPTS" && mkdir -p /run/coder/private/activity.db
show carol
json 'd["locks"] is None' "without a log of attempts nothing is known of locks"
run admin-tool users list -o json
json 'all(u["locks"] is None for u in d)' "... of nobody"
rmdir "$ATTEMPTS" /run/coder/private/activity.db
run admin-tool users edit carol -n Other --dry-run -o json
json 'd["locks"] is None' "a dry run makes no log to look into"
ok "... indeed" [ ! -e "$ATTEMPTS" ]

# -- keys -----------------------------------------------------------------------------------------------------
for i in 1 2; do
    ssh-keygen -q -t ed25519 -N '' -f "$tmp/key$i"
    admin-tool keys add carol "$tmp/key$i.pub" >"$tmp/made"
done
run admin-tool users list -o json
json '[(u["keys"], len(u["ssh_keys"])) for u in d] == [(0, 0), (0, 0), (2, 2), (0, 0)]' "how many keys there are"
run admin-tool reset-password carol -y -o json
json 'd["keys"] == 2 and d["locks"] == [] and d["suspended_at"] is None' "... in the answer of reset-password, too"
done_testing
