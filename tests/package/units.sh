#!/bin/bash
# The systemd units as the packages install them: systemd finds nothing wrong, and the sandbox is as tight as it was.
# The figures are systemd-analyze's own: 0 is no exposure, 10 is none of it used.

# shellcheck disable=SC2317
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"
install_packages
ok "the packages install" [ "$status" -eq 0 ]
units=/usr/lib/systemd/system
publish=$units/coder-publish.service

# that package needs libldap, which no other does: its units alone
dpkg-deb -x "$DEBS"/coder-fleet_*.deb "$tmp/fleet"
cp "$tmp"/fleet/*/lib/systemd/system/coder-f* "$tmp"/fleet/lib/systemd/system/coder-f* "$units" 2>/dev/null
cp "$tmp/fleet/usr/libexec/coder_fleet" /usr/libexec/

for unit in coder-fleet.socket coder-follow.service coder-fleet@.service coder-helper.socket coder-helper@.service coder-publish.service coder-publish.timer coder-backup.service coder-backup.timer; do
    run systemd-analyze --man=no verify "$units/$unit"
    ok "systemd finds nothing wrong with $unit" [ "$status" -eq 0 -a ! -s "$tmp/err" ]
done

# exposed UNIT MOST: systemd-analyze's figure, at most so much.
exposed()
{
    local figure
    run systemd-analyze security --no-pager --offline=yes "$units/$1"
    figure=$(sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p' "$tmp/out")
    echo "# $1 | exposure | ${figure:-none}"
    ok "$1 is not more exposed than $2" awk "BEGIN { exit !(\"$figure\" != \"\" && \"$figure\" + 0 <= $2) }"
}
exposed coder-helper@.service 1.5
exposed coder-fleet@.service 1.3
exposed coder-follow.service 4.0
exposed coder-publish.service 1.1
exposed coder-backup.service 1.1

setting() { sed -n "s/^$2=//p" "$1"; }
ok "the unit at boot comes before whoever lets people in" [ "$(setting "$publish" Before)" = 'nss-user-lookup.target ssh.service sshd.service' ]
ok "... and each day" grep -q '^OnCalendar=.* UTC$' "$units/coder-publish.timer"
ok "... does nothing without a store" [ "$(setting "$publish" ConditionPathExists)" = "$STORE" ]

# in_sandbox UNIT: what the unit does, with what of its sandbox can be had without systemd.
in_sandbox()
{
    local path writable='' unit=$1 command
    for path in $(setting "$unit" ReadWritePaths); do
        writable+=" ${path#-}"
    done
    command=$(env -i $(setting "$unit" Environment) "PATH=$PATH" sh -c "echo $(setting "$unit" ExecStart)")
    # shellcheck disable=SC2016,SC2046
    run unshare --mount --net bash -c '
        for path in '"$writable"'; do mkdir -p "$path"; mount --bind "$path" "$path"; done
        mount --bind / / ; mount -o remount,bind,ro /
        for path in '"$writable"'; do mount --bind "$path" "$path"; mount -o remount,bind,rw "$path"; done
        umask "$1"; shift
        exec setpriv --no-new-privs --bounding-set=-all,+kill --inh-caps=-all env -i "$@"
    ' bash "$(setting "$unit" UMask)" $command </dev/null
}
heal() { in_sandbox "$publish"; }

make alice
make ben
cp -a "$STATE/directory" "$tmp/old"
admin-tool users suspend alice -y >"$tmp/made" 2>&1
cp "$tmp/old" "$STATE/directory"
ok "a power cut between commit and rename leaves the old directory" [ "$(getent passwd alice | cut -d: -f7)" != /usr/sbin/nologin ]
heal
ok "the unit's command succeeds in its sandbox" [ "$status" -eq 0 ]
ok "... the directory has caught up" [ "$(getent passwd alice | cut -d: -f7)" = /usr/sbin/nologin ]
ok "... for all to read" [ "$(stat -c '%a %U' "$STATE/directory")" = '644 root' ]
rm "$STATE/directory"
heal
ok "a lost one is back" eval "getent passwd ben >/dev/null"

# -- backups --------------------------------------------------------------------------------------------
backup=$units/coder-backup.service
in_sandbox "$backup"
ok "the unit of backups succeeds in its sandbox" [ "$status" -eq 0 ]
silent "... and says nothing"
ok "... in its folder is a backup, root's alone" eval '[ "$(stat -c %a /var/backups/coder-accounts /var/backups/coder-accounts/accounts-*Z.backup | xargs)" = "700 600" ]'
run admin-tool restore /var/backups/coder-accounts/accounts-*Z.backup --dry-run
ok "... that can be restored" [ "$status" -eq 0 ]
for day in {10..39}; do touch "/var/backups/coder-accounts/accounts-202001${day}T000000Z.backup"; done
sleep 1.1
in_sandbox "$backup"
ok "... of which 14 stay" [ "$(find /var/backups/coder-accounts -name 'accounts-*' | wc -l)" = 14 ]
done_testing
