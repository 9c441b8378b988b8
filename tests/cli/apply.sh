#!/bin/bash
# users apply: the file is the wanted state. What becomes of each account, that a second run changes nothing, that what
# a line does not say is left alone, that passwords always are, and that nobody is deleted unasked. The JSON is judged by jq.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

is_jq() { jq -e "$1" "$tmp/out" >/dev/null; }
rows() { value "SELECT group_concat(event || ' ' || username, ', ') FROM (SELECT * FROM audit WHERE id > $1 ORDER BY id)"; }
newest() { value 'SELECT max(id) FROM audit'; }
generation() { value 'SELECT generation FROM counters'; }
secrets() { value 'SELECT username, hash, temporary, temporary_until, password_changed_at FROM accounts ORDER BY uid'; }
start() { setpriv --reuid "$1" --regid "$1" --init-groups -- "${@:2}" >/dev/null 2>&1 & }
alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.[ZX]' "/proc/$1/status"; }
apply_no() { admin-tool users apply "$@" <<<no 2>"$tmp/asked"; local status=$?; grep -v '^admin-tool: ' "$tmp/asked" >"$tmp/asked.rest"; grep '^admin-tool: ' "$tmp/asked" >&2; return $status; }
counted() { # counted CHANGED CREATED EDITED SUSPENDED ACTIVATED DELETED UNCHANGED
    is_jq "[.changed, .created, .edited, .suspended, .activated, .deleted, .unchanged] == [$(printf '%s,' "$@" | sed 's/,$//')]"
}

ssh-keygen -q -t ed25519 -N '' -C one -f one && ssh-keygen -q -t ed25519 -N '' -C two -f two
printf '%s\n' '{"username": "ann", "email": "ann@example.com", "roles": ["admin"], "full_name": "Ann"}' \
    '{"username": "bob", "email": "bob@example.com"}' >first.json

# -- new accounts -----------------------------------------------------------------------------------------
exits 0 "--dry-run without a store" admin-tool users apply first.json --dry-run
says '^create +ann' "... says who would be made"
says 'nothing was changed' "... and that it did not"
ok "... and makes nothing" [ ! -e "$STATE" ]
exits 0 "... in JSON" admin-tool users apply first.json --dry-run -o json
ok "... an array of what would happen" is_jq '[.[] | .username + " " + .action] == ["ann create", "bob create"] and all(.[]; has("changes"))'
exits 0 "the first run creates" admin-tool users apply first.json --passwords-to pw.json
says 'created 2' "... and counts"
ok "... with temporary passwords" eval '[ "$(jq -r "map(.username) | join(\" \")" pw.json)" = "ann bob" ] && is_value "SELECT sum(temporary) FROM accounts" 2'
ok "... that only root can read" [ "$(stat -c %a pw.json)" = 600 ]
ok "... with homes, roles and a row each" eval '[ -d /home/ann ] && [ "$(id -Gn ann)" = "ann coder-member coder-admin" ] && [ "$(rows 0)" = "import ann, import bob" ]'
last=$(newest) before_generation=$(generation)
remember
exits 0 "a second run" admin-tool users apply first.json
says '^Nothing to change: all 2 accounts are up to date' "... has nothing to do"
unchanged "... and does nothing"
exits 0 "... in JSON" admin-tool users apply first.json -o json
ok "... changed is 0" counted 0 0 0 0 0 0 2
ok "... no audit row, no publication" [ "$(newest) $(generation)" = "$last $before_generation" ]
echo '{"username": "cem", "email": "cem@example.com"}' >cem.json
run admin-tool users apply cem.json -o json
ok "-o json: counts, and the passwords once" eval 'counted 1 1 0 0 0 0 0 && is_jq ".passwords | length == 1 and .[0].username == \"cem\" and (.[0].temporary_password | length) == 24"'
echo '{"username": "dan", "email": "dan@example.com", "password_hash": "$1$abcdefgh$0123456789012345678901"}' >dan.json
exits 0 "a hash is imported" admin-tool users apply dan.json -o json
ok "... and no password made" eval 'is_jq ".passwords == []" && is_value "SELECT temporary FROM accounts WHERE username = '"'dan'"'" 0'
run admin-tool users apply - <<<'{"username": "eve", "email": "eve@example.com"}'
ok "text: the passwords are the JSON on standard output" is_jq 'length == 1 and .[0].username == "eve"'
complains 'created 1' "... and the counts on stderr"

