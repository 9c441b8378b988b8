#!/bin/bash
# backup and restore: complete or absent, for root alone; what comes back is what was, but nobody gets in who was
# shut out since, unless told exactly.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

mkdir -m 700 /root/here && cd /root/here || exit 1
exits 1 "backup without a store" admin-tool backup b
exits 2 "backup needs a file" admin-tool backup
exits 2 "restore needs a file" admin-tool restore
exits 1 "restore of a file that is not there" admin-tool restore none
ok "none of it makes a store" [ ! -e "$STATE" ]

make alice --roles admin
make bob
make eve
shown=$(admin-tool users list -o json)
umask 0
exits 0 "backup --dry-run" admin-tool backup b --dry-run
ok "... writes nothing" [ ! -e b ]
exits 0 "backup" admin-tool backup b
umask 022
says '^b holds .*password hashes' "... says what is in it"
ok "... is root's alone, relative to where we are" [ "$(stat -c '%a %u %h' b)" = "600 0 1" ]
ok "... leaves nothing beside it" [ "$(find . -newer "$tmp/made" -name '*admin-tool*' | wc -l)" -eq 0 ]
ok "... is a whole database" [ "$(sqlite3 b 'PRAGMA integrity_check')" = ok ]
ok "... of the same content" [ "$(sqlite3 b .dump | sha256sum)" = "$(sqlite3 "$STORE" .dump | sha256sum)" ]
was=$(sha256sum b)
exits 4 "a file that is there is not replaced" admin-tool backup b
ok "... nor touched" [ "$was" = "$(sha256sum b)" ]
ln -s nowhere link
exits 4 "nor is a link followed" admin-tool backup link
ok "... or its target made" [ ! -e nowhere ]
exits 1 "a folder that is not there" admin-tool backup no/b
exits 1 "a name that is a folder's" admin-tool backup "$tmp/"
exits 1 "a full disk" bash -c 'mkdir -p small; mount -t tmpfs -o size=16k none small; admin-tool backup small/b'
ok "... leaves nothing" [ -z "$(ls -A small)" ]
umount small
exits 0 "backup by its full name" admin-tool backup "$PWD/b2"
silent "... says nothing of the folder"

# A filesystem without nameless files: the same, by a hidden name.
run strace -f -o "$tmp/trace" -e trace=openat,linkat,renameat2,fsync admin-tool backup b3
ok "the file is on the disk before it has its name" eval \
    '[ "$(grep -nE "fsync\(" "$tmp/trace" | head -n 1 | cut -d: -f1)" -lt "$(grep -nE "linkat|renameat2" "$tmp/trace" | head -n 1 | cut -d: -f1)" ]'
ok "... and its folder after that" eval '[ "$(grep -cE "fsync\(.*= 0" "$tmp/trace")" -ge 2 ]'
at=$(grep -E 'openat' "$tmp/trace" | grep -nF O_TMPFILE | cut -d: -f1)
run strace -f -o "$tmp/trace" -e trace=openat,renameat2 -e "inject=openat:error=EOPNOTSUPP:when=${at:-1}" admin-tool backup b4
ok "where there are no nameless files" grep -q 'renameat2(.*RENAME_NOREPLACE) *= 0' "$tmp/trace"
ok "... it is as complete" eval '[ "$(sqlite3 b4 "PRAGMA integrity_check")" = ok ] && [ "$(stat -c %a b4)" = 600 ]'
ok "... and leaves nothing" [ -z "$(find . -name '.admin-tool*')" ]

# -- what is no backup of ours
refused() { exits 4 "$1" admin-tool restore "$2" -y; unchanged "... and changes nothing"; }
remember
cp -p b w && chmod 620 w && refused "one that others may write" w
cp -p b w && chown bob w && refused "one that is a user's" w
rm -f w # or what follows would be refused for its owner, and with the seal in it for that
sqlite3 b '.backup plain'
echo hello >w && refused "a text" w
: >w && refused "an empty file" w
head -c 40000 b >w && refused "half of one" w
cp plain w && sqlite3 w "CREATE TRIGGER t AFTER INSERT ON audit BEGIN UPDATE accounts SET status = 'active'; END" &&
    refused "one with a trigger planted" w
