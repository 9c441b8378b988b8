#!/bin/bash
# What a person is told of an account beside the verb's own answer: who suspended it and why, whether there is a password,
# what a new one does not mend, until when it is good, and under which name it was deleted.
# shellcheck source=tests/cli/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"
ATTEMPTS=$STATE/private/activity.db

# -- a suspension -----------------------------------------------------------------------------

make amy --roles admin
make ben
make key --no-password
run admin-tool users show ben
ok "an active account's text has no suspension" eval '! grep -qi "^suspended\|^reason" "$tmp/out"'
admin-tool users suspend ben -y --reason 'left, on Monday' >"$tmp/made"
exits 0 "show of a suspended one" admin-tool users show ben
says '^Suspended at +20[0-9-]+ [0-9:]+' "... says when"
says '^Suspended by +root$' "... by whom"
says '^Reason +left, on.*Monday$' "... and why, in one line"
admin-tool users activate ben -y >"$tmp/made"
admin-tool users rename ben benno -y >"$tmp/made" 2>&1
admin-tool users suspend benno -y >"$tmp/made"
exits 0 "renamed, suspended without a reason" admin-tool users show benno
says '^Suspended by +root$' "... by whom"
ok "... and no reason" eval '! grep -q "^Reason" "$tmp/out"'
admin-tool users activate benno -y >"$tmp/made"

# -- a password there is -------------------------------------------------------------------------

run admin-tool users show key -o json
json 'd["has_password"] is False' "who has keys alone has no password"
run admin-tool users list -o json
json '{a["username"]: a["has_password"] for a in d} == {"amy": True, "benno": True, "key": False}' "a list has it, too"
run admin-tool reset-password key -y -o json
json 'd["has_password"] is True' "... a new one is there"

# -- a new password --------------------------------------------------------------------------------

admin-tool users create -u backup-job --service-account >"$tmp/made"
exits 0 "a service account gets a password" admin-tool reset-password backup-job -y
complains '^admin-tool: note: backup-job is a service account' "... which is said"
sqlite3 "$ATTEMPTS" "INSERT INTO failures VALUES ($(id -u amy), 'ip:192.0.2.1', 9, unixepoch())"
exits 0 "who is locked out gets one" admin-tool reset-password amy -y
complains '^admin-tool: note: amy is locked until .*users unlock amy' "... and is locked yet, which is said"
exits 0 "... not of another" admin-tool reset-password benno -y
silent "... of whom there is nothing to say"

live_in 'Zone Test 0 - UTC'
admin-tool users edit benno --expires "$(date -u -d '+2 days' +%F)" >"$tmp/made"
admin-tool policy set temporary_hours=240 >"$tmp/made"
exits 0 "the account ends before the password" admin-tool reset-password benno -y
says "^Valid until: $(date -u -d '+2 days' +%F)" "... which is valid until then"
admin-tool policy set temporary_hours=24 >"$tmp/made"
exits 0 "the password ends before" admin-tool reset-password benno -y
says "^Valid until: $(date -u -d '+1 day' +%F)" "... so until its own end"

# -- names ---------------------------------------------------------------------------------------

make old
admin-tool users rename old new -y >"$tmp/made" 2>&1
exits 4 "a former name of somebody" admin-tool users create -u old -e x@example.com
complains 'old is the former name of new; names' "... is named as one"
admin-tool users delete new -y >"$tmp/made" 2>&1
exits 4 "... who was deleted since" admin-tool users create -u old -e x@example.com
complains 'old is the former name of new, who was deleted;' "... under the name he had last"
exits 4 "... and that one" admin-tool users create -u new -e x@example.com
complains 'new was deleted;' "... was deleted"

# -- an import -----------------------------------------------------------------------------------

printf 'username,email\namy,amy@example.com\n' >"$tmp/known.csv"
exits 0 "an import with nobody new" admin-tool users import "$tmp/known.csv" --skip-existing
ok "... prints nothing for a program" [ ! -s "$tmp/out" ]
run admin-tool users import "$tmp/known.csv" --skip-existing -o json
json 'd == []' "... which gets its array"
printf 'username,email,full_name\namy,amy@example.com,Amy\n' >"$tmp/known.csv"
exits 0 "... that changes one" admin-tool users import "$tmp/known.csv" --update -y
ok "... neither" eval '! grep -q "\[\]" "$tmp/out"'
done_testing