# -- there and back -----------------------------------------------------------------------------------------
admin-tool keys add ann one.pub >made
admin-tool users suspend cem -y >made
for format in json csv; do
    admin-tool users export --format $format >all.$format
    admin-tool users export --format $format --with-hashes >hashed.$format
    for file in all.$format hashed.$format; do
        remember
        exits 0 "what export wrote ($file)" admin-tool users apply "$file" --prune
        says 'all 5 accounts are up to date' "... changes nothing"
        unchanged "... at all"
    done
done

# -- changes ------------------------------------------------------------------------------------------------
jq -nc --arg two "$(cat two.pub)" '
    {username: "ann", email: "ann@example.org", full_name: "Anna", roles: ["admin", "auditor"], shell: "/bin/sh", ssh_keys: [$two]},
    {username: "bob", status: "suspended", account_expires_at: "2037-01-31T12:00:00Z", password_max_days: 30, never_dormant: true},
    {username: "cem", status: "active"}, {username: "dan", service_account: true}' >wanted.json
old_secrets=$(secrets)
remember
exits 0 "--dry-run" admin-tool users apply wanted.json --dry-run
says '^edit +ann .*email: ann@example.com -> ann@example.org' "... an edit, from what to what"
says '^edit +ann .*roles: admin;member -> admin;auditor;member' "... the roles"
ok "... the keys" grep -qF "ssh_keys: -$(ssh-keygen -lf one.pub | cut -d' ' -f2) +$(ssh-keygen -lf two.pub | cut -d' ' -f2)" "$tmp/out"
says '^suspend +bob' "... a suspension"
says '^activate +cem' "... an activation"
says '^Would .*: edit 3, suspend 1, activate 1; nothing was changed' "... and counts"
exits 0 "... in JSON" admin-tool users apply wanted.json --dry-run -o json
ok "... each with its changes" is_jq '[.[] | .username + " " + .action] == ["ann edit", "bob suspend", "cem activate", "dan edit"]
    and (.[0].changes | map(select(.field == "email"))) == [{field: "email", before: "ann@example.com", after: "ann@example.org"}]'
