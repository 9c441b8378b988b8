#!/bin/bash
# users list and users count: text, filters, order, parts, CSV, and what is said when nobody is found.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
ATTEMPTS=$STATE/private/activity.db

exits 0 "list without a store" admin-tool users list
ok "... prints nothing" [ ! -s "$tmp/out" ]
complains "^admin-tool: note: no accounts; see 'admin-tool users create'$" "... and says that nobody is there"
exits 0 "... as CSV" admin-tool users list -o csv -c username,uid
ok "... is the heading" [ "$(cat "$tmp/out")" = username,uid ]
exits 0 "count without a store" admin-tool users count -o json
json 'd == dict.fromkeys(["total", "active", "suspended", "expired", "dormant", "locked", "must_change", "no_key", "admins", "auditors", "service_accounts"], 0)' \
    "... is 0 everywhere"
exits 0 "... of the locked" admin-tool users count --locked -o json
json 'd["total"] == 0 and d["locked"] == 0' "... as well"
exits 0 "the locked without a store" admin-tool users list --locked
complains 'no accounts match' "... are none"
ok "... and none of it makes anything" [ ! -e "$STATE" -a ! -e /run/coder ]

make alice --roles admin -n 'Alice Ünlü 100%'
make bob --roles auditor -n '=2+5|calc' --expires 2030-06-30
make carol -n 'Carol "C", the_third' --expires 2030-07-01
make dora --expires '2030-06-30 18:00'
admin-tool users create -u bart --service-account >"$tmp/made"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
admin-tool keys add dora "$tmp/key.pub" >"$tmp/made"
admin-tool users suspend carol -y >"$tmp/made"

# names COMMAND...: who is listed, in that order.
names() { run admin-tool users list -c username "$@"; tail -n +2 "$tmp/out" | xargs; }
lists() { local expected=$1; shift; ok "list $* is: $expected" [ "$(names "$@")" = "$expected" ]; }

# -- text -----------------------------------------------------------------------------------------------------
lists 'alice bart bob carol dora'
lists 'alice' ALI
lists 'alice bob carol dora' @Example.com
lists 'carol' 'carol "c"'
lists 'alice' %
lists 'carol' _
lists 'alice' Ünlü
lists '' ünlü
lists 'bob' =2+5
lists '' "' OR 1=1 --"
lists '' $'alice\nAlice'
lists 'carol' --status suspended CARO
lists 'carol' --status suspended --must-change --sort created_at --reverse
lists 'bob' --role auditor --sort full_name EXAMPLE
lists 'alice bart bob carol dora' ''
exits 0 "nobody found" admin-tool users list nobody-here
complains '^admin-tool: note: no accounts match$' "... is said"
ok "... on standard error alone" [ ! -s "$tmp/out" ]
exits 0 "... in JSON" admin-tool users list nobody-here -o json
json 'd == []' "... is an empty array"
silent "... without a word"
exits 2 "two texts" admin-tool users list a b
exits 0 "a text like an option" admin-tool users list -- --role
exits 0 "a text of 100,000 letters" admin-tool users list "$(printf '%0100000d')"
complains 'no accounts match' "... is in nobody's name"

# -- filters --------------------------------------------------------------------------------------------------
lists 'carol' --status suspended
lists 'alice bart bob carol dora' --status suspended --status active
lists '' --status expired --status dormant
lists 'alice' --role admin
lists 'bob' --role auditor --must-change
lists 'alice bob carol dora' --must-change
lists 'alice bart bob carol' --no-key
lists 'alice' --no-key ali
lists '' --expires-before 2030-06-30
lists 'dora' --expires-before '2030-06-30 18:00'
lists 'bob dora' --expires-before 2030-07-01
lists 'bob carol dora' --expires-before 2030-07-02
lists 'bob carol dora' --expires-before +9999d
lists '' --expires-before today
exits 2 "no day" admin-tool users list --expires-before soon
complains "--expires-before takes 2030|--expires-before takes 2026-11-30" "... says what is one"
lists '' --locked
sqlite3 "$ATTEMPTS" "INSERT INTO failures VALUES ($(id -u dora), 'ip:192.0.2.1', 9, unixepoch()), ($(id -u bob), 'ip:192.0.2.1', 4, unixepoch()),
    (4026531841, 'ip:192.0.2.1', 9, unixepoch())"
lists 'dora' --locked
lists '' --locked --no-key
run admin-tool users list -o json --locked
json '[u["username"] for u in d] == ["dora"] and d[0]["locked_until"]' "... and locked she is"

# -- order and parts ------------------------------------------------------------------------------------------
lists 'dora carol bob bart alice' --reverse
lists 'bob carol dora' --offset 2
lists 'alice bart' -n 2
lists 'bob carol' -n 2 --offset 2
lists '' -n 0
lists '' --offset 5
lists 'dora carol' --reverse -n 2
lists 'alice bob carol dora bart' --sort uid
lists 'bart alice bob carol dora' --sort Email
lists 'dora bob carol alice bart' --sort 'account expires at'
lists 'bart alice carol bob dora' --sort account_expires_at --reverse
lists 'alice bart bob dora carol' --sort status
exits 2 "no column" admin-tool users list --sort shoe_size
exits 2 "two columns" admin-tool users list --sort uid,username
exits 2 "one of the attempts" admin-tool users list --sort last_login -o json
complains "'last login day' is of the store" "... says which will do"
json 'd["error"]["field"] == "sort"' "... and where it was"
exits 2 "no number" admin-tool users list -n few
exits 2 "nor a part of one" admin-tool users list --offset -1

