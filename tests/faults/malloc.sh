#!/bin/bash
# Memory runs out at the Nth allocation of a command, and of the helper in a login: one word of why, the old state or
# the new one, a second try succeeds; no login without the right password, and no crash.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# In tests/run every allocation of the program's own, and every so manieth of all.
STEP=61
[ "$PROOF" = 0 ] || STEP=${CODER_STEP:-1}
whose=own step=1
PRELOAD=/src/.build/world/failing_malloc.so
mkdir -p /run/faults

# short COMMAND...: it runs out of memory at allocation $n; $status. False when it needs no $n allocations.
short()
{
    echo "$n $whose" >/run/faults/malloc
    status=0
    "$@" || status=$?
    [ ! -s /run/faults/malloc ]
}

change() { LD_PRELOAD=$PRELOAD "${command[@]}" >"$tmp/out" 2>"$tmp/said" </dev/null; }

# glibc (2.36) itself falls over when it reads nsswitch.conf and is short of memory: whether that was it.
fell_in_libc()
{
    faults_reset
    echo "$n $whose" >/run/faults/malloc
    strace -k -qq -o "$tmp/trace" -E "LD_PRELOAD=$PRELOAD" -e trace=none "${command[@]}" >"$tmp/out" 2>&1 </dev/null
    : >/run/faults/malloc
    grep -A 8 '^--- SIG' "$tmp/trace" | grep -q '(__nss_'
}

fault_of_change()
{
    local left
    : >/run/faults/malloc
    if [ "$status" -ge 128 ] && fell_in_libc; then
        [ "$(verdict)" = old ] || echo "libc crashed, and the state is not the old one"
        return
    fi
    [ "$status" -lt 128 ] || { echo "it crashed: $status"; return; }
    left=$(verdict)
    case $status:$left in
        0:new) return ;;
        *:new|[1-9]:old) grep -q '^admin-tool: ' "$tmp/said" || { echo "exit $status without a word"; return; } ;;
        *) echo "exit $status, $left"; return ;;
    esac
    rm -rf /root/passwords /root/texts
    [ "$left" = new ] || "${command[@]}" >"$tmp/out" 2>"$tmp/err" </dev/null || echo "the second try fails: $(cat "$tmp/err")"
}

for_changes()
{
    local wrong
    operation "$1"
    calls "${command[@]}"
    points=0 bad=0 n=1
    while faults_reset && short change; do
        wrong=$(fault_of_change)
        points=$((points + 1))
        [ -z "$wrong" ] || { bad=$((bad + 1)); echo "# $1, allocation $n $whose: $wrong"; }
        n=$((n + step))
    done
    echo "# $1 $whose: $points points tried, $bad failures"
}

# The helper, started by the module as ever, under the preload.
wrap_helper()
{
    cp /usr/libexec/coder_helper /run/faults/helper
    printf '#!/bin/sh\nLD_PRELOAD=%s exec /run/faults/helper\n' "$PRELOAD" >/usr/libexec/coder_helper
}

login() { /src/.build/world/pam_call auth "$1" "$2" >"$tmp/out" 2>"$tmp/err"; }

# for_logins NAME PASSWORD: whatever it is short of, the status is a success only if one was deserved.
for_logins()
{
    points=0 bad=0 n=1
    while faults_reset && rm -rf /run/coder/private && short login "$1" "$2"; do
        : >/run/faults/malloc
        points=$((points + 1))
        if [ "$status" -eq 0 ] && [ "$3" = out ] || ! login alice plain-horse-9-lantern; then
            bad=$((bad + 1))
            echo "# $1, allocation $n $whose: status $status, or the next right password does not get in"
        fi
        n=$((n + step))
    done
    echo "# login of $1 $whose: $points points tried, $bad failures"
}

faults_begin
# each WHAT COMMAND...: both ways
each()
{
    local what=$1
    shift
    whose=own step=1
    "$@"
    ok "$what" [ "$points" -gt 0 -a "$bad" -eq 0 ]
    whose='' step=$STEP
    "$@"
    ok "$what: its libraries, too" [ "$points" -gt 3 -a "$bad" -eq 0 ]
}

for name in $(chosen suspend create); do
    each "$name, short of memory: the old state or the new one" for_changes "$name"
done
rm -f "$tmp/state/private"/activity.db*
wrap_helper
each "a login, the helper short of memory: no crash that stays, the next one succeeds" \
    for_logins alice plain-horse-9-lantern in
each "a wrong password never gets in" for_logins alice wrong-horse-9-lantern out
each "a suspended user never gets in" for_logins carol plain-horse-9-lantern out
done_testing
