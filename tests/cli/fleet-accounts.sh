#!/bin/bash
# Accounts that come from the fleet: each verb that would change one says where that is done and changes nothing, files
# and backups included; what is this host's own goes on, and suspend --here is this host's own word.
# shellcheck source=tests/cli/fleet-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/fleet-lib.sh"
KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpab77ymoQIbjxHsqRfx3c+rA007E0imEU0KkHASWFg'

make ann --roles admin
make hal
ok "the host is in a fleet" join
fleet_user bea 1900000001
fleet_user cleo 1900000002
# As only what follows the fleet may.
follow() { sql "UPDATE fleet SET applying = 1; $1; UPDATE fleet SET applying = NULL"; }
echo "$KEY bea@home" >"$tmp/bea.pub"
follow "INSERT INTO account_keys (uid, fingerprint, line, added_at)
        VALUES (1900000001, '$(ssh-keygen -lf "$tmp/bea.pub" | cut -d' ' -f2)', '$KEY bea@home', 1790000000)"
admin-tool publish >"$tmp/made"

# -- shown -------------------------------------------------------------------------------------------------
run admin-tool users list
says '^USERNAME +EMAIL +CREATED AT +STATUS +FROM$' "users list has a column from"
says '^bea .* fleet$' "... of the fleet"
says '^hal .* here$' "... and of here"
run admin-tool users list -o csv
says '^bea,.*,fleet$' "... also in CSV"
run admin-tool users list -o json
json '{a["username"]: a["from"] for a in d} == {"ann": "here", "bea": "fleet", "cleo": "fleet", "hal": "here"}' "... and in JSON"
run admin-tool users show bea
says '^From +fleet$' "users show has it"
run admin-tool users show bea -o json
json 'd["fleet_status"] == "active" and d["suspended_here"] is False' "... and what the fleet says of her"
run admin-tool users show hal -o json
json 'd["from"] == "here" and d["fleet_status"] is None' "... which is nothing of one of here"

# -- changed there -----------------------------------------------------------------------------------------
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2NnEgYLhhs0TtJxLTnyYrO0sKXfxPGNFFGbXGMBIOK other@home' >"$tmp/other.pub"
follow "UPDATE accounts SET temporary = 0, temporary_until = NULL WHERE username = 'bea'"
remember
# Each with hal in place of bea is a change.
while read -r code kind verb; do
    # shellcheck disable=SC2086
    exits "$code" "$verb" admin-tool $verb
    # shellcheck disable=SC2086
    run admin-tool $verb -o json
    json "d['error']['kind'] == '$kind' and d['error']['code'] == $code" "... is $kind to programs"
done <<END
8 fleet-identity users suspend bea -y
4 fleet-account users suspend hal bea -y
8 fleet-identity users suspend bea cleo -y
8 fleet-identity users edit-roles bea --roles auditor -y
8 fleet-identity users edit bea -e other@example.com
8 fleet-identity users edit bea -n Other
8 fleet-identity users edit bea --shell /bin/sh
8 fleet-identity users edit bea --expires +30d
8 fleet-identity users edit bea --no-password
8 fleet-identity users edit bea --scope web
2 usage users edit bea --never-dormant -n Other
8 fleet-identity users rename bea bella -y
8 fleet-identity users delete bea -y
8 fleet-identity users delete bea --remove-home -y
8 fleet-identity users require-change bea -y
8 fleet-identity keys add bea $tmp/other.pub
8 fleet-identity keys remove bea bea@home
8 fleet-identity reset-password bea -y
4 fleet-account users export --to-passwd bea -y
4 invalid users edit hal --scope web
4 invalid users edit hal --scope web,,all
END
unchanged "nothing of that changed anything"
exits 8 "the fleet's accounts" admin-tool users suspend bea -y
complains '^admin-tool: this needs an administrator of the fleet; nothing was changed: give --identity FILE or NAME, see coder-fleet\(7\)' "... need an administrator of it"
exits 4 "to /etc/passwd" admin-tool users export --to-passwd bea -y
complains '^admin-tool: bea comes from the fleet dc=fleet; ' "... they cannot go"

# -- this host's own ---------------------------------------------------------------------------------------
exits 0 "failed logins are forgotten here" admin-tool users unlock bea
exits 0 "homes are made here" admin-tool users make-homes bea
exits 0 "ageing is this host's own" admin-tool users edit bea --never-dormant
ok "... and written" is_value "SELECT never_dormant FROM accounts WHERE username = 'bea'" 1
exits 0 "keys are listed" admin-tool keys list bea

