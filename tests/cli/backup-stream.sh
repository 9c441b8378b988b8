#!/bin/bash
# backup - writes a whole backup to standard output or fails; -q says nothing; --keep N leaves the newest N in a folder.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

mkdir -m 700 /root/here && cd /root/here || exit 1
exits 1 "backup - without a store" admin-tool backup -
make alice --roles admin
make bob
for i in {1..40}; do printf 'u%s,u%s@example.com,%s\n' "$i" "$i" "$(printf 'x%.0s' {1..200})"; done >list.body
{ echo username,email,full_name; cat list.body; } >list.csv
admin-tool users import list.csv --no-create-home --no-subids >"$tmp/made" 2>&1 # more than a pipe holds

# -- a stream
shown=$(admin-tool users list -o json)
exits 0 "into a pipe" bash -c 'set -o pipefail; umask 077; admin-tool backup - | cat >b'
silent "... nothing is said"
ok "... more than a pipe holds" [ "$(stat -c %s b)" -gt 65536 ]
ok "... ends with its seal" eval 'tail -n 1 b | grep -qE "^SHA-256 of what is before this line: [0-9a-f]{64}$"'
ok "... is a whole database" [ "$(sqlite3 b 'PRAGMA integrity_check')" = ok ]
exits 0 "... which a file has, too" bash -c 'umask 077; admin-tool backup - >c'
silent "... nothing is said"
ok "... to the octet" cmp b c
exits 0 "a file that others can read" bash -c 'umask 022; admin-tool backup - >open'
complains '^admin-tool: note: users other than root can get at this file, which holds password hashes; chmod 600$' "... is noted"
admin-tool users suspend bob -y >"$tmp/made"
exits 0 "restored" admin-tool restore b -y --exact
ok "... all is as it was" [ "$(admin-tool users list -o json)" = "$shown" ]
exits 0 "--dry-run" bash -c 'admin-tool backup - --dry-run >none'
complains '^admin-tool: would write a backup to standard output; nothing was changed$' "... says so on standard error"
ok "... and writes nothing" [ ! -s none ]

# -- no half of one is a success
exits 1 "a reader that goes away" bash -c 'admin-tool backup - | head -c 100 >half; exit "${PIPESTATUS[0]}"'
complains '^admin-tool: standard output: Broken pipe; what was written is not a backup$' "... is said"
exits 1 "no reader at all" bash -c 'admin-tool backup - | true; exit "${PIPESTATUS[0]}"'
exits 1 "standard output that is closed" bash -c 'admin-tool backup - >&-'
exits 1 "a full disk" bash -c 'admin-tool backup - >/dev/full'
complains 'No space left on device; what was written is not a backup' "... is said"
exits 4 "half of one is not restored" admin-tool restore half -y
run script -qec 'admin-tool backup - 2>refusal' /dev/null
ok "a terminal (exit 2)" [ "$status" -eq 2 ]
ok "... gets none" eval 'grep -q "^admin-tool: standard output is a terminal; send the backup into a pipe or a file$" refusal && ! grep -q SQLite "$tmp/out"'
exits 2 "with -o json" admin-tool backup - -o json
exits 2 "with --keep" admin-tool backup - --keep 3
mkfifo fifo
(exec 3<fifo; sleep 4; cat <&3 >slow) &
admin-tool backup - >fifo &
sleep 0.5
began=$(date +%s%N)
exits 0 "while a reader sleeps" admin-tool users suspend bob -y
ok "... nobody else waits" [ $((($(date +%s%N) - began) / 1000000)) -lt 2500 ]
wait
ok "... and the backup is of the instant at which it began" [ "$(sqlite3 slow "SELECT status FROM accounts WHERE username = 'bob'")" = active ]

# -- quiet
exits 0 "-q" admin-tool backup -q quiet
ok "... says nothing" [ ! -s "$tmp/out" -a ! -s "$tmp/err" ]
ok "... and makes it" cmp <(head -c 16 quiet) <(head -c 16 b)
exits 4 "... but what went wrong" admin-tool backup --quiet quiet
complains 'is there already' "... as ever"

