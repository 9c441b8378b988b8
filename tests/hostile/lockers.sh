#!/bin/bash
# Sixty screen lockers of one user at once on a slow machine: each waits for its turn, and is served within its time.
# Whoever has his own turn held up delays himself alone, and not for ever.

# shellcheck disable=SC2154,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh

LOCKERS=60 WAIT_MS=12000
: >"$tmp/in"
make amy --password-stdin <<<"$good"
make ben --password-stdin <<<"$good"
locker() { run setpriv --reuid "$1" --regid "$1" --init-groups pamtester login "$1" authenticate <<<"$2"; }
# A tenth of one processor.
slow_tenth()
{
    if [ -e "$slow/cpu.max" ]; then
        echo '10000 100000' >"$slow/cpu.max"
    else
        echo 100000 >"$slow/cpu.cfs_period_us" && echo 10000 >"$slow/cpu.cfs_quota_us"
    fi
}

groups_open
slow_open
if [ "$have_slow" = yes ] && slow_tenth; then
    clients=()
    for _ in $(seq $LOCKERS); do
        { (slow_client amy "pamtester login amy authenticate") && echo in >>"$tmp/in"; } <<<"$good" >/dev/null 2>&1 &
        clients+=($!)
    done
    wait "${clients[@]}"
    in=$(wc -l <"$tmp/in")
    # all at once 17 of them were
    ok "of $LOCKERS lockers at once, with a tenth of a processor, $in are let in" [ "$in" -ge 40 ]
    slow_end
else
    ok "a group that is slow # SKIP no control groups of the processor" true
fi
forget

locker amy "$good"
ok "one alone is" [ "$status" -eq 0 ]
python3 - "$(id -u amy)" "$tmp/held" <<'PYTHON' &
import fcntl, sys, time
turns = open("/run/coder/private/turns", "r+b")
fcntl.lockf(turns, fcntl.LOCK_EX, 4, 4 * int(sys.argv[1]))
open(sys.argv[2], "w").close()
time.sleep(60)
PYTHON
holder=$!
for _ in $(seq 50); do
    [ ! -e "$tmp/held" ] || break
    sleep 0.1
done
timed locker ben "$good"
ok "while amy's turn is held up, ben's locker opens ($took ms)" [ "$status" -eq 0 -a "$took" -lt 8000 ]
timed run pamtester login amy authenticate <<<"$good"
ok "... and whatever root asks for amy ($took ms)" [ "$status" -eq 0 -a "$took" -lt 8000 ]
timed locker amy "$good"
ok "... amy's opens when she has waited long enough ($took ms)" [ "$status" -eq 0 -a "$took" -ge $((WAIT_MS - 1000)) ]
locker amy wrong-password-1
ok "... and not with a wrong password" [ "$status" -ne 0 ]
ok "... which counts" [ "$(failures "uid:$(id -u amy)")" -eq 1 ]
kill "$holder"
wait "$holder" 2>/dev/null
done_testing
