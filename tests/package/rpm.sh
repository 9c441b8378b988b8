#!/bin/bash
# The packages for Fedora, RHEL and their like, as far as a Debian can show them: they build from the spec with the paths
# of such a system, rpmlint finds no fault, they hold what the Debian packages hold with the same owners and modes; rpm
# installs, upgrades and removes them here, and what the scriptlets do is looked at. Without authselect its stacks get the
# lines of examples/rpm, and PAM judges by them.

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

RPMS=$tmp/rpms
PAIRS="coder-accounts:coder-accounts pam_coder:libpam-coder nss_coder:libnss-coder
coder-fleet:coder-fleet cockpit-coder-accounts:cockpit-coder-accounts coder-accounts-selinux:coder-accounts-selinux"
UNITS="coder-helper.socket coder-publish.service coder-publish.timer coder-fleet.socket"

# Less optimized than they would be, and without what Debian's rpm has no macros or packages for.
build()
{
    run command make -s -C /src rpm "RPM=$RPMS" "RPMFLAGS=--nodeps --define '_libdir /usr/lib64' --define '_libexecdir /usr/libexec' \
        --define '_docdir_fmt %%{NAME}' --define 'optflags -O1 -g0' --define 'debug_package %{nil}' --define '_build_id_links none'"
}
rpm_of() { echo "$RPMS"/*/"$1"-[0-9]*.rpm; }
rpm() { command rpm --nodeps --force-debian "$@"; }

# -- what is in them -------------------------------------------------------------------------------------
build
ok "the spec builds" [ "$status" -eq 0 ]
ok "... six packages" [ "$(find "$RPMS" -name '*.rpm' | wc -l)" -eq 6 ]
ok "... of this version" eval '[ "$(command rpm -qp --qf "%{VERSION}\n" "$RPMS"/*/*.rpm | sort -u)" = "$(sed -n "s/^VERSION *:= *//p" /src/Makefile)" ]'
ok "... five without the module for SELinux" [ "$(rpmspec -q --without selinux /src/examples/rpm/coder-accounts.spec 2>/dev/null | wc -l)" -eq 5 ]
run rpmlint -r /src/examples/rpm/coder-accounts.rpmlintrc "$RPMS"/*/*.rpm /src/examples/rpm/coder-accounts.spec
ok "rpmlint finds no fault" eval '[ "$status" -eq 0 ] && grep -q " 0 errors" "$tmp/out"'

# "MODE OWNER/GROUP PATH" of all but folders and papers, by Debian's names; libraries have no x there.
held_by_deb()
{
    dpkg-deb -c "$DEBS/$1"_[0-9]*.deb | grep -v '^[dl]' | sed -E 's/ +/ /g' | cut -d' ' -f1,2,6 |
        sed -E 's| \.?/| /|; s| /lib/| /usr/lib/|' |
        grep -vE ' /usr/share/(doc|lintian|pam-configs|lib(pam|nss)-coder)/' | sed 's/\.gz$//' | sort
}
held_by_rpm()
{
    command rpm -qp --qf '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]' "$(rpm_of "$1")" | grep -v '^d' |
        sed -E "s|/usr/lib64/|/usr/lib/$(gcc -print-multiarch)/|; s|/zsh/site-functions/|/zsh/vendor-completions/|; /\.so(\.2)?$/s/^-rwxr-xr-x/-rw-r--r--/" |
        grep -vE ' /usr/share/(doc|licenses)/' | sed 's/\.gz$//' | sort
}
for pair in $PAIRS; do
    held_by_deb "${pair#*:}" >"$tmp/deb"
    held_by_rpm "${pair%:*}" >"$tmp/rpm"
    run diff "$tmp/deb" "$tmp/rpm"
    ok "${pair%:*} holds what Debian's ${pair#*:} holds, with its owners and modes" [ "$status" -eq 0 -a -s "$tmp/rpm" ]
done
ok "the helper's socket runs what is installed" eval 'rpm2archive - <"$(rpm_of pam_coder)" 2>/dev/null | tar -xzO ./usr/lib/systemd/system/coder-helper@.service |
    grep -q "^ExecStart=-/usr/libexec/coder_helper$"'

# -- install ---------------------------------------------------------------------------------------------
# As if SELinux were on; its tools say what they are asked. Debian looks for no library in lib64.
for tool in semodule restorecon selinuxenabled; do
    printf '#!/bin/sh\necho "%s $*" >>/tmp/selinux\n' $tool >/usr/sbin/$tool
    chmod 755 /usr/sbin/$tool
done
echo /usr/lib64 >/etc/ld.so.conf.d/lib64.conf
wired() { (cd /etc && sha256sum nsswitch.conf pam.d/* sudoers sudoers.d/* ssh/sshd_config ssh/sshd_config.d/*); }
wired >"$tmp/wired"
ours >"$tmp/ours"
enabled() { local unit; for unit in $UNITS; do find /etc/systemd/system -name "$unit" | grep -q . || echo "$unit"; done; }

run rpm -i "$RPMS"/*/*.rpm
ok "rpm installs them" [ "$status" -eq 0 ]
silent "... and nothing complains"
run command rpm -V --nodeps coder-accounts pam_coder nss_coder coder-fleet cockpit-coder-accounts coder-accounts-selinux
ok "all is as the packages have it" [ "$status" -eq 0 ]
ok "the helper is setuid root's" [ "$(stat -c '%a %U' /usr/libexec/coder_helper)" = '4755 root' ]
ok "the dynamic linker knows the library" eval 'ldconfig -p | grep "libnss_coder.so.2.*/usr/lib64/" >"$tmp/out"'
ok "sshd can run coder_keys as a user of its own" eval 'getent passwd _coder-keys | grep -q ":/nonexistent:/usr/sbin/nologin\$"'
ok "the units are as the system's presets say; backups and the fleet wait for an administrator" eval '[ -z "$(enabled)" ] &&
    ! find /etc/systemd \( -name "coder-backup*" -o -name "coder-follow*" \) | grep -q .'
