#!/bin/bash
# Whoever holds a lock and was stopped or frozen, sleeps or is slowed down holds up neither an administrator nor a login,
# and a hundred guesses at once are no more than five. (Real clients stopped at random moments, and limits: clients.sh.)

# shellcheck disable=SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
holder=''

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

make amy --password-stdin <<<"$good"
make mal --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL" # else su asks for a change
groups_open
pamtester login amy authenticate <<<"$good" >/dev/null 2>&1

# -- a lock for certain ---------------------------------------------------------------------

hold accounts.db 60
kill -STOP "$holder"
admin suspend
ok "a stopped holder of the store: suspend is done" [ "$status" -eq 0 ]
echo "# it took $took ms"
ok "and the holder is gone" is_gone
drop
admin activate

if [ "$have_groups" = yes ]; then
    group_new frozen
    hold accounts.db 60
    echo "$holder" >"$groups/frozen/cgroup.procs"
    freeze frozen
    admin suspend
    ok "a frozen holder: suspend is done" [ "$status" -eq 0 ]
    echo "# it took $took ms"
    thaw frozen
    drop
    admin activate
fi

hold activity.db 60
kill -STOP "$holder"
timed pamtester login amy authenticate <<<"$good"
ok "a stopped holder of the attempts: a login goes on" [ "$status" -eq 0 ]
echo "# it took $took ms"
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
hold accounts.db 90
admin suspend
ok "another program that works for too long makes it busy" [ "$status" -eq 7 ]
ok "and is left alone" kill -0 "$holder"
echo "# it took $took ms"
drop
admin activate

# -- the tool's own lock ----------------------------------------------------------------------

# An admin-tool, $tool, in the middle of a change with both locks held; it sleeps there for $SLEEP s, in its $AFTER-th
# wait for the disk but one.
SLEEP=3600 AFTER=0
tool_sleeps()
{
    rm -f "$tmp/asleep"
    env LD_PRELOAD=/src/.build/world/sleeping_sync.so SLEEP_MARK="$tmp/asleep" SLEEP_SECONDS=$SLEEP SLEEP_AFTER=$AFTER \
        admin-tool "$@" >"$tmp/tool.out" 2>&1 &
    tool=$!
    await_mark
}
await_mark()
{
    for _ in $(seq 500); do
        [ ! -e "$tmp/asleep" ] || return 0
        sleep 0.02
    done
}
was_killed()
{
    local ended=0
    [[ $(ps -o stat= -p "$tool") =~ ^(Z.*)?$ ]] || { kill -KILL "$tool"; ended=1; }
    wait "$tool" 2>/dev/null
    [ $? -eq 137 ] && [ "$ended" -eq 0 ]
}
# It could still say so.
gave_up() { wait "$tool"; [ $? -eq 1 ] && grep -q '^admin-tool: gave up: it got no further for 10 s' "$tmp/tool.out"; }
name_of_amy() { sqlite3 -cmd '.timeout 2000' "$STORE" "SELECT full_name FROM accounts WHERE username = 'amy'"; }
late=13000 # the deadline of a tool is 10 s

tool_sleeps users edit amy -n Sleepy
kill -STOP "$tool"
admin suspend
ok "a stopped holder of the tool's lock: suspend is done" [ "$status" -eq 0 ]
ok "before its deadline would have done it ($took ms)" [ "$took" -lt 9000 ]
ok "and the holder is gone" was_killed
ok "and with it what it had begun" [ "$(name_of_amy)" != Sleepy ]
admin activate

rm "$STATE/directory"
tool_sleeps users list
kill -STOP "$tool"
admin suspend
ok "a listing that catches up and is stopped: suspend is done" [ "$status" -eq 0 ]
ok "before its deadline would have done it ($took ms)" [ "$took" -lt 9000 ]
ok "and the listing is gone" was_killed
ok "and amy is shown as suspended" eval 'getent passwd amy | grep -q nologin'
admin activate

if [ "$have_groups" = yes ]; then
    group_new sudo
    echo "mal ALL=(root) NOPASSWD: /usr/bin/env LD_PRELOAD=/src/.build/world/sleeping_sync.so SLEEP_MARK=$tmp/asleep admin-tool users edit amy -n Sleepy" >/etc/sudoers.d/mal
    chmod 440 /etc/sudoers.d/mal
    chmod 711 "$tmp"
    rm -f "$tmp/asleep"
    {
        echo "$BASHPID" >"$groups/sudo/cgroup.procs"
        exec setpriv --reuid mal --regid mal --init-groups sudo -n env LD_PRELOAD=/src/.build/world/sleeping_sync.so \
            SLEEP_MARK="$tmp/asleep" admin-tool users edit amy -n Sleepy
    } >"$tmp/tool.out" 2>&1 &
    await_mark
    setpriv --reuid mal --regid mal --clear-groups sh -c "echo 1 >$groups/sudo/cgroup.freeze"
    admin suspend
    ok "the one command that sudo lets a user run, frozen by him: suspend is done" [ "$status" -eq 0 ]
    ok "before its deadline would have done it ($took ms)" [ "$took" -lt 9000 ]
    thaw sudo
    wait $! 2>/dev/null
    rm /etc/sudoers.d/mal
    admin activate
