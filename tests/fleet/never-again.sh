#!/bin/bash
# A name and an id belong to one account for ever, in all of a fleet: tried on a real slapd with a host that follows it, by
# the verbs, by coder_fleet write, and by an administrator's own ldapadd.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/write-lib.sh
. /src/tests/fleet/write-lib.sh

systemctl daemon-reload
systemctl stop slapd.service
first
admin ann writers
for n in bob:1 eve:2 kim:3; do user "${n%:*}" "190000010${n#*:}" --scope all --temporary secret-1; done
host h1 all
cp "$CA/h1.join" /root/h1.join
admin-tool fleet join /root/h1.join >"$tmp/made" 2>&1
(umask 077 && cat "$CA/admins/ann.pem" "$CA/admins/ann.key" >/root/.coder-fleet.pem)
name_of() { value "SELECT username FROM accounts WHERE uid = 190000010$1"; }
is_name() { [ "$(name_of "$1")" = "$2" ]; }
ok "a host follows" soon is_name 3 kim

# -- a new name, by the verb, comes down under the unit's sandbox ------------------------------------------
mkdir -p /var/spool/cron/crontabs
echo '# nothing' >/var/spool/cron/crontabs/bob && chown 1900000101 /var/spool/cron/crontabs/bob
systemctl stop coder-follow.service
asks "do rename" "name bob" "set username carl"
done_well "an account gets another name"
systemctl start coder-follow.service
ok "... the host takes it" soon is_name 1 carl
ok "... with what bears the name" soon test -e /var/spool/cron/crontabs/carl
ok "... no uid of two names" [ "$(getent passwd 1900000101 | cut -d: -f1)" = carl ]
exits 0 "by the verb" admin-tool users rename eve fay -y
ok "... it is here when it returns" is_name 2 fay
ok "... and nothing is held" [ "$(value 'SELECT count(*) FROM fleet_held')" = 0 ]
exits 0 "kim is deleted" admin-tool users delete kim --yes
ok "... here, too" soon eval '[ -z "$(name_of 3)" ]'

# -- nobody else's -----------------------------------------------------------------------------------------
before=$(by_root a ldapsearch -LLL -b "$PEOPLE" entryCSN | sha256sum)
for name in kim bob eve carl fay; do
    asks "do add" "name $name" "set home /home/n" "set shell /bin/sh"
    refused taken "$name: used, former or a gravestone's: no new account has it"
    exits 4 "... by the verb" admin-tool users create "$name" -e new@example.org --no-create-home
    exits 4 "... nor of here" admin-tool users create --here "$name" -e new@example.org --no-create-home
    at a "$FLEET/add" user "$name" --uid 1900000900 --mail new@example.org >"$tmp/new.ldif"
    run by admins/ann ldapadd -f "$tmp/new.ldif"
    ok "... nor by an administrator's own tool" [ "$status" -ne 0 ]
done
for id in 1 2 3; do
    asks "do add" "name new" "set uid 190000010$id" "set home /home/n" "set shell /bin/sh"
    refused taken "an id that is or was somebody's ($id)"
    exits 4 "... by the verb" admin-tool users create new -e new@example.org --uid "190000010$id" --no-create-home
    at a "$FLEET/add" user new --uid "190000010$id" --mail new@example.org >"$tmp/new.ldif"
    run by admins/ann ldapadd -f "$tmp/new.ldif"
    ok "... nor by an administrator's own tool" [ "$status" -ne 0 ]
done
for name in kim bob fay; do
    exits 4 "no rename takes $name" admin-tool users rename carl "$name" -y
    asks "do rename" "name carl" "set username $name"
    refused taken "... nor does one that is asked for elsewhere"
done
asks "do change" "name kim" "set status active"
refused invalid "a gravestone is not opened"
run set_user kim coderStatus active admins/ann
ok "... by no tool of an administrator's" [ "$status" -ne 0 ]
run by admins/ann ldapdelete "uid=kim,$PEOPLE"
ok "... or taken away" [ "$status" -ne 0 ]
ok "nothing of that changed the tree" [ "$(by_root a ldapsearch -LLL -b "$PEOPLE" entryCSN | sha256sum)" = "$before" ]

# -- and where the tree forgets, the host does not ----------------------------------------------------------
by_root a ldapdelete "uid=kim,$PEOPLE"
user kim 1900000109 --scope all
why_of() { value "SELECT why FROM fleet_held WHERE username = '$1'"; }
is_held() { [ -n "$(why_of "$1")" ]; }
ok "root of the provider forgets one and makes another of that name: the host holds it" soon is_held kim
ok "... for its name" grep -q 'username is or was' <<<"$(why_of kim)"
user kurt 1900000103 --scope all
ok "... or its id" soon is_held kurt
ok "... and lets neither in" [ -z "$(getent passwd kim kurt)" ]
run admin-tool fleet status
says 'kurt' "... which it says"
done_testing
