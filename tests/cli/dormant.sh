#!/bin/bash
# Unused accounts: policy's dormant_days, who is exempt, and who wakes them.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
printf 'account required pam_coder.so\nsession required pam_coder.so\n' >/etc/pam.d/coder-test

for name in alice bob carol dora; do
    make "$name" --no-password
done
admin-tool users edit-roles alice --roles admin -y >"$tmp/made"
of() { value "SELECT coalesce($1, '-') FROM accounts WHERE username='$2'"; }
# unused NAME DAYS: since then, and no younger than that.
unused()
{
    sqlite3 "$STORE" "UPDATE accounts SET created_at = 1600000000, awake_since = NULL,
        last_login_day = (unixepoch() / 86400 - $2) * 86400 WHERE username = '$1'"
}
account() { run pamtester coder-test "$1" acct_mgmt; }
refused() { account "$1"; grep -q 'has not been used for a long time' "$tmp/out" "$tmp/err" && [ "$status" -ne 0 ]; }
let_in() { account "$1"; [ "$status" -eq 0 ]; }

# -- who is unused, without the policy ------------------------------------------------------------------------
unused alice 200
unused bob 100
unused carol 80
run admin-tool users list --inactive 90d -c username
ok "list --inactive 90d" [ "$(tail -n +2 "$tmp/out" | tr -d ' ' | tr '\n' ' ')" = "alice bob " ]
run admin-tool users list --inactive 90d -c username,last_login_day
ok "... with the day" grep -qE "^alice +$(date -u -d '-200 days' +%F)$" "$tmp/out"
run admin-tool users list --inactive 10w -o json
json '[u["username"] for u in d] == ["alice", "bob", "carol"]' "... in weeks, as JSON"
json "d[0]['last_login_day'] == '$(date -u -d '-200 days' +%F)'" "... with the day"
sqlite3 "$STORE" "UPDATE accounts SET last_login_day = NULL, created_at = unixepoch() - 95 * 86400 WHERE username = 'dora'"
run admin-tool users list --inactive 90d -c username
says '^dora' "who never logged in counts from the creation"
exits 2 "no duration" admin-tool users list --inactive ever
for name in alice bob carol dora; do
    ok "without the policy nobody is dormant: $name" let_in "$name"
done

# -- the policy -----------------------------------------------------------------------------------------------
sqlite3 "$STORE" "UPDATE accounts SET awake_since = unixepoch() WHERE username = 'dora'"
unused alice 200
unused bob 100
unused carol 80
remember
exits 0 "policy set, --dry-run" admin-tool policy set dormant_days=90 --dry-run
complains '2 accounts become dormant at once, and no active Admin is left' "... says whom it shuts out"
unchanged "... and changes nothing"
exits 0 "policy set" admin-tool policy set dormant_days=90
complains '2 accounts become dormant at once, and no active Admin is left; .*users activate NAME' "... says it, too"
exits 0 "policy set, longer" admin-tool policy set dormant_days=91
silent "... shuts nobody out"
admin-tool policy set dormant_days=90 >"$tmp/made" 2>&1
ok "an unused account is refused, with its words" refused bob
ok "... by cron, too" eval 'cp /etc/pam.d/coder-test /etc/pam.d/cron; ! pamtester cron bob acct_mgmt >"$tmp/out" 2>&1'
ok "... and gets no session" eval '! pamtester coder-test bob open_session >"$tmp/out" 2>&1'
ok "one that is used is not" let_in carol
ok "nor one that was made awake" let_in dora
run admin-tool users list --status dormant -c username
ok "list --status dormant" [ "$(tail -n +2 "$tmp/out" | tr -d ' ' | tr '\n' ' ')" = "alice bob " ]
run admin-tool users show bob -o json
json 'd["status"] == "dormant" and d["dormant_at"].endswith("T00:00:00Z") and d["never_dormant"] is False' "show -o json"
run admin-tool users show carol
says '^Dormant at +20' "show says when"
run admin-tool check
ok "check counts them" eval 'grep -q "2 accounts are dormant" "$tmp/out" && grep -q "users list --status dormant" "$tmp/out"'
ok "... and names the Admin to wake" grep -q 'admin-tool users activate alice' "$tmp/out"
run admin-tool check bob
ok "check NAME says why and what to do" eval 'grep -q "dormant since 20.*nobody had logged in" "$tmp/out" && grep -q "admin-tool users activate bob" "$tmp/out"'

