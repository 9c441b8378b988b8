#!/bin/bash
# Accounts of one host go up to the fleet while another host, a machine of its own, follows: whom nobody knows there comes with
# id, password and keys; whose name is another's there is held and named, and the two are never mixed. A real provider.
# shellcheck disable=SC2016,SC2034,SC2154,SC2294,SC2317
machine=/src/tests/fleet/machine
getent passwd _coder-fleet >/dev/null || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin _coder-fleet
printf '10.77.0.254 a.fleet.test\n10.77.0.12 h2\n' >>/etc/hosts
"$machine" start h2 10.77.0.12
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh
there() { "$machine" on h2 "$@"; }
value_there() { sqlite3 -cmd ".timeout 10000" "file:/srv/machines/h2$STORE?mode=ro" "$1"; }
soon() { for _ in $(seq 300); do eval "$@" >/dev/null 2>&1 && return; sleep 0.1; done; return 1; }
pam_there() { there /src/.build/world/pam_call auth "$1" "$2" 2>/dev/null | head -n 1; }
hash_of() { perl -e 'print crypt($ARGV[0], "\$y\$j9T\$ccccccccccccccccccccc.")' "$1"; }
KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg'
FOLLOW='mkdir -p /run/coder
    umask 077
    systemd-socket-activate --accept --inetd -l /run/coder/fleet.sock setpriv --reuid=_coder-fleet --regid=_coder-fleet --clear-groups \
        /usr/libexec/coder_fleet >/var/log/socket 2>&1 &
    exec admin-tool follow >/var/log/follow 2>&1'
# joins HOST COMMAND...: that host, by COMMAND
joins()
{
    host "$1" all
    cp "$CA/$1.join" "/tmp/$1.join"
    [ ! -d "/srv/machines/$1" ] || cp "$CA/$1.join" "/srv/machines/$1/tmp/"
    "${@:2}" admin-tool fleet join "/tmp/$1.join" >"$tmp/joined" 2>&1 || cat "$tmp/joined"
    "${@:2}" setsid bash -c "$FOLLOW" </dev/null >/dev/null 2>&1 &
}

first
admin ann writers
user eve 1900000001 --scope all
for n in bob:501 kim:502; do make "${n%:*}" --uid "1900000${n#*:}"; done
sqlite3 -cmd ".timeout 10000" "$STORE" "UPDATE accounts SET hash = '$(hash_of of-one-7-lantern)', temporary = 0, temporary_until = NULL WHERE username IN ('bob', 'kim')"
admin-tool keys add bob "$KEY bob@one" >"$tmp/made" 2>&1
admin-tool keys add kim "$KEY kim@one" >"$tmp/made" 2>&1
joins h1 env
joins h2 there
ok "two hosts follow" soon 'getent passwd eve && there getent passwd eve'
(umask 077 && cat "$CA/admins/ann.pem" "$CA/admins/ann.key" >/root/.coder-fleet.pem)
there admin-tool users create --here -u bob -e bob@two.example -n 'Bob of two' >"$tmp/made" 2>&1
sqlite3 -cmd ".timeout 10000" "/srv/machines/h2$STORE" "UPDATE accounts SET hash = '$(hash_of of-two-7-lantern)', temporary = 0, temporary_until = NULL WHERE username = 'bob'"
facts='SELECT uid, email, full_name, hash, status, roles, (SELECT group_concat(fingerprint) FROM account_keys k WHERE k.uid = a.uid), EXISTS (SELECT 1 FROM fleet_accounts f WHERE f.uid = a.uid)
    FROM (SELECT *, (SELECT group_concat(role) FROM account_roles r WHERE r.uid = accounts.uid) AS roles FROM accounts) a WHERE username'
his=$(value_there "$facts = 'bob'")

run admin-tool users move-to-fleet bob kim -y
ok "two go up" [ "$status" -eq 0 ]
ok "whom nobody knew on the other host comes there as she is" soon '[ "$(value_there "$facts = '"'kim'"'")" = "$(value "$facts = '"'kim'"'")" ]'
ok "... with her id" [ "$(there getent passwd kim | cut -d: -f3)" = 1900000502 ]
ok "... her password" [ "$(pam_there kim of-one-7-lantern)" = 0 ]
ok "... and her key" grep -qF "${KEY#* }" <(there /usr/libexec/coder_keys kim)
ok "the other one's name is another's there: held" soon '[ -n "$(value_there "SELECT 1 FROM fleet_held WHERE username = '"'bob'"' AND kind = '"'entry'"'")" ]'
run there admin-tool fleet status
says 'bob.*its username is or was an account.s of this host' "... and named"
run there admin-tool check
says 'bob' "... by check, too"
ok "who was there stays as he was" [ "$(value_there "$facts = 'bob'")" = "$his" ]
ok "... by his own password" [ "$(pam_there bob of-two-7-lantern)" = 0 ]
ok "... not by the other one's" [ "$(pam_there bob of-one-7-lantern)" = 7 ]
ok "... nor by a key of his" [ -z "$(there /usr/libexec/coder_keys bob)" ]
ok "nobody has the other one's id there" eval '! there getent passwd 1900000501'
exits 0 "the fleet's is suspended" admin-tool users suspend bob -y
ok "... and is out where he is the fleet's" [ "$(getent passwd bob | cut -d: -f7)" = /usr/sbin/nologin ]
user fay 1900000003 --scope all
ok "(the other host has heard of it)" soon 'there getent passwd fay'
ok "... the one there is not" [ "$(value_there "$facts = 'bob'")$(pam_there bob of-two-7-lantern)" = "${his}0" ]
run there admin-tool audit --verify
ok "the log there is whole" [ "$status" -eq 0 ]
done_testing
