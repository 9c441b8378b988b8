#!/bin/bash
# The packages' life on a host: install, use, upgrade, remove, reinstall, purge both ways; before and after, /etc is
# the same to the byte, and the accounts outlive everything but a purge that was told to delete them.

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

# newer PACKAGE: the package again, with a higher version.
newer()
{
    local tree=$tmp/newer/$1
    mkdir -p "$tmp/newer"
    dpkg-deb -R "$DEBS/$1"_[0-9]*.deb "$tree"
    sed -i -E 's/^Version: .*/&+1/; /^Depends:/s/\(= ([^)]*)\)/(= \1+1)/g' "$tree/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$tree" "$tmp/newer/" >/dev/null
}

version() { dpkg-query -W -f '${Version}' "$1"; }
gone() { ! dpkg-query -W -f '${db:Status-Status}\n' "${ALL[@]}" 2>/dev/null | grep -v not-installed; }
nss() { grep -E "^(passwd|group|shadow):" /etc/nsswitch.conf | grep -c 'files coder'; }
wired() { grep -l pam_coder.so /etc/pam.d/common-{auth,account,password,session} | wc -l; }
# AppArmor compares times of modification: what it has compiled before must be older than our rules.
is_new() { [ -z "$(find -L /etc/apparmor.d/abstractions/*/coder ! -newer "$1")" ]; }
content() { sqlite3 "file:$STORE?mode=ro" .dump | sha256sum; }

ok "lintian says nothing of the packages" eval 'cp "$DEBS/lintian.txt" "$tmp/out" && [ ! -s "$tmp/out" ]'
remember_host
: >"$tmp/compiled"

# -- install -------------------------------------------------------------------------------------------
install_packages
ok "the packages install" [ "$status" -eq 0 ]
ok "coder comes after files in three maps" [ "$(nss)" -eq 3 ]
ok "the four PAM stacks have the module" [ "$(wired)" -eq 4 ]
ok "the local files are asked before" eval '! grep -B1 pam_coder.so /etc/pam.d/common-* | grep -vE "pam_coder.so|pam_localuser.so|^--"'
ok "the helper is setuid root's" [ "$(stat -c '%a %U' /usr/libexec/coder_helper)" = '4755 root' ]
ok "... and coder_keys has no bit of the kind" [ "$(stat -c '%a %U' /usr/libexec/coder_keys)" = '711 root' ]
ok "... which sshd can run as a user of its own" eval 'getent passwd _coder-keys | grep -q ":/nonexistent:/usr/sbin/nologin\$"'
ok "the dynamic linker knows the library" eval 'ldconfig -p | grep libnss_coder.so.2 >"$tmp/out"'
ok "the socket is enabled" [ -L /etc/systemd/system/sockets.target.wants/coder-helper.socket ]
ok "the unit at boot is enabled" [ -L /etc/systemd/system/multi-user.target.wants/coder-publish.service ]
ok "... and each day" [ -L /etc/systemd/system/timers.target.wants/coder-publish.timer ]
ok "backups are not: that is for the administrator to say" eval '[ -e /usr/lib/systemd/system/coder-backup.timer ] && ! find /etc/systemd -name "coder-backup*" | grep -q .'
ok "sshd's configuration is as it was" eval '! grep -rqi coder /etc/ssh'
ok "AppArmor's rules can be read where they belong" grep -q '^  /var/lib/coder/directory r,$' /etc/apparmor.d/abstractions/nameservice.d/coder
ok "... those for the helper, too" grep -q '^  /usr/libexec/coder_helper PUx,$' /etc/apparmor.d/abstractions/authentication.d/coder
ok "... and are newer than what was compiled without them" is_new "$tmp/compiled"
ok "no store is made" [ ! -e "$STATE" ]
etc >"$tmp/wired"

# -- use -----------------------------------------------------------------------------------------------
make alice --no-subids --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL" 2>"$tmp/err" ||
    echo "# $(cat "$tmp/err")"
ok "an account that admin-tool made is there" [ "$(id -un alice)" = alice ]
ok "and gets in" enters alice "$good"
admin-tool users create -u ben -e ben@example.com --no-subids >"$tmp/made"
admin-tool users suspend ben -y >"$tmp/made" 2>&1
before=$(content)