complains 'schema' "... is refused for that"
cp plain w && sqlite3 w 'PRAGMA application_id = 1' && refused "another program's" w
cp plain w && sqlite3 w 'PRAGMA user_version = 99' && refused "a later version's" w
LC_ALL=C sed 's/alice@example.com/alicf@example.com/g' b >w && refused "one with a bit turned over" w
complains 'SHA-256' "... which its seal tells"
ok "... and SQLite does not" [ "$(sqlite3 w 'PRAGMA integrity_check')" = ok ]
LC_ALL=C sed 's/^SHA-256/SHA-257/' b >w && refused "one whose seal is damaged" w
truncate -s -1 w && refused "or cut off" w
exits 0 "one without a seal, as SQLite makes them, passes" admin-tool restore plain --dry-run
rm -f w
sqlite3 w <"/src/tests/stores/0001.sql" && refused "an earlier version's" w
mkfifo fifo && refused "a pipe" fifo
refused "a folder" /root
ln -s b l
exits 1 "a link" admin-tool restore l -y

# -- where others could have put it
from() { cp -p b "$2"; refused "one in $1" "$2"; complains "users other than root can write in $3," "... names the folder"; }
mkdir -m 755 safe bobs group sticky open acl
chown bob bobs; chmod 770 group; chgrp root group; chmod 1777 sticky; chmod 777 open; mkdir -m 700 open/shut bobs/root
from "/tmp" /tmp/b /tmp
from "a user's folder" bobs/b "$PWD/bobs"
from "a folder that a group can write, root's too" group/b "$PWD/group"
from "a sticky folder" sticky/b "$PWD/sticky"
from "root's folder below one that all can write" open/shut/b "$PWD/open"
from "root's folder below a user's" bobs/root/b "$PWD/bobs"
if command -v setfacl >/dev/null; then
    setfacl -m u:bob:rwx acl && from "a folder that an ACL opens" acl/b "$PWD/acl"
fi
ln -s "$PWD/safe" bobs/link
cp -p b safe/b
refused "one behind a user's link" bobs/link/b
refused "one by a way through a user's folder" bobs/../safe/b
(cd bobs && refused "one by its bare name there" b
 echo "$number $failures" >"$tmp/count")
read -r number failures <"$tmp/count"
ln -s safe here
exits 0 "root's own link is followed" admin-tool restore here/b --dry-run
exits 0 "dots and slashes, too" admin-tool restore .//here/../safe/./b --dry-run
ln -s ring ring
exits 1 "a ring of links" admin-tool restore ring/b --dry-run
exits 1 "no folder" admin-tool restore b/b --dry-run
exits 1 "a word that is too long" admin-tool restore "$(printf '%0300d' 0)/b" --dry-run
exits 1 "a path that is too long" admin-tool restore "$(printf './%.0s' {1..3000})b" --dry-run
exits 0 "backup into such a folder works" admin-tool backup open/new
complains "^admin-tool: note: users other than root can write in $PWD/open, so 'admin-tool restore' takes no file from there" "... and says what that means"
exits 0 "... with --dry-run, too" admin-tool backup open/newer --dry-run
complains "^admin-tool: note: " "... says it"

