#!/bin/bash
# What goes wrong while the fleet is written to, on a real slapd with a host that follows it: two administrators at once,
# disks that are full, the server that writes gone, an administrator who means ill, and many suspended at once.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317
# shellcheck source=tests/hostile/systemd-lib.sh
. /src/tests/hostile/systemd-lib.sh
# shellcheck source=tests/fleet/write-lib.sh
. /src/tests/fleet/write-lib.sh

systemctl daemon-reload
systemctl stop slapd.service
mkdir -p /srv/a && mount -t tmpfs -o size=64m,mode=755 tmpfs /srv/a
first
admin ann writers
admin ben writers
for n in $(seq 1 40); do at a "$FLEET/add" user "u$n" --uid $((1900000000 + n)) --mail "u$n@example.com" --scope all; echo; done | by_root a ldapadd >"$tmp/users" 2>&1
host h1 all
cp "$CA/h1.join" /root/h1.join
admin-tool fleet join /root/h1.join >"$tmp/made" 2>&1
(umask 077 && cat "$CA/admins/ann.pem" "$CA/admins/ann.key" >/root/.coder-fleet.pem)
count() { value "SELECT count(*) FROM accounts WHERE status = '$1'"; }
are() { [ "$(count "$1")" = "$2" ]; }
fact() { value "SELECT $2 FROM accounts WHERE username = '$1'"; }
is_fact() { [ "$(fact "$1" "$2")" = "$3" ]; }
ok "a host follows" soon are active 40

# -- two administrators at once ----------------------------------------------------------------------------
# both NAME: ann suspends and ben gives another shell, by what both were shown.
both()
{
    local seen
    seen=$(shown "$1")
    { echo write; as_admin ann; printf '%s\n' "do change" "name $1" "$seen" "set status suspended" ""; } | as_fleet "$CODER_FLEET" >"$tmp/ann" &
    { echo write; as_admin ben; printf '%s\n' "do change" "name $1" "$seen" "set shell /bin/sh" ""; } | as_fleet "$CODER_FLEET" >"$tmp/ben"
    wait $!
    cat "$tmp/ann" "$tmp/ben" | jq -r 'select(.line == "done" or .line == "refused") | .kind // .line' | sort | xargs
}
good=0
for n in 1 2 3 4 5 6; do [ "$(both "u$n")" = "changed done" ] && good=$((good + 1)); done
ok "of two at once one is done, and one refused as changed ($good of 6)" [ "$good" -eq 6 ]
ok "... neither is half there" eval 'for n in 1 2 3 4 5 6; do [ "$(user_value u$n coderStatus)$(user_value u$n loginShell)" != suspended/bin/sh ] || exit 1; done'

# -- the disk of the server is full ------------------------------------------------------------------------
dd if=/dev/zero of=/srv/a/filler bs=64k 2>/dev/null
before=$(user_value u10 entryCSN)
refusals=0
for n in $(seq 1 12); do
    asks "do add" "name full$n" "set home /home/full$n" "set shell /bin/sh" "set full_name $(head -c 3000 /dev/zero | tr '\0' x)"
    has_answer '.line == "refused"' && { refusals=$((refusals + 1)); break; }
done
ok "a full disk: sooner or later a write is refused" [ "$refusals" -gt 0 ]
is "... as failed, which says that nothing was done" '.line == "refused" and .kind == "failed"'
ok "... and it is not in the tree" [ -z "$(by_root a ldapsearch -LLL -b "$PEOPLE" "(uid=full$n)" dn 2>/dev/null)" ]
ok "... the account beside it is as it was" [ "$(user_value u10 entryCSN)" = "$before" ]
ok "the host judges as before" [ "$(getent passwd u10 | cut -d: -f3)" = 1900000010 ]
rm /srv/a/filler
asks "do change" "name u10" "set status suspended"
done_well "with room it goes on"
ok "... to the host" soon is_fact u10 status suspended

# -- the log of the server is full, alone on a disk of its own ------------------------------------------------
log=/srv/a/var/lib/ldap/accesslog
rows() { by_root a ldapsearch -LLL -b cn=accesslog -s one '(reqDN=uid=u9,ou=people,dc=fleet)' 1.1 2>/dev/null | grep -c ^dn; }
unlogged() { at a "$FLEET/provider" check >"$tmp/check" 2>&1; grep -q '^The newest change is not in the log' "$tmp/check"; }
provider_kill a
cp -a "$log" /srv/a/kept
mount -t tmpfs -o size=4m,mode=700 tmpfs "$log"
chown openldap:openldap "$log"
cp -a /srv/a/kept/. "$log/"
provider_start a
asks "do change" "name u9" "set shell /bin/sh"
done_well "with a log on a disk of its own"
before=$(rows)
ok "... it is logged, and check is content" eval '[ "$before" -gt 0 ] && ! unlogged'
dd if=/dev/zero of="$log/filler" bs=4k 2>/dev/null
logged=0
for n in $(seq 40); do
    before=$(rows)
    asks "do change" "name u9" "set full_name U $n"
    [ "$(rows)" -gt "$before" ] || break
    logged=$((logged + 1))
