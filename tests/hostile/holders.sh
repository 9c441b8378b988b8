#!/bin/bash
# Whoever stops, freezes, limits or slows down the process that judges his own login holds neither the store nor an
# administrator up, and escapes no counting: with locks taken for certain, and with real su at random moments.

# shellcheck disable=SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
good=violet-Otter-77-stream
groups=/sys/fs/cgroup
holder=''

# Milliseconds that the command took, in $took.
timed()
{
    local begun=${EPOCHREALTIME/./}
    run "$@"
    took=$(((${EPOCHREALTIME/./} - begun) / 1000))
}

# hold DATABASE SECONDS: a process of root's, $holder, with SQLite's exclusive lock on it.
hold()
{
    rm -f "$tmp/held"
    python3 -c '
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
open(sys.argv[3], "w").close()
time.sleep(float(sys.argv[2]))
db.execute("COMMIT")' "$STATE/private/$1" "$2" "$tmp/held" 2>/dev/null &
    holder=$!
    until [ -e "$tmp/held" ]; do
        sleep 0.02
    done
}

is_gone() { ! kill -0 "$holder" 2>/dev/null; }
drop() { { kill -KILL "$holder"; wait "$holder"; } 2>/dev/null; true; }
failures() { sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" "SELECT coalesce(sum(count), 0) FROM failures WHERE origin = '$1'"; }
forget() { sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" "DELETE FROM failures; DELETE FROM pending"; }
# Ending amy's sessions takes two looks one second apart; here there are none, and it is the store that counts.
admin()
{
    case $1 in
        suspend) timed admin-tool users suspend amy -y --keep-sessions ;;
        activate) timed admin-tool users activate amy -y ;;
    esac
}

group_new()
{
    mkdir "$groups/$1" || return
    chown -R mal "$groups/$1"
}
freeze() { echo 1 >"$groups/$1/cgroup.freeze"; }
thaw() { echo 0 >"$groups/$1/cgroup.freeze"; echo 1 >"$groups/$1/cgroup.kill"; }

# as_user NAME SETUP: the user runs the shell lines and then, a guess on standard input, real su for amy.
as_user() { setpriv --reuid "$1" --regid "$1" --init-groups bash -c "$2; exec su amy -c true" 2>/dev/null; }

make amy --password-stdin <<<"$good"
make mal --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL" # else su asks for a change
mountpoint -q /sys || mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 "$groups" 2>/dev/null
group_new frozen 2>/dev/null
have_groups=$([ -e "$groups/frozen/cgroup.freeze" ] && echo yes)
pamtester login amy authenticate <<<"$good" >/dev/null 2>&1

# -- a lock for certain ---------------------------------------------------------------------

hold accounts.db 60
kill -STOP "$holder"
admin suspend
ok "a stopped holder of the store: suspend is done" [ "$status" -eq 0 ]
ok "within 2.5 s" [ "$took" -lt 2500 ]
ok "and the holder is gone" is_gone
drop
admin activate

if [ "$have_groups" = yes ]; then
    hold accounts.db 60
    echo "$holder" >"$groups/frozen/cgroup.procs"
    freeze frozen
    admin suspend
    ok "a frozen holder: suspend is done" [ "$status" -eq 0 ]
    ok "within 2.5 s" [ "$took" -lt 2500 ]
    thaw frozen
    drop
    admin activate
fi

hold activity.db 60
kill -STOP "$holder"
timed pamtester login amy authenticate <<<"$good"
ok "a stopped holder of the attempts: a login goes on" [ "$status" -eq 0 ]
ok "within 2.5 s" [ "$took" -lt 2500 ]
ok "and the holder is gone" is_gone
drop
hold activity.db 60
kill -STOP "$holder"
timed admin-tool users unlock amy
ok "and so does an unlock" [ "$status" -eq 0 ]
drop

hold accounts.db 2
admin suspend
ok "a holder that works is waited for" [ "$status" -eq 0 ]
ok "and ends by itself" wait "$holder"
admin activate
hold accounts.db 60
admin suspend
ok "a holder that works for too long makes it busy" [ "$status" -eq 7 ]
ok "and is left alone" kill -0 "$holder"
ok "and suspend has had patience for 5 s, not for ever" [ "$took" -lt 8000 ]
drop

