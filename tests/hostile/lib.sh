# shellcheck shell=bash disable=SC2034,SC2154
# What the tests of hostile callers share: an administrator's changes, timed, control groups that a user may freeze,
# and real clients with a password on their standard input. Sourced after tests/cli/lib.sh.

good=violet-Otter-77-stream
better=seven-Lanterns-up-19
groups=/sys/fs/cgroup/coder-test-$$
have_groups=no

# Milliseconds that the command took, in $took.
timed()
{
    local begun=${EPOCHREALTIME/./}
    run "$@"
    took=$(((${EPOCHREALTIME/./} - begun) / 1000))
}

# Ending amy's sessions takes two looks one second apart; here there are none, and it is the store that counts.
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
    trap 'groups_close; rm -rf "$tmp"' EXIT
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