done
done_well "when it is full changes go through"
ok "... unlogged" [ "$(rows)" = "$before" -a "$logged" -lt 40 ]
ok "... which check says" unlogged
asks "do change" "name u9" "set status suspended"
done_well "a suspension, too"
ok "... is heard of by the host" soon is_fact u9 status suspended
run admin-tool audit --user u9 --event suspend -o json
json 'any(r["actor"] == "cn=ann,ou=admins,dc=fleet" for r in d)' "... whose own log has who did it"
asks "do change" "name u9" "set status active"
ok "... and an activation" soon is_fact u9 status active
ok "nobody else is changed" [ "$(count suspended)" = "$(by_root a ldapsearch -LLL -b "$PEOPLE" '(coderStatus=suspended)' uid | grep -c '^uid:')" ]
rm "$log/filler"
before=$(rows)
asks "do change" "name u9" "set shell /bin/bash"
done_well "with room it is logged again"
ok "... and check is content" eval '[ "$(rows)" -gt "$before" ] && ! unlogged'

# -- an administrator who means ill ------------------------------------------------------------------------
held() { [ -n "$(value "SELECT 1 FROM fleet_held WHERE username = '$1' AND kind = 'entry'")" ]; }
# rogue NAME UID HOME SHELL WHAT
rogue()
{
    asks "do add" "name $1" "set uid $2" "set home $3" "set shell $4" "set email $1@example.com" "set scopes all"
    has_answer '.line == "refused"' || ok "$5: held" soon held "$1"
    ok "... nobody gets in by it ($5)" [ -z "$(value "SELECT 1 FROM accounts WHERE username = '$1'")" ]
}
rogue rogue0 0 /home/rogue0 /bin/bash "an account with uid 0"
rogue rogue1 1000 /home/rogue1 /bin/bash "an account with an id of here"
rogue root 1900000900 /home/root0 /bin/bash "an account named root"
rogue rogue2 1900000902 /root /bin/bash "an account with root's home"
rogue rogue3 1900000903 /home/rogue3 /bin/ls "an account with a shell that is none"
asks "do change" "name u11" "set roles admin"
ok "an Admin of the fleet is none here" soon eval '[ -n "$(value "SELECT 1 FROM fleet_held WHERE username = '"'u11'"' AND kind = '"'remark'"'")" ]'
ok "... which is said" [ "$(value "SELECT count(*) FROM account_roles WHERE role = 'admin'")" = 0 ]
ok "nobody else got uid 0" [ "$(getent passwd 0 | cut -d: -f1)" = root -a "$(getent passwd | grep -c ':x:0:')" = 1 ]

# -- many suspended at once --------------------------------------------------------------------------------
lines=()
for n in $(seq 12 40); do lines+=("do change" "name u$n" "set status suspended"); done
asks "${lines[@]}"
ok "29 of 40 are suspended in one request" [ "$(answer '.line == "done"' | wc -l)" = 29 ]
all_out() { [ "$(value "SELECT count(*) FROM accounts WHERE uid BETWEEN 1900000012 AND 1900000040 AND status = 'active'")" = 0 ]; }
ok "... all are out here: a suspension is never held" soon all_out
ok "... nothing is" [ "$(value "SELECT count(*) FROM fleet_held WHERE kind = 'vanished'")" = 0 ]

# -- the server that writes is gone --------------------------------------------------------------------------
context() { by_root a ldapsearch -LLL -b dc=fleet -s base contextCSN; }
before=$(context)
provider_kill a
exits 9 "no server writes" admin-tool users suspend u7 -y
complains 'no server of the fleet that writes is reached' "... which is said"
ok "... nothing was changed" eval 'is_fact u7 status active'
exits 0 "--here works" admin-tool users suspend u7 --here -y
ok "... he is out" is_fact u7 status suspended
provider_start a
ok "killed, it forgot nothing of what hosts have heard" [ "$(context)" = "$before" ]
exits 0 "with the server it is done" admin-tool users suspend u8 -y
ok "... and here" soon is_fact u8 status suspended
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]
done_testing
