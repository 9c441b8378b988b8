#!/bin/bash
# chage's days come over by users import --from-passwd as far as they have a place, the rest is told; and what import
# and export say of ages.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
local_user() { useradd -M -s /bin/bash "$1"; echo "$1:correct-horse-9" | chpasswd; }
of() { value "SELECT coalesce($1, '-') FROM accounts WHERE username = '$2'"; }

for name in plain aged strict never zero ending idle; do local_user "$name"; done
day() { date -u -d "$1" +%F; }
chage -M 30 -d "$(day '-100 days')" aged
chage -m 7 -M 90 -W 14 -I 20 strict
chage -M 99999 never && chage -M 0 zero
chage -E 2037-01-31 ending
chage -M 30 -I 5 -d "$(day '-100 days')" idle

# -- what comes over ------------------------------------------------------------------------------------------
run admin-tool users import --from-passwd plain aged strict never zero ending idle
ok "imported" [ "$status" -eq 0 ]
ok "max: the account's own" [ "$(of password_max_days aged) $(of password_max_days strict)" = "30 90" ]
ok "99999, the default of useradd: policy's" [ "$(of password_max_days plain)$(of password_max_days never)" = -- ]
ok "0 days: one" [ "$(of password_max_days zero)" = 1 ]
ok "the last change" [ "$(of "date(password_changed_at, 'unixepoch')" aged)" = "$(day '-100 days')" ]
ok "a password too old is too old, not temporary" [ "$(of temporary aged)" = 0 ]
run admin-tool users show aged -o json
json 'd["password_too_old_at"] is not None and d["must_change"] is False' "... and shown so"
ok "expire: the account's end" [ "$(of "date(expires_at, 'unixepoch')" ending)" = 2037-01-31 ]
ok "not changed within inactive: suspended" [ "$(of status idle)" = suspended ]
run admin-tool users import --from-passwd --take-over aged -y
ok "taken over" [ "$status" -eq 0 ]
run pamtester sshd aged acct_mgmt
ok "... it must be changed" grep -q 'password expired' "$tmp/out" "$tmp/err"

# -- a long time between staging and taking over --------------------------------------------------------------
sqlite3 "$STORE" "UPDATE accounts SET created_at = 1600000000, awake_since = NULL WHERE username = 'never'"
admin-tool policy set dormant_days=90 >"$tmp/made" 2>&1
run admin-tool users show never -o json
json 'd["status"] == "dormant"' "who logs in by the local line is unused to us"
run admin-tool users import --from-passwd --take-over never -y
run admin-tool users show never -o json
json 'd["status"] == "active"' "... and awake when taken over"
admin-tool policy set dormant_days=0 >"$tmp/made"

# -- what has no place ----------------------------------------------------------------------------------------
admin-tool users delete strict -y --force >"$tmp/made" 2>&1
for name in one two three; do local_user $name; done
chage -m 7 -M 90 -W 14 -I 20 one && chage -m 2 two && chage -W 3 three
run admin-tool users import --from-passwd one two three --dry-run
complains '^admin-tool: note: one has min 7, warn 14, inactive 20 in /etc/shadow, which has no place here: .*password_min_hours' "min, warn and inactive are told"
complains '^admin-tool: note: two has min 2 in /etc/shadow' "... what there is of them"
ok "... but not the warning of a password without an end" eval '! grep -q "three has" "$tmp/err"'
admin-tool policy set password_min_hours=168 password_warn_days=14 >"$tmp/made"
run admin-tool users import --from-passwd one --dry-run
complains 'note: one has inactive 20 in' "... nor what policy says as well"
for i in $(seq 12); do local_user "m$i" && chage -m 3 "m$i"; done
run admin-tool users import --from-passwd $(seq -f 'm%g' 12) --dry-run
complains '^admin-tool: note: 12 accounts have a min, warn or inactive of their own' "many are one line"
ok "... one" [ "$(grep -c 'of their own' "$tmp/err")" -eq 1 ]

# -- import and export ----------------------------------------------------------------------------------------
cat >people.csv <<'END'
username,email,password_max_days,never_dormant,created_at,password_hash
anna,anna@example.com,60,true,2020-01-01T00:00:00Z,*
ben,ben@example.com,never,false,2020-01-01T00:00:00Z,*
cleo,cleo@example.com,default,,2020-01-01T00:00:00Z,*
END
admin-tool policy set dormant_days=90 >"$tmp/made"
exits 0 "columns of import" admin-tool users import people.csv
ok "password_max_days" [ "$(of password_max_days anna) $(of password_max_days ben) $(of password_max_days cleo)" = "60 -1 -" ]
ok "never_dormant" [ "$(of never_dormant anna)$(of never_dormant ben)$(of never_dormant cleo)" = 100 ]
run admin-tool users list --status dormant -o json
json 'd == []' "an old account that is imported is not dormant at once"
admin-tool users export >all.csv
ok "export --format csv" grep -q '^anna,.*,60,true$' all.csv
ok "... never and default" eval 'grep -q "^ben,.*,never,false$" all.csv && grep -q "^cleo,.*,,false$" all.csv'
admin-tool users export --format json >all.json
ok "export --format json" python3 -c '
import json
d = {u["username"]: u for u in map(json.loads, open("all.json"))}
assert (d["anna"]["password_max_days"], d["ben"]["password_max_days"], d["cleo"]["password_max_days"]) == (60, 0, None)
assert d["anna"]["never_dormant"] is True and d["ben"]["never_dormant"] is False'
ages() { value "SELECT username, password_max_days, never_dormant FROM accounts WHERE username IN ('anna', 'ben', 'cleo') ORDER BY username"; }
was=$(ages)
for format in csv json; do
    rm -r "$STATE"
    grep -E '^(username|anna|ben|cleo),|"username":"(anna|ben|cleo)"' all.$format >some.$format
    run admin-tool users import some.$format --no-create-home
    ok "$format goes back as it came" [ "$(ages)" = "$was" ]
done
grep -v '^ben\|^cleo' some.csv | sed 's/,60,/,sixty,/; s/anna/dana/g; s/,[0-9]*,/,,/' >bad.csv
remember
run admin-tool users import bad.csv
ok "a bad number is refused (exit 4)" [ "$status" -eq 4 ]
complains "the password_max_days 'sixty' is not a number of days" "... is told"
unchanged "... and nothing imported"
done_testing
