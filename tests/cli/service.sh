#!/bin/bash
# Service accounts, which programs use and nobody logs in to, and accounts whose password is taken away.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

of() { value "SELECT $1 FROM accounts WHERE username = '$2'"; }

# -- made -----------------------------------------------------------------------------------------------------
make alice --roles admin
run admin-tool users list
says '^USERNAME +EMAIL +CREATED AT +STATUS$' "where there are none, nothing is marked"
exits 0 "a service account" admin-tool users create --service-account ci-runner
says 'ci-runner is a service account: it has no password, and its shell is /usr/sbin/nologin' "... says what it is"
says '^Let a program log in as it with: admin-tool users edit ci-runner --shell /bin/sh, and admin-tool keys add ci-runner FILE$' \
    "... and that a login takes a shell, too"
ok "... and no word to pass on" eval '! grep -qiE "pass this on|Email|Temporary" "$tmp/out"'
ok "... without e-mail, password and a shell" [ "$(of "(email IS NULL) || '|' || (hash IS NULL) || '|' || shell || '|' || service || temporary" ci-runner)" = \
    '1|1|/usr/sbin/nologin|10' ]
ok "... with a home" [ "$(stat -c %U /home/ci-runner)" = ci-runner ]
ok "... audited as one" is_value "SELECT (after ->> 'service_account') || coalesce(after ->> 'email', '-') FROM audit ORDER BY id DESC LIMIT 1" 1-
exits 0 "another by -u, with an e-mail, a shell, as JSON" admin-tool users create -u deploy --service-account -e ops@example.com --shell /bin/sh -o json
json 'd["service_account"] is True and d["email"] == "ops@example.com" and d["temporary_password"] is None' "... says so"
exits 0 "a third without an e-mail" admin-tool users create mirror --service-account
exits 0 "a name behind the command is taken from people, too" admin-tool users create bob -e bob@example.com --no-password
says '^Email: bob@example.com$' "... as ever"
exits 2 "no name" admin-tool users create --service-account
complains '^admin-tool: missing: -u NAME$' "... is all that is missing"
exits 2 "two names" admin-tool users create x -u y --service-account
exits 2 "with a password" admin-tool users create x --service-account --password-stdin
exits 4 "an empty e-mail" admin-tool users create x --service-account -e ''
exits 4 "an e-mail of somebody else" admin-tool users create x --service-account -e ops@example.com
exits 2 "people go on needing one" admin-tool users create x

# -- shown ----------------------------------------------------------------------------------------------------
run admin-tool users list
says '^USERNAME +EMAIL +CREATED AT +STATUS +SERVICE ACCOUNT$' "where there are some, they are marked"
says '^ci-runner +- +20[0-9-]+ .* active +yes$' "... with no e-mail"
says '^alice +alice@example.com .* active +no$' "... people not"
run admin-tool users list --role admin
says ' STATUS$' "... a list without them is as ever"
run admin-tool users list -c username,email
says '^USERNAME +EMAIL$' "... and so is what was asked for"
run admin-tool users list -o json
json '[(u["username"], u["service_account"], u["email"]) for u in d if u["service_account"]] == [("ci-runner", True, None), ("deploy", True, "ops@example.com"), ("mirror", True, None)]' \
    "... as JSON, too"
run admin-tool users show ci-runner
says '^Email +-$' "shown"
says '^Service account +yes$' "... as one"
exits 0 "found by e-mail" admin-tool users show ops@example.com -c username
says 'deploy' "... where there is one"
exits 3 "nothing is no e-mail" admin-tool users show ''
exits 0 "check NAME of one without a key" admin-tool check ci-runner
ok "... has nothing to say against it" eval '! grep -qE "user-no-way|user-nologin" "$tmp/out"'
run admin-tool users suspend ci-runner --dry-run
says '^ci-runner .* active +yes$' "before a question it is marked, too"

# -- what it does ---------------------------------------------------------------------------------------------
run runuser -u ci-runner -- id -un
ok "a program runs as it" [ "$(cat "$tmp/out")" = ci-runner ]
admin-tool policy set dormant_days=30 password_max_days=30 >"$tmp/made"
sqlite3 "$STORE" "UPDATE accounts SET created_at = 1000000000, password_changed_at = 1000000000 WHERE service = 1"
run admin-tool users list --status active -c username
says '^ci-runner$' "it is not dormant, however old"
admin-tool policy set dormant_days=default password_max_days=default >"$tmp/made"

