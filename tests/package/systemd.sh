#!/bin/bash
# A host that boots: systemd as the first process of the world's own process, network and cgroup namespaces, so that
# the units run as they do on a real host, sandbox and all. Power was cut before the boot, between a commit and the
# rename: the directory must have caught up before anybody can log in. The rest is booted's, run by systemd.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"
told=/var/tmp/booted.tap

# A cgroup of our own below the one we are in, which ends with us; the namespace makes it the tree's root.
boot_cgroup()
{
    local tree=$tmp/cgroup
    mkdir "$tree"
    mount -t cgroup2 none "$tree" 2>/dev/null || return 1
    group=$tree$(sed -n 's/^0:://p' /proc/self/cgroup)/coder-accounts-boot-$$
    mkdir "$group" 2>/dev/null && tidy=boot_clean
}

boot_clean()
{
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
    umount "$tmp/cgroup"
    rm -rf "$tmp"
}

# Runs booted at the end of the boot, then ends the machine.
boot_unit()
{
    cat >/etc/systemd/system/booted.service <<END
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/src/tests/package/booted
StandardOutput=file:$told
StandardError=inherit
ExecStopPost=/bin/systemctl exit --force --force 0
END
    mkdir -p /etc/systemd/system/default.target.wants
    ln -s ../booted.service /etc/systemd/system/default.target.wants/
    ln -s /usr/lib/systemd/system/multi-user.target /etc/systemd/system/default.target
    rm -f /usr/sbin/policy-rc.d   # services start here
    : >"$told"
}

boot()
{
    (
        echo "$BASHPID" >"$group/cgroup.procs" || exit 1
        exec timeout -s KILL 100 unshare --mount --pid --ipc --uts --net --cgroup --fork --kill-child bash -c '
            mount -t proc proc /proc
            mount -t tmpfs -o mode=755 world /run
            mount -t sysfs -o ro sysfs /sys
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
            exec env -i container=other PATH="$PATH" /usr/lib/systemd/systemd --system --log-target=null'
    ) >"$tmp/out" 2>"$tmp/err" </dev/null
}

if ! boot_cgroup; then
    echo "ok 1 - # SKIP there is no cgroup tree of version 2 to boot in"
    echo 1..1
    exit
fi
install_packages
apt install "$DEBS"/coder-fleet_*.deb
make alice --password-stdin <<<"$good"
make ben --password-stdin <<<"$good"
cp -a "$STATE/directory" "$tmp/old"
admin-tool users suspend alice -y >"$tmp/made" 2>&1
cp "$tmp/old" "$STATE/directory"
ok "a power cut between commit and rename leaves the old directory" [ "$(getent passwd alice | cut -d: -f7)" != /usr/sbin/nologin ]
boot_unit
boot
ok "the host boots, and booted came to its end" grep -q '^1\.\.' "$told"
sed '/^1\.\./d; s/^/    /' "$told"
number=$((number + $(grep -cE '^(not )?ok ' "$told")))
failures=$((failures + $(grep -c '^not ok ' "$told")))
done_testing
