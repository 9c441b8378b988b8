#!/bin/bash
# The doctor on PAM and sshd: stacks that let in whom they must not, keep out whom they must not, or never ask;
# files that are broken or hostile.
# shellcheck source=tests/cli/check-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/check-lib.sh"
make alice --roles admin
make bob
keep
conf() { echo "$*" >/etc/ssh/sshd_config.d/00-test.conf; }
security=$(dirname "$(find / -xdev -name pam_coder.so -path '*security*' 2>/dev/null | head -1)")

plant_all <<'END'
pam-missing|problem|yes|no profile of ours in PAM|pam-auth-update --package --remove coder coder-password coder-session
pam-missing|problem|yes|sshd's stack without account|sed -i '/common-account/d' /etc/pam.d/sshd
pam-borrowed|warning|no|sudo's stack without account: other stands in|sed -i '/common-account/d' /etc/pam.d/sudo
pam-missing|problem|no|... and where other has none of ours|sed -i '/common-account/d' /etc/pam.d/sudo; sed -i 's/@include common-account/account required pam_unix.so/' /etc/pam.d/other
pam-missing|problem|yes|cron's stack without account of ours|sed -i 's/@include common-account/account required pam_access.so/' /etc/pam.d/cron
pam-missing|problem|no|pam_unix sufficient before ours|sed -i '1i account sufficient pam_unix.so' /etc/pam.d/su
pam-missing|problem|no|pam_permit sufficient before ours|sed -i 's/^@include common-account/account sufficient pam_permit.so\n&/' /etc/pam.d/login
pam-open|problem|yes|a control without default=die|sed -i '/pam_coder/s/default=die/default=ignore/' /etc/pam.d/common-account
pam-open|problem|no|a condition that our users meet, before ours|sed -i '1i account sufficient pam_succeed_if.so uid >= 1000 quiet' /etc/pam.d/sshd
pam-open|problem|no|pam_permit sufficient before any password|sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/sshd
pam-open|problem|no|... in the file that all share|sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/common-auth
pam-open|problem|no|pam_rootok where root asks for everybody|sed -i '1i auth sufficient pam_rootok.so' /etc/pam.d/login
pam-open|problem|no|a condition in the place of a password|sed -i '1i auth sufficient pam_succeed_if.so user ingroup staff' /etc/pam.d/sudo
pam-open|problem|no|a script in the place of a password|sed -i '1i auth sufficient pam_exec.so /bin/true' /etc/pam.d/su
pam-open|problem|no|local users without a password|sed -i '1i auth sufficient pam_localuser.so' /etc/pam.d/su
pam-open|problem|no|nobody is asked for a password|sed -i 's/^@include common-auth/auth required pam_env.so\nauth required pam_permit.so/' /etc/pam.d/login
pam-open|problem|no|any password for sudo|sed -i 's/^@include common-auth/auth required pam_permit.so/; s/auth required pam_permit.so/auth sufficient pam_coder.so\n&/' /etc/pam.d/sudo
pam-refuses|problem|yes|jumps that no longer fit|sed -i '/pam_coder/s/success=2/success=1/' /etc/pam.d/common-account
pam-no-change|problem|yes|a temporary password that need not be changed|sed -i '/pam_coder/s/new_authtok_reqd=done/new_authtok_reqd=ignore/' /etc/pam.d/common-account
pam-local|warning|yes|no guard before ours|sed -i '/pam_localuser/d' /etc/pam.d/common-auth
pam-missing|problem|yes|passwd cannot change ours|sed -i '/pam_coder/d; s/success=3/success=1/; /pam_localuser/d' /etc/pam.d/common-password
pam-missing|warning|yes|no session of ours|sed -i '/pam_coder/d; /pam_localuser/d' /etc/pam.d/common-session /etc/pam.d/common-session-noninteractive
pam-broken|problem|no|a line libpam does not know|sed -i '1i account sometimes pam_unix.so' /etc/pam.d/su
pam-broken|problem|no|an include that is missing|sed -i '1i @include nowhere' /etc/pam.d/login
pam-broken|problem|no|an include that loops|echo '@include common-account' >>/etc/pam.d/common-account
pam-broken|problem|no|controls of a terminal in a line|printf '\033]0;x\007\033[31mauth\n' >>/etc/pam.d/su
pam-broken|problem|no|a line of a megabyte|head -c 900000 /dev/zero | tr '\0' x >>/etc/pam.d/su
pam-module|problem|no|no module|mv $security/pam_coder.so $tmp/
END
# What lets anybody in stands above all the rest, in these words; what lets nobody in is not called so.
sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/sudo
mv "$STATE/directory" "$tmp/"
run admin-tool check
ok "who gets in without a password is the first that is said" [ "$(head -n 2 "$tmp/out" | tr -s '\n ' ' ')" = \
    "problem: pam-open: sudo: the auth phase succeeds though every password is refused why: anybody gets in without a password " ]
