# shellcheck shell=bash disable=SC2034,SC2154
# What the machines with AppArmor share. A local user goes through each door first: what is denied then is the
# distribution's, or the profile's. Ours is what is denied beyond that.

# shellcheck source=tests/package/lib.sh
. /src/tests/package/lib.sh
CONFINED=/usr/local/confined

# Each denial since the log had so many LINES, without what differs from one process to the next.
denied()
{
    tail -n "+$(($1 + 1))" /var/log/audit/audit.log | grep 'apparmor="DENIED"' |
        sed -E 's/.*(operation=)/\1/; s/ (pid|peer_pid|fsuid|ouid)=[0-9]+//g; s#/proc/[0-9]+#/proc/N#g; s#/task/[0-9]+#/task/N#g; s#/run/(user|systemd/sessions|sshd)/[^" ]*#/run/\1/X#g; s/(lou|alice)/NAME/g' |
        LC_ALL=C sort -u
}
lines() { sleep 1; wc -l </var/log/audit/audit.log; }

# through DOOR NAME: tries it; $tmp/denied.NAME is what was denied.
through()
{
    local before
    before=$(lines)
    run timeout 200 bash -c "set -o pipefail; $(declare -f "door_$1"); good=$good tmp=$tmp CONFINED=$CONFINED; door_$1 $2"
    sleep 1
    denied "$before" >"$tmp/denied.$2"
}

beyond() { comm -13 "$tmp/denied.lou" "$tmp/denied.alice"; }

# door WHAT DOOR: a local user goes through it, then one of ours.
door()
{
    through "$2" lou
    ok "$1: a local user" [ "$status" -eq 0 ]
    through "$2" alice
    ok "... one of ours" [ "$status" -eq 0 ]
    beyond >"$tmp/out"
    ok "... and nothing is denied" [ ! -s "$tmp/out" ]
}

is_enforced() { grep -E "^$1 \(enforce\)" /sys/kernel/security/apparmor/profiles >"$tmp/next"; }

# The packages, on a machine that has its profiles loaded, and compiled; lou, who is local, and alice, who is ours.
make_people()
{
    install_packages
    ok "the packages install" [ "$status" -eq 0 ]
    useradd -m -s /bin/bash lou
    chpasswd <<<"lou:$good"
    admin-tool users create -u alice -e alice@example.org --password-stdin <<<"$good" >"$tmp/made"
    sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
}