# -- real su, stopped and frozen at random moments ------------------------------------------

# disturb STOP-COMMAND: su of mal's in a group of its own; at a random moment the command, then an admin's change.
worst=0
disturb()
{
    local name=$1 how=$2 verb
    [ "$have_groups" = yes ] && group_new "$name"
    verb=$([ $((RANDOM % 2)) -eq 0 ] && echo suspend || echo activate)
    {
        [ "$have_groups" = yes ] && echo "$BASHPID" >"$groups/$name/cgroup.procs"
        as_user mal true <<<wrong
    } >/dev/null 2>&1 &
    sleep "0.0$((RANDOM % 9))"
    case $how in
        freeze) freeze "$name" ;;
        *) pkill "-$how" -U mal ;;
    esac
    admin "$verb"
    [ "$status" -eq 0 ] || echo "status $status" >>"$tmp/trouble"
    [ "$took" -le "$worst" ] || worst=$took
    pkill -KILL -U mal
    [ "$have_groups" = yes ] && thaw "$name"
    wait $! 2>/dev/null
}

: >"$tmp/trouble"
for i in $(seq 12); do
    disturb "stop$i" STOP
    disturb "kill$i" KILL
    [ "$have_groups" = yes ] && disturb "freeze$i" freeze
done
ok "su stopped, killed or frozen: every change of an administrator's is made" [ ! -s "$tmp/trouble" ]
ok "within 2.5 s each (worst: $worst ms)" [ "$worst" -lt 2500 ]
admin activate
sleep 1
ok "and no more guesses than five were compared" [ "$(failures "uid:$(id -u mal)")" -le 5 ]
forget

# -- limits -----------------------------------------------------------------------------------

# What users set before su: eight guesses at once, then the right password. Where the limit leaves su working, five are
# compared and the right one comes too late; where not, nobody gets in at all.
limits=('true' 'ulimit -f 0' 'ulimit -n 16' 'ulimit -t 1' 'ulimit -v 60000' 'renice -n 19 $$; chrt --idle -p 0 $$'
    'trap "" INT QUIT TERM HUP CHLD PIPE ALRM XFSZ XCPU USR1')

# guess_at_once USER SETUP: what the right password brought at last is in the user's file.
guess_at_once()
{
    local jobs='' _
    for _ in 1 2 3 4 5 6 7 8; do
        as_user "$1" "$2" <<<wrong >/dev/null &
        jobs+=" $!"
    done
    # shellcheck disable=SC2086
    wait $jobs
    as_user "$1" "$2" <<<"$good" >/dev/null
    echo $? >"$tmp/$1"
}

for i in "${!limits[@]}"; do
    make "mal$i" --password-stdin <<<"$good"
done
run as_user mal1 "${limits[5]}" <<<"$good"
ok "before any guess the right password is let in, niced and idle" [ "$status" -eq 0 ]
jobs=''
for i in "${!limits[@]}"; do
    guess_at_once "mal$i" "${limits[$i]}" 2>/dev/null &
    jobs+=" $!"
done
# shellcheck disable=SC2086
wait $jobs
for i in "${!limits[@]}"; do
    compared=$(failures "uid:$(id -u "mal$i")")
    ok "${limits[$i]}: at most five guesses are compared ($compared)" [ "$compared" -le 5 ]
    ok "${limits[$i]}: then the right password is refused" [ "$(cat "$tmp/mal$i")" -ne 0 ]
done
ok "where nothing is limited just five are" [ "$(failures "uid:$(id -u mal0)")" -eq 5 ]
forget

# -- a hundred guesses at once -----------------------------------------------------------------

jobs=''
for i in $(seq 100); do
    as_user mal true <<<"wrong$i" &
    jobs+=" $!"
done
# shellcheck disable=SC2086
wait $jobs
compared=$(failures "uid:$(id -u mal)")
ok "a hundred su at once are five guesses ($compared)" [ "$compared" -eq 5 ]
run as_user mal true <<<"$good"
ok "and the right password comes too late" [ "$status" -ne 0 ]
run pamtester login amy authenticate <<<"$good"
ok "but not at another origin" [ "$status" -eq 0 ]
run admin-tool users show amy
ok "an administrator sees until when it is locked" grep -qi 'locked until.*[0-9]' "$tmp/out"
done_testing
