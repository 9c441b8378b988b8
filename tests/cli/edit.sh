#!/bin/bash
# users edit, and the rules about Admins: who is the last one, and two tools at once.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

make alice -n 'Alice A' --roles admin
make bob
of() { value "SELECT $1 FROM accounts WHERE username='$2'"; }

# -- one field, all fields ------------------------------------------------------------------------------------
exits 0 "edit -n" admin-tool users edit bob -n 'Bob Bauer'
says '^bob is changed\.$' "... says so"
ok "passwd has the name" [ "$(getent passwd bob | cut -d: -f5)" = 'Bob Bauer' ]
ok "all else is as before" [ "$(of "email || shell || coalesce(expires_at, '-')" bob)" = 'bob@example.com/bin/bash-' ]
exits 0 "edit all" admin-tool users edit bob -e b.bauer@example.org -n '' --shell /bin/sh --expires 2037-01-31
ok "... changes all" [ "$(of "email || '|' || full_name || '|' || shell || '|' || date(expires_at, 'unixepoch')" bob)" = 'b.bauer@example.org||/bin/sh|2037-02-01' ]
ok "... audited with what was and is" is_value "SELECT (before ->> 'email') || (after ->> 'email') || (before ->> 'shell') || (after ->> 'account_expires_at') FROM audit ORDER BY id DESC LIMIT 1" \
    'bob@example.comb.bauer@example.org/bin/bash2037-02-01T00:00:00Z'
ok "... under its own event" is_value "SELECT event || username FROM audit ORDER BY id DESC LIMIT 1" editbob
exits 0 "a shell alone" admin-tool users edit bob --shell /bin/dash
ok "... leaves the end" [ "$(of "date(expires_at, 'unixepoch')" bob)" = 2037-02-01 ]
exits 0 "and back" admin-tool users edit bob --shell /bin/sh
exits 0 "--expires never" admin-tool users edit bob --expires never
ok "... clears it" [ -z "$(of expires_at bob)" ]
exits 0 "one's own e-mail in other letters" admin-tool users edit bob -e B.Bauer@example.org
ok "... is taken as given" [ "$(of email bob)" = B.Bauer@example.org ]
was=$(value 'SELECT generation FROM counters')
exits 0 "an e-mail alone" admin-tool users edit bob -e bob@example.com
ok "... is nothing public" is_value 'SELECT generation FROM counters' "$was"

# -- nothing to do, refused -----------------------------------------------------------------------------------
remember
exits 0 "what is so already" admin-tool users edit bob -e bob@example.com -n '' --shell /bin/sh --expires never
says 'bob has these values already; nothing was changed' "... says so"
exits 0 "--dry-run" admin-tool users edit bob -n $'x' -e z@example.com --expires 2036-02-29 --dry-run
says '^email: bob@example.com -> z@example.com$' "... shows each change"
says '^account expires at: never -> 2036-02-29$' "... the date, too"
says 'Would change bob; nothing was changed' "... and says so"
exits 2 "nothing given" admin-tool users edit bob
exits 2 "nobody given" admin-tool users edit -n x
exits 2 "a date that is none" admin-tool users edit bob --expires soon
exits 2 "what cannot be edited" admin-tool users edit bob --home /x
exits 3 "nobody's account" admin-tool users edit nobody-here -n x
exits 4 "another's e-mail" admin-tool users edit bob -e alice@example.com
exits 4 "another's e-mail in other letters" admin-tool users edit bob -e ALICE@example.com
exits 4 "no e-mail" admin-tool users edit bob -e nonsense
exits 4 "no name" admin-tool users edit bob -n 'a:b'
exits 4 "no shell" admin-tool users edit bob --shell /etc/passwd
exits 4 "a relative shell" admin-tool users edit bob --shell sh
exits 4 "a day in the past" admin-tool users edit bob --expires 2001-01-01
exits 4 "one bad value among good ones" admin-tool users edit bob -n fine -e bad
unchanged "none of it changed anything"
exits 0 "a suspended user can be edited" sh -c 'admin-tool users suspend bob -y && admin-tool users edit bob --shell /bin/bash'
ok "... and stays out" [ "$(getent passwd bob | cut -d: -f7)" = /usr/sbin/nologin ]