unchanged "... and nothing is changed"
last=$(newest) before_generation=$(generation)
start bob sleep 1000; bobs=$!
start dan sleep 1000; dans=$!
exits 5 "whoever loses something is asked about" apply_no wanted.json
ok "... and shown" grep -q '^suspend *bob' "$tmp/asked"
unchanged "... and nothing is changed"
exits 0 "it is done" admin-tool users apply wanted.json -y
says 'Changed 4: edited 3, suspended 1, activated 1' "... and counted"
ok "... with the single verbs' rows" [ "$(rows "$last")" = "edit ann, edit-roles ann, key-remove ann, key-add ann, edit bob, suspend bob, activate cem, edit dan" ]
ok "... the keys named by their fingerprints" is_value "SELECT after ->> 'detail' FROM audit WHERE event = 'key-add' ORDER BY id DESC LIMIT 1" "$(ssh-keygen -lf two.pub | cut -d' ' -f2)"
ok "... the account is so" is_value "SELECT email, full_name, shell FROM accounts WHERE username = 'ann'" 'ann@example.org|Anna|/bin/sh'
ok "... its roles" [ "$(id -Gn ann)" = 'ann coder-member coder-auditor coder-admin' ]
ok "... its keys, exactly" [ "$(/usr/libexec/coder_keys ann)" = "$(cat two.pub)" ]
ok "... days" is_value "SELECT password_max_days, never_dormant, strftime('%Y-%m-%d', expires_at, 'unixepoch') FROM accounts WHERE username = 'bob'" '30|1|2037-01-31'
ok "... service accounts" is_value "SELECT service FROM accounts WHERE username = 'dan'" 1
ok "... what a line does not say is as it was" is_value "SELECT email, shell FROM accounts WHERE username = 'dan'" 'dan@example.com|/bin/bash'
ok "... and who is in no line" is_value "SELECT status FROM accounts WHERE username = 'eve'" active
ok "... the suspended one's sessions are ended" eval '! alive $bobs && [ "$(getent passwd bob | cut -d: -f7)" = /usr/sbin/nologin ]'
ok "... another's are not" alive $dans
ok "... no password was touched" [ "$(secrets)" = "$old_secrets" ]
run admin-tool users apply wanted.json -o json
ok "... the second time nothing" counted 0 0 0 0 0 0 4
start bob sleep 1000; bobs=$!
start ann sleep 1000; anns=$!
exits 0 "... but for what a run that was killed left of the suspended" admin-tool users apply wanted.json
ok "... which is ended" eval '! alive $bobs'
ok "... and nobody else's" alive $anns
kill $anns
start bob sleep 1000; bobs=$!
jq -nc '{username: "bob", full_name: "B"}' >name.json
exits 0 "a line that does not say so" admin-tool users apply name.json
ok "... ends nothing" alive $bobs
exits 0 "beside a change of another" eval 'jq -nc "{username: \"bob\", status: \"suspended\"}, {username: \"ann\", full_name: \"Anne\"}" | admin-tool users apply -'
ok "... it is ended as well" eval '! alive $bobs'
jq -nc '{username: "ann", password_hash: "$1$abcdefgh$0123456789012345678901", must_change: true, created_at: "2001-01-01T00:00:00Z"}' >hash.json
run admin-tool users apply hash.json -o json
ok "a hash of one who is there is passed over" eval 'counted 0 0 0 0 0 0 1 && [ "$(secrets)" = "$old_secrets" ]'
jq -nc '{username: "ann", full_name: "", roles: ["admin"], ssh_keys: []}' >less.json
start ann sleep 1000; anns=$!
exits 0 "nothing in a column is none" admin-tool users apply less.json -y
ok "... of keys and names" eval '[ -z "$(/usr/libexec/coder_keys ann)" ] && is_value "SELECT full_name FROM accounts WHERE username = '"'ann'"'" ""'
ok "... who loses a role loses what runs" eval '! alive $anns'
jq -nc --arg two "restrict $(cat two.pub)" '{username: "ann", ssh_keys: [$two]}' >restricted.json
admin-tool keys add ann two.pub >made
exits 0 "the same key with other options" admin-tool users apply restricted.json
ok "... has them" [ "$(/usr/libexec/coder_keys ann)" = "restrict $(cat two.pub)" ]
printf 'username,email,shell\nann,,/bin/bash\n' >table.csv
run admin-tool users apply table.csv
complains 'ann needs an e-mail address' "a table takes no e-mail address away"

# -- what cannot be -------------------------------------------------------------------------------------------
jq -nc '{username: "ann", uid: 70999}, {username: "bob", home: "/srv/bob"}, {username: "cem", gid: 100}, {username: "dan", email: "eve@example.com"},
        {username: "fay"}, {username: "eve", shell: "/no/shell"}, {username: "bobby", email: "b2@example.com", uid: 70101}, {username: "eve", status: "gone"}' >faults.json
remember
run admin-tool users apply faults.json
ok "faults (exit 4)" [ "$status" -eq 4 ]
complains "line 1: the uid of ann is 70100, and no import changes it" "... another uid"
complains "line 2: the home of bob is /home/bob, and no import changes it" "... another home"
complains "line 3: the gid of cem is 70102, and no import changes it" "... another primary group"
complains "line 4: eve@example.com is the e-mail address of eve" "... another's e-mail address"
complains "line 5: email is missing" "... a new one without e-mail"
complains "line 6: the shell '/no/shell'" "... a shell that is none"
complains "line 7: uid 70101 is that of bob; .*users rename bob bobby" "... another username"
complains "line 8: the status 'gone'" "... a bad value"
complains '8 of 8 are bad, so nothing was changed' "... and how many"
unchanged "... nothing is done"
run admin-tool users apply - <<<$'{"username": "ann", "full_name": "A"}\n{"username": "ann", "full_name": "B"}'
complains "line 2: ann is on line 1 already" "one account twice"
admin-tool users create -u gone -e gone@example.com >made
admin-tool users delete gone -y --remove-home >made
run admin-tool users apply - <<<'{"username": "gone", "email": "gone@example.com"}'
complains 'gone is taken by an account or a deleted one' "a deleted one never comes back"
run admin-tool users apply - <<<'{"username": "fay", "email": "eve@example.com"}'
complains "line 1: eve@example.com is another account's e-mail address" "nor has a new one the e-mail address of who stays"
exits 2 "no file" admin-tool users apply
exits 1 "a file that is not there" admin-tool users apply none.json

