#!/bin/bash
# The helper killed, and its system calls failing, at every point of a login and of a password change through libpam:
# no success that is none, the store in the old state or the new one, the next right password gets in. A suspended
# user's password never does.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# In tests/run only these, and only in the last run of the helper, which makes the change.
REACHES='openat|write|pwrite64|fsync|fdatasync|ftruncate|unlink|sendto'
OLD=plain-horse-9-lantern NEW=other-horse-7-candle

pam() { /src/.build/world/pam_call "$@" >"$tmp/out" 2>"$tmp/err"; }
login() { pam auth alice "$OLD"; }
login_suspended() { pam auth carol "$OLD"; }
change() { pam change alice "$OLD" "$NEW" "$NEW"; }

# after COMMAND: what is wrong, given its status; nothing if all is well.
after()
{
    local left
    left=$(verdict)
    case $1:$status:$left in
        login_suspended:0:*) echo "a suspended user got in" ;;
        change:0:old) echo "success, and the old password" ;;
        change:*:old|change:0:new|change:[1-9]*:new) usable "$left" ;;
        login*:*:old|login*:*:new) usable old ;; # a login changes nothing: both are the same
        *) echo "status $status, the store: $left" ;;
    esac
}

# The password that the store has gets in, once the faults are over.
usable()
{
    local password=$OLD
    [ "$1" = old ] || password=$NEW
    faulty 0 "" true
    pam auth alice "$password" || echo "the next right password ($1) does not get in: $(cat "$tmp/out")"
}

# points COMMAND: "run name ordinal" of the system calls of each helper that a clean run starts.
points()
{
    local run runs
    faults_reset
    faulty 0 "" "$1"
    runs=$(</run/faults/number)
    echo "# a clean $1: status $status, $runs runs of the helper"
    facts >"$tmp/facts.new"
    public >"$tmp/public.new"
    for run in $(seq "$([ "$PROOF" = 1 ] && echo 1 || echo "$runs")" "$runs"); do
        awk -v disk="^($REACHES)$" -v proof="$PROOF" -v run="$run" '
            { name = $0; sub(/\(.*/, "", name) }
            name !~ /^[a-z0-9_]+$/ { next }
            { count[name]++ }
            name == "exit_group" || name == "execve" { next }
            /coder|getsockopt/ { begun = 1 }
            begun && (proof == 1 || name ~ disk) { print run, name, count[name] }' "/run/faults/trace.$run"
    done >"$tmp/points"
}

# try COMMAND WHAT: at each point the fault that strace calls WHAT.
try()
{
    local run name ordinal wrong number=0 bad=0
    while read -r run name ordinal; do
        faults_reset
        rm -rf /run/coder/private
        faulty "$run" "-e trace=$name -e inject=$(injection "$name" "$2" "$ordinal")" "$1"
        echo 0 >/run/faults/at
        wrong=$(after "$1")
        number=$((number + 1))
        [ -z "$wrong" ] || { bad=$((bad + 1)); echo "# $1, run $run, $name $ordinal, $2: $wrong"; }
    done <"$tmp/points"
    echo "# $1, $2: $number points tried, $bad failures"
    [ "$number" -gt 0 ] && [ "$bad" -eq 0 ]
}

helper_trace
faults_begin
sqlite3 "$STORE" "UPDATE accounts SET temporary = 1 WHERE username = 'alice'"
faults_remember
rm -f "$tmp/state/private"/activity.db*
if [ "$PROOF" = 1 ]; then
    commands="login login_suspended change" faults="signal=KILL error=ENOSPC error=EIO error=EROFS error=EMFILE error=ENOMEM error=EINTR"
else
    commands="change" faults="signal=KILL error=EIO"
fi
for command in $commands; do
    points "$command"
    for fault in $faults; do
        ok "$command with $fault at every call of the helper" try "$command" "$fault"
    done
done
done_testing
