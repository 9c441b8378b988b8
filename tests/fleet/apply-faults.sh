#!/bin/bash
# admin-tool follow killed, or failing, at the system calls of a batch that suspends, changes, makes and deletes: the store
# has all of it with its cookie or nothing of it, and the next run (or the same one, when it was only a call that failed)
# ends with all of it, at the latest when it is judged again, published, with nobody left to be swept. CODER_PROOF=1: every call.
# A point is mostly waiting (for a sweep, for the next attempt), so several lanes are at it, each with a store, a socket, an
# /etc and a coder_fleet of its own.
# shellcheck source=tests/fleet/apply-lib.sh
. "$(dirname "$0")/apply-lib.sh"
PROOF=${CODER_PROOF:-0}
REACHES='pwrite64|fsync|fdatasync|ftruncate|rename|renameat2|fchmod|connect|clone'
EVERY=24
# Calls that cannot fail for their caller, or only if he gives them nonsense; and those that can find a disk full.
SURE='brk|clock_gettime|get[a-z]*id|getrandom|lseek|mprotect|munmap|restart_syscall|rt_sig[a-z]*|timer_settime|umask'
FILLS='openat|write|pwrite64|fallocate|ftruncate|copy_file_range|fsync|fdatasync|rename|renameat2|unlink|fchmod|fchown|close'
LANES=${CODER_LANES:-4}

facts()
{
    value "SELECT uid, username, full_name, status, hash FROM accounts ORDER BY uid; SELECT uid, status FROM fleet_accounts ORDER BY uid;
        SELECT entry_uuid, kind, username FROM fleet_held ORDER BY 1; SELECT uid, username FROM tombstones; SELECT event, username FROM audit ORDER BY event, username;
        SELECT cookie, applying FROM fleet"
}
# Where it stands may be a mount.
reset() { find "$STATE" -mindepth 1 -delete; cp -a "$tmp/state/." "$STATE"; }
is_over() { ! kill -0 "$FOLLOWER" || is_cookie after; }
quiet() { [ "$(value 'SELECT count(*) FROM fleet_sweeps')" = 0 ]; }

# run_with INJECT...: until it is dead or all is taken.
run_with()
{
    { strace -qq -o "$tmp/trace" "$@" admin-tool follow >"$tmp/said" 2>&1 </dev/null & } 2>/dev/null
    FOLLOWER=$!
    until_true 30 is_over || echo "it neither ends nor goes on"
}
# What strace(1) runs first: with -o it ends when that has ended, whatever it is sent.
stop()
{
    pkill -P "$FOLLOWER"
    kill "$FOLLOWER"
    wait "$FOLLOWER"
} 2>/dev/null
# goes_on CONDITION...: another one where it was killed, be it a moment ago.
goes_on()
{
    kill -0 "$FOLLOWER" 2>/dev/null || { admin-tool follow >"$tmp/said" 2>&1 & FOLLOWER=$!; }
    "$@"
}
# A machine that could not be asked for a moment may have had an entry held: it is judged again with the next connection.
judged()
{
    [ "$(value "SELECT count(*) FROM fleet_held WHERE kind = 'entry'")" -gt 1 ] || return
    stop
    until_true 30 goes_on none_waits || echo "what was held is not judged again"
}
none_waits() { [ "$(value "SELECT count(*) FROM fleet_held WHERE kind = 'entry'")" = 1 ]; }
# Without a fault, to the end.
finish()
{
    until_true 30 goes_on is_cookie after || echo "it is not taken at last: $(tail -n 2 "$tmp/said")"
    judged
    until_true 30 goes_on quiet || echo "somebody is still to be swept"
    stop
    facts | cmp -s - "$tmp/facts.new" || echo "not what it should be: $(facts | diff "$tmp/facts.new" - | head -n 3 | tr '\n' ' ')"
    admin-tool users list >"$tmp/out" 2>&1
    { getent passwd ann ben cyd dan || :; } | cmp -s - "$tmp/names.new" || echo "the public is behind"
    [ -z "$(find "$STATE" -maxdepth 1 -name '*.new')" ] || echo "something lies about"
}
# What a killed one leaves.
old_or_new()
{
    facts >"$tmp/facts"
    cmp -s "$tmp/facts" "$tmp/facts.old" || cmp -s "$tmp/facts" "$tmp/facts.new" ||
        echo "a mix: $(diff "$tmp/facts.old" "$tmp/facts" | head -n 3 | tr '\n' ' ')"
}