# -- nobody is locked out -----------------------------------------------------------------------------------------
remember
exits 4 "the last Admin's suspension" admin-tool users apply - <<<'{"username": "ann", "status": "suspended"}'
complains 'ann is among the last active Admins' "... is named"
exits 4 "... or lost role" admin-tool users apply - <<<'{"username": "ann", "roles": "member"}'
exits 4 "... or end" admin-tool users apply - <<<'{"username": "ann", "account_expires_at": "2020-01-01"}'
exits 4 "... or deletion" admin-tool users apply cem.json --prune -y
exits 4 "... with --dry-run, too" admin-tool users apply cem.json --prune --dry-run
unchanged "... nothing is done"
exits 0 "another one in the same file" admin-tool users apply - -y <<<$'{"username": "ann", "roles": "member"}\n{"username": "eve", "roles": "admin"}'
exits 0 "--force" admin-tool users apply --force -y - <<<$'{"username": "eve", "roles": "member"}'
admin-tool users edit-roles ann --roles admin -y >made
admin-tool users edit-roles eve --roles admin -y >made
SUDO_USER=eve run admin-tool users apply - <<<'{"username": "eve", "status": "suspended"}'
ok "oneself (exit 4)" eval '[ $status -eq 4 ] && grep -q "eve is your own account" "$tmp/err"'

# -- those who are not in the file -----------------------------------------------------------------------------
grep -v '"eve"\|"dan"' all.json | jq -c '{username, email}' | sed 's/ann@example.com/ann@example.org/' >less.json
echo '{"username": "evelyn", "email": "eve@example.com"}' >>less.json
remember
exits 0 "--prune --dry-run" admin-tool users apply less.json --prune --dry-run
says '^delete +eve' "... names them"
unchanged "... and leaves them"
exits 5 "--prune asks" apply_no less.json --prune
unchanged "... and only yes counts"
ok "... by their number" grep -q "Are you sure you want to delete 2 accounts" "$tmp/asked"
exits 2 "standard input cannot be both file and answer" admin-tool users apply - --prune <less.json
start dan sleep 1000; dans=$!
run admin-tool users apply less.json --prune <<<yes
ok "... yes deletes" eval '[ $status -eq 0 ] && ! id eve 2>/dev/null && ! id dan 2>/dev/null'
ok "... and ends what ran" eval '! alive $dans'
ok "... the e-mail address can be another's at once" is_value "SELECT email FROM accounts WHERE username = 'evelyn'" eve@example.com
ok "... the rest is there" is_value "SELECT group_concat(username) FROM (SELECT username FROM accounts ORDER BY username)" ann,bob,cem,evelyn
run admin-tool users apply less.json --prune -o json
ok "... the second time there is no question" counted 0 0 0 0 0 0 4
# what others do while the question is open
meanwhile() { { sleep 1; "$@" >"$tmp/made" 2>&1; echo yes; } | admin-tool users apply mean.json --prune >"$tmp/out" 2>"$tmp/err"; status=$?; }
admin-tool users create -u hal -e hal@example.com >made
jq -nc '{username: "ann"}, {username: "bob"}, {username: "cem"}, {username: "evelyn", roles: []}' >mean.json
meanwhile admin-tool users rename hal harold -y
ok "one who has another name by then is not deleted" eval '[ $status -eq 4 ] && grep -q "hal was changed meanwhile" "$tmp/err" && id harold >/dev/null'
admin-tool users edit-roles evelyn --roles admin -y >made
meanwhile admin-tool users edit-roles ann --roles member -y
ok "nor is one the last Admin by then" eval '[ $status -eq 4 ] && grep -q "evelyn is among the last active Admins" "$tmp/err"'
admin-tool users edit-roles ann --roles admin -y >made
meanwhile admin-tool users edit evelyn -n Eve
ok "what others changed stays" eval '[ $status -eq 0 ] && is_value "SELECT full_name FROM accounts WHERE username = '"'evelyn'"'" Eve && ! id harold 2>/dev/null'
remember
exits 4 "an empty file" admin-tool users apply - </dev/null
exits 4 "an empty file with --prune" admin-tool users apply - --prune -y </dev/null
complains 'no account' "... is no wanted state"
exits 4 "a heading alone" admin-tool users apply - --prune -y <<<'username,email'
unchanged "... nobody is deleted"
run admin-tool users apply - --prune -y --force -o json </dev/null
ok "... but with --force" counted 4 0 0 0 0 4 0
done_testing