# -- lost attempts decide nothing -----------------------------------------------------------------------------
rm -f "$STATE"/private/activity.db*
ok "without activity.db the dormant stay so" refused bob
ok "... and nobody else becomes it" let_in carol

# -- a new password wakes nobody ------------------------------------------------------------------------------
run admin-tool reset-password bob -y
complains "note: bob is still dormant; see 'admin-tool users activate'" "reset-password says that it does not let in"
ok "... which is so" refused bob
admin-tool users edit bob --no-password >"$tmp/made" 2>&1

# -- waking ---------------------------------------------------------------------------------------------------
sleep 1
exits 0 "activate" admin-tool users activate bob -y
says '^bob was dormant and is active again\.$' "... says what was"
ok "... wakes" let_in bob
ok "... audited" is_value "SELECT event || (after ->> 'awake_since' > before ->> 'awake_since') FROM audit ORDER BY id DESC LIMIT 1" activate1
ok "... the last login is as before" [ "$(of last_login_day bob)" -lt "$(of awake_since bob)" ]
exits 0 "activate who is active" admin-tool users activate bob -y
says '^bob is already active\.$' "... says so"
unused bob 100
admin-tool users suspend bob -y >"$tmp/made"
run admin-tool users list --status suspended -c username
says '^bob' "suspended goes before dormant"
exits 0 "activate who is both" admin-tool users activate bob -y
says '^bob was dormant and is active again\.$' "... says both"
ok "... mends both" let_in bob
ok "a session counts as use" eval 'run pamtester coder-test bob open_session; [ "$(of last_login_day bob)" -eq $(($(date +%s) / 86400 * 86400)) ]'

# -- keys of the account: sshd asks for them without the store ------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
admin-tool keys add bob "$tmp/key.pub" >"$tmp/made"
keys_of() { setpriv --reuid _coder-keys --clear-groups /usr/libexec/coder_keys "$1"; }
has_keys() { [ -n "$(keys_of "$1")" ]; }
ok "the key of one who is active is given" has_keys bob
unused bob 100
admin-tool publish >"$tmp/made"
ok "of the dormant it is not" eval '! has_keys bob'
admin-tool users activate bob -y >"$tmp/made"
ok "... and is again with activate" has_keys bob
unused bob 100
admin-tool publish >"$tmp/made"
admin-tool users edit bob --never-dormant >"$tmp/made"
ok "... and with --never-dormant" has_keys bob
admin-tool users edit bob --may-be-dormant >"$tmp/made" 2>&1
ok "... which is taken back" eval '! has_keys bob'
admin-tool policy set dormant_days=0 >"$tmp/made"
ok "without the policy it is given" has_keys bob
admin-tool policy set dormant_days=90 >"$tmp/made" 2>&1
ok "... and not with it" eval '! has_keys bob'

# -- exempt ---------------------------------------------------------------------------------------------------
exits 0 "edit --never-dormant" admin-tool users edit alice --never-dormant
ok "... wakes for good" let_in alice
run admin-tool users show alice -o json
json 'd["never_dormant"] is True and d["dormant_at"] is None and d["status"] == "active"' "... is shown"
exits 0 "edit --may-be-dormant" admin-tool users edit alice --may-be-dormant
complains 'alice is dormant now' "... says what that means at once"
ok "... takes it back" refused alice
exits 2 "both" admin-tool users edit alice --never-dormant --may-be-dormant
exits 0 "create --never-dormant" admin-tool users create -u emil -e emil@example.com --no-password --never-dormant
unused emil 500
ok "... never is" let_in emil
done_testing
