#!/bin/bash
# An administrator by his ticket: a real Kerberos server with two realms, a real slapd with its key, a host that follows it
# under a real systemd. Whose ticket counts, which files are taken for one, and that none of it is kept.
# shellcheck source=tests/hostile/systemd-lib.sh disable=SC2016,SC2034,SC2317
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh
CACHE=/tmp/krb5cc_0
KEYTAB=/etc/ldap/sasl2/slapd.keytab
unset KRB5CCNAME

# -- two realms, which trust each other --------------------------------------------------------------------
realms()
{
    local realm
    printf '[libdefaults]\ndefault_realm = FLEET.TEST\ndns_canonicalize_hostname = false\ndns_lookup_kdc = false\n[realms]\n' >/etc/krb5.conf
    printf '[kdcdefaults]\nkdc_listen = 127.0.0.1:88\nkdc_tcp_listen = 127.0.0.1:88\n[realms]\n' >/etc/krb5kdc/kdc.conf
    for realm in FLEET.TEST OTHER.TEST; do
        printf '%s = {\n kdc = 127.0.0.1:88\n}\n' $realm >>/etc/krb5.conf
        printf '%s = {\n database_name = /var/lib/krb5kdc/%s\n key_stash_file = /var/lib/krb5kdc/stash.%s\n}\n' $realm $realm $realm >>/etc/krb5kdc/kdc.conf
    done
    for realm in FLEET.TEST OTHER.TEST; do
        kdb5_util -r $realm create -s -P master -W
        printf 'addprinc -pw trust krbtgt/FLEET.TEST@OTHER.TEST\naddprinc -pw word ann\n' | kadmin.local -r $realm
    done
    { printf 'addprinc -pw word %s\n' bob ann/admin host/web1 out
      printf 'addprinc -randkey ldap/a.fleet.test\nktadd -k %s ldap/a.fleet.test\n' $KEYTAB; } | kadmin.local -r FLEET.TEST
    krb5kdc -r FLEET.TEST -r OTHER.TEST -P /run/kdc.pid
}
# ticket PRINCIPAL [OPTION...]: in $CACHE.
ticket() { rm -f "$CACHE"; kinit -c "FILE:$CACHE" "${@:2}" "$1" <<<word >"$tmp/kinit" 2>&1 || cat "$tmp/kinit"; }
of_bob() { user_value bob "$1" | xargs; }
ended() { ! klist -s -c "$CACHE"; }
# Who wrote the newest of his changes, as the server has it.
who_did() { by_root a ldapsearch -LLL -o ldif-wrap=no -b cn=accesslog '(reqDN=uid=bob,ou=people,dc=fleet)' reqAuthzID | sed -n 's/^reqAuthzID: //p' | tail -n 1; }
# refuses WHAT PATTERN [OPTION...]: status 8, told by the pattern, and bob is as he was.
refuses()
{
    local csn pattern=$2
    csn=$(of_bob entryCSN)
    exits 8 "$1" admin-tool users suspend bob -y "${@:3}"
    ok "... is told, and changes nothing" eval 'grep -qE -- "$pattern" "$tmp/err" && [ "$(of_bob entryCSN)" = "$csn" ]'
}

getent group _coder-fleet >/dev/null || useradd -r -M -s /usr/sbin/nologin _coder-fleet
useradd -m lou
systemctl daemon-reload
systemctl stop slapd.service
# another name of the address is none of the server's
sed -i 's/^127.0.1.1 .*/127.0.1.1 other.fleet.test a.fleet.test/' /etc/hosts
mkdir -p /etc/ldap/sasl2
realms >"$tmp/realms" 2>&1 || sed 's/^/# /' "$tmp/realms"
chown root:openldap "$KEYTAB"
chmod 640 "$KEYTAB"
echo "keytab: $KEYTAB" >/etc/ldap/sasl2/slapd.conf