# coder_fleet, which has all of it to say to whoever connects.
play_all()
{
    rm -f "$RUN/fleet.sock"
    /src/tests/fleet/player.py "$RUN/fleet.sock" "$tmp/pipe2" "$tmp/asked" "$tmp/lines" 2>"$tmp/player" &
    until_true 5 test -S "$RUN/fleet.sock"
}

# try FAULT: at each of the calls.
try()
{
    local fault=$1 name ordinal wrong points=0 bad=0
    while read -r name ordinal; do
        reset
        wrong=$(
            run_with -e "trace=$name" -e "inject=$name:$fault:when=$ordinal"
            kill -0 "$FOLLOWER" 2>/dev/null || old_or_new
            finish
        )
        points=$((points + 1))
        [ -z "$wrong" ] || { bad=$((bad + 1)); echo "# $name $ordinal, $fault: $wrong"; }
    done
    echo "$points $bad" >"$tmp/count"
}

# Every LANES'th of the calls, from the given one on. PREPARED: the first process's folder.
lane()
{
    local fault=$1 nth=$2
    cp -a "$PREPARED"/{state,lines,facts.old,facts.new,names.new} "$tmp"
    cp -a /etc "$tmp"
    mount --bind "$tmp/etc" /etc
    mount -t tmpfs -o mode=700 lane "$STATE"
    mount -t tmpfs -o mode=755 lane "$RUN"
    play_all
    awk -v nth="$nth" -v lanes="$LANES" 'NR % lanes == nth' "$PREPARED/calls" | try "$fault"
    cp "$tmp/count" "$PREPARED/count.$nth"
    kill %1
}
[ "${1-}" != lane ] || { lane "$2" "$3"; exit; }

joined
play
follow_begin
taken "$(entry ann 1)" "$(entry ben 2)" "$(entry dan 4)" "$REFRESHED"
follow_end
pkill -P $$ -f player.py
{ entry ann 1 'status="suspended"' 'reason="x"'; entry ben 2 'full_name="Ben"'; entry cyd 3; entry dan 4 'status="deleted"'; entry eve 5 uid=0
    echo '{"line":"commit","cookie":"after"}'; } >"$tmp/lines"
play_all
rm -rf "$tmp/state"
cp -a "$STATE" "$tmp/state"
facts >"$tmp/facts.old"
run_with
until_true 30 quiet
stop
cp "$tmp/trace" "$tmp/clean"
facts >"$tmp/facts.new"
getent passwd ann ben cyd dan >"$tmp/names.new"
ok "the clean run takes all of it" [ "$(status_of ann)$(status_of cyd)$(status_of dan)" = suspendedactive ]
awk -v reaches="^($REACHES)$" -v proof="$PROOF" -v every="$EVERY" '
    { name = $0; sub(/\(.*/, "", name) }
    name !~ /^[a-z0-9_]+$/ { next }
    { count[name]++ }
    /fleet\.sock/ { begun = 1 }
    begun && (proof == 1 || (name ~ reaches && (name != "pwrite64" || count[name] % every == 1))) { print name, count[name] }' \
    "$tmp/clean" >"$tmp/all"

# Those of them that can fail with it.
calls_for()
{
    case $1 in
        signal=*) cat ;;
        error=ENOSPC) grep -E "^($FILLS) " ;;
        *) grep -vE "^($SURE) " ;;
    esac <"$tmp/all" >"$tmp/calls"
}

# try_all FAULT: in lanes, each a process with mounts of its own.
try_all()
{
    local nth lanes=() points bad
    rm -f "$tmp"/count.*
    calls_for "$1"
    for nth in $(seq 0 $((LANES - 1))); do
        PREPARED=$tmp unshare --mount "$0" lane "$1" "$nth" &
        lanes+=($!)
    done
    wait "${lanes[@]}"
    read -r points bad <<<"$(awk '{ points += $1; bad += $2 } END { print points + 0, bad + 0 }' "$tmp"/count.*)"
    echo "# $1: $points points tried, $bad failures"
    [ "$points" -gt 10 ] && [ "$points" -eq "$(wc -l <"$tmp/calls")" ] && [ "$bad" -eq 0 ]
}
for fault in signal=KILL error=EIO error=ENOSPC; do
    [ "$PROOF" = 1 ] || [ "$fault" = signal=KILL ] || continue
    ok "$fault at the calls of a batch: all of it or nothing, and all of it in the end" try_all "$fault"
done
done_testing
