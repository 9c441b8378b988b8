#!/bin/bash
# The day of the last login is written into the truth once a day, and keeps nobody out: on a full disk, a read-only
# one, one that is too slow, and while somebody holds the store's lock the right password gets in all the same.
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
command -v strace >/dev/null || { echo "1..0 # SKIP no strace"; exit; }

mkdir -p "$STATE"
mount -t tmpfs -o size=1m,mode=755 state "$STATE"
printf 'auth required pam_coder.so\naccount required pam_coder.so\nsession required pam_coder.so\n' >/etc/pam.d/coder-test
echo plain-horse-9-lantern | admin-tool users create -u alice -e alice@example.com --password-stdin >"$tmp/out" 2>&1
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
admin-tool policy set dormant_days=90 >"$tmp/out"

today() { echo $(($(date +%s) / 86400 * 86400)); }
day() { sqlite3 -cmd '.timeout 5000' "$STORE" "SELECT coalesce(last_login_day, 0) FROM accounts"; }
yesterday() { sqlite3 "$STORE" "UPDATE accounts SET last_login_day = $(($(today) - 86400))"; }
is_kept() { [ "$(day)" -eq "$(today)" ]; }
is_left() { [ "$(day)" -eq $(($(today) - 86400)) ]; }

# login [TRACER...]: through libpam, as root.
login() { echo plain-horse-9-lantern | "$@" pamtester coder-test alice authenticate acct_mgmt open_session >"$tmp/out" 2>"$tmp/err"; }
# The calls of a login that change the truth, or lock it for that.
writes()
{
    login strace -f -y -o "$tmp/calls" -e trace=sendto,fcntl,write,pwrite64,fsync,fdatasync,ftruncate,unlink
    grep 'private/accounts\.db' "$tmp/calls" | grep -cvE 'F_RDLCK|F_UNLCK|F_[SG]ETF'
}

ok "the first login of a day writes the truth" [ "$(writes)" -gt 0 ]
ok "... with the day" is_kept
answered_first() { awk '/ sendto\(0</ { sent[$1] = 1 } /pwrite64.*accounts\.db/ { n++; early += !sent[$1] } END { exit !n || early }' "$tmp/calls"; }
ok "... when it has its answer" answered_first
ok "the second does not" [ "$(writes)" -eq 0 ]
rm "$STATE"/private/activity.db*
ok "nor one that nothing is known of any more" [ "$(writes)" -eq 0 ]
yesterday
ok "the first of the next day does" [ "$(writes)" -gt 0 ]

yesterday
ok "a user's own program with the right password does" \
    eval 'echo plain-horse-9-lantern | setpriv --reuid alice --regid alice --clear-groups pamtester coder-test alice authenticate && is_kept'
yesterday
ok "... with a wrong one it does not" \
    eval '! echo wrong-horse-9 | setpriv --reuid alice --regid alice --clear-groups pamtester coder-test alice authenticate && is_left'

yesterday
dd if=/dev/zero of="$STATE/private/filling" bs=4k 2>"$tmp/err"
ok "full disk: a login gets in" login
ok "... the day is not kept" is_left
ok "... and the log says so" grep -q 'coder_helper.*the day of this login was not kept' /var/log/messages
rm -f "$STATE/private/filling"
ok "with room again the next login keeps it" eval 'login && is_kept'

yesterday
mount -o remount,ro "$STATE"
ok "read-only disk: a login gets in" login
mount -o remount,rw "$STATE"
ok "... the day is not kept" is_left

# A disk that takes 3 s for what the lock may be held for 2 s: nothing is begun, so that no journal is left to the next.
slow() { login strace -f -o "$tmp/calls" -e inject=fsync,fdatasync:delay_enter=3000000; }
ok "slow disk: a login gets in" slow
ok "... and the next" slow
sleep 4
ok "... no change is left in the middle" [ ! -s "$STORE-journal" ]
ok "... the day is not kept" is_left
ok "... and the log says so" grep -q 'day of this login was not kept, as the disk is too slow' /var/log/messages

# Somebody else's transaction, for as long as it takes.
sqlite3 "$STORE" >"$tmp/held" 2>&1 <<<'BEGIN IMMEDIATE;
.shell touch /run/held; sleep 20' &
until [ -e /run/held ]; do sleep 0.1; done
begun=${EPOCHREALTIME/./}
ok "locked store: a login gets in" login
took=$(((${EPOCHREALTIME/./} - begun) / 1000))
ok "... and does not wait for it ($took ms)" [ "$took" -lt 15000 ]
ok "... the day is not kept" is_left
wait
ok "and the next login keeps it" eval 'login && is_kept'
done_testing