# -- putting it back
exits 0 "restore where nothing has changed" admin-tool restore b
says 'All accounts are as in the backup, but for who was suspended or deleted since \(--exact undoes that\); nothing was changed' "... says so and asks nothing"
unchanged "... and does nothing"
make zed
bobs=$(value "SELECT hash FROM accounts WHERE username = 'bob'")
admin-tool users suspend eve -y --keep-sessions >"$tmp/made"
admin-tool reset-password bob -y >"$tmp/made"
admin-tool users edit-roles bob --roles auditor -y >"$tmp/made"
remember
exits 0 "restore --dry-run" admin-tool restore b --dry-run
says '^USERNAME +UID +NOW +THEN +ROLES +PASSWORD$' "... shows a table"
says "^bob +70101 +active +active +member +the backup's$" "... who gets back what"
says '^zed +70103 +active +gone' "... and who goes"
ok "... but not who stays shut out" eval '! grep -q "^eve" "$tmp/out"'
says 'One that was reset because somebody knew it works again' "... warns of passwords"
unchanged "... and does nothing"
exits 5 "restore without a yes" admin-tool restore b <<<"ja"
unchanged "... does nothing"
setsid setpriv --reuid 70103 --clear-groups sleep 1000 &
sleeper=$!
exits 0 "restore" admin-tool restore b <<<"yes"
says 'Are you sure you want to restore this backup\? \(yes/no\)' "... asks"
says 'accounts changed: 2' "... and says how many"
ok "the password is that of the backup" is_value "SELECT hash FROM accounts WHERE username = 'bob'" "$bobs"
ok "roles, too" is_value "SELECT count(*) FROM account_roles WHERE uid = 70101" 0
ok "who was suspended since stays so" is_value "SELECT status FROM accounts WHERE username = 'eve'" suspended
ok "who was created since is gone" eval '! getent passwd zed >"$tmp/out"'
ok "... and what ran for him" eval '! kill -0 "$sleeper" 2>/dev/null || [ "$(ps -o stat= -p "$sleeper" | cut -c1)" = Z ]'
exits 4 "... and his name is never given out again" admin-tool users create -u zed -e z@example.com --no-password
ok "the public directory says the same" [ "$(id -nG bob)" = "bob coder-member" ]
exits 0 "audit" admin-tool audit -o json
json '[r["username"] for r in d if r["event"] == "restore"] == ["bob", "zed", None]' "a row for each, and one for all"
json '"; its audit log ends with 3:" in d[-1]["after"]["detail"]' "... which names the backup's log"
exits 0 "the chain" admin-tool audit --verify
ok "the system log has it" grep -q 'admin-tool.*: restore by=root' /var/log/messages
exits 0 "restore --exact" admin-tool restore b --exact -y
ok "gives back who was suspended since" is_value "SELECT status FROM accounts WHERE username = 'eve'" active
ok "all is as it was" [ "$(admin-tool users list -o json)" = "$shown" ]
admin-tool users delete eve -y >"$tmp/made"
exits 0 "one deleted since" admin-tool restore b -y
ok "... stays deleted" eval '! getent passwd eve >"$tmp/out"'
exits 0 "... but for --exact" admin-tool restore b --exact -y
ok "... which gives name and uid back to whom they belonged" [ "$(id -u eve)" = 70102 ]

# -- the disk died
mv "$STORE" old
exits 0 "restore --dry-run without a store" admin-tool restore b --dry-run
ok "... makes none" [ ! -e "$STORE" ]
exits 0 "restore without a store" admin-tool restore b -y
ok "... makes it" [ "$(admin-tool users list -o json)" = "$shown" ]
exits 0 "... with the backup's log" admin-tool audit -o json
json '[r["event"] for r in d] == ["create"] * 3 + ["restore"] * 4' "... which goes on"
exits 0 "... and is whole" admin-tool audit --verify
echo rubbish >"$STORE"
exits 7 "a damaged store" admin-tool restore b -y
complains 'move it away' "... is not written over"
rm "$STORE" "$STATE/directory"
make mallory
make other
remember
exits 4 "the backup of another store" admin-tool restore b -y
complains 'another store' "... is no backup of this one"
unchanged "... and changes nothing"

# -- the last active Admin
make chief --roles admin
admin-tool backup one.admin >"$tmp/out" 2>"$tmp/err"
make heir --roles admin
admin-tool users suspend chief -y --keep-sessions >"$tmp/out"
remember
exits 4 "a restore after which there is no active Admin" admin-tool restore one.admin -y
exits 4 "... nor with --dry-run" admin-tool restore one.admin --dry-run
unchanged "... and nothing is changed"
exits 0 "... but with --force" admin-tool restore one.admin -y --force
exits 0 "... or where the one who was suspended since comes back" admin-tool restore one.admin -y --exact

# -- changed while the question stands
make ann
admin-tool backup with.ann >"$tmp/out" 2>"$tmp/err"
admin-tool users edit ann -n 'Ann Other' >"$tmp/out"
mkfifo answer
admin-tool restore with.ann <answer >"$tmp/out" 2>"$tmp/err" &
asked=$!
exec 9>answer
for ((i = 0; i < 200; i++)); do grep -q 'Are you sure' "$tmp/out" && break; sleep 0.1; done
admin-tool reset-password ann -y >/dev/null
hash=$(value "SELECT hash FROM accounts WHERE username = 'ann'")
echo yes >&9
exec 9>&-
status=0; wait "$asked" || status=$?
ok "a password that was reset meanwhile is not what was shown (exit 4)" eval '[ $status -eq 4 ] && grep -q "changed meanwhile" "$tmp/err"'
ok "... and stays" is_value "SELECT hash FROM accounts WHERE username = 'ann'" "$hash"
done_testing