# -- an account's end -----------------------------------------------------------------------------------------
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL, status = 'active'" && admin-tool publish >"$tmp/made"
setpriv --reuid bob --regid bob --init-groups -- sleep 1000 & kept=$!
run su bob -c 'echo in'
ok "su by root to an account without end" [ "$(cat "$tmp/out")" = in ]
sqlite3 "$STORE" "UPDATE accounts SET expires_at = 1000000000 WHERE username = 'bob'"
run su bob -c 'echo in'
ok "... and after its end" eval '[ "$status" -ne 0 ] && ! grep -q in "$tmp/out"'
ok "... what runs is left" kill -0 "$kept"
exits 0 "... until it is given back" admin-tool users edit bob --expires never
run su bob -c 'echo in'
ok "... and lets in again" [ "$(cat "$tmp/out")" = in ]
kill "$kept"

# -- the last active Admin ------------------------------------------------------------------------------------
exits 0 "the last Admin may get an end that is yet to come" admin-tool users edit alice --expires 2037-01-31
complains 'last active Admin; after that there is none' "... with a note"
make root2 --roles admin
exits 0 "one of two" admin-tool users edit alice --expires 2037-02-28
silent "... gets none"
sqlite3 "$STORE" "UPDATE accounts SET expires_at = 1000000000 WHERE username = 'root2'"
remember
for verb in 'suspend alice' 'delete alice' 'edit-roles alice --roles member'; do
    # shellcheck disable=SC2086
    exits 4 "an expired Admin is none who is left: $verb" admin-tool users $verb -y
done
unchanged "... nothing changed"
sqlite3 "$STORE" "UPDATE accounts SET expires_at = NULL, created_at = 1000000000 WHERE username = 'root2'"
admin-tool policy set dormant_days=30 >"$tmp/made"
exits 4 "nor is a dormant one" admin-tool users suspend alice -y
sqlite3 "$STORE" "UPDATE accounts SET expires_at = 1000000000 WHERE username = 'root2'"
admin-tool policy set dormant_days=default >"$tmp/made"
exits 0 "an expired Admin can go" admin-tool users edit-roles root2 --roles member -y

# Two tools, each for one of the last two: exactly one of them may.
for round in 1 2 3 4; do
    sqlite3 "$STORE" "UPDATE accounts SET status = 'active', expires_at = NULL"
    for who in alice root2; do admin-tool users edit-roles "$who" --roles admin -y >"$tmp/made"; done
    admin-tool users edit-roles alice --roles member -y >"$tmp/one" 2>&1 & one=$!
    admin-tool users suspend root2 -y --keep-sessions >"$tmp/two" 2>&1 & two=$!
    wait "$one"; first=$?
    wait "$two"; second=$?
    ok "two at once, round $round: one is refused ($first $second)" eval '[ "$((first + second))" -eq 4 ]'
    ok "... and an Admin is left" is_value \
        "SELECT count(*) FROM accounts JOIN account_roles USING (uid) WHERE role = 'admin' AND status = 'active'" 1
done

# -- its help is about an account that is there
exits 0 "edit --help" admin-tool users edit --help
says 'expires DAY +the last good day, today, \+90d; or a time; or never' "... says when exactly an account ends"
ok "... and asks and presumes nothing, as create does" eval '! grep -qE "asked for|default policy" "$tmp/out"'
run admin-tool users create --help
says 'email EMAIL +the e-mail address; asked for on a terminal' "... which says so"
says "shell PATH +the login shell; default policy's" "... and its default"
says 'expires DAY +the last good day, today, \+90d; or a time; or never' "... and the end"
done_testing
