#!/bin/bash
# How old a password may become, by policy and by account; and a change that is required though the password is good.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
printf 'auth required pam_coder.so\naccount required pam_coder.so\npassword required pam_coder.so\nsession required pam_coder.so\n' >/etc/pam.d/coder-test

make alice --password-stdin <<<plain-horse-9-lantern
make bob --password-stdin <<<plain-horse-9-lantern
make carol --no-password
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
of() { value "SELECT $1 FROM accounts WHERE username='$2'"; }
age() { sqlite3 "$STORE" "UPDATE accounts SET password_changed_at = unixepoch() - $2 * 86400 WHERE username = '$1'"; }
account() { run pamtester coder-test "$1" acct_mgmt; }
# change NAME OLD NEW: as after an acct_mgmt that requires it.
change() { run pamtester coder-test "$1" 'chauthtok(PAM_CHANGE_EXPIRED_AUTHTOK)' < <(printf '%s\n' "$2" "$3" "$3"); }

# -- the account's own ----------------------------------------------------------------------------------------
exits 0 "create --password-max-days" admin-tool users create -u dora -e dora@example.com --no-password --password-max-days 90
ok "... is kept" [ "$(of password_max_days dora)" = 90 ]
exits 0 "edit --password-max-days never" admin-tool users edit dora --password-max-days never
run admin-tool users show dora -o json
json 'd["password_max_days"] == 0 and d["password_too_old_at"] is None' "never is 0 in JSON"
exits 0 "edit --password-max-days default" admin-tool users edit dora --password-max-days default
run admin-tool users show dora -o json
json 'd["password_max_days"] is None' "policy's is null"
ok "... audited" is_value "SELECT (before ->> 'password_max_days') || (after ->> 'password_max_days') IS NULL FROM audit ORDER BY id DESC LIMIT 1" 1
remember
exits 0 "what is so already" admin-tool users edit dora --password-max-days default
says 'dora has these values already' "... says so"
exits 0 "--dry-run" admin-tool users edit dora --password-max-days 7 --dry-run
says '^password max days: default -> 7$' "... shows it"
for days in 0 -1 99999 1.5 soon '' 9999999999999999999; do
    exits 2 "'$days' is refused" admin-tool users edit dora --password-max-days "$days"
done
unchanged "none of it changed anything"

# -- too old --------------------------------------------------------------------------------------------------
age alice 90
age bob 20
exits 0 "policy set password_max_days, --dry-run" admin-tool policy set password_max_days=30 --dry-run
complains '1 password becomes too old at once' "... says whom it concerns"
exits 0 "policy set password_max_days" admin-tool policy set password_max_days=30
complains '1 password becomes too old at once' "... says it, too"
account alice
ok "who is over it must change" grep -q 'required to change your password immediately (password expired)' "$tmp/err" "$tmp/out"
run admin-tool check alice
says '^su +password +yes: after changing the password, which is too old$' "check NAME says so"
run admin-tool users show alice -o json
json 'd["must_change"] == False and d["password_too_old_at"] < d["created_at"] and d["status"] == "active"' "that is a fact of its own"
account bob
ok "who is not need not" [ "$status" -eq 0 ]
account carol
ok "nor who has no password" [ "$status" -eq 0 ]
admin-tool users edit alice --password-max-days never >"$tmp/made"
account alice
ok "nor whose never is too old" [ "$status" -eq 0 ]
admin-tool users edit alice --password-max-days 90 >"$tmp/made"
account alice
ok "the account's own goes before policy's" grep -q 'password expired' "$tmp/err" "$tmp/out"
change alice plain-horse-9-lantern plain-horse-9-lantern
ok "the same password is none" [ "$status" -ne 0 ]
change alice plain-horse-9-lantern violet-engine-4-harbour
ok "a new one is taken" [ "$status" -eq 0 ]
account alice
ok "... and young" [ "$status" -eq 0 ]
age bob 27
run pamtester coder-test bob open_session
says 'Warning: your password will expire in 3 days\.' "in its last days the session says so"

# -- require-change -------------------------------------------------------------------------------------------
age bob 1
admin-tool policy set password_max_days=0 >"$tmp/made"
remember
run admin-tool users require-change alice bob <<<no
ok "asked about once (exit 5)" [ "$status" -eq 5 ]
says 'Are you sure you want to require a new password of these 2 users\? \(yes/no\)' "... for all"
says '^bob ' "... with a row for each"
exits 0 "--dry-run" admin-tool users require-change bob --dry-run
says 'Would require a new password of bob; nothing was changed' "... says so"
exits 4 "who has no password" admin-tool users require-change bob carol -y
complains 'carol has no password' "... is named"
exits 3 "nobody" admin-tool users require-change bob nobody-here -y
exits 2 "no name" admin-tool users require-change -y
exits 2 "names and --all" admin-tool users require-change bob --all -y
unchanged "none of it changed anything"
was=$(value 'SELECT count(*) FROM audit')
changed=$(of password_changed_at bob)
exits 0 "require-change" admin-tool users require-change alice bob bob -y
says '^alice must change the password at the next login\.$' "... says so"
ok "... a row of the audit log for each" is_value 'SELECT count(*) FROM audit' $((was + 2))
ok "... without an end" [ "$(of "temporary || coalesce(temporary_until, '-')" bob)" = 1- ]
ok "... the password stays" [ "$(of password_changed_at bob)" = "$changed" ]
run pamtester coder-test bob authenticate <<<plain-horse-9-lantern
ok "... and opens" [ "$status" -eq 0 ]
account bob
run admin-tool check alice
says '^su +password +yes: after changing the password, as an administrator requires$' "check NAME says so, too"
account bob
ok "... but must be changed" grep -q 'administrator enforced' "$tmp/err" "$tmp/out"
change bob plain-horse-9-lantern violet-engine-4-harbour
account bob
ok "changed, all is well" [ "$status" -eq 0 ]
admin-tool reset-password bob -y >"$tmp/made"
until=$(of temporary_until bob)
exits 0 "of a temporary password" admin-tool users require-change bob -y
says 'bob already has to change the password' "... says so"
ok "... the end stays" [ "$(of temporary_until bob)" = "$until" ]
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
mkfifo "$tmp/answer"
admin-tool users require-change bob <"$tmp/answer" >"$tmp/out" 2>"$tmp/err" &
exec 9>"$tmp/answer"
for ((i = 0; i < 200; i++)); do grep -q 'Are you sure' "$tmp/out" && break; sleep 0.1; done
admin-tool reset-password bob -y >"$tmp/made"
until=$(of temporary_until bob)
echo yes >&9
exec 9>&-
wait
ok "another password while the question stands keeps its end" [ "$(of temporary_until bob)" = "$until" ]
says 'bob already has to change the password' "... which is told"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
exits 0 "--all, a dry run" admin-tool users require-change --all --dry-run -o json
json 'd == {"changed": 0, "would_change": 2}' "... says of how many"
exits 0 "--all" admin-tool users require-change --all -y
says '^2 users must change the password at the next login\.$' "... says how many"
complains '2 accounts without a password' "... and how many stay out of it"
exits 0 "--all again" admin-tool users require-change --all -y
says 'Every password already has to be changed' "... says so"
done_testing
