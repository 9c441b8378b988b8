#!/bin/bash
# Other consumers of the same tree: a host with SSSD and one with nslcd, from Debian's packages and with the settings of
# examples/fleet, refuse who is suspended, by password and by key. Our own PAM and NSS are taken out of this world first.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh
: >"$tmp/out" 2>"$tmp/err"
export DEBIAN_FRONTEND=noninteractive
SECRET=violet-Otter-77-stream
key=/root/key

# install WITHOUT: the packages that tests/fleet/root keeps, but those.
unpack() { find /srv/others -name '*.deb' | grep -vE "$1" | xargs dpkg -i >"$tmp/dpkg" 2>&1 || cat "$tmp/dpkg"; }
# settings FILE FOLDER: of examples/fleet, with this world's provider and the files of the host h1.
settings()
{
    mkdir -p "$2"
    sed -e 's/a\.example/a.fleet.test/; s/, ldaps:.*b\.example//; /b\.example/d' "$FLEET/$1"
    cp "$CA/ca.pem" "$2/ca.pem"
    cp "$CA/hosts/h1.pem" "$2/host.pem"
    cp "$CA/hosts/h1.key" "$2/host.key"
}
# What a change of the status writes, in one: coderStatus for us, the others for others.
suspend()
{
    printf 'dn: uid=%s,%s\nchangetype: modify\nreplace: coderStatus\ncoderStatus: suspended\n-\nreplace: shadowExpire\nshadowExpire: 1\n-\n%s\n' \
        "$1" "$PEOPLE" $'replace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z' | by_root a ldapmodify >/dev/null
}
activate()
{
    printf 'dn: uid=%s,%s\nchangetype: modify\nreplace: coderStatus\ncoderStatus: active\n-\nreplace: shadowExpire\n-\nreplace: pwdAccountLockedTime\n' \
        "$1" "$PEOPLE" | by_root a ldapmodify >/dev/null
}

options=(-F /dev/null -o ConnectTimeout=10)
by_key() { [ "$(ssh "${options[@]}" -o BatchMode=yes -o IdentitiesOnly=yes -i $key "$1@localhost" 'id -un' 2>"$tmp/err" </dev/null)" = "$1" ]; }
by_password()
{
    [ "$(SSH_ASKPASS=$tmp/secret SSH_ASKPASS_REQUIRE=force ssh "${options[@]}" -o PreferredAuthentications=keyboard-interactive \
        -o NumberOfPasswordPrompts=1 "$1@localhost" 'id -un' 2>"$tmp/err" </dev/null)" = "$1" ]
}
not() { ! "$@"; }
known() { getent passwd "$1" >/dev/null; }
key_of() { [ "$(sss_ssh_authorizedkeys "$1" 2>/dev/null)" = "$(cat $key.pub)" ]; }

rm /usr/share/pam-configs/coder* /etc/ssh/sshd_config.d/coder.conf
pam-auth-update --package
sed -i 's/ coder\b//' /etc/nsswitch.conf
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
printf '#!/bin/sh\necho %s\n' $SECRET >"$tmp/secret"
chmod 700 "$tmp/secret"
ssh-keygen -q -t ed25519 -N '' -C bob@home -f $key
first
host h1 all
hash=$(openssl passwd -6 $SECRET)
user bob 1900000001 --scope all --hash "$hash" --key "$(cat $key.pub)"
user kim 1900000002 --scope all --hash "$hash" --key "$(cat $key.pub)"
user eve 1900000003 --scope web --hash "$hash" --key "$(cat $key.pub)"
mkdir -p /home/{bob,kim}

# forced NAME OLD NEW: in by a temporary password, which is changed on the way.
forced()
{
    WHO=$1 OLD=$2 NEW=$3 expect -c 'set timeout 15
        spawn ssh -F /dev/null -o PreferredAuthentications=keyboard-interactive -o NumberOfPasswordPrompts=1 $env(WHO)@localhost {echo in as $(id -un)}
        expect {
            -nocase -re {(current|ldap|old)[^\n]*password: ?$} { send $env(OLD)\r; exp_continue }
            -nocase -re {new[^\n]*password: ?$} { send $env(NEW)\r; exp_continue }
            -nocase -re {password[^\n]*: ?$} { send $env(OLD)\r; exp_continue }
            timeout { exit 1 }
            eof
        }' >"$tmp/out" 2>&1 </dev/null
    grep -q "in as $1" "$tmp/out" || return 1
    [ -z "$(user_value "$1" pwdReset)" ]
}

