#!/bin/bash
# Verbs that write to the fleet, on a real slapd, a real systemd, and a host that follows: every verb once, two
# administrators at a time, an identity by certificate and by a password on a terminal, servers that are away; and what a
# suspension costs beside one of here.
# shellcheck source=tests/hostile/systemd-lib.sh disable=SC2016,SC2034,SC2317
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/lib.sh
. /src/tests/fleet/lib.sh
KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg'
PEM=/root/.coder-fleet.pem

is_out() { [ "$(getent passwd "$1" | cut -d: -f7)" = /usr/sbin/nologin ]; }
here() { value "SELECT $2 FROM accounts WHERE username = '$1'"; }
# on_terminal SCRIPT: expect's.
words='
    set timeout 20
    proc want {pattern} {
        expect {
            -re $pattern {}
            timeout { exit 101 }
        }
    }
    proc quiet {} { while {[regexp -- { echo\M} [exec stty -a <$::spawn_out(slave,name)]]} { after 20 } }
    proc status {} {
        expect eof
        lindex [wait] 3
    }
'
on_terminal() { run timeout -s KILL 60 expect -c "$words$1"; }

getent group _coder-fleet >/dev/null || useradd -r -M -s /usr/sbin/nologin _coder-fleet
systemctl daemon-reload
systemctl stop slapd.service
second
host h1 all web
host web17 all
admin anna writers
admin olaf auditors
user bob 1900000001 --scope all --hash "$(openssl passwd -6 secret-1)"
user kim 1900000002 --scope all --scope web --key "$KEY kim@home"
user lea 1900000003 --scope web
user tom 1900000004 --scope all --hash "$(openssl passwd -6 secret-4)"
make ann --roles admin
make hal
admin-tool fleet join "$CA/h1.join" >"$tmp/made" 2>&1
ok "(the host follows)" eval 'soon getent passwd bob'
(umask 077 && cat "$CA/admins/anna.pem" "$CA/admins/anna.key" >"$PEM")