# -- files -------------------------------------------------------------------------------------------------
remember
printf 'username,email,full_name\nbea,bea@example.com,Other\n' >"$tmp/bea.csv"
run admin-tool users import "$tmp/bea.csv" --update
ok "an update of the fleet's account by a file (exit 8)" [ "$status" -eq 8 ]
complains 'this needs an administrator of the fleet' "... needs an administrator of it"
run admin-tool users import "$tmp/bea.csv" --update --here
ok "... with --here (exit 4)" [ "$status" -eq 4 ]
complains 'line 2: bea comes from the fleet; leave --here out' "... is a bad line"
run admin-tool users apply "$tmp/bea.csv" -y
ok "users apply, too (exit 8)" [ "$status" -eq 8 ]
unchanged "... and nothing is changed"
admin-tool users export >"$tmp/all.csv"
exits 0 "what users export wrote is applied again" admin-tool users apply "$tmp/all.csv" --prune -y
says 'Nothing to change' "... and changes nothing"
grep -v -e ^bea -e ^hal "$tmp/all.csv" >"$tmp/less.csv"
exits 0 "a file without bea and hal, with --prune" admin-tool users apply "$tmp/less.csv" --prune -y
ok "... deletes the one of here alone" [ "$(admin-tool users list -c username | tail -n +2 | xargs)" = "ann bea cleo" ]
exits 0 "a new password of everybody" admin-tool users require-change --all -y
complains 'note: 2 accounts of the fleet stay as before' "... but the fleet's"
exits 0 "everybody to /etc/passwd, a dry run" admin-tool users export --to-passwd --all --dry-run
complains 'note: 2 accounts of the fleet stay here' "... but the fleet's"

# -- suspend --here ----------------------------------------------------------------------------------------
setpriv --reuid=1900000001 --clear-groups sleep 300 & child=$!
run eval 'echo yes | admin-tool users suspend bea --here --reason "odd logins"'
ok "suspend --here" [ "$status" -eq 0 ]
says '^bea is suspended here\.$' "... is said"
ok "... what she runs is ended" eval '! kill -0 "$child" 2>/dev/null'
kill -9 "$child" 2>/dev/null
ok "... her shell is none" [ "$(getent passwd bea | cut -d: -f7)" = /usr/sbin/nologin ]
run admin-tool users show bea -o json
json 'd["status"] == "suspended" and d["suspended_here"] and d["fleet_status"] == "active" and d["suspended_reason"] == "here: odd logins"' "... and it is this host's word"
exits 0 "again" admin-tool users suspend bea --here -y
says '^bea is already suspended here\.$' "... it is so already"
fleet_says bea suspended
fleet_says bea active
ok "the fleet does not take it back" [ "$(getent passwd bea | cut -d: -f7)" = /usr/sbin/nologin ]
fleet_says bea suspended
exits 0 "activate --here, while the fleet has suspended her" admin-tool users activate bea --here -y
says '^bea is no longer suspended here, but still in the fleet\.$' "... says so"
exits 4 "once more" admin-tool users activate bea --here -y
complains 'bea is suspended in the fleet, which --here does not change; leave it out' "... cannot help"
ok "... she stays out" [ "$(getent passwd bea | cut -d: -f7)" = /usr/sbin/nologin ]
fleet_says bea active
ok "and the fleet lets her in" [ "$(getent passwd bea | cut -d: -f7)" != /usr/sbin/nologin ]
fleet_says cleo absent
exits 0 "of one who is absent" admin-tool users suspend cleo --here -y
exits 0 "... taken back" admin-tool users activate cleo --here -y
exits 4 "... is not let in" admin-tool users activate cleo --here -y
complains 'cleo is not here in the fleet|cleo is absent' "... and it is said"
fleet_says cleo active
make ida
exits 0 "--here of an account of here" admin-tool users suspend ida --here -y
says '^ida is suspended here\.$' "... suspends it"
exits 0 "... and activates it" admin-tool users activate ida --here -y
admin-tool policy set dormant_days=30 >"$tmp/made" 2>&1
follow "UPDATE accounts SET created_at = 1, awake_since = 1, last_login_day = 86400, never_dormant = 0 WHERE username = 'bea'"
exits 0 "one who is dormant here" admin-tool users activate bea --here -y
says '^bea was dormant and is active again\.$' "... is woken here"
run admin-tool audit --verify
ok "the log is whole" [ "$status" -eq 0 ]

# -- check NAME --------------------------------------------------------------------------------------------
admin-tool users suspend bea --here -y >"$tmp/made"
run admin-tool check bea -o json
json 'any(f["check"] == "user-state" and f["mend"] == "admin-tool users activate bea --here" for f in d["findings"])' "check of one who is suspended here says what gives it back"
admin-tool users activate bea --here -y >"$tmp/made"
fleet_says bea suspended
run admin-tool check bea -o json
json 'any(f["check"] == "user-state" and "fleet" in f["mend"] for f in d["findings"])' "... and of one whom the fleet has suspended"
done_testing