ok "the module goes into the policy, our files get its types" eval '[ "$(head -n 1 /tmp/selinux)" = "semodule -i /usr/share/selinux/packages/coder.pp" ] &&
    grep -q "^restorecon -RF /usr/libexec/coder_helper$" /tmp/selinux'
ok "nothing of PAM, NSS, sudo and sshd is edited" eval 'wired | diff "$tmp/wired" - >"$tmp/out"'
ok "no store is made" [ ! -e "$STATE" ]

# -- wiring, as examples/rpm/authselect.md says --------------------------------------------------------------
mkdir -p "$tmp/profile"
cd "$tmp/profile" || exit 1
cat >nsswitch.conf <<'TEXT'
passwd:     sss files systemd   {exclude if "with-custom-passwd"}
group:      files [SUCCESS=merge] {if "with-altfiles":altfiles [SUCCESS=merge] }systemd [SUCCESS=merge]
hosts:      files dns
TEXT
cat >system-auth <<'TEXT'
auth        required                                     pam_env.so
auth        required                                     pam_faildelay.so delay=10000
auth        sufficient                                   pam_unix.so nullok
auth        required                                     pam_deny.so

account     required                                     pam_unix.so

password    requisite                                    pam_pwquality.so
password    sufficient                                   pam_unix.so yescrypt shadow nullok use_authtok
password    required                                     pam_deny.so

session     optional                                     pam_keyinit.so revoke
session     required                                     pam_limits.so
-session    optional                                     pam_systemd.so
session     [success=1 default=ignore]                   pam_succeed_if.so service in crond quiet use_uid
session     required                                     pam_unix.so
TEXT
cat >password-auth <<'TEXT'
auth        required                                     pam_env.so
auth        required                                     pam_faildelay.so delay=10000
auth        [default=1 ignore=ignore success=ok]         pam_usertype.so isregular
auth        [default=1 ignore=ignore success=ok]         pam_localuser.so
auth        sufficient                                   pam_unix.so nullok
auth        [default=1 ignore=ignore success=ok]         pam_usertype.so isregular
auth        sufficient                                   pam_sss.so forward_pass
auth        required                                     pam_deny.so

account     required                                     pam_unix.so
account     sufficient                                   pam_localuser.so
account     sufficient                                   pam_usertype.so issystem
account     [default=bad success=ok user_unknown=ignore] pam_sss.so
account     required                                     pam_permit.so

password    requisite                                    pam_pwquality.so local_users_only
password    sufficient                                   pam_unix.so yescrypt shadow nullok use_authtok
password    [success=1 default=ignore]                   pam_localuser.so
password    sufficient                                   pam_sss.so use_authtok
password    required                                     pam_deny.so

session     optional                                     pam_keyinit.so revoke
session     required                                     pam_limits.so
session     required                                     pam_unix.so
session     optional                                     pam_sss.so
TEXT
while IFS= read -r command; do
    run bash -e -c "$command"
    ok "as the page says: ${command:0:40} ..." [ "$status" -eq 0 ]
done < <(grep -E '^(sed|grep) .*(-auth|nsswitch.conf)' /usr/share/doc/coder-accounts/authselect.md)
ok "... each map has our service behind the local files" [ "$(grep -cE '^(passwd|group|shadow):.* files (\[SUCCESS=merge\] )?coder( |$)' nsswitch.conf)" -eq 3 ]
ok "... each stack our two lines" [ "$(cat system-auth password-auth | grep -cE 'pam_coder.so$')" -eq 8 ]
for stack in system-auth password-auth; do
    sed 's|pam_coder\.so|/usr/lib64/security/&|' $stack >/etc/pam.d/$stack
    printf '%s\n' "auth substack $stack" "account include $stack" "password include $stack" "session include $stack" >/etc/pam.d/try-$stack
