#!/bin/bash
# policy: every setting shown with its range, default and meaning; set together or not at all; audited, published once.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

generation() { value 'SELECT generation FROM counters'; }
setting() { admin-tool policy get "$1" -o json | jq -r '.[0].value'; }

exits 0 "policy without a store" admin-tool policy
says '^KEY +VALUE +DEFAULT +RANGE +MEANING$' "... under its headings"
says '^lock_seconds +30 +30 +1-86400 +the first lock' "... has the defaults"
exits 0 "policy set --dry-run without a store" admin-tool policy set lock_seconds=60 --dry-run
says '^Would change lock_seconds: 30 -> 60; nothing was changed\.$' "... says what it would change"
ok "... and makes none" [ ! -e "$STATE" ]
exits 0 "policy -o json" admin-tool policy -o json
json 'len(d) == 30 and all(set(s) == {"key", "value", "default", "type", "least", "most", "range", "meaning"} for s in d)' \
    "... is one array with all there is to say"
json 'all(s["value"] == s["default"] and len(s["meaning"]) > 10 for s in d)' "... each with a meaning"
json 'all(isinstance(s["value"], str if s["type"] in ("list", "text") else int) for s in d)' "... and a value of its type"
exits 0 "policy get" admin-tool policy get temporary_hours
says '^temporary_hours +72 +72 +1-8760 ' "... shows one"
exits 0 "policy get -o json" admin-tool policy get admin_groups -o json
json 'd[0]["key"] == "admin_groups" and d[0]["value"] == "" and len(d) == 1' "... as an array of one"

# -- setting --------------------------------------------------------------------------------------------------
exits 0 "policy set" admin-tool policy set temporary_hours=24 password_history=0
says '^temporary_hours: 72 -> 24, password_history: 5 -> 0$' "... says what changed"
ok "... and did" [ "$(setting temporary_hours) $(setting password_history)" = '24 0' ]
ok "... with one audit row" is_value "SELECT count(*) || min(uid IS NULL AND username IS NULL) FROM audit WHERE event='policy'" 11
exits 0 "the audit log" admin-tool audit
says ' policy .* temporary_hours: 72 -> 24, password_history: 5 -> 0$' "... tells from what to what"
exits 0 "... and as JSON" admin-tool audit -o json
json 'd[-1]["before"] == {"temporary_hours": 72, "password_history": 5} and d[-1]["after"] == {"temporary_hours": 24, "password_history": 0}' \
    "... has what was and what is, those settings alone, numbers as numbers"
exits 0 "a least age of passwords" admin-tool policy set password_min_hours=24
exits 0 "... is as other settings are" admin-tool policy get password_min_hours
says '^password_min_hours +24 +0 +0-8760 ' "... with its range"
exits 0 "... and back" admin-tool policy set password_min_hours=default
make alice
ok "a new temporary password lasts 24 hours" is_value "SELECT abs(temporary_until - unixepoch() - 86400) < 60 FROM accounts" 1
remember
exits 0 "the same again" admin-tool policy set temporary_hours=24
says 'has these values already; nothing was changed' "... says so"
unchanged "... and changes nothing"
exits 0 "--dry-run" admin-tool policy set temporary_hours=48 --dry-run
exits 0 "--dry-run -o json" admin-tool policy set temporary_hours=48 --dry-run -o json
json 'd[0]["value"] == 48' "... shows what would be"
unchanged "... and nothing is changed"
exits 0 "KEY=default" admin-tool policy set temporary_hours=default -o json
json 'd == [{"key": "temporary_hours", "value": 72, "default": 72, "type": "number", "least": 1, "most": 8760, "range": "1-8760", "meaning": d[0]["meaning"], "changed": True}]' "... takes it back"
ok "... and no row is left" is_value "SELECT count(*) FROM policy WHERE key='temporary_hours'" 0
exits 0 "KEY= of a number" admin-tool policy set password_history=
ok "... is the default" [ "$(setting password_history)" = 5 ]
exits 0 "KEY= of a list" admin-tool policy set keyboardless_services=
ok "... is the empty list" [ "$(setting keyboardless_services)" = '' ]
exits 0 "... in the log" admin-tool audit -n 1
says ' keyboardless_services: cron,crond,atd,systemd-user -> -$' "... a person sees that there is none"
exits 0 "... as JSON" admin-tool audit -n 1 -o json
json 'd[0]["before"] == {"keyboardless_services": "cron,crond,atd,systemd-user"} and d[0]["after"] == {"keyboardless_services": ""}' \
    "... lists are texts"