fi

tool_sleeps users edit amy -n Sleepy
admin suspend
ok "a tool that sleeps with its locks: suspend is done" [ "$status" -eq 0 ]
ok "when the other's deadline has passed ($took ms)" [ "$took" -lt "$late" ]
ok "which has ended it, and it says so" gave_up
ok "and with it what it had begun" [ "$(name_of_amy)" != Sleepy ]
admin activate
AFTER=1
tool_sleeps publish
admin suspend
ok "a tool that sleeps with its own lock alone: suspend is done" [ "$status" -eq 0 ]
ok "when the other's deadline has passed ($took ms)" [ "$took" -lt "$late" ]
ok "which has ended it, and it says so" gave_up
AFTER=0
admin activate
ok "nothing is left half done" eval 'admin-tool publish >/dev/null && getent passwd amy | grep -q bash'

# -- a slow machine -------------------------------------------------------------------------------

{ echo username,email; printf 'im%d,im%d@example.com\n' $(for i in {1..35}; do echo $i $i; done); } >"$tmp/many.csv"
run env LD_PRELOAD=/src/.build/world/sleeping_sync.so SLOW_LOCK_MS=100 admin-tool users import "$tmp/many.csv"
ok "where each lock takes its time an import of many accounts is not late" [ "$status" -eq 0 ]

# -- killed, and not dead yet -------------------------------------------------------------------

# A filesystem that is frozen keeps whoever writes to it from dying; in place of a processor that has no time for him.
frozen_open()
{
    local i
    for i in 0 1 2 3 4 5 6 7; do
        [ -e "/dev/loop$i" ] || mknod "/dev/loop$i" b 7 "$i"
    done
    [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
    truncate -s 8M "$tmp/image" && mkfs.ext4 -q "$tmp/image" && mkdir "$tmp/frozen" &&
        mount -o loop "$tmp/image" "$tmp/frozen" && fsfreeze -f "$tmp/frozen"
}
group_of() { sed -n 's/^0:://p' "/proc/$1/cgroup"; }
if [ "$have_groups" = yes ] && frozen_open >"$tmp/out" 2>&1; then
    group_new dying
    export SLEEP_IN=$tmp/frozen/file
    tool_sleeps users edit amy -n Dying
    unset SLEEP_IN
    echo "$tool" >"$groups/dying/cgroup.procs"
    { sleep 12; group_of "$tool" >"$tmp/group"; fsfreeze -u "$tmp/frozen"; } &
    admin suspend
    ok "a tool that is late and cannot die: suspend is done when it can" [ "$status" -eq 0 ]
    ok "and meanwhile it got the time of who waited" [ "$(cat "$tmp/group")" = "$(group_of self)" ]
    ok "until its end" was_killed
    umount "$tmp/frozen"
    admin activate
else
    echo "# no filesystem that can be frozen here: nobody is kept from dying"
fi

# -- slowed down ------------------------------------------------------------------------------

slow_open
if [ "$have_slow" = yes ]; then
    SLEEP=1
    tool_sleeps users edit amy -n Slowly
    slow_down "$tool"
    admin suspend
    ok "a tool that gets 1 ms of a processor each second, shared by four: suspend is done" [ "$status" -eq 0 ]
    ok "when its deadline has passed at the latest ($took ms)" [ "$took" -lt $((late + 17000)) ]
    slow_end
    wait "$tool" 2>/dev/null
    admin activate

    for i in $(seq 40); do
        slow_client mal 'python3 -c "
import ctypes, os
ctypes.CDLL(None).prctl(29, 30 * 10**9, 0, 0, 0)
os.execvp(\"su\", [\"su\", \"amy\", \"-c\", \"true\"])"' <<<"wrong$i" &
    done >/dev/null 2>&1
    troubled=0 worst=0
    for verb in suspend activate suspend activate suspend activate; do
        admin "$verb"
        [ "$status" -eq 0 ] || troubled=$((troubled + 1))
        [ "$took" -le "$worst" ] || worst=$took
    done
    ok "forty su in a slowed group with a timer slack of 30 s: each change is made" [ "$troubled" -eq 0 ]
    echo "# the worst took $worst ms"
    timed pamtester login amy authenticate <<<"$good"
    ok "and amy gets in meanwhile" [ "$status" -eq 0 ]
    slow_end
    pkill -KILL -U mal
    wait
    forget
else
    echo "# no control group for the processor's time here: nobody is slowed down"
fi

# -- a hundred guesses at once -----------------------------------------------------------------

jobs=''
for i in $(seq 100); do
    client mal true su "wrong$i" &
    jobs+=" $!"
done
# shellcheck disable=SC2086
wait $jobs
compared=$(failures "uid:$(id -u mal)")
ok "a hundred su at once are five guesses ($compared)" [ "$compared" -eq 5 ]
run client mal true su "$good"
ok "and the right password comes too late" [ "$status" -ne 0 ]
run pamtester login amy authenticate <<<"$good"
ok "but not at another origin" [ "$status" -eq 0 ]
run admin-tool users show amy
ok "an administrator sees until when it is locked" grep -qi 'locked until.*[0-9]' "$tmp/out"
done_testing