done
cd / || exit 1
sed -i -E 's/^(passwd|group|shadow):[[:space:]]+files/& coder/' /etc/nsswitch.conf

# -- use -------------------------------------------------------------------------------------------------
make alice --no-subids --password-stdin <<<"$good"
make ben --no-subids
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL WHERE username = 'alice'"
admin-tool users suspend ben -y >"$tmp/made" 2>&1
useradd -m lou && echo "lou:$good" | chpasswd
ok "an account that admin-tool made is there" [ "$(id -un alice)" = alice ]
asked() { run timeout 20 pamtester "$@"; [ "$status" -eq 0 ]; }
word=$good
for stack in system-auth password-auth; do
    ok "$stack: our user gets in" asked try-$stack alice authenticate acct_mgmt open_session close_session <<<"$word"
    ok "... not with another password" eval '! asked try-$stack alice authenticate <<<"another-$word"'
    ok "... changes the password, and is judged by the new one" eval 'asked try-$stack alice chauthtok <<<"$word-new
$word-new" && asked try-$stack alice authenticate <<<"$word-new" && ! asked try-$stack alice authenticate <<<"$word"'
    word=$word-new
    run admin-tool users require-change alice -y
    ok "... must change it where that is asked for" eval '! asked try-$stack alice authenticate acct_mgmt <<<"$word" && grep -q "new one required" "$tmp/err"'
    sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL WHERE username = 'alice'"
    ok "... a suspended one is out, whatever asked before" eval '! asked try-$stack ben acct_mgmt && ! asked try-$stack ben open_session'
    ok "... a local user gets in" asked try-$stack lou authenticate acct_mgmt open_session close_session <<<"$good"
    ok "... and root" asked try-$stack root acct_mgmt open_session close_session
    ok "... nobody's name does not" eval '! asked try-$stack nosuch authenticate <<<"$good"'
    mv /usr/lib64/security/pam_coder.so /usr/lib64/security/away.so
    ok "... without the module local users alone get in" eval 'asked try-$stack lou authenticate acct_mgmt open_session <<<"$good" &&
        ! asked try-$stack alice authenticate <<<"$good" && ! asked try-$stack alice acct_mgmt'
    mv /usr/lib64/security/away.so /usr/lib64/security/pam_coder.so
done

# Who is of another source: a service of that kind knows everybody, and nobody has a password.
gcc -shared -fPIC -o /usr/lib64/libnss_next.so.2 /src/tests/unit/fixture/nss_next.c && ldconfig
cp /etc/nsswitch.conf "$tmp/nsswitch.conf"
sed -i '/^passwd:/s/$/ next/' /etc/nsswitch.conf
ok "users of another source are judged as before" asked try-system-auth someone authenticate acct_mgmt open_session close_session
ok "... and ours by us" eval '! asked try-system-auth ben acct_mgmt'
cp "$tmp/nsswitch.conf" /etc/nsswitch.conf

# -- upgrade, remove -----------------------------------------------------------------------------------------
rm "$STATE/directory"
systemctl disable coder-publish.timer 2>/dev/null
: >/tmp/selinux
run rpm -U --replacepkgs --replacefiles "$RPMS"/*/*.rpm
ok "rpm installs them again" [ "$status" -eq 0 ]
silent "... and nothing complains"
ok "... the directory is published" eval 'getent passwd alice >"$tmp/out"'
ok "... what the administrator disabled stays so, the rest enabled" [ "$(enabled)" = coder-publish.timer ]
ok "... the module stays in the policy" eval '! grep -q "semodule -r" /tmp/selinux'

run rpm -e coder-accounts pam_coder nss_coder coder-fleet cockpit-coder-accounts coder-accounts-selinux
ok "rpm removes them" [ "$status" -eq 0 ]
complains "no longer log in without the Coder packages: 1; .*users export --to-passwd --all" "... says how many are shut out, and the way back"
complains "/etc/pam.d still asks pam_coder.so" "... and that PAM still asks the module"
ok "... nothing is left of them" eval 'ours | diff "$tmp/ours" - >"$tmp/out"'
ok "... no unit is enabled" [ "$(enabled | wc -l)" -eq 4 ]
ok "... the module is out of the policy" grep -qx 'semodule -r coder' /tmp/selinux
ok "... the accounts are kept" [ "$(value 'SELECT count(*) FROM accounts')" -eq 2 ]
ok "... local users get in" asked try-system-auth lou authenticate acct_mgmt open_session <<<"$good"
done_testing
