# shellcheck shell=bash disable=SC2034,SC2154
# What the tests of hostile callers share: an administrator's changes, timed, control groups that a user may freeze,
# and real clients with a password on their standard input. Sourced after tests/cli/lib.sh.

good=violet-Otter-77-stream
better=seven-Lanterns-up-19
groups=/sys/fs/cgroup/coder-test-$$-$RANDOM # $$ is the same in many worlds
have_groups=no

# Milliseconds that the command took, in $took.
timed()
{
    local begun=${EPOCHREALTIME/./}
    run "$@"
    took=$(((${EPOCHREALTIME/./} - begun) / 1000))
}

# Ending amy's sessions takes time; here there are none, and it is the store that counts.
admin()
{
    case $1 in
        suspend) timed admin-tool users suspend amy -y --keep-sessions ;;
        activate) timed admin-tool users activate amy -y ;;
    esac
}

failures() { sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" "SELECT coalesce(sum(count), 0) FROM failures WHERE origin = '$1'"; }
forget() { sqlite3 -cmd '.timeout 2000' "$STATE/private/activity.db" "DELETE FROM failures; DELETE FROM pending"; }

# -- control groups, which are the host's: none is left behind ------------------------------

groups_open()
{
    mountpoint -q /sys || mount -t sysfs sysfs /sys
    mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
    mkdir "$groups" 2>/dev/null && [ -e "$groups/cgroup.freeze" ] || return
    have_groups=yes
    tidy="groups_close; $tidy"
}
groups_close()
{
    echo 1 >"$groups/cgroup.kill"
    echo 0 >"$groups/cgroup.freeze"
    for _ in $(seq 50); do
        find "$groups" -depth -type d -exec rmdir {} + 2>/dev/null && return
        sleep 0.1
    done
}

group_new() { mkdir "$groups/$1" && chown -R mal "$groups/$1"; }
freeze() { echo 1 >"$groups/$1/cgroup.freeze"; }
thaw() { echo 0 >"$groups/$1/cgroup.freeze"; echo 1 >"$groups/$1/cgroup.kill"; }

# A group that gets 1 ms of each second, whichever version of control groups rules the processor; and processes that
# would have all of it.
have_slow=no slow=''
slow_open()
{
    if [ "$have_groups" = yes ] && grep -qw cpu "$groups/../cgroup.controllers"; then
        echo +cpu >"$groups/../cgroup.subtree_control" 2>/dev/null
        echo +cpu >"$groups/cgroup.subtree_control" 2>/dev/null
        slow=$groups/slow
        mkdir "$slow"
        echo '1000 1000000' >"$slow/cpu.max" 2>/dev/null && have_slow=yes
    elif mkdir "$tmp/cpu" && mount -t cgroup -o cpu cgroup "$tmp/cpu" 2>/dev/null; then
        slow=$tmp/cpu/${groups##*/}
        mkdir "$slow" && echo 1000000 >"$slow/cpu.cfs_period_us" && echo 1000 >"$slow/cpu.cfs_quota_us" && have_slow=yes
        tidy="slow_close; $tidy"
    fi
}
slow_down()
{
    local _
    for _ in 1 2 3; do
        { echo "$BASHPID" >"$slow/cgroup.procs"; exec yes; } >/dev/null 2>&1 &
    done
    echo "$1" >"$slow/cgroup.procs"
}
# slow_client USER COMMAND: shell words as the user, in the group.
slow_client()
{
    echo "$BASHPID" >"$slow/cgroup.procs"
    exec setpriv --reuid "$1" --regid "$1" --init-groups bash -c "exec $2"
}
# Everybody in the group ends.
slow_end()
{
    local pid
    for _ in $(seq 100); do
        [ -n "$(cat "$slow/cgroup.procs")" ] || return 0
        while read -r pid; do
            kill -KILL "$pid" 2>/dev/null
            echo "$pid" >"$slow/../cgroup.procs" 2>/dev/null
        done <"$slow/cgroup.procs"
        sleep 0.05
    done
}
slow_close()
{
    slow_end
    rmdir "$slow"
    umount -l "$tmp/cpu"
}

# -- clients ------------------------------------------------------------------------------------

# client USER SETUP su|sudo|passwd PASSWORD: the user runs the shell lines SETUP and then the client: su for amy, sudo
# and passwd for himself.
client()
{
    local command lines=$4
    case $3 in
        su) command='su amy -c true' ;;
        sudo) command='sudo -k -S -p "" true' ;;
        passwd) command=passwd lines+=$'\n'$better$'\n'$better ;;
    esac
    setpriv --reuid "$1" --regid "$1" --init-groups bash -c "$2; exec $command" <<<"$lines" >/dev/null 2>&1
}
