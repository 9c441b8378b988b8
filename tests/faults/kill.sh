#!/bin/bash
# Killed at every system call, a command leaves the old state or the new one, never a mix: the store whole, the
# public directory and PAM in step with it after the next command, nothing lying about.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# kill_at COMMAND...: at each of $tmp/calls; counts into points, and says each failure.
kill_at()
{
    local name ordinal left
    points=0 bad=0 olds=0 news=0
    while read -r name ordinal; do
        faults_reset
        { strace -qq -o /dev/null -e "trace=$name" -e "inject=$name:signal=KILL:when=$ordinal" "$@" \
            >"$tmp/out" 2>"$tmp/err" </dev/null; } 2>"$tmp/killed"
        left=$(verdict)
        points=$((points + 1))
        case $left in
            old) olds=$((olds + 1)) ;;
            new) news=$((news + 1)) ;;
            *) bad=$((bad + 1)); echo "# killed at $name $ordinal: $left" ;;
        esac
    done <"$tmp/calls"
    echo "# $points points tried, $bad failures; $olds left the old state, $news the new one"
}

faults_begin
mapfile -t names < <(chosen suspend create)
for name in "${names[@]}"; do
    operation "$name"
    calls "${command[@]}"
    kill_at "${command[@]}"
    ok "$name, killed at every call: the old state or the new one" [ "$bad" -eq 0 ]
    ok "$name: the kills fell on both sides of the commit" [ "$olds" -gt 0 -a "$news" -gt 0 ]
done
done_testing
