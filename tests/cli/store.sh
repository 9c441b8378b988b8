#!/bin/bash
# A store that is not as it should be, two tools at once, tools that are killed, publishing.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

make alice --roles admin
cp -a "$STATE" "$tmp/good"
restore() { rm -rf "$STATE"; cp -a "$tmp/good" "$STATE"; }

# refused WHAT: list and create both end with 7 and change nothing.
refused()
{
    local was
    was=$(cd "$STATE" && find . -exec stat -c '%n %a %u %s %Y' {} + | grep -v -e activity -e '/lock' | sort | sha256sum)
    exits 7 "$1: list" admin-tool users list
    exits 7 "$1: create" admin-tool users create -u x -e x@example.com
    ok "$1: nothing was changed" [ "$was" = "$(cd "$STATE" && find . -exec stat -c '%n %a %u %s %Y' {} + |
        grep -v -e activity -e '/lock' | sort | sha256sum)" ]
    restore
}

sqlite3 "$STORE" 'PRAGMA user_version = 99'
run admin-tool users list
complains 'newer version' "a newer schema is called so"
refused "a newer schema"
rm "$STORE" && sqlite3 "$STORE" 'CREATE TABLE other (x)' && chmod 600 "$STORE"
run admin-tool users list
complains "another program's" "a foreign database is called so"
refused "a foreign database"
rm "$STORE" && head -c 8192 /dev/urandom >"$STORE" && chmod 600 "$STORE"
refused "garbage"
head -c 5000 "$tmp/good/private/accounts.db" >"$STORE"
refused "a store cut short"
chmod 644 "$STORE"
refused "a readable store"
chown nobody "$STORE"
refused "another owner"
chmod 755 "$STATE/private"
refused "a readable folder"
chown nobody "$STATE/private"
refused "another owner of the folder"
mv "$STORE" "$STATE/private/elsewhere" && ln -s elsewhere "$STORE"
refused "a link in the store's place"
ln "$STORE" "$STATE/private/second"
refused "a store with a second name"
mv "$STATE/private" "$STATE/elsewhere" && ln -s elsewhere "$STATE/private"
refused "a link in the folder's place"
rm "$STORE"
exits 7 "a lost store: create begins no new one, which would hand out the same ids" admin-tool users create -u x -e x@example.com --no-password
exits 7 "... nor does publish" admin-tool publish
for verb in "users list -o json" "users show alice" "users export" audit policy "users suspend alice --dry-run"; do
    # shellcheck disable=SC2086
    exits 7 "... and $verb shows no empty one in its place" admin-tool $verb
    ok "... on stdout neither" eval '[ ! -s "$tmp/out" ] || jq -e .error "$tmp/out" >"$tmp/made"'
done
: >"$STORE" && chmod 600 "$STORE"
exits 7 "... nor in an empty file" admin-tool users create -u x -e x@example.com --no-password
rm "$STORE"
ok "... the accounts are still shown" eval '[ ! -e "$STORE" ] && getent passwd alice >"$tmp/found"'
rm "$STATE/directory"
exits 0 "... unless the directory is removed, too" admin-tool users create -u x -e x@example.com --no-password
restore
rm "$STORE" && mkdir -m 600 "$STORE"
refused "a folder in the store's place"
mkfifo -m 600 "$tmp/fifo" && rm "$STORE" && mv "$tmp/fifo" "$STORE"
refused "a pipe in the store's place"

chmod 777 "$STATE"
exits 7 "a state folder that all may write: create" admin-tool users create -u x -e x@example.com
exits 7 "... list" admin-tool users list
/src/.build/world/pam_call account alice >"$tmp/pam" 2>&1
ok "... and no login is judged by what is in it" [ "$(head -n 1 "$tmp/pam")" = 9 ]
restore
chown nobody "$STATE"
exits 7 "a state folder of another owner: create" admin-tool users create -u x -e x@example.com
restore
mv "$STATE" /var/lib/elsewhere && ln -s elsewhere "$STATE"
exits 7 "a link in the state folder's place: create" admin-tool users create -u x -e x@example.com
rm "$STATE" && mv /var/lib/elsewhere "$STATE"
chmod 666 "$STATE/private/lock"
exits 7 "a lock that others could hold" admin-tool users create -u x -e x@example.com
chmod 600 "$STATE/private/lock"
rm -f "$STATE/private/lock" && ln -s "$tmp/target" "$STATE/private/lock"
exits 7 "a link in the lock's place: create" admin-tool users create -u x -e x@example.com
ok "... was not followed" [ ! -e "$tmp/target" ]
restore
: >"$STORE" && rm "$STATE/directory"
exits 0 "an empty store, left by a creation that was cut off: create" admin-tool users create -u x -e x@example.com
restore

# -- two at once ------------------------------------------------------------------------------------
for i in $(seq 12); do
    admin-tool users create -u "p$i" -e "p$i@example.com" --no-create-home >"$tmp/p$i" 2>&1 &
done
wait
ok "twelve at once all succeed" [ "$(grep -l '^Temporary password' "$tmp"/p* | wc -l)" -eq 12 ]
ok "... with ids of their own" is_value "SELECT count(DISTINCT uid) || ' ' || max(uid) FROM accounts" '13 70112'
ok "... and the directory has them all" [ "$(getent -s coder passwd | wc -l)" -eq 13 ]

