#!/bin/bash
# Whoever holds a lock and was stopped or frozen holds up neither an administrator nor a login, and a hundred guesses at
# once are no more than five. (Real clients stopped at random moments, and limits: clients.sh.)

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
ok "within 2.5 s" [ "$took" -lt 2500 ]
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
admin activate

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