# -- the server --------------------------------------------------------------------------------------------
run at a "$FLEET/provider" first --name a.fleet.test --trial "$CA" --scope all --realm OTHER.TEST
ok "a realm that slapd would not tell from its own is refused" eval '[ "$status" -eq 2 ] && grep -q "default_realm of /etc/krb5.conf is not OTHER.TEST" "$tmp/err"'
first --realm FLEET.TEST
admin ann writers
admin eve writers
host h1 all
user bob 1900000001 --scope all
ok "the server takes tickets" eval 'by_root a ldapsearch -LLL -b "" -s base supportedSASLMechanisms | grep -q GSSAPI && ! at a "$FLEET/provider" check | grep -q ticket'
sed -i 's/default_realm = FLEET/default_realm = OTHER/' /etc/krb5.conf
run at a "$FLEET/provider" check
says "the default_realm of /etc/krb5.conf is not FLEET.TEST" "... and a realm that is another one later is found"
sed -i 's/default_realm = OTHER/default_realm = FLEET/' /etc/krb5.conf
admin-tool fleet join "$CA/h1.join" >"$tmp/made" 2>&1
ok "(the host follows)" soon getent passwd bob

# -- by a ticket -------------------------------------------------------------------------------------------
ticket ann
cp -p "$CACHE" /root/cache
run admin-tool users suspend bob -y
ok "who has a ticket needs no more" [ "$status" -eq 0 ]
ok "... bob is suspended" [ "$(of_bob coderStatus)" = suspended ]
ok "... by whom the ticket names" [ "$(who_did)" = cn=ann,ou=admins,dc=fleet ]
run admin-tool audit --user bob --event suspend -o json
json 'any("in the fleet as cn=ann,ou=admins,dc=fleet" in str(r) for r in d)' "... on record here"
rm "$CACHE"
exits 0 "a ticket elsewhere" env KRB5CCNAME=FILE:/root/cache admin-tool users activate bob -y --identity gssapi
exits 0 "... its name alone" env KRB5CCNAME=/root/cache admin-tool users suspend bob -y
exits 0 "... and for what is only asked" env KRB5CCNAME=/root/cache admin-tool fleet hosts --identity gssapi
ticket ann
(umask 077 && cat "$CA/admins/eve.pem" "$CA/admins/eve.key" >/root/.coder-fleet.pem)
exits 0 "a certificate goes before a ticket" admin-tool users activate bob -y
ok "... is whose it was" [ "$(who_did)" = cn=eve,ou=admins,dc=fleet ]
exits 0 "... but where the ticket is asked for" admin-tool users suspend bob -y --identity gssapi
ok "... is whose it was" [ "$(who_did)" = cn=ann,ou=admins,dc=fleet ]
rm /root/.coder-fleet.pem
exits 0 "... and back" admin-tool users activate bob -y

# -- by sudo -----------------------------------------------------------------------------------------------
printf 'Defaults env_keep += KRB5CCNAME\nlou ALL=(root) NOPASSWD: /usr/sbin/admin-tool\n' >/etc/sudoers.d/lou
by_lou() { setpriv --reuid lou --regid lou --init-groups "$@"; }
by_lou kinit -c "FILE:/tmp/krb5cc_$(id -u lou)" ann <<<word >"$tmp/kinit" 2>&1
exits 0 "the ticket of who got root's rights" by_lou sudo -n /usr/sbin/admin-tool users suspend bob -y
exits 8 "root's is not his" by_lou env KRB5CCNAME=/root/cache sudo -n /usr/sbin/admin-tool users activate bob -y --identity gssapi
complains "/root/cache: it is root's, not of whoever does this" "... is told"
rm "/tmp/krb5cc_$(id -u lou)"
ticket ann
exits 0 "(bob is back)" admin-tool users activate bob -y

# -- whose ticket does not count ---------------------------------------------------------------------------
for who in bob ann/admin host/web1 out ann@OTHER.TEST; do
    ticket "$who"
    refuses "the ticket of $who" 'the fleet does not let you do that'
done
ticket ann -l 1s
ok "(a ticket ends)" soon ended
refuses "a ticket that has ended" "does not take the ticket in $CACHE: .*expired"