# -- changed --------------------------------------------------------------------------------------------------
exits 0 "an e-mail given" admin-tool users edit ci-runner -e ci@example.com
ok "... is there" [ "$(of email ci-runner)" = ci@example.com ]
exits 0 "... taken away" admin-tool users edit ci-runner -e ''
ok "... is gone" [ "$(of 'email IS NULL' ci-runner)" = 1 ]
exits 0 "... twice" admin-tool users edit ci-runner -e ''
says 'these values already' "... is nothing"
exits 4 "people keep theirs" admin-tool users edit bob -e ''
complains 'bob needs an e-mail address: only a service account may be without' "... which is said"
run admin-tool reset-password ci-runner <<<no
says 'ci-runner is a service account, which is meant to have no password; this gives it one' "a password for one: says so and asks"
ok "... without a yes nothing is done (exit 5)" eval '[ "$status" -eq 5 ] && [ "$(of "hash IS NULL" ci-runner)" = 1 ]'
exits 0 "... -y answers" admin-tool reset-password ci-runner -y
ok "... with no line for an e-mail it has not" eval 'grep -q "Temporary password: " "$tmp/out" && ! grep -q Email "$tmp/out"'
exits 0 "... and it is taken away again" admin-tool users edit ci-runner --no-password
ok "... all of it" [ "$(of "hash IS NULL AND temporary = 0 AND temporary_until IS NULL" ci-runner)" = 1 ]
silent "... of which no word is needed"

# -- the password of anybody taken away -----------------------------------------------------------------------
make carol
exits 0 "--no-password --dry-run" admin-tool users edit carol --no-password --dry-run
says '^password: yes -> none$' "... says what it does"
ok "... and does nothing" [ "$(of 'hash IS NULL' carol)" = 0 ]
exits 0 "--no-password" admin-tool users edit carol --no-password
ok "... takes it away, and what was temporary" [ "$(of "hash IS NULL AND temporary = 0" carol)" = 1 ]
complains 'note: carol has no password and no key of the account now' "... says that nothing opens it"
ok "... audited" is_value "SELECT event || (before ->> 'has_password') || (after ->> 'has_password') FROM audit ORDER BY id DESC LIMIT 1" edit10
ok "... and the former one stays one that may not come back" is_value \
    "SELECT count(*) FROM password_history JOIN accounts USING (uid) WHERE username = 'carol'" 1
exits 0 "... twice" admin-tool users edit carol --no-password
says 'these values already' "... is nothing"
run admin-tool reset-password carol <<<no
says 'carol has no password, only keys; this gives one' "a new one: says so and asks"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
admin-tool keys add alice "$tmp/key.pub" >"$tmp/made" && admin-tool keys add bob "$tmp/key.pub" >"$tmp/made"
exits 0 "of the last Admin, who has a key" admin-tool users edit alice --no-password
silent "... no word"
admin-tool reset-password alice -y >"$tmp/made"
admin-tool keys remove alice "$(ssh-keygen -lf "$tmp/key.pub" | cut -d' ' -f2)" >"$tmp/made"
exits 0 "... and who has none" admin-tool users edit alice --no-password
complains 'alice, the last active Admin, has no password and no key' "... a note"

# -- the last Admin is a person -------------------------------------------------------------------------------
admin-tool users edit-roles deploy --roles admin -y >"$tmp/made"
exits 4 "the last Admin but a service account" admin-tool users suspend alice -y
run admin-tool users edit-roles deploy --roles member -y

# -- in and out -----------------------------------------------------------------------------------------------
all() { value "SELECT group_concat(username || service || coalesce(email, '-') || shell || (hash IS NULL), ' ') FROM (SELECT * FROM accounts ORDER BY username)"; }
before=$(all)
run admin-tool users export
says '^username,email,.*,service_account' "exported in a column"
says '^ci-runner,,' "... with no e-mail"
for format in csv json; do
    admin-tool users export --with-hashes --format "$format" >"$tmp/export"
    mv "$STATE" "$tmp/old-$format"
    exits 0 "what is exported as $format" admin-tool users import "$tmp/export"
    ok "... is imported as it was" [ "$(all)" = "$before" ]
done
cat >"$tmp/in.csv" <<'END'
username,email,service_account
robot1,,true
robot2,,true
fred,fred@example.com,false
END
exits 0 "new ones from a file, none with an e-mail" admin-tool users import "$tmp/in.csv"
json '[u["username"] for u in d] == ["fred"]' "... people alone get a password"
ok "... nobody a shell" [ "$(of "shell || (email IS NULL) || (hash IS NULL)" robot2)" = /usr/sbin/nologin11 ]
run admin-tool users import - <<<$'username,email,service_account\nx,,false'
complains 'line 2: email is missing' "people need an e-mail there, too"

exits 0 "a backup" admin-tool backup "$tmp/backup"
install -d -m 700 /root/b && cp "$tmp/backup" /root/b/backup
before=$(all)
admin-tool users edit ci-runner -e x@example.com >"$tmp/made"
admin-tool users edit deploy -e '' >"$tmp/made"
admin-tool users edit bob -e ops@example.com >"$tmp/made"
admin-tool users delete robot1 -y >"$tmp/made"
exits 0 "... brings e-mails back, and none" admin-tool restore /root/b/backup --exact -y
ok "... to all" [ "$(all)" = "$before" ]
exits 0 "deleted" admin-tool users delete ci-runner -y
run admin-tool audit --user ci-runner -n 1
says 'delete +ci-runner' "... as anybody"
done_testing
