#!/bin/bash
# users list, ls and show: columns, filters, outputs, and text that must not reach a terminal.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2217,SC2317
. "$(dirname "$0")/lib.sh"

exits 0 "list without a store" admin-tool users list
exits 0 "... as JSON" admin-tool users list -o json
json 'd == []' "... is an empty array"
exits 3 "show without a store" admin-tool users show alice
ok "reading makes nothing" [ ! -e "$STATE" ]

make alice --roles admin -n 'Alice Ünlü'
make bob --roles auditor
make carol
admin-tool users suspend carol -y >"$tmp/made"

exits 0 "list" admin-tool users list
says '^USERNAME +EMAIL +CREATED AT +STATUS$' "the four columns"
says '^alice +alice@example.com +20[0-9-]+ [0-9:]+ [+-][0-9]{4} active$' "an active user"
says '^carol .* suspended$' "a suspended user"
cp "$tmp/out" "$tmp/list"
exits 0 "ls" admin-tool users ls
ok "... is the same" cmp -s "$tmp/out" "$tmp/list"
exits 0 "-c in any spelling" admin-tool users list -c 'UID,full name,Last_Login,locked-until,MUST CHANGE,roles'
says '^ +UID +FULL NAME +LAST LOGIN +LOCKED UNTIL +MUST CHANGE +ROLES$' "... are the headings"
says '^70100 +Alice Ünlü +never +not locked +yes +admin,member$' "... and the values"
exits 0 "--status" admin-tool users list --status suspended -c username
ok "... filters" [ "$(tail -n +2 "$tmp/out" | xargs)" = carol ]
exits 0 "--role" admin-tool users list --role auditor -c username
ok "... filters" [ "$(tail -n +2 "$tmp/out" | xargs)" = bob ]
exits 0 "--role member" admin-tool users list --role member -c username
ok "... is everyone" [ "$(tail -n +2 "$tmp/out" | xargs)" = 'alice bob carol' ]
exits 0 "-o json" admin-tool users list -o json
json '[u["username"] for u in d] == ["alice", "bob", "carol"]' "... is an array of users"
json 'all("member" in u["roles"] for u in d) and "admin" in d[0]["roles"]' "... with their roles"
json 'd[2]["status"] == "suspended" and d[0]["created_at"].endswith("Z") and d[0]["last_login"] is None' "... and times in UTC"
json 'not any("hash" in k or "password" == k or "temporary_password" in k for u in d for k in u)' "... without secrets"
exits 0 "... filtered to nothing" admin-tool users list -o json --status suspended --role admin
json 'd == []' "... is an empty array"

# A status has one word everywhere: what account_state says.
make dora
make eve
sqlite3 "$STORE" "UPDATE accounts SET expires_at = 1000000000 WHERE username = 'dora';
                  UPDATE accounts SET created_at = 1000000000 WHERE username = 'eve'"
admin-tool policy set dormant_days=90 >"$tmp/made"
for pair in alice:active bob:active carol:suspended dora:expired eve:dormant; do
    who=${pair%:*} word=${pair#*:}
    run admin-tool users list
    says "^$who .* $word\$" "$who is $word in the list"
    run admin-tool users list --status "$word" -c username
    ok "... and in its filter" grep -qx "$who" "$tmp/out"
    run admin-tool users list --status "$word" -o json
    json "'$who' in [u['username'] for u in d] and {u['status'] for u in d} == {'$word'}" "... as JSON, too"
    run admin-tool users show "$who" -c status
    says "^Status +$word\$" "... and shown"
    run admin-tool users show "$who" -o json
    json "d['status'] == '$word'" "... as JSON"
    run admin-tool users delete "$who" --dry-run --force
    says "^$who .* $word\$" "... and before a question"
done
run admin-tool users list --status expired -c username
ok "a filter gives those alone" [ "$(cat "$tmp/out")" = "$(printf 'USERNAME\ndora')" ]
exits 0 "... and none" admin-tool users list --status dormant --role admin
ok "... is nothing" [ ! -s "$tmp/out" ]
exits 2 "... and no other word" admin-tool users list --status gone
admin-tool policy set dormant_days=0 >"$tmp/made"
exits 0 "without a policy" admin-tool users list --status dormant -o json
json 'd == []' "... nobody is dormant"
for who in dora eve; do admin-tool users delete "$who" -y --force >"$tmp/made" 2>&1; done

for who in alice 70100 ALICE@example.com; do
    exits 0 "show $who" admin-tool users show "$who" -o json
    json 'd["username"] == "alice" and d["full_name"] == "Alice Ünlü"' "... finds her"
done
exits 0 "show" admin-tool users show alice
says '^Username +alice$' "... is a list"
says '^Home +/home/alice$' "... of all columns"
exits 0 "show -c" admin-tool users show alice -c email
ok "... of these" [ "$(cat "$tmp/out")" = "$(printf '%-21s %s' Email alice@example.com)" ]
exits 3 "show of nobody" admin-tool users show 99999999999
exits 3 "... nor of the id that is left of one above 32 bits" \
    admin-tool users show $((4294967296 + $(value "SELECT uid FROM accounts WHERE username = 'alice'")))
exits 3 "show of an unknown e-mail" admin-tool users show nobody@example.com

run env LC_ALL=C admin-tool users list -c 'full name'
says '^Alice \\xc3\\x9cnl' "without UTF-8 other letters are escaped"
sqlite3 "$STORE" "UPDATE accounts SET full_name = 'a' || char(27, 0x9b, 0x202e, 0x200b) || x'ff' WHERE uid = 70101"
run admin-tool users list -c 'full name'
says '^a\\x1b\\xc2\\x9b\\xe2\\x80\\xae\\xe2\\x80\\x8b\\xff$' "controls, direction marks and bad UTF-8 are escaped"
sqlite3 "$STORE" "UPDATE accounts SET full_name = '' WHERE uid = 70101"

run sh -c 'admin-tool users list >/dev/full'
ok "a list that cannot be written (exit 1)" eval '[ $status -eq 1 ] && is_clean_error'
run sh -c 'admin-tool users list >&-'
ok "... with stdout closed, too" [ "$status" -eq 1 ]

# The store is free while a reader keeps us waiting.
for i in $(seq 300); do
    echo "INSERT INTO accounts (uid, username, email, full_name, home, shell, created_at)
        VALUES (71000 + $i, 'u$i', 'u$i@example.com', printf('%.250c', 'x'), '/', '/bin/sh', 1);"
done | sqlite3 "$STORE"
mkfifo "$tmp/pipe"
sleep 20 <"$tmp/pipe" &
reader=$!
admin-tool users list -o json >"$tmp/pipe" 2>/dev/null &
sleep 1
exits 0 "a change while a listing is not read" timeout 15 admin-tool users activate carol -y
kill "$reader" && wait
exits 0 "a list of more than a page" admin-tool users list -c username
ok "... has all of them, once" [ "$(tail -n +2 "$tmp/out" | sort -u | wc -l) $(wc -l <"$tmp/out")" = '303 304' ]
sqlite3 "$STORE" "UPDATE accounts SET expires_at = 1000000000 WHERE username = 'u300'"
exits 0 "... filtered, with nobody of its first page" admin-tool users list -c username --status expired
ok "... goes on to the next" [ "$(cat "$tmp/out")" = "$(printf 'USERNAME\nu300')" ]
exits 0 "... as JSON" admin-tool users list -o json --status expired
json '[u["username"] for u in d] == ["u300"]' "... too"
done_testing
