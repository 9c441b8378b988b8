#!/bin/bash
# What only a terminal gets: tables as wide as it, colour unless NO_COLOR. What a pipe gets: all of it, plain. In neither
# is anything cut that one could copy.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

terminal=$(dirname "$0")/terminal.py
on() { run env TERM=xterm python3 "$terminal" "$@"; }
widest()
{
    python3 -c '
import re, sys, unicodedata
text = re.sub("\x1b\\[[0-9;]*m", "", open(sys.argv[1], encoding="utf-8").read())
print(max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n")))' "$tmp/out"
}
fits() { ok "$2" [ "$(widest)" -le "$1" ]; }

make alice -n 'Alice Ünlü 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字'
make a-name-as-long-as-names-may-be-x --roles admin,auditor -n "$(printf 'long %.0s' {1..50})"
make bob
admin-tool users suspend bob -y >"$tmp/made"
escape=$'\e'

for width in 90 132; do
    on "$width" admin-tool users list
    fits "$width" "list fits $width columns"
    says '^USERNAME +EMAIL +CREATED' "... with its headings"
    says 'suspended' "... and the status is readable"
    on "$width" admin-tool users list -c 'username,uid,full name,email,status'
    fits "$width" "list of long and wide texts fits $width columns"
    on "$width" admin-tool policy
    fits "$width" "policy fits $width columns"
    on "$width" admin-tool audit
    fits "$width" "audit fits $width columns"
done

# Names, ids, times, ranges and roles are whole at any width; a full name or e-mail address that is not ends in an ellipsis.
whole() # whole WORD...: in what was shown, colours aside
{
    python3 -c '
import re, sys
text = re.sub("\x1b\\[[0-9;]*m", "", open(sys.argv[1], encoding="utf-8").read())
missing = [word for word in sys.argv[2:] if not re.search(r"(?<!\S)" + re.escape(word) + r"(?!\S)", text)]
sys.exit("# not whole: %s" % missing if missing else 0)' "$tmp/out" "$@"
}
cut_fairly() # a full name that is not whole ends so
{
    python3 -c '
import sys
shown = [line for line in open(sys.argv[1], encoding="utf-8") if "long long" in line]
sys.exit(any("long " * 49 not in line and "…" not in line for line in shown))' "$tmp/out"
}
long=a-name-as-long-as-names-may-be-x
created=$(value "SELECT datetime(created_at, 'unixepoch') FROM accounts WHERE username = '$long'")
for width in 9 20 30 40 50 60 70 80 100 120 160 200; do
    TZ=UTC0 on "$width" admin-tool users list -c 'username,uid,full name,email,roles,created at,status'
    ok "$width columns: names, ids, roles, times and statuses are whole" whole "$long" 70101 alice 70100 admin,auditor,member suspended "$created +0000"
    ok "... and whatever is cut says so" cut_fairly
    on "$width" admin-tool policy
    ok "... ranges and defaults, too" whole password_min_length 8-128 1-8760 cron,crond,atd,systemd-user
    TZ=UTC0 on "$width" admin-tool audit
    ok "... and the log's" whole "$long" create suspend "$created +0000"
done
on 50 admin-tool users list -c 'username,uid,full name,email,status'
says '^USERNAME +alice$' "where no line fits each row is a block"
says '^FULL NAME +Alice Ünlü 漢字' "... with all that it has"
ok "... and a blank line between two" [ "$(grep -c '^$' "$tmp/out")" = 2 ]
says "$escape\[31msuspended$escape\[0m" "... and its colour"
run env LC_ALL=C TERM=xterm python3 "$terminal" 80 admin-tool users list -c 'username,full name'
says 'long\.\.\.$' "without UTF-8 the ellipsis is three dots"
on 0 admin-tool users list
says 'a-name-as-long-as-names-may-be-x@example.com' "a terminal without a width cuts nothing"
on 60 admin-tool users show alice
says '^Email +alice@example.com$' "show cuts nothing"

on 80 admin-tool users list
says "$escape\\[31msuspended$escape\\[0?m" "a suspended user is red on a terminal"
ok "... and nobody else" [ "$(grep -c "$escape" "$tmp/out")" = 1 ]
run env TERM=xterm NO_COLOR=1 python3 "$terminal" 80 admin-tool users list
ok "... not with NO_COLOR" eval '! grep -q "$escape" "$tmp/out"'
run env TERM=xterm NO_COLOR= python3 "$terminal" 80 admin-tool users list
ok "... an empty NO_COLOR says nothing" grep -q "$escape" "$tmp/out"
run env TERM=dumb python3 "$terminal" 80 admin-tool users list
ok "... nor on a dumb terminal" eval '! grep -q "$escape" "$tmp/out"'
run env -u TERM python3 "$terminal" 80 admin-tool users list
ok "... nor on an unknown one" eval '! grep -q "$escape" "$tmp/out"'

run env TERM=xterm admin-tool users list -c 'username,full name,email'
ok "a pipe gets no colour" eval '! grep -q "$escape" "$tmp/out"'
says "($(printf 'long %.0s' {1..49})long) +a-name" "... and nothing cut"
run env TERM=xterm COLUMNS=20 admin-tool users list -c 'username,full name,email'
says "($(printf 'long %.0s' {1..49})long) +a-name" "... whatever COLUMNS says"
run admin-tool users list -c uid,username
says '^  UID USERNAME$' "numbers stand right under their heading"

# Dates: local in tables, UTC in JSON.
sqlite3 "$STORE" "UPDATE accounts SET created_at = 1798761600 WHERE username = 'alice'"
live_in 'Zone Test -5:00 - EST'
run admin-tool users list -c 'username,created at'
says '^alice +2026-12-31 19:00:00 -0500$' "a time is local in a table"
run admin-tool users list -o json
json '[u["created_at"] for u in d if u["username"] == "alice"] == ["2027-01-01T00:00:00Z"]' "... and UTC in JSON"
run admin-tool users show alice
says '^Created at +2026-12-31 19:00:00 -0500$' "... local in show"
run env TZ=JST-9 admin-tool users show alice
says '^Created at +2026-12-31 19:00:00 -0500$' "... and the zone is the host's, not the caller's"
rm /etc/localtime

# The audit log: the last column goes on below or, where not even that fits, stands in a block; nothing of it is lost.
reason=$(printf 'because %.0s' {1..20})漢字漢字漢字
admin-tool users suspend alice -y --reason "$reason" >"$tmp/made"
for width in 90 132; do
    on "$width" admin-tool audit -n 1
    fits "$width" "a long change fits $width columns"
    says '^20[0-9]{2}-[0-9]{2}' "... with a date"
    ok "... and all of it is there" python3 -c '
import sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
at = lines[0].index("CHANGE")
said = "".join(line[at:] for line in lines[1:])
sys.exit(said.rstrip() != "status: active -> suspended, detail: - -> " + sys.argv[2] or any(line[:at].strip() for line in lines[2:]))' \
        "$tmp/out" "$reason"
done
on 60 admin-tool audit -n 1
ok "... and 60, as a block" grep -qF -- "-> $reason" "$tmp/out"
run admin-tool audit -n 1
ok "... in a pipe in one line" [ "$(grep -cF -- "-> $reason" "$tmp/out")" = 1 ]
exits 0 "activate" admin-tool users activate alice -y

# Long lists: pages are one list.
{
    echo 'BEGIN;'
    for i in $(seq 3000); do
        echo "INSERT INTO accounts (uid, username, email, full_name, home, shell, created_at, status)
            VALUES ($((72000 + i)), 'u$i', 'u$i@example.com', '', '/', '/bin/sh', 1, '$([ $((i % 3)) = 0 ] && echo suspended || echo active)');"
    done
    echo 'COMMIT;'
} | sqlite3 "$STORE"
exits 0 "a long list" admin-tool users list
ok "... has its headings once" [ "$(grep -c '^USERNAME' "$tmp/out")" = 1 ]
ok "... and all columns in line" [ "$(awk '{ print index($0, $NF) }' "$tmp/out" | sort -u | wc -l)" = 1 ]
ok "... and everybody" [ "$(wc -l <"$tmp/out")" = "$(($(value 'SELECT count(*) FROM accounts') + 1))" ]
exits 0 "... filtered" admin-tool users list --status suspended -c username
ok "... has those" [ "$(wc -l <"$tmp/out")" = 1002 ]
exits 0 "... as JSON" admin-tool users list -o json --status suspended
json 'len(d) == 1001 and all(u["status"] == "suspended" for u in d)' "... too"
# busybox counts a page as 4 kB four times over.
peak() { busybox time -v admin-tool users list "$@" 2>&1 >/dev/null | sed -n 's/.*Maximum resident.*: //p'; }
small=$(peak --role auditor)
sqlite3 "$STORE" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    INSERT INTO accounts (uid, username, email, full_name, home, shell, created_at)
    SELECT 1900000000 + i, 'w' || i, 'w' || i || '@example.com', '', '/', '/bin/sh', 1 FROM n"
admin-tool publish >"$tmp/made" # or the list would do that first
for form in table json; do
    large=$(peak -o $form)
    ok "33,000 users take as little memory as one: $((small / 4)) and $((large / 4)) kB, $form" [ "$large" -lt "$((small + 4 * 4096))" ]
done
# The same of the audit log; the last rows have the long words.
rows() # rows FROM TO
{
    sqlite3 "$STORE" "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
        INSERT INTO audit (at, event, actor, via, origin, uid, username, before, after)
        SELECT 1700000000 + i, 'suspend', iif(i % 300 = 0, 'longer-actor', 'root'), '', '192.0.2.' || (i % 250), 1,
            iif(i = $2, 'the-longest-of-all-the-usernames', 'w' || i), '{\"status\":\"active\"}', '{\"status\":\"suspended\"}' FROM n"
}
in_line() { [ "$(tail -n +2 "$tmp/out" | awk '/status: a/ { print index($0, "status: a") }' | sort -u | wc -l)" = 1 ]; }
rows 1 1000
exits 0 "a long log" admin-tool audit -n 1000
ok "... has its headings once" [ "$(grep -c '^TIME' "$tmp/out")" = 1 ]
ok "... and all columns in line" in_line
ok "... and every row" [ "$(wc -l <"$tmp/out")" = 1001 ]
on 120 admin-tool audit -n 1000
fits 120 "... fits 120 columns"
ok "... in line there, too" eval 'in_line && [ "$(grep -c "status: a" "$tmp/out")" = 1000 ]'
peak() { busybox time -v admin-tool audit "$@" 2>&1 >/dev/null | sed -n 's/.*Maximum resident.*: //p'; }
small=$(peak)
rows 1001 50000
for form in table json; do
    large=$(peak -o $form)
    ok "50,000 rows take as little memory as 1,000: $((small / 4)) and $((large / 4)) kB, $form" [ "$large" -lt "$((small + 4 * 4096))" ]
done
# What the output is, is asked for between the two passes.
strace -qq -o "$tmp/trace" -e trace=ioctl -e inject=ioctl:delay_enter=4000000:when=1 admin-tool audit -n 500 >"$tmp/out" 2>"$tmp/err" & reading=$!
sleep 2
rows 50001 50400
sqlite3 "$STORE" "INSERT INTO audit (at, event, actor, via, origin, username) VALUES (1, 'too-late-and-too-long', 'root', '', '', 'w')"
wait "$reading"; status=$?
ok "rows that come while a log is shown are not waited for" [ "$status $(wc -l <"$tmp/out")" = '0 501' ]
ok "... and disturb no line" eval 'in_line && ! grep -q too-late "$tmp/out"'
run bash -c 'admin-tool users list | head -n 2 >"$0"; exit "${PIPESTATUS[0]}"' "$tmp/head"
ok "a reader that goes away ends it (exit 1 or 0)" [ "$status" -le 1 ]
done_testing