# -- upgrade -------------------------------------------------------------------------------------------
old=$(version coder-accounts)
for package in "${ALL[@]}"; do newer "$package"; done
sed -i '/^group:/s/ coder//' /etc/nsswitch.conf
systemctl disable coder-publish.service 2>/dev/null
rm "$STATE/directory"
: >"$tmp/compiled"
run dpkg -i "$tmp"/newer/*.deb
ok "the upgrade succeeds" [ "$status" -eq 0 ]
ok "to the newer version" eval '[ "$(version coder-accounts)" = "$old+1" ] && [ "$(version libnss-coder)" = "$old+1" ]'
ok "AppArmor's rules are newer than what was compiled before" is_new "$tmp/compiled"
ok "the accounts are the same" [ "$(content)" = "$before" ]
ok "the directory is published" [ "$(getent passwd ben | cut -d: -f7)" = /usr/sbin/nologin ]
ok "what the administrator took out of nsswitch.conf stays out" eval '! grep -q "^group:.*coder" /etc/nsswitch.conf'
ok "what the administrator disabled stays disabled" [ ! -e /etc/systemd/system/multi-user.target.wants/coder-publish.service ]
ok "alice still gets in" enters alice "$good"
systemctl enable coder-publish.service 2>/dev/null
sed -i '/^group:/s/files/& coder/' /etc/nsswitch.conf
ok "/etc is as after the installation" eval 'etc | diff "$tmp/wired" - >"$tmp/out"'

chmod 644 "$STORE"
run dpkg -i "$tmp"/newer/coder-accounts_*.deb
ok "a store that cannot be used does not stop an upgrade" [ "$status" -eq 0 ]
complains '^admin-tool: .*not root.s alone' "... and is called so"
chmod 600 "$STORE"

# -- a removal that fails --------------------------------------------------------------------------------
cp /var/lib/dpkg/info/libpam-coder.prerm "$tmp/prerm"
echo 'exit 1' >>/var/lib/dpkg/info/libpam-coder.prerm
run dpkg -r --force-depends libpam-coder
ok "a removal that fails half-way fails" [ "$status" -ne 0 ]
ok "... and leaves the four PAM stacks as they were" [ "$(wired)" -eq 4 ]
cp "$tmp/prerm" /var/lib/dpkg/info/libpam-coder.prerm

# -- asked before --------------------------------------------------------------------------------------------
# asked ACTION ANSWER [WORDS]: what a person is asked on a terminal; the answer to what else is asked is yes.
asked()
{
    run env DEBIAN_FRONTEND=readline "ACTION=$1" "ANSWER=$2" "WORDS=${3:-}" "PACKAGES=${ALL[*]}" expect -c '
        set timeout 60
        set answer yes
        spawn apt-get -q -y $env(ACTION) {*}$env(PACKAGES)
        expect {
            -re {Delete all} { if {$env(WORDS) eq "Delete"} { set answer $env(ANSWER) }; exp_continue }
            -re {Remove the packages} { if {$env(WORDS) eq "Remove"} { set answer $env(ANSWER) }; exp_continue }
            -re {yes/no} { send "$answer\r"; set answer yes; exp_continue }
            timeout { exit 99 }
            eof
        }
        exit [lindex [wait] 3]'
}
installed() { [ "$(dpkg-query -W -f '${db:Status-Status} ' "${ALL[@]}")" = 'installed installed installed ' ]; }
number_said="no longer log in without the Coder packages: 1;.*users export --to-passwd --all"
asked remove no Remove
ok "on a terminal removing asks, with the number of those who can log in" grep -q "$number_said" "$tmp/out"
ok "... no stops it" eval '[ "$status" -ne 0 ] && installed'
ok "... and alice still gets in" enters alice "$good"
echo 'coder-accounts coder-accounts/remove boolean false' | debconf-set-selections
apt remove "${ALL[@]}"
ok "an answer given beforehand stops it without a terminal, too" eval '[ "$status" -ne 0 ] && installed'
complains "not removed, by the answer to coder-accounts/remove" "... and is named"
echo RESET coder-accounts/remove | debconf-communicate >"$tmp/out"
echo FSET coder-accounts/remove seen false | debconf-communicate >"$tmp/out"

# -- remove, and back ------------------------------------------------------------------------------------
apt remove coder-accounts
complains "$number_said" "removing says how many can no longer log in, and the way out"
ok "... and goes on where nobody answers" eval '[ "$status" -eq 0 ] && [ ! -e /usr/sbin/admin-tool ]'
ok "without the tool the accounts still get in" enters alice "$good"
apt remove "${ALL[@]}"
ok "removing succeeds" [ "$status" -eq 0 ]
ok "/etc is as before" same_etc
ok "nothing else is left of the packages" nothing_left
ok "the accounts are gone" eval '! getent passwd alice'
ok "local users are judged as before" eval 'run pamtester login root acct_mgmt; [ "$status" -eq 0 ]'
ok "the store is kept" [ "$(content)" = "$before" ]
install_packages
ok "installed again, the accounts are back" enters alice "$good"
ok "and the suspended one is still suspended" [ "$(getent shadow ben | cut -d: -f2,8)" = '!:1' ]
ok "/etc is as after the first installation" eval 'etc | diff "$tmp/wired" - >"$tmp/out"'

# -- purge -----------------------------------------------------------------------------------------------
apt purge "${ALL[@]}"
ok "purging succeeds" [ "$status" -eq 0 ]
complains "the accounts are kept in $STATE" "... says where the accounts are"
ok "... keeps them" [ "$(content)" = "$before" ]
ok "... leaves /etc as before" same_etc
ok "... and no package" gone
install_packages
ok "after it, they are back once more" enters alice "$good"
apt remove "${ALL[@]}"
echo 'coder-accounts coder-accounts/delete-accounts boolean true' | debconf-set-selections
touch "$STATE/note"
apt purge "${ALL[@]}"
ok "purging with the answer to delete succeeds" [ "$status" -eq 0 ]
ok "... deletes the accounts" [ "$(ls "$STATE")" = note ]
ok "... leaves /etc as before" same_etc
rm -r "$STATE"

install_packages
make cyd --no-subids
asked purge no Delete
ok "on a terminal purging asks; no keeps the accounts" eval '[ "$status" -eq 0 ] && grep -q "cannot be undone" "$tmp/out" && [ -e "$STORE" ]'
ok "... and says that all files kept there would go" grep -q 'All files that are kept there go' "$tmp/out"
install_packages
asked purge yes Delete
ok "yes deletes them" [ "$status" -eq 0 -a ! -e "$STATE" ]
ok "... and nothing is left in /run" [ ! -e /run/coder ]
mount -t tmpfs -o mode=755 none "$(mkdir "$STATE" && echo "$STATE")"
install_packages
make eli --no-subids
mkdir -m 755 -p /run/coder # as the socket's unit makes it
asked purge yes Delete
ok "accounts on a filesystem of their own: yes deletes them, and the mount point stays" eval '[ "$status" -eq 0 ] && gone && [ -z "$(ls -A "$STATE")" ]'
ok "... nothing is left in /run either" [ ! -e /run/coder ]
umount "$STATE" && rmdir "$STATE"
install_packages
make dot --no-subids
admin-tool users delete dot -y --force >"$tmp/made"
asked purge no Delete
ok "without an account purging does not ask, and deletes what is kept" eval '[ "$status" -eq 0 ] && ! grep -q "Delete all" "$tmp/out" && [ ! -e "$STATE/private" ]'
install_packages
make kim --no-subids
admin-tool keys add kim 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg kim' >"$tmp/made"
admin-tool users export --to-passwd --all -y >"$tmp/moved"
kept_keys=$(sed -n 's/^The ssh keys are in \(.*\)\.$/\1/p' "$tmp/moved")
apt purge "${ALL[@]}"
ok "after export --to-passwd purging keeps the ssh keys that it named" eval '[ "$status" -eq 0 ] && grep -q "^ssh-ed25519 .* kim" "$kept_keys" && [ ! -e "$STORE" ]'
complains "former local files are kept in $STATE/private/local-files" "... and says where"
userdel -r kim 2>"$tmp/seen"
rm -rf "$STATE"
install_packages
apt purge "${ALL[@]}"
ok "without a store purging asks and says nothing" eval '[ "$status" -eq 0 ] && ! grep -q "are kept" "$tmp/err"'
ok "... leaves /etc as before" same_etc
done_testing