# -- every verb --------------------------------------------------------------------------------------------
setpriv --reuid=1900000001 --clear-groups sleep 300 & child=$!
run admin-tool users suspend bob --reason left -y
ok "suspend" [ "$status" -eq 0 ]
says '^bob is suspended\.$' "... is said"
says '^1 of 2 hosts are connected; not: web17\.$' "... with the host that is not connected"
ok "... at the server" [ "$(user_value bob coderStatus) $(user_value bob coderReason) $(user_value bob shadowExpire)" = 'suspended left 1' ]
ok "... here, when it is said" is_out bob
ok "... what he ran has ended" eval '! kill -0 "$child" 2>/dev/null'
ok "... nobody can use his password" eval '! by_user bob secret-1 ldapwhoami >/dev/null 2>&1'
run admin-tool audit --user bob --event suspend -o json
json 'any("in the fleet as cn=anna,ou=admins,dc=fleet: left" in str(r) for r in d)' "... on record with who did it there"
exits 0 "activate" admin-tool users activate bob -y
ok "... bob is in" eval '! is_out bob'
exits 0 "reset-password" admin-tool reset-password bob -y
password=$(field 'Temporary password')
ok "... by which he is known at the server" by_user bob "$password" ldapwhoami
ok "... and has to change it" [ "$(user_value bob pwdReset) $(here bob temporary)" = 'TRUE 1' ]
exits 0 "edit" admin-tool users edit bob -e bob@other.example -n 'Bob B.' --shell /bin/sh --expires +30d
ok "... has come down" [ "$(here bob "email || '|' || full_name || '|' || shell || '|' || (expires_at > unixepoch())")" = 'bob@other.example|Bob B.|/bin/sh|1' ]
exits 0 "... never, and without a name" admin-tool users edit bob --expires never -n ''
ok "... has come down" [ "$(here bob 'expires_at IS NULL')" = 1 ]
exits 0 "... other scopes" admin-tool users edit bob --scope web,all
run admin-tool users show bob -o json
json 'd["scopes"] == ["all", "web"]' "... have come down"
exits 0 "edit-roles" admin-tool users edit-roles kim --roles auditor -y
ok "... has come down" [ "$(value "SELECT count(*) FROM account_roles WHERE uid = 1900000002 AND role = 'auditor'")" = 1 ]
exits 0 "... none" admin-tool users edit-roles kim --roles member -y
ok "... has come down" [ "$(value "SELECT count(*) FROM account_roles WHERE uid = 1900000002 AND role = 'auditor'")" = 0 ]
ssh-keygen -q -t ed25519 -N '' -C work -f "$tmp/work"
exits 0 "keys add" admin-tool keys add kim "$tmp/work.pub"
ok "... has come down" [ "$(value 'SELECT count(*) FROM account_keys WHERE uid = 1900000002')" = 2 ]
exits 0 "keys remove" admin-tool keys remove kim kim@home
ok "... has come down" [ "$(value 'SELECT count(*) FROM account_keys WHERE uid = 1900000002')" = 1 ]
exits 0 "... the last" admin-tool keys remove kim work
ok "... has come down" [ "$(value 'SELECT count(*) FROM account_keys WHERE uid = 1900000002')" = 0 ]
run admin-tool users create zoe -e zoe@example.com -n 'Zoe Z.' --scope all
ok "create" [ "$status" -eq 0 ]
password=$(field 'Temporary password')
ok "... with the server's id" [ "$(here zoe uid)" = "$(user_value zoe uidNumber)" ]
ok "... is known there by the password" by_user zoe "$password" ldapwhoami
ok "... and has a home here" [ "$(stat -c %u /home/zoe)" = "$(here zoe uid)" ]
exits 4 "... an e-mail address that is another's there" admin-tool users create zac -e lea@example.com
exits 4 "... a name that a host of another scope has" admin-tool users create bob -e other@example.com
exits 0 "require-change" admin-tool users require-change tom -y
ok "... has come down" [ "$(user_value tom pwdReset) $(here tom temporary)" = 'TRUE 1' ]
exits 0 "rename" admin-tool users rename tom timo -y
ok "... at the server, where the former name stays taken" [ "$(user_value timo uid | sort | xargs)" = 'timo tom' ]
ok "... he is known by it here" [ "$(getent passwd timo | cut -d: -f3)" = 1900000004 ]
printf 'username,email\nx1,x1@example.com\nx2,x2@example.com\n' >/root/two.csv
run admin-tool users import /root/two.csv
ok "import" [ "$status" -eq 0 ]
password=$(jq -r '.[1].temporary_password' "$tmp/out")
ok "... they are known at the server" by_user x2 "$password" ldapwhoami
ok "... and here" getent passwd x1
printf 'username,full_name\nx1,X One\n' >/root/one.csv
exits 0 "apply" admin-tool users apply /root/one.csv -y
ok "... has come down" [ "$(here x1 full_name) $(user_value x1 cn)" = 'X One X One' ]
run admin-tool users delete lea -y
ok "delete" [ "$status" -eq 0 ]
ok "... leaves a gravestone" [ "$(user_value lea coderStatus) $(user_value lea uidNumber)" = 'deleted 1900000003' ]
ok "... and nobody here" eval '! getent passwd lea'
exits 4 "... whose name nobody gets again" admin-tool users create lea -e lea2@example.com
exits 4 "... nor the id" admin-tool users create leo -e leo@example.com --uid 1900000003

# -- who changed it meanwhile, who may ---------------------------------------------------------------------
run eval '{ sleep 0.5; set_user bob loginShell /bin/bash >&2; sleep 0.5; echo yes; } | admin-tool users suspend bob'
ok "what another did while the question stood is looked at first (exit 4)" [ "$status" -eq 4 ]
complains 'bob was changed in the fleet meanwhile' "... and it is said"
ok "... bob is in" [ "$(user_value bob coderStatus)" = active ]
(umask 077 && cat "$CA/admins/olaf.pem" "$CA/admins/olaf.key" >/root/olaf.pem; cat "$CA/hosts/h1.pem" "$CA/hosts/h1.key" >/root/h1.pem; chmod 600 /root/h1.pem)
exits 8 "an auditor" admin-tool users suspend bob -y --identity /root/olaf.pem
exits 8 "the host itself" admin-tool users suspend bob -y --identity /root/h1.pem
ok "... changes nothing" [ "$(user_value bob coderStatus)" = active ]
printf 'dn: cn=anna,ou=admins,dc=fleet\nchangetype: modify\nadd: userPassword\nuserPassword: anna-1-words\n' | by_root a ldapmodify >"$tmp/made" 2>&1
printf 'dn: cn=anna,ou=admins,dc=fleet\nchangetype: modify\nreplace: pwdReset\n' | by_root a ldapmodify >"$tmp/made" 2>&1
mv "$PEM" /root/anna.pem
on_terminal 'spawn admin-tool users suspend bob
    want {\(yes/no\) }; send "yes\r"; want {Administrator of the fleet: }; send "anna\r"
    want {Password of anna in the fleet \(it is not shown\): }; quiet; send "anna-1-words\r"; want {bob is suspended}; exit [status]'
