#!/bin/bash
# audit: what was asked for and no more, by event, actor, origin, time and id, page by page backwards; as JSON lines and
# CSV, too; and a name that was never ours is not taken for one without rows.
# shellcheck source=tests/cli/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

# lines EXPRESSION WHAT: the last output is JSON lines for which the Python expression over d, their list, is true.
lines()
{
    ok "$2" python3 -c '
import json, sys
d = [json.loads(line) for line in open(sys.argv[1])]
sys.exit(0 if eval(sys.argv[2]) else 1)' "$tmp/out" "$1"
}

# sheet EXPRESSION WHAT: the last output is CSV for which it is true over d, the rows by column.
sheet()
{
    ok "$2" python3 -c '
import csv, sys
d = list(csv.DictReader(open(sys.argv[1], newline="")))
sys.exit(0 if eval(sys.argv[2]) else 1)' "$tmp/out" "$1"
}

exits 3 "a name where nobody has an account" admin-tool audit --user alice
ok "... makes nothing" [ ! -e "$STATE" ]
exits 0 "CSV without a store" admin-tool audit -o csv
ok "... is the heading" [ "$(cat "$tmp/out")" = 'id,at,event,username,actor,via,origin,change' ]
exits 0 "JSON lines without a store" admin-tool audit -o jsonl
ok "... are none" [ ! -s "$tmp/out" ]

make alice --roles admin
make bob
SUDO_USER=daemon SSH_CONNECTION='192.0.2.7 5 192.0.2.8 22' admin-tool users suspend bob -y --reason '=1+1,"x"' >"$tmp/made"
admin-tool users activate bob -y >"$tmp/made"
make carol
admin-tool users rename carol caroline -y >"$tmp/made"
make dave
admin-tool users delete dave -y >"$tmp/made"
exits 0 "all of it" admin-tool audit -o json
json '[r["id"] for r in d] == list(range(1, len(d) + 1)) and len(d) >= 8' "each row has its id"
cp "$tmp/out" "$tmp/all"
newest=$(value 'SELECT max(id) FROM audit')

exits 0 "--event" admin-tool audit --event suspend -o json
json 'len(d) == 1 and d[0]["event"] == "suspend" and d[0]["username"] == "bob"' "... only that"
exits 0 "--actor" admin-tool audit --actor root -o json
json "len(d) == $newest" "... root did it all"
exits 0 "--actor of whom root's rights were got" admin-tool audit --actor daemon -o json
json '[r["event"] for r in d] == ["suspend"]' "... though it is only claimed"
exits 0 "--origin" admin-tool audit --origin 192.0.2.7 -o json
json '[r["event"] for r in d] == ["suspend"]' "... though it is only claimed"
exits 0 "an origin that nobody had" admin-tool audit --origin 192.0.2. -o json
json 'd == []' "... has no rows"
exits 2 "an event that there is not" admin-tool audit --event suspnd
complains "'suspnd'; there are activate, .*, suspend, .*, unlock" "... and all that there are"
exits 2 "... a part of one" admin-tool audit --event import,
exits 2 "... nothing" admin-tool audit --event ''
exits 0 "... with a blank" admin-tool audit --event 'password changed'
exits 0 "SQL is a text" admin-tool audit --actor "x' OR '1'='1" -o json
json 'd == []' "... that no row has"
exits 0 "--until the past" admin-tool audit --until 2001-01-01 -o json
json 'd == []' "... none"
exits 0 "--until the future" admin-tool audit --until 2999-01-01 -o json
json "len(d) == $newest" "... all"
exits 0 "--since and --until" admin-tool audit --since 1d --until 2999-01-01 --event create --user bob -o json
json 'len(d) == 1' "... and more: all have to agree"
exits 0 "--before" admin-tool audit --before 3 -o json
json '[r["id"] for r in d] == [1, 2]' "... an id"
exits 0 "a table --before" admin-tool audit --before 3
ok "... has as many rows" [ "$(wc -l <"$tmp/out")" -eq 3 ]

