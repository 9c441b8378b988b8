#!/bin/bash
# Whoever does not read what a command prints, or stops the terminal it prints to, holds up nobody else: each verb is run
# into a pipe that is full, with a public directory to catch up with, and an administrator suspends meanwhile. Nor does a
# log daemon or an nscd that stands still.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh

MANY=600 # accounts: a page of a listing, and what is printed about one, is more than any buffer holds
hash='$6$rounds=1000$salt$'$(perl -e 'print +(split /\$/, crypt("violet-Otter-77-stream", "\$6\$rounds=1000\$salt"))[4]')

make amy --password-stdin <<<"$good"
for i in $(seq $MANY); do
    echo "user$i,user$i@example.com,User Number $i of the Many,$hash"
done | { echo username,email,full_name,password_hash; cat; } >"$tmp/users.csv"
run admin-tool users import "$tmp/users.csv"
ok "there are many accounts" [ "$status" -eq 0 ]
admin-tool backup /root/unread.backup >"$tmp/out"

# A pipe that is full, and everything a command says goes there. Its reading end stays open in a process that sleeps.
mkfifo "$tmp/pipe"
# shellcheck disable=SC2217
sleep 600 <"$tmp/pipe" &
reader=$!
exec 7>"$tmp/pipe"
python3 -c '
import os
os.set_blocking(7, False)
try:
    while True:
        os.write(7, b"x" * 4096)
except BlockingIOError:
    pass
os.set_blocking(7, True)'

# unread COMMAND...: runs it into the pipe, waits until it waits there, and changes something meanwhile.
unread()
{
    local verb=suspend waits=no
    [ "$turn" -eq 0 ] || verb=activate
    turn=$((1 - turn))
    [ "${BEHIND:-yes}" = no ] || rm -f "$STATE/directory"
    "$@" >&7 2>&7 7>&- </dev/null &
    command=$!
    for _ in $(seq 250); do
        # write(2) is system call 1 where this is x86, 64 elsewhere
        if grep -qE '^(1|64) 0x[12] ' "/proc/$command/syscall" 2>/dev/null; then
            waits=yes
            break
        fi
        kill -0 "$command" 2>/dev/null || break
        sleep 0.02
    done
    ok "${*:1:4}: it waits for its reader" [ "$waits" = yes ]
    admin "$verb"
    # whoever holds a lock is killed for it after 10 s
    ok "and meanwhile $verb is done (in $took ms)" [ "$status" -eq 0 -a "$took" -lt 8000 ]
    { kill -KILL "$command"; wait "$command"; } 2>/dev/null
}
turn=0

# -- what only reads --------------------------------------------------------------------------

unread admin-tool users list
unread admin-tool users list -c 'username,locked until,last login'
unread admin-tool users list -o json
unread admin-tool users list -o csv
unread admin-tool users list user --sort 'account expires at' -n 500
unread admin-tool users count
unread admin-tool users show amy
unread admin-tool users show amy -o json
unread admin-tool users export
unread admin-tool users export --format json
unread admin-tool users export --with-hashes
unread admin-tool audit
unread admin-tool audit -o json
unread admin-tool audit --verify
BEHIND=no unread admin-tool audit -f
unread admin-tool policy
unread admin-tool policy get password_min_length
unread admin-tool check
unread admin-tool check amy
unread admin-tool check --repair
unread admin-tool backup "/root/$RANDOM.backup"
unread admin-tool users suspend user1 --dry-run
unread admin-tool users create -u zed -e zed@example.com --dry-run
unread admin-tool restore /root/unread.backup --dry-run

# -- what changes something -------------------------------------------------------------------

unread admin-tool users create -u newcomer -e newcomer@example.com
unread admin-tool users edit user2 -n "Another Name"
unread admin-tool users edit-roles user2 --roles auditor
unread admin-tool users suspend user3
unread admin-tool users unlock user3
unread admin-tool users require-change --all
unread admin-tool reset-password user4 -y
unread admin-tool policy set password_min_length=13
unread admin-tool publish
unread admin-tool audit prune --before 2001-01-01
echo username,email$'\n'late,late@example.com >"$tmp/late.csv"
unread admin-tool users import "$tmp/late.csv"

# Two hundred notes, each said in the middle of the transaction.
for i in $(seq 200); do
    echo "old$i:x:$((20000 + i)):$((20000 + i)):Old User:/home/old$i:/bin/bash" >>/etc/passwd
    echo "old$i:$hash:19000::::::" >>/etc/shadow
    echo "old$i:x:$((20000 + i)):" >>/etc/group
done
run admin-tool users import --from-passwd
ok "local accounts are staged" is_value "SELECT count(*) FROM accounts WHERE username LIKE 'old%'" 200
sqlite3 "$STORE" "UPDATE accounts SET hash = '*', temporary = 1, password_changed_at = created_at WHERE username LIKE 'old%'"
unread admin-tool users import --from-passwd --take-over -y
exec 7>&-
kill "$reader"

# -- a log daemon that stands still -------------------------------------------------------------

mv /dev/log /dev/log.away
python3 -c '
import socket, time
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log")
full = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
full.setblocking(False)
try:
    while True:
        full.sendto(b"x", "/dev/log")
except BlockingIOError:
    open("'"$tmp"'/full", "w").close()
time.sleep(600)' &
daemon=$!
for _ in $(seq 250); do
    [ ! -e "$tmp/full" ] || break
    sleep 0.02
done
admin-tool users edit user5 -n Logged >"$tmp/out" 2>&1 &
for _ in $(seq 250); do
    [ "$(value "SELECT full_name FROM accounts WHERE username = 'user5'")" != Logged ] || break
    sleep 0.02
done
timeout -s KILL 3 admin-tool users suspend user6 -y --keep-sessions >"$tmp/out" 2>&1
ok "a log daemon that stands still holds up no other change" \
    is_value "SELECT status FROM accounts WHERE username = 'user6'" suspended
kill "$daemon" 2>/dev/null
mv /dev/log.away /dev/log

# -- and an nscd --------------------------------------------------------------------------------

printf '#!/bin/sh\nexec sleep 600\n' >"$tmp/nscd"
chmod 755 "$tmp" "$tmp/nscd"
[ -e /usr/sbin/nscd ] || touch /usr/sbin/nscd
mount --bind "$tmp/nscd" /usr/sbin/nscd
mkdir -p /var/run/nscd
touch /var/run/nscd/socket
admin-tool users edit user5 -n Told >"$tmp/out" 2>&1 &
edit=$!
for _ in $(seq 250); do
    [ "$(value "SELECT full_name FROM accounts WHERE username = 'user5'")" != Told ] || break
    sleep 0.02
done
timeout -s KILL 3 admin-tool users suspend user7 -y --keep-sessions >"$tmp/out" 2>&1
ok "an nscd that stands still holds up no other change" \
    is_value "SELECT status FROM accounts WHERE username = 'user7'" suspended
begun=$SECONDS
wait "$edit"
ok "nor the one that tells it for long" [ $((SECONDS - begun)) -lt 25 ]
done_testing