exits 0 "-o json" admin-tool backup told -o json
json 'd["changed"] is True and "told holds" in d["said"][0] and d["problems"] == []' "... says what text says"
run admin-tool backup told -o json
ok "... and what went wrong" [ "$status" -eq 4 ]
json 'd["error"]["code"] == 4 and "is there already" in d["error"]["message"]' "... as an error"

# -- the newest N
names() { ls /root/kept; }
age() { for f in /root/kept/accounts-2*; do mv "$f" "/root/kept/accounts-$1T000000Z.backup"; done; }
exits 0 "a dry run with --keep" admin-tool backup --keep 3 /root/kept --dry-run
says '^Would write /root/kept/accounts-[0-9]{8}T[0-9]{6}Z\.backup, and keep the newest 3; nothing was changed\.$' "... says what it would do"
ok "... and makes no folder" [ ! -e /root/kept ]
exits 0 "--keep into a folder that is not there" admin-tool backup --keep 3 /root/kept/
ok "... makes it, root's alone" [ "$(stat -c '%a %U' /root/kept)" = "700 root" ]
ok "... with one that has the time for its name" eval 'names | grep -qE "^accounts-$(date -u +%Y)[0-9]{4}T[0-9]{6}Z\.backup$"'
says '^/root/kept/accounts-[0-9TZ]+\.backup holds accounts' "... and says which"
one=$(ls /root/kept/accounts-*)
exits 0 "... that can be restored" admin-tool restore "$one" --dry-run
for day in 20200101 20200102 20200103 20200104; do cp -p "$one" "/root/kept/accounts-${day}T000000Z.backup"; done
rm "$one"
touch /root/kept/accounts.backup /root/kept/accounts-20190101T000000Z.backup.old /root/kept/accounts-2019010xT000000Z.backup /root/kept/mine
mkdir /root/kept/accounts-20190101T000000Z.backup && ln -s mine /root/kept/accounts-20190102T000000Z.backup
exits 0 "one more" admin-tool backup --keep 3 /root/kept
says '^2 older ones were removed\.$' "... says how many are gone"
ok "... the newest three stay" eval '[ "$(names | grep -c "^accounts-202[0-9]*T[0-9]*Z.backup$")" = 3 ] && [ -e /root/kept/accounts-20200104T000000Z.backup ] && [ -e /root/kept/accounts-20200103T000000Z.backup ]'
ok "... and what is not called so, or no file" eval '[ "$(names | grep -cvE "^accounts-202[0-9]*T")" = 6 ]'
for f in /root/kept/accounts-2020*; do mv "$f" "${f/2020/2099}"; done
exits 0 "others that say they are of later" bash -c 'sleep 1.1; admin-tool backup -q --keep 1 /root/kept -o json'
json 'd["removed"] == 3 and d["said"] == []' "... are counted for programs"
ok "... the one just made stays" eval '[ "$(names | grep -E "^accounts-20[2-9][0-9]*T[0-9]*Z.backup$")" = "$(cd /root/kept && find . -newermt -60seconds -name "accounts-*" -type f ! -name "*x*" ! -name "*.old" -size +10k -printf "%f\n" | sort | tail -n 1)" ]'
ok "... alone" [ "$(names | grep -cE '^accounts-20[2-9][0-9]*T[0-9]*Z.backup$')" = 1 ]
kept=$(names)
exits 7 "a store that is damaged" bash -c "sleep 1.1; cp $STORE good; printf 'x%.0s' {1..4000} | dd of=$STORE bs=1 seek=4200 conv=notrunc status=none; admin-tool backup -q --keep 1 /root/kept"
ok "... costs no backup" [ "$kept" = "$(names)" ]
cp good "$STORE"
chmod 777 /root/kept
exits 4 "a folder that others can write in" admin-tool backup --keep 1 /root/kept
complains 'users other than root can write in /root/kept' "... is refused"
chmod 700 /root/kept
exits 4 "a way that others can change" admin-tool backup --keep 1 /tmp/kept
ok "... and none is made" [ ! -e /tmp/kept ]
exits 1 "a folder in none" admin-tool backup --keep 1 /root/no/kept
exits 1 "a file" admin-tool backup --keep 1 /root/here/b
for bad in 0 -1 x 1x 10000 ''; do
    exits 2 "--keep '$bad'" admin-tool backup "--keep=$bad" /root/kept
done
ok "none of it changed anything" [ "$kept" = "$(names)" ]
done_testing