exits 0 "... and =default is not" admin-tool policy set keyboardless_services=default
ok "... empty" [ "$(setting keyboardless_services)" = cron,crond,atd,systemd-user ]

# -- refused: all or none, and why ----------------------------------------------------------------------------
remember
refused() { exits 4 "policy set $*" admin-tool policy set "$@"; }
refused lock_seconds=0
complains 'lock_seconds takes 1-86400' "... names the range"
refused password_min_length=7
refused password_min_length=129
refused temporary_hours=1e2
refused temporary_hours=x
refused temporary_hours=99999999999999999999
refused list_members=2
refused list_members=maybe
complains '^admin-tool: list_members takes yes or no, 1 or 0, not .maybe.$' "... says what it takes"
refused temporary_hours=yes
refused free_failures=-1
refused nonsense=1
complains "unknown setting 'nonsense'" "... is named"
refused '=1'
refused temporary_hours=48 lock_seconds=0
refused lock_seconds=901
complains 'lock_seconds must not be above lock_max_seconds' "... and why"
refused uid_min=99999 uid_max=70100
refused uid_max=61000 uid_min=5000
refused uid_max=600000
refused admin_groups='a b'
refused admin_groups=$'a\eb'
refused admin_groups=sudo,,adm
refused admin_groups=sudo,
refused admin_groups=1000
refused admin_groups=-x
refused admin_groups=a:b
refused admin_groups="$(printf 'x%.0s' {1..300})"
refused admin_groups=root
complains "root's \(gid 0\)" "... and why"
refused member_groups=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
exits 2 "no = at all" admin-tool policy set temporary_hours
exits 2 "nothing to set" admin-tool policy set
exits 2 "one key twice" admin-tool policy set temporary_hours=1 temporary_hours=2
exits 4 "get of an unknown key" admin-tool policy get nonsense
exits 2 "get of nothing" admin-tool policy get
exits 2 "get of two" admin-tool policy get uid_min uid_max
unchanged "none of it changed anything"
for word in no yes off ON false True 0 1; do
    case $word in no | off | false | 0) is=0 ;; *) is=1 ;; esac
    exits 0 "list_members=$word" admin-tool policy set "list_members=$word"
    ok "... is $is" is_value "SELECT value FROM policy WHERE key = 'list_members'" $is
done
admin-tool policy set list_members=default >"$tmp/made"
exits 0 "a group for Admins" admin-tool policy set admin_groups=sudo
exits 0 "... and none again" admin-tool policy set admin_groups=default
says '^admin_groups: sudo -> -$' "... is said"
exits 0 "both ends at once are judged together" admin-tool policy set uid_max=1900000999 uid_min=1900000000
make bea
ok "... and the next id is of that range" [ "$(id -u bea)" = 1900000000 ]
exits 0 "a range that reaches the subordinate ids" admin-tool policy set uid_min=default uid_max=200000
complains 'subordinate ids' "... gets a note"

# -- groups that come with a role -----------------------------------------------------------------------------
make ada --roles admin
make kim --roles auditor
ok "no group of /etc/group before" [ "$(id -Gn ada)" = 'ada coder-member coder-admin' ]
groupadd wheelers && groupadd readers
was=$(generation)
exits 0 "groups for roles" admin-tool policy set admin_groups=wheelers,missing auditor_groups=readers
complains 'no group missing, so it is not granted' "... a missing one gets a note"
ok "admins have theirs" [ "$(id -Gn ada)" = 'ada coder-member coder-admin wheelers' ]
ok "auditors have theirs" [ "$(id -Gn kim)" = 'kim coder-member coder-auditor readers' ]
ok "initgroups gives them" [ "$(setpriv --reuid ada --regid ada --init-groups id -Gn | xargs -n1 | sort | xargs)" = 'ada coder-admin coder-member wheelers' ]
ok "members have none" [ "$(id -Gn alice)" = 'alice coder-member' ]
groupadd missing && admin-tool publish >"$tmp/made"
ok "the missing one, made and published, is granted" eval 'id -Gn ada | grep -qw missing'
sed -i 's/^wheelers:x:[0-9]*/wheelers:x:0/' /etc/group && admin-tool publish >"$tmp/made"
ok "one that became root's is not" eval '! setpriv --reuid ada --regid ada --init-groups id -G | grep -qw 0'
exits 0 "back" admin-tool policy set admin_groups=default auditor_groups=
ok "... and they are gone" [ "$(id -Gn ada) $(id -Gn kim)" = 'ada coder-member coder-admin kim coder-member coder-auditor' ]