python3 - "$STATE/private/lock" <<'END' &
import fcntl, sys, time
f = open(sys.argv[1], 'r+')
fcntl.lockf(f, fcntl.LOCK_EX)
time.sleep(36)
END
sleep 1
remember
exits 7 "the tool lock is held for longer than 30 s" admin-tool users suspend p1 -y
complains 'another admin-tool' "... is called so"
exits 0 "... reading goes on" admin-tool users list
wait
unchanged "... nothing was changed"
python3 - "$STORE" <<'END' &
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute('BEGIN IMMEDIATE')
time.sleep(36)
c.execute('ROLLBACK')
END
sleep 1
exits 7 "the store is held for longer than 30 s" admin-tool users suspend p1 -y
complains 'busy' "... is called so"
wait

# A prompt holds nothing.
mkfifo "$tmp/answer"
admin-tool users suspend p1 <"$tmp/answer" >"$tmp/asking" 2>&1 &
asking=$!
exec 8>"$tmp/answer"
sleep 1
exits 0 "a change while another tool asks" timeout 5 admin-tool users edit-roles p1 --roles auditor -y
admin-tool users delete p1 -y >"$tmp/made"
echo yes >&8
exec 8>&-
wait "$asking"
ok "what was asked about is looked at again: gone meanwhile (exit 3)" [ $? -eq 3 ]

# -- publishing ----------------------------------------------------------------------------------------
exits 0 "publish" admin-tool publish
was=$(stat -c %i "$STATE/directory")
exits 0 "publish --dry-run" admin-tool publish --dry-run
ok "... publishes nothing" [ "$(stat -c %i "$STATE/directory")" = "$was" ]
admin-tool publish >"$tmp/made"
ok "publish puts a new file in place" [ "$(stat -c '%i' "$STATE/directory")" != "$was" ]
ok "... readable for all, root's" [ "$(stat -c '%a %u' "$STATE/directory")" = '644 0' ]
ok "... and nothing is left beside it" [ "$(ls "$STATE")" = "$(printf 'directory\nprivate')" ]
rm "$STATE/directory"
exits 0 "a lost directory is healed by reading" admin-tool users list
ok "... is back" getent passwd p2
cp -a "$STATE/directory" "$tmp/old"
sqlite3 "$STORE" "UPDATE accounts SET status = 'suspended' WHERE username = 'p2'"
exits 0 "a directory left behind is healed" admin-tool users show p3
ok "... by any command" [ "$(getent passwd p2 | cut -d: -f7)" = /usr/sbin/nologin ]
echo garbage >"$STATE/directory"
exits 0 "a garbage directory is healed" admin-tool publish
ok "... is back" getent passwd p3
touch "$STATE/directory.new" && chmod 400 "$STATE/directory.new"
exits 0 "a stale file of a tool that was killed does not matter" admin-tool users suspend p4 -y
ok "... and is gone" [ "$(ls "$STATE")" = "$(printf 'directory\nprivate')" ]
groupadd -g 4242 helpers
sqlite3 "$STORE" "INSERT INTO policy VALUES ('admin_groups', 'helpers,nonesuch,root')"
admin-tool publish >"$tmp/made"
ok "policy's local groups come with the role; missing ones and root's do not" [ "$(id -G alice)" = '70100 70001 70000 4242' ]
sqlite3 "$STORE" "INSERT INTO policy VALUES ('list_members', '0')"
admin-tool publish >"$tmp/made"
ok "the members of coder-member are listed by policy" [ "$(getent group coder-member)" = 'coder-member:x:70001:' ]
ok "... the others always" [ "$(getent group coder-admin)" = 'coder-admin:x:70000:alice' ]
ok "... and initgroups is complete" eval 'id -Gn p5 | grep -q coder-member'

# Killed at any instant: the old state or the new one.
mixed=0
for i in $(seq 40); do
    if [ $((i % 2)) -eq 0 ]; then verb=activate shell=/bin/bash; else verb=suspend shell=/usr/sbin/nologin; fi
    timeout -s KILL "0.0$(printf %02d $((i % 20)))" admin-tool users $verb p6 -y --dry-run >/dev/null 2>&1
    timeout -s KILL "0.0$(printf %02d $((i % 23)))" admin-tool users $verb p6 -y >/dev/null 2>&1
    admin-tool users list >/dev/null 2>&1
    case $(value "SELECT status FROM accounts WHERE username='p6'") in
        suspended) shell=/usr/sbin/nologin ;;
        active) shell=/bin/bash ;;
    esac
    [ "$(getent passwd p6 | cut -d: -f7)" = "$shell" ] || mixed=$((mixed + 1))
done
ok "killed at forty instants, store and directory agree after the next command" [ "$mixed" -eq 0 ]
ok "... and the store is whole" is_value 'PRAGMA integrity_check' ok

# -- no room ---------------------------------------------------------------------------------------------
admin-tool publish >"$tmp/made" # what the last one that was killed left lies about no more
mount -t tmpfs -o size=200k,mode=755 none /mnt && cp -a "$STATE/." /mnt/ && umount_it=1
mount --bind /mnt "$STATE"
remember
dd if=/dev/zero of=/mnt/fill bs=1k count=400 2>/dev/null
run admin-tool users create -u full -e full@example.com
ok "a full disk (exit 1)" eval '[ $status -eq 1 ] && grep -q "^admin-tool: " "$tmp/err"'
rm /mnt/fill
unchanged "... changed nothing"
mount -o remount,ro,bind "$STATE"
run admin-tool users create -u full -e full@example.com
ok "a read-only disk (exit 1 or 7)" eval '[ $status -eq 1 ] || [ $status -eq 7 ]'
exits 0 "... can be read" admin-tool users list
umount "$STATE" && umount /mnt
done_testing