ok "asked for on a terminal, a name and its password" [ "$status" -eq 0 ]
ok "... which is not shown" eval '! grep -q anna-1-words "$tmp/out"'
ok "... does it" [ "$(user_value bob coderStatus)" = suspended ]
on_terminal 'spawn admin-tool users activate bob -y --identity anna
    want {it is not shown\): }; quiet; send "wrong words\r"; want {the fleet does not take anna with this password}; exit [status]'
ok "a wrong password (exit 8)" [ "$status" -eq 8 ]
on_terminal 'spawn admin-tool users activate bob -y --identity anna
    want {it is not shown\): }; quiet; send "anna-1-words\r"; want {bob is active again}; exit [status]'
ok "the right one" [ "$status" -eq 0 ]
printf 'dn: cn=anna,ou=admins,dc=fleet\nchangetype: modify\nreplace: userPassword\nuserPassword: anna-2-words\n-\nreplace: pwdReset\npwdReset: TRUE\n' | by_root a ldapmodify >"$tmp/made" 2>&1
on_terminal 'spawn admin-tool users suspend bob -y --identity anna
    want {it is not shown\): }; quiet; send "anna-2-words\r"; want {anna has to change this password first, at the server that writes: }; exit [status]'
ok "a password that root gave (exit 8)" [ "$status" -eq 8 ]
change=$(tr -d '\r' <"$tmp/out" | grep -o 'LDAPTLS_CACERT=.*' | tail -1)
ok "... and how it is changed, in a command" eval '[[ $change == *" ldappasswd -x -D cn=anna,ou=admins,dc=fleet -W -A -S -H ldaps://"* ]]'
on_terminal "spawn env $change
    want {Old password: }; quiet; send \"anna-2-words\\r\"; want {Re-enter old password: }; send \"anna-2-words\\r\"
    want {New password: }; send \"anna-3-words\\r\"; want {Re-enter new password: }; send \"anna-3-words\\r\"
    want {Enter LDAP Password: }; send \"anna-2-words\\r\"; exit [status]"
ok "... which does" [ "$status" -eq 0 ]
on_terminal 'spawn admin-tool users suspend bob -y --identity anna
    want {it is not shown\): }; quiet; send "anna-3-words\r"; want {bob is suspended}; exit [status]'
ok "... and then anna administers" [ "$status" -eq 0 ]
admin-tool users activate bob -y --identity /root/anna.pem >"$tmp/made" 2>&1
ok "no secret is kept" eval '! grep -raqF -e anna-1-words -e "$(sed -n 5p "$CA/admins/anna.key")" "$STATE" /var/log /run/log /run/coder 2>/dev/null'
mv /root/anna.pem "$PEM"

# -- what it costs -----------------------------------------------------------------------------------------
# times NAME: how long suspending takes, in milliseconds, ten times.
times()
{
    local begun
    for _ in $(seq 10); do
        begun=$(date +%s%3N)
        admin-tool users suspend "$1" -y >"$tmp/made" 2>&1
        echo $(($(date +%s%3N) - begun))
        admin-tool users activate "$1" -y >"$tmp/made" 2>&1
    done
}
median() { sort -n | sed -n '5p;6p' | awk '{ s += $1 } END { print s / 2 }'; }
echo "# suspend, median of ten: $(times hal | median) ms of here, $(times bob | median) ms of the fleet"

# -- servers away ------------------------------------------------------------------------------------------
provider_kill b
run admin-tool users suspend bob -y
ok "with the second server away" [ "$status" -eq 0 ]
ok "... it is said that it could not be asked" grep -q 'note: ldaps://b.fleet.test.* could not be asked which hosts' "$tmp/err"
exits 0 "... and back" admin-tool users activate bob -y
remember
provider_kill a
begun=$SECONDS
exits 9 "with all servers away" admin-tool users suspend bob -y
ok "... soon" [ $((SECONDS - begun)) -le 15 ]
unchanged "... nothing is changed"
provider_start a
ok "... and when one is back" eval 'soon admin-tool users suspend bob -y'
kill -STOP "$(pid_of a)"
begun=$SECONDS
run admin-tool users activate bob -y
ok "a server that hangs (exit 9 or 1)" eval '[ "$status" -eq 9 ] || [ "$status" -eq 1 ]'
ok "... holds nobody for long" [ $((SECONDS - begun)) -le 36 ]
kill -CONT "$(pid_of a)"
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]
done_testing