# consumer NAME: what holds of either.
consumer()
{
    ok "$1: the tree's accounts are there" soon known bob
    ok "... of the host's scope" not known eve
    ok "... bob comes in by his password" by_password bob
    ok "... and by his key" by_key bob
    suspend bob
    ok "$1: suspended, his key is refused at once" not by_key bob
    ok "... and his password" not by_password bob
    ok "... kim comes in" by_key kim
    activate bob
    ok "$1: activated, he comes in by his password" soon by_password bob
    ok "... and by his key" soon by_key bob
    set_user bob userPassword secret-1 >/dev/null
    set_user bob pwdReset TRUE >/dev/null
    ok "$1: a temporary password is changed on the way in" forced bob secret-1 "grey-Heron-$1-lake"
    set_user bob userPassword "{CRYPT}$hash" >/dev/null
    set_user bob pwdReset >/dev/null
}

# -- SSSD ----------------------------------------------------------------------------------------

unpack 'ldapd|nslcd'
settings sssd.conf /etc/sssd >"$tmp/sssd.conf"
install -m 600 "$tmp/sssd.conf" /etc/sssd/sssd.conf
[ "$(stat -c %G /etc/sssd)" = root ] || { chown root:sssd /etc/sssd/*.* && chmod 640 /etc/sssd/*.*; } # Debian 13's is not root
printf 'KbdInteractiveAuthentication yes\nPasswordAuthentication no\n' >/etc/ssh/sshd_config.d/others.conf
cp /etc/ssh/sshd_config.d/others.conf "$tmp/without"
printf 'AuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys\nAuthorizedKeysCommandUser nobody\n' >>/etc/ssh/sshd_config.d/others.conf
kill -HUP "$(cat /run/sshd.pid)"
mkdir -p /run/sssd
sssd_begin() { sssd -D --logger=files >"$tmp/log" 2>&1; soon known kim || { cat "$tmp/log" /var/log/sssd/*; }; }
sssd_end() { kill "$(cat "$(ls /run/sssd.pid /run/sssd/sssd.pid 2>/dev/null | head -n 1)")"; soon not pgrep -x sssd_be >"$tmp/log"; rm -f /var/lib/sss/db/* /var/lib/sss/mc/*; }
sssd_begin
ok "SSSD: a key is where the tree has it" soon key_of bob
consumer SSSD
sssd_end
# by the shadow alone
sed -i 's/^ldap_access_order.*/ldap_access_order = expire/; /^ldap_access_filter/d' /etc/sssd/sssd.conf
sssd_begin
ok "SSSD by the shadow's end alone: bob comes in by his key" by_key bob
suspend bob
ok "... suspended, his password is refused at once" not by_password bob
ok "... and his key within what SSSD remembers" soon not by_key bob
ok "... and still" eval 'sleep 6; not by_key bob'
activate bob
ok "... activated, he comes in" soon by_key bob
by_key kim # SSSD remembers her
suspend kim
provider_kill a
ok "SSSD with no server goes by what it remembers" by_key kim
provider_start a
activate kim
sssd_end

# -- nslcd ---------------------------------------------------------------------------------------

rm /usr/share/pam-configs/sss
sed -i 's/ sss\b//' /etc/nsswitch.conf
unpack 'sss|pwquality'
settings nslcd.conf /etc/nslcd >/etc/nslcd.conf
chmod 600 /etc/nslcd.conf
chown -R nslcd /etc/nslcd
sed -i -E '/^(passwd|group|shadow):/ { / ldap/! s/files/files ldap/ }' /etc/nsswitch.conf
pam-auth-update --package --enable ldap
# keys of the tree are not nslcd's business: sshd has those of the home
for name in bob kim; do
    mkdir -p /home/$name/.ssh
    cp $key.pub /home/$name/.ssh/authorized_keys
done
chown -R 1900000001 /home/bob
chown -R 1900000002 /home/kim
cp "$tmp/without" /etc/ssh/sshd_config.d/others.conf
mkdir -p /run/nslcd
chown nslcd /run/nslcd
nslcd
kill -HUP "$(cat /run/sshd.pid)"
consumer nslcd
provider_kill a
ok "nslcd with no server knows nobody" not known bob
done_testing