# -- CSV ------------------------------------------------------------------------------------------------------
exits 0 "-o csv" admin-tool users list -o csv
ok "... has all columns, and their values" python3 - "$tmp/out" <<'PYTHON'
import csv, sys
rows = {r["username"]: r for r in csv.DictReader(open(sys.argv[1], newline=""))}
assert list(rows) == ["alice", "bart", "bob", "carol", "dora"], rows
keys = """username email created_at status uid gid full_name roles last_login locked_until must_change password_expires_at
password_changed_at account_expires_at password_max_days password_too_old_at last_login_day dormant_at never_dormant home
shell service_account""".split()
assert list(rows["alice"]) == keys, list(rows["alice"])
alice, bob, carol, bart, dora = (rows[n] for n in ("alice", "bob", "carol", "bart", "dora"))
assert alice["full_name"] == "Alice Ünlü 100%" and alice["roles"] == "admin;member" and alice["must_change"] == "true"
assert bob["full_name"] == "'=2+5|calc" and bob["created_at"].endswith("Z") and bob["last_login"] == ""
assert carol["full_name"] == 'Carol "C", the_third' and carol["status"] == "suspended" and carol["account_expires_at"].endswith("Z")
assert bart["email"] == "" and bart["service_account"] == "true" and bart["never_dormant"] == "false"
assert dora["locked_until"].endswith("Z") and alice["locked_until"] == "" and alice["last_login_day"] == ""
PYTHON
exits 0 "-o csv -c" admin-tool users list -o csv -c 'Full Name,email' car
ok "... has those" [ "$(cat "$tmp/out")" = "$(printf 'full_name,email\n"Carol ""C"", the_third",carol@example.com')" ]
exits 0 "... of nobody" admin-tool users list -o csv -c username nobody-here
ok "... is the heading" [ "$(cat "$tmp/out")" = username ]
silent "... without a word"

# -- count ----------------------------------------------------------------------------------------------------
exits 0 "count" admin-tool users count -o json
json 'd == {"total": 5, "active": 4, "suspended": 1, "expired": 0, "dormant": 0, "locked": 1, "must_change": 4, "no_key": 4, "admins": 1, "auditors": 1, "service_accounts": 1}' \
    "... has all"
exits 0 "... in lines" admin-tool users count
ok "... the same" [ "$(awk '{ print $NF }' "$tmp/out" | xargs)" = '5 4 1 0 0 1 4 4 1 1 1' ]
says '^Service accounts +1$' "... each with its name"
exits 0 "... of some" admin-tool users count a --must-change --status suspended -o json
json 'd["total"] == 1 and d["suspended"] == 1 and d["admins"] == 0 and d["locked"] == 0' "... counts those alone"
exits 0 "... of the locked" admin-tool users count --locked -o json
json '(d["total"], d["locked"]) == (1, 1)' "... too"
exits 2 "count takes no order" admin-tool users count --sort uid

# -- without a log of attempts --------------------------------------------------------------------------------
mv "$ATTEMPTS" "$tmp/attempts" && mkdir "$ATTEMPTS" && mkdir -p /run/coder/private/activity.db
exits 1 "who is locked is not known" admin-tool users list --locked
complains "who is locked out is not known: .*activity.db cannot be used; see 'admin-tool check'" "... and nobody is said to be"
exits 1 "... nor counted" admin-tool users count --locked
exits 0 "count goes on without" admin-tool users count -o json
json 'd["locked"] is None and d["total"] == 5' "... and says so"
exits 0 "... in lines" admin-tool users count
says '^Locked +not known$' "... too"
rmdir "$ATTEMPTS" /run/coder/private/activity.db

# -- more than a page -----------------------------------------------------------------------------------------
for i in $(seq 600); do
    echo "INSERT INTO accounts (uid, username, email, full_name, home, shell, created_at)
        VALUES (72000 - $i, 'u$i', 'u$i@example.com', printf('%.*c', $i % 60, 'x'), '/', '/bin/sh', 1);"
done | sqlite3 "$STORE"
names >"$tmp/all"
ok "605 are listed by name, each once" [ "$(tr ' ' '\n' <"$tmp/all")" = "$(tr ' ' '\n' <"$tmp/all" | LC_ALL=C sort -u)" -a "$(wc -w <"$tmp/all")" -eq 605 ]
for output in json csv; do
    run admin-tool users list -o $output --sort uid --reverse u
    ok "... as $output, the other way round" [ "$(grep -oE 'u[0-9]+@' "$tmp/out" | head -3 | xargs)" = 'u1@ u2@ u3@' -a "$(grep -cE 'u[0-9]+@' "$tmp/out")" -eq 600 ]
done
run admin-tool users list -c 'full name,username'
ok "... all lines of a table are as wide as the widest" [ "$(awk '/ u[0-9]+$/ { print index($0, $NF) }' "$tmp/out" | sort -u | wc -l)" -eq 1 ]
done_testing