# -- what is no ticket -------------------------------------------------------------------------------------
gssapi=(--identity gssapi)
rm "$CACHE"
refuses "no ticket" "$CACHE: No such file or directory; nothing was changed: a ticket lies in a file" "${gssapi[@]}"
refuses "... nobody to ask, either" 'this needs an administrator of the fleet'
cp -p /root/cache "$CACHE"
chown lou "$CACHE"
refuses "another's" "$CACHE: it is another's" "${gssapi[@]}"
refuses "... is passed over" 'this needs an administrator of the fleet'
rm "$CACHE" && ln -s /root/cache "$CACHE"
refuses "a link" "$CACHE: it is a link" "${gssapi[@]}"
rm "$CACHE" && install -m 644 /root/cache "$CACHE"
refuses "one that others can read" "$CACHE: others can read" "${gssapi[@]}"
rm "$CACHE" && mkfifo -m 600 "$CACHE"
refuses "a pipe" "$CACHE: it is no file" "${gssapi[@]}"
rm "$CACHE" && (umask 077 && echo words >"$CACHE")
refuses "words" 'it is no credential cache' "${gssapi[@]}"
refuses "... are passed over" 'this needs an administrator of the fleet'
(umask 077 && { cat /root/cache; head -c 65536 /dev/zero; } >"$CACHE")
refuses "one without an end" 'it is no credential cache' "${gssapi[@]}"
(umask 077 && head -c 100 /root/cache >"$CACHE")
refuses "half of one" "does not take the ticket in $CACHE: " "${gssapi[@]}"
(umask 077 && { printf '\5\4\0\0'; head -c 4000 /dev/urandom; } >"$CACHE")
refuses "chance" "does not take the ticket in $CACHE: " "${gssapi[@]}"
export KRB5CCNAME=KCM:0
refuses "a cache in no file" 'KCM:0: it names no file; nothing was changed: a ticket lies in a file .*kinit -c FILE:' "${gssapi[@]}"
refuses "... is passed over" 'this needs an administrator of the fleet'
unset KRB5CCNAME
rm "$CACHE"
run timeout -s KILL 60 expect -c 'set timeout 20
    spawn admin-tool users suspend bob -y
    expect "Administrator of the fleet: "
    send "gssapi\r"
    expect eof
    exit [lindex [wait] 3]'
ok "nobody has that word for a name (exit 8)" eval '[ "$status" -eq 8 ] && grep -q "gssapi: it is no administrator" "$tmp/out"'

# -- what is away ------------------------------------------------------------------------------------------
cp -p /root/cache "$CACHE"
mkdir /root/sasl2 && mv /usr/lib/*/sasl2/libgssapiv2.* /root/sasl2
refuses "a host without the module" 'has no GSSAPI: install libsasl2-modules-gssapi-mit' "${gssapi[@]}"
mv /root/sasl2/* "$(echo /usr/lib/*/sasl2)"
kill -STOP "$(cat /run/kdc.pid)"
begun=$SECONDS
refuses "a Kerberos server that hangs" 'the Kerberos server does not answer' "${gssapi[@]}"
ok "... holds nobody for long" [ $((SECONDS - begun)) -le 10 ]
ok "... nor leaves more behind than who follows" soon eval '[ "$(pgrep -c -u _coder-fleet)" -eq 1 ]'
kill -CONT "$(cat /run/kdc.pid)"
exits 0 "and when it goes on" admin-tool users suspend bob -y

# -- nothing is kept ---------------------------------------------------------------------------------------
mv /root/cache "$tmp/cache"
rm "$CACHE"
run python3 - "$tmp/cache" <<'END'
import base64, os, sys
octets = open(sys.argv[1], 'rb').read()
signs = [form(octets[at:at + 24]) for at in (120, 300, len(octets) // 6 * 3) for form in (bytes, base64.b64encode)]
for top in ('/var/lib/coder', '/var/log', '/var/tmp', '/run', '/tmp', '/etc/coder', '/root', '/dev/shm'):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if path == sys.argv[1] or not os.path.isfile(path) or os.path.islink(path):
                continue
            try:
                text = open(path, 'rb').read()
            except OSError:  # /run has some that only the kernel reads
                continue
            if any(sign in text for sign in signs):
                print(path)
END
ok "no ticket is in a file" eval '[ "$status" -eq 0 ] && [ ! -s "$tmp/out" ] && [ "$(stat -c %s "$tmp/cache")" -gt 400 ]'
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]
done_testing
