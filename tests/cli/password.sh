#!/bin/bash
# reset-password: another temporary password, shown once.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

make alice --no-password
make bob
old=$(value "SELECT hash FROM accounts WHERE username='bob'")

remember
exits 0 "--dry-run" admin-tool reset-password bob --dry-run
says 'Would reset the password of bob; nothing was changed' "... says what it would do"
unchanged "... and changes nothing"
printf 'no\n' >"$tmp/in"
run admin-tool reset-password bob <"$tmp/in"
ok "another answer cancels (exit 5)" [ "$status" -eq 5 ]
unchanged "... and changes nothing"
says 'Are you sure you want to reset the password of this user\? \(yes/no\)' "the question"
exits 3 "nobody's password" admin-tool reset-password nobody-here -y

printf 'yes\n' >"$tmp/in"
exits 0 "reset-password" admin-tool reset-password bob <"$tmp/in"
says '^Username: bob$' "the hand-over has the username"
says '^Temporary password: [a-z0-9]{4}(-[a-z0-9]{4}){4}$' "... and another password"
ok "the hash is another one" [ "$(value "SELECT hash FROM accounts WHERE username='bob'")" != "$old" ]
ok "... temporary, for 72 hours" is_value "SELECT temporary AND abs(temporary_until - unixepoch() - 259200) < 60 FROM accounts WHERE username='bob'" 1
exits 0 "-o json" admin-tool reset-password bob -y -o json
json 'd["username"] == "bob" and len(d["temporary_password"]) == 24 and d["expires_at"].endswith("Z")' "... is one object"
printf 'yes\n' >"$tmp/in"
exits 0 "-o json with the question" admin-tool reset-password bob -o json <"$tmp/in"
json 'd["username"] == "bob"' "... keeps stdout for JSON"
exits 0 "an account without a password gets one" admin-tool reset-password alice -y
ok "... and must change it" is_value "SELECT hash IS NOT NULL AND temporary FROM accounts WHERE username='alice'" 1

admin-tool users suspend bob -y >"$tmp/made"
run admin-tool reset-password bob -y
ok "a suspended user's password can be reset" [ "$status" -eq 0 ]
complains 'still suspended' "... with a note"
ok "... and he stays suspended" is_value "SELECT status FROM accounts WHERE username='bob'" suspended

run sh -c 'admin-tool reset-password alice -y >/dev/full'
ok "a password that could not be shown (exit 1)" [ "$status" -eq 1 ]
complains "run 'admin-tool reset-password alice'" "... says how to get another"
generations() { sqlite3 "$STORE" 'SELECT generation FROM counters'; }
was=$(generations)
admin-tool reset-password alice -y >"$tmp/made"
ok "a password is nothing public: no new directory" [ "$(generations)" = "$was" ]

python3 - <<'END' >"$tmp/out" 2>"$tmp/err"
import re, subprocess
seen = set()
for _ in range(20):
    text = subprocess.run(['admin-tool', 'reset-password', 'alice', '-y'], capture_output=True, text=True).stdout
    seen.add(re.search('^Temporary password: (.*)$', text, re.M).group(1))
print(len(seen), re.search('[01ilo]', ''.join(seen)) is None)
END
ok "twenty are different and without look-alikes" [ "$(cat "$tmp/out")" = '20 True' ]
done_testing