# Backwards, page by page: each row once.
before=$((newest + 1)) pages=''
while [ "$before" -gt 1 ]; do
    run admin-tool audit --before "$before" -n 3 -o json
    [ "$status" -eq 0 ] || break
    page=$(python3 -c 'import json, sys; print(*[r["id"] for r in json.load(open(sys.argv[1]))])' "$tmp/out")
    [ -n "$page" ] || break
    pages="$page $pages" before=${page%% *}
done
# shellcheck disable=SC2086
ok "-n 3 --before the oldest seen, again and again: all, each once" [ "$(echo $pages)" = "$(seq -s ' ' "$newest")" ]
exits 2 "--before what is no id" admin-tool audit --before 2d
exits 2 "--until nonsense" admin-tool audit --until tomorrowish
exits 2 "-f --until" admin-tool audit -f --until 1d
exits 2 "-f --before" admin-tool audit -f --before 5
for option in --event=x --actor=x --origin=x --until=1d --before=1 --output=csv --output=jsonl; do
    exits 2 "--verify $option" admin-tool audit --verify "$option"
done

exits 0 "JSON lines" admin-tool audit -o jsonl
lines "d == json.load(open('$tmp/all'))" "... are the same objects, one a line"
timeout 5 admin-tool audit -f -o jsonl --event suspend >"$tmp/out" 2>"$tmp/err"
lines 'len(d) == 1 and d[0]["event"] == "suspend"' "... and with -f"
exits 0 "CSV" admin-tool audit -o csv
sheet "[(int(r['id']), r['at'], r['event'], r['actor'], r['origin']) for r in d] == [(r['id'], r['at'], r['event'], r['actor'], r['origin']) for r in __import__('json').load(open('$tmp/all'))]" \
    "... has the same rows"
exits 0 "CSV of what a text can hold" admin-tool audit -o csv --event suspend
sheet 'd[0]["change"].startswith("status: active -> suspended")' "... says what changed"
timeout 5 admin-tool audit -f -o csv --event suspend >"$tmp/out" 2>"$tmp/err"
sheet 'len(d) == 1 and d[0]["event"] == "suspend"' "... and with -f"
sqlite3 "$STORE" "INSERT INTO audit (at, event, actor, via, origin, username, after) VALUES
    (1, '=cmd|x', '@sum', '+1', '-2', 'bob', '{\"detail\":\"=HYPERLINK(\\\"x\\\",1)\"}')"
exits 0 "a formula" admin-tool audit -o csv --until 1971-01-01
sheet "[r[c][:2] for r in d for c in ('event', 'actor', 'via', 'origin', 'change')] == [\"'=\", \"'@\", \"'+\", \"'-\", \"'=\"]" \
    "... is a text to a spreadsheet"

for name in alic 'alice@example.com' ALICE "x' OR '1'='1"; do
    exits 3 "--user $name, never ours" admin-tool audit --user "$name"
    complains 'no such user' "... is said"
done
exits 3 "... with -f, too" timeout 10 admin-tool audit -f --user alic
exits 0 "--user of a deleted account" admin-tool audit --user dave -o json
json '[r["event"] for r in d] == ["create", "delete"]' "... is found"
exits 0 "--user by a former name" admin-tool audit --user carol -o json
json '"create" in [r["event"] for r in d]' "... is found"
complains 'caroline' "... and the name of now is said"
exits 0 "--user of an account without rows" admin-tool audit --user alice --event suspend -o json
json 'd == []' "... is an account"
# -- a login's address ----------------------------------------------------------------------------

sqlite3 "$STORE" "INSERT INTO audit (at, event, actor, via, origin, uid, username, before, after)
    VALUES (unixepoch(), 'password changed', 'alice', 'sshd', 'ip:203.0.113.7', 70100, 'alice', '{}', '{}')" 2>"$tmp/err"
exits 0 "--origin of a login" admin-tool audit --origin 203.0.113.7 -o json
json '[r["event"] for r in d] == ["password changed"]' "... is its address"
exits 0 "... or as a row has it" admin-tool audit --origin ip:203.0.113.7 -o json
json 'len(d) == 1' "... the same"
done_testing