# -- a real sudo ----------------------------------------------------------------------------------------------
rm -f /etc/sudoers.d/*
echo '%sudo ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/test && chmod 440 /etc/sudoers.d/test
sqlite3 "$STORE" 'UPDATE accounts SET temporary = 0, temporary_until = NULL'
as() { setpriv --reuid "$1" --regid "$1" --init-groups -- "${@:2}"; }
run as ada sudo -n id -u
ok "without the mapping an Admin has no sudo" [ "$status" -ne 0 ]
exits 0 "admin_groups=sudo" admin-tool policy set admin_groups=sudo
complains '^admin-tool: note: .*polkit.*group: files \[SUCCESS=merge\] coder' "polkit, which reads lists, would not see them: said"
exits 0 "... again, with merge in nsswitch.conf" bash -c 'sed -i "/^group:/s/files/files [SUCCESS=merge]/" /etc/nsswitch.conf; admin-tool policy set auditor_groups=adm'
silent "... nothing to say"
sed -i '/^group:/s/ \[SUCCESS=merge\]//' /etc/nsswitch.conf
exits 0 "... nor when it is taken back" admin-tool policy set auditor_groups=default
silent "... so"
run as ada sudo -n id -u
ok "... and an Admin has" [ "$status $(cat "$tmp/out")" = '0 0' ]
run as alice sudo -n id -u
ok "... a member has not" [ "$status" -ne 0 ]

# -- groups that are no gift -----------------------------------------------------------------------------
remember
for key in admin_groups auditor_groups member_groups; do
    exits 4 "$key: a role's own group" admin-tool policy set "$key=coder-admin"
    complains "^admin-tool: coder-admin is a group of a role" "... says what it is"
done
unchanged "... and nothing is changed"
run admin-tool policy set member_groups=disk,shadow,audio
ok "member_groups with groups that have a meaning" [ "$status" -eq 0 ]
complains "^admin-tool: note: every member gets the group disk .*: it reads and writes all disks" "... is told"
complains "^admin-tool: note: every member gets the group shadow .*: it reads the hashes of passwords" "... of each"
ok "... not of others" eval '! grep -q "group audio" "$tmp/err"'
run admin-tool policy set admin_groups=sudo
ok "... nor of what admins get" eval '! grep -q "every member" "$tmp/err"'
admin-tool policy set member_groups=default >"$tmp/out"

# -- a row that no program of ours wrote
for row in "'colour', 'red'" "'free_failures', '-1'"; do
    sqlite3 "$STORE" "INSERT INTO policy VALUES ($row) ON CONFLICT DO UPDATE SET value = excluded.value"
    for verb in "policy" "users list" "users suspend nobody -y"; do
        # shellcheck disable=SC2086
        exits 7 "$verb with a bad row ($row)" admin-tool $verb
        complains "run 'admin-tool check'" "... says what tells more"
    done
    run admin-tool check
    name=${row%%,*}
    ok "check names it, and what mends it" grep -qF "DELETE FROM policy WHERE key = $name" "$tmp/out"
    bash -c "$(grep -o 'sqlite3 .*DELETE FROM policy.*publish' "$tmp/out" | head -n 1)" >"$tmp/mend" 2>&1
    exits 0 "... which does" admin-tool policy
done
exits 0 "a setting" admin-tool policy set temporary_hours=11 -o json
json '[s["changed"] for s in d] == [True]' "... says whether it was changed"
exits 0 "... again" admin-tool policy set temporary_hours=11 free_failures=9 -o json
json '{s["key"]: s["changed"] for s in d} == {"temporary_hours": False, "free_failures": True}' "... for each"
exits 0 "... a dry run" admin-tool policy set temporary_hours=12 --dry-run -o json
json 'd[0]["would_change"] is True and d[0]["changed"] is False and d[0]["value"] == 12' "... says what would be"
done_testing