ok "... and not that passwords are refused" eval '! grep -q "passwords are refused$" "$tmp/out"'
says '^problem: directory' "... before what else is wrong"
put_back
for line in 'auth sufficient pam_rootok.so' 'auth sufficient pam_fprintd.so' 'auth required pam_env.so' 'auth [success=ignore default=1] pam_succeed_if.so user = root'; do
    sed -i "1i $line" /etc/pam.d/su
    run admin-tool check
    ok "in su this lets nobody in: $line" eval '! grep -q "without a password" "$tmp/out"'
    put_back
done
mv "$tmp/pam_coder.so" "$security/"
chmod 777 "$security/pam_coder.so"
planted pam-module problem "a module others may write" no :
chmod 644 "$security/pam_coder.so"

plant_all <<'END'
sshd-pam|problem|no|UsePAM no|conf UsePAM no
sshd-keyboard|note|no|KbdInteractiveAuthentication no|conf KbdInteractiveAuthentication no
sshd-pam|problem|yes|UsePAM no in the main file|sed -i /UsePAM/d /etc/ssh/sshd_config.d/coder.conf; sed -i 's/^UsePAM.*/UsePAM no/' /etc/ssh/sshd_config
sshd-keyboard|note|no|keys alone, by one's own will|conf $'KbdInteractiveAuthentication no\nPasswordAuthentication no'
sshd-lists|problem|no|AllowGroups without ours|conf AllowGroups ssh-users
sshd-lists|warning|no|DenyUsers of one of ours|conf DenyUsers bob
sshd-config|problem|no|a configuration sshd does not take|conf Nonsense yes
END
conf AllowGroups coder-member
run admin-tool check
ok "AllowGroups coder-member is in order" in_order
put_back

printf '\033[2J\033]0;owned\007 required pam_unix.so\n' >>/etc/pam.d/su
run admin-tool check
ok "what a file says reaches no terminal as it is" eval '! grep -q "$(printf "\033")" "$tmp/out" && grep -q "x1b" "$tmp/out"'
run admin-tool check -o json
json 'any(f["check"] == "pam-broken" for f in d)' "... and JSON is JSON all the same"
put_back

# -- nscd ------------------------------------------------------------------------------------------------
mkdir -p /run/nscd
if nscd && sleep 1 && getent passwd bob >/dev/null; then
    sqlite3 "$STORE" "UPDATE accounts SET shell = '/bin/sh' WHERE username = 'bob'"
    mv /usr/sbin/nscd /usr/sbin/nscd.away
    admin-tool publish >"$tmp/made"
    mv /usr/sbin/nscd.away /usr/sbin/nscd
    run admin-tool check -o json
    json 'any(f["check"] == "nscd-stale" and f["subject"] == "bob" for f in d)' "nscd's old answer: nscd-stale is found"
    eval "$(mend_of nscd-stale)"
    run admin-tool check
    ok "... and mended by its command" in_order
    nscd -K
fi
done_testing
