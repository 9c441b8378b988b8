#!/bin/bash
# users import of a sheet that comes again: who has an account here is told as such, passed over or changed, and ids that
# do not suffice are said before anything takes its time.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

told() { [ "$(grep -c "$1" "$tmp/err")" -eq "$2" ]; }
import() { admin-tool users import "$@" --no-create-home --no-subids --passwords-to "pw.$RANDOM$RANDOM"; }
sheet() { { echo username,email,full_name,roles,status; printf '%s\n' "$@"; } >sheet.csv; }
events() { value "SELECT group_concat(event || ' ' || username, ', ') FROM audit WHERE id > $last"; }
mark() { last=$(value 'SELECT max(id) FROM audit'); generation=$(value 'SELECT generation FROM counters'); }
fact() { is_value "SELECT $2 FROM accounts WHERE username = '$1'" "$3"; }
crowd() { printf 'username,email,uid\n'; for ((i = 1; i <= $1; i++)); do echo "$2$i,$2$i@example.com,"; done; }

# -- ids that do not suffice ---------------------------------------------------------------------------
make boss --roles admin
admin-tool policy set uid_min=70100 uid_max=70109 >"$tmp/made"
{ crowd 12 a; echo x1,x1@example.com,80001; } >crowd.csv
remember
exits 4 "more accounts than ids" import crowd.csv
complains '12 accounts need an id, and policy.s range 70100-70109 has 9 left, so nothing' "... says both numbers"
exits 4 "... in a dry run, too" import crowd.csv --dry-run
unchanged "... and changes nothing"
crowd 10 b >crowd.csv
exits 4 "... a few more" strace -f -qq -e trace=clone,clone3 -o threads admin-tool users import crowd.csv
ok "... before a password is hashed" [ ! -s threads ]
{ crowd 9 a; for i in {1..5}; do echo "x$i,x$i@example.com,8000$i"; done; } >crowd.csv
exits 0 "uids in the file are not of the range" import crowd.csv
{ crowd 1 c; } >crowd.csv
exits 4 "the last one is gone" import crowd.csv
{ crowd 1 c; echo y,y@example.com,70105; } >crowd.csv
run import crowd.csv
complains 'line 3: uid 70105 is taken by a[0-9], an account of this store' "a uid of ours is told as ours"
{ crowd 12 d; echo z,z@example.com,80009; } >crowd.csv
run import crowd.csv --skip-bad
complains '^admin-tool: 12 accounts need an id' "lines are counted behind the first that has none"
admin-tool policy set uid_min=default uid_max=default >"$tmp/made"

# -- the same sheet again ------------------------------------------------------------------------------
sheet 'ann,ann@example.com,Ann,member,' 'ben,ben@example.com,Ben,auditor,'
exits 0 "a sheet" import sheet.csv
remember
run import sheet.csv
ok "the same again (exit 4)" [ "$status" -eq 4 ]
ok "... says of each that it is ours, and what to do" \
    told 'line [23]: [a-z]* is taken by an account of this store; --skip-existing passes it over, --update changes it' 2
sheet 'ann,ANN@Example.com,Ann,member,' 'ben,other@example.com,Ben,auditor,' 'cat,cat@example.com,,,'
run import sheet.csv --skip-existing
ok "--skip-existing: another e-mail address is another person (exit 4)" [ "$status" -eq 4 ]
complains 'line 3: ben is an account of this store with another e-mail address, ben@example.com' "... and told"
ok "... alone" told ' line ' 1
unchanged "... and nothing is changed"
sheet 'ann,ANN@Example.com,Ann,member,' 'ben,ben@example.com,Ben,,' 'cat,cat@example.com,,,'
exits 0 "--skip-existing" import sheet.csv --skip-existing
complains '^admin-tool: note: 2 accounts are here already and are passed over$' "... says how many"
ok "... once" told '^admin-tool: note: ' 1
ok "... adds the others" fact cat email cat@example.com
ok "... and leaves the passed over as they are" is_value "SELECT group_concat(role) FROM account_roles JOIN accounts USING (uid) WHERE username = 'ben'" auditor
remember
exits 0 "all are there" admin-tool users import sheet.csv --skip-existing --passwords-to none
says '^Imported 0 accounts\.' "... and nothing is left to do"
unchanged "... or done"
ok "... nor a file written" [ ! -e none ]
exits 0 "... which programs are told" admin-tool users import - --update --hand-over-to none -o json <<<$'username,full_name\nben,Ben'
json "d['changed'] is False and d['imported'] == 0 and d['updated'] == 0" "... as unchanged"
run import - --skip-existing <<<$'username,email\nann,ann@example.com\nann,ann@example.com'
complains 'line 3: ann is on line 2 already' "one of them twice"
exits 2 "both" import sheet.csv --skip-existing --update
exits 2 "with --from-passwd" admin-tool users import --from-passwd --update

# -- changes -------------------------------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -C one -f one && ssh-keygen -q -t ed25519 -N '' -C two -f two
admin-tool keys add ann one.pub >"$tmp/made"
hash=$(value "SELECT hash FROM accounts WHERE username = 'ann'")
cat >update.csv <<END
username,email,full_name,roles,shell,expires,password_max_days,never_dormant,ssh_keys
ann,ann@new.example.com,Ann Bee,auditor,/bin/sh,2037-01-31T12:00:00Z,30,true,"$(cat one.pub)
$(cat two.pub)"
dan,dan@example.com,,,,,,,
ben,ben@example.com,,auditor,,,,,
END
remember
exits 0 "--update, tried" import update.csv --update --dry-run
says '^dan ' "... shows who is created"
says '^ann: email: ann@example.com -> ann@new.example.com$' "... and what is changed"
says '^ann: roles: member -> auditor;member$' "... the roles"
says '^ann: account_expires_at: never -> 2037-01-31T12:00:00Z$' "... an end"
says '^ann: password_max_days: default -> 30$' "... days"
says '^ann: ssh_keys: \+ SHA256:[^,]*$' "... the key that is new"
says '^Would change 1\.$' "... and how many"
ok "... nothing of whom is so already" eval '! grep -q "^ben" "$tmp/out"'
unchanged "... and changes nothing"
mark
exits 0 "--update" import update.csv --update
says '^Imported 1 account, changed 1; ' "... says how many"
complains 'note: 1 account is up to date already$' "... also of the others"
ok "... once" told '^admin-tool: note: ' 1
ok "each fact is changed" fact ann "email || full_name || shell || strftime('%Y-%m-%d', expires_at, 'unixepoch') || password_max_days || never_dormant" \
    'ann@new.example.comAnn Bee/bin/sh2037-01-31301'
ok "... the roles" [ "$(id -Gn ann)" = 'ann coder-member coder-auditor' ]
ok "... the keys" is_value "SELECT count(*) FROM account_keys JOIN accounts USING (uid) WHERE username = 'ann'" 2
ok "... not the password" fact ann hash "$hash"
ok "one row each, as the verbs have them" [ "$(events)" = 'edit ann, edit-roles ann, key-add ann, import dan' ]
ok "... with before and after" is_value "SELECT before ->> 'email' || ' ' || (after ->> 'email') FROM audit WHERE event = 'edit'" 'ann@example.com ann@new.example.com'
mark
remember
exits 0 "again" import update.csv --update
unchanged "... changes nothing"
printf 'username,email,full_name\nann,ann@new.example.com,\nben,ben@example.com,Ben B.\n' >empty.csv
exits 0 "an empty cell" import empty.csv --update
ok "... leaves what is there, and so does a column that is not in the file" fact ann "full_name || shell" 'Ann Bee/bin/sh'
exits 0 "no e-mail address, of somebody who has one" import - --update <<<$'username,full_name\nben,Ben C.'
ok "... is enough" fact ben "email || full_name" 'ben@example.comBen C.'
run import - --update <<<$'username,full_name\nzoe,Zoe'
ok "... of somebody new is none (exit 4)" eval '[ "$status" -eq 4 ] && told "line 2: email is missing" 1'
exits 4 "a file with nothing in it" import /dev/null --update
exits 0 "never and default take back" import - --update <<<$'username,email,expires,password_max_days,never_dormant\nann,ann@new.example.com,never,default,false'
ok "... an end and days" fact ann "expires_at IS NULL AND password_max_days IS NULL AND never_dormant = 0" 1
exits 0 "JSON, as export writes it" sh -c 'admin-tool users export --format json --with-hashes | admin-tool users import - --update'
complains 'up to date already$' "... is so already"
admin-tool users export --with-hashes >all.csv
exits 0 "... and CSV" import all.csv --update

# -- what no file changes ------------------------------------------------------------------------------
remember
run import - --update <<<$'username,email,uid,gid,home,service_account\nann,ann@new.example.com,80099,100,/srv/ann,true'
ok "uid, gid, home and kind stay (exit 4)" [ "$status" -eq 4 ]
complains 'line 2: the uid of ann is [0-9]*, .*; the gid of .*; the home of ann is /home/ann, .*; the service_account of ' "... all told"
run import - --update <<<$'username,email,password_hash,must_change\nben,ben@example.com,$6$salt$'"$(printf 'a%.0s' {1..86})"',false'
ok "a password stays (exit 4)" eval '[ "$status" -eq 4 ] && ! grep -q "aaaa" "$tmp/err"'
complains 'the password_hash of ben is another one, and no import changes it; the must_change of ben' "... told"
run import - --update <<<$'username,email,shell\nann,BEN@example.com,/no/such'
complains 'line 2: BEN@example.com is the e-mail address of ben' "another's e-mail address"
run import - --update <<<$'username,email,shell\nann,ann@new.example.com,/no/such'
complains "line 2: the shell '/no/such' " "a shell that is none"
run import - --update <<<$'username,email\nann,ann@new.example.com\nann,x@example.com'
complains 'line 3: ann is on line 2 already' "a name twice"
unchanged "... and nothing is changed"

# -- what is taken away --------------------------------------------------------------------------------
sheet 'ann,ann@new.example.com,,member,' 'ben,ben@example.com,,,suspended'
remember
run import sheet.csv --update </dev/null
ok "a role or an account is asked for (exit 5)" [ "$status" -eq 5 ]
complains 'ann: roles: auditor;member -> member' "... with what is lost"
run import - --update <sheet.csv
ok "... standard input cannot answer (exit 2)" [ "$status" -eq 2 ]
unchanged "... and nothing is changed"
runs() { setpriv --reuid "$1" --regid "$1" --clear-groups sleep 600 >/dev/null 2>&1 & }
runs ann
runs cat
other=$!
sleep 0.5
mark
exits 0 "taken away" import sheet.csv --update -y
ok "... what ran is ended" eval '! pgrep -u ann sleep'
ok "... of nobody else" eval 'pgrep -u cat sleep >"$tmp/made"'
kill $other
ok "... the events are the verbs'" [ "$(events)" = 'edit-roles ann, suspend ben' ]
ok "... the suspended is out" [ "$(getent passwd ben | cut -d: -f7)" = /usr/sbin/nologin ]
runs ben
runs cat
other=$!
sleep 0.5
exits 0 "the same again, after a run that was killed" import sheet.csv --update
ok "... ends what the suspended left running" eval '! pgrep -u ben sleep'
ok "... and nobody else's" eval 'pgrep -u cat sleep >"$tmp/made"'
kill $other
sheet 'ben,ben@example.com,,,active'
exits 0 "and given back" import sheet.csv --update
ok "... is there again" [ "$(getent passwd ben | cut -d: -f7)" = /bin/bash ]

sheet 'boss,boss@example.com,,member,'
remember
exits 4 "the last Admin" import sheet.csv --update -y
complains 'boss is among the last active Admins' "... is told"
exits 4 "... in a dry run, too" import sheet.csv --update -y --dry-run
sheet 'boss,boss@example.com,,,suspended' 'ann,ann@new.example.com,,admin,suspended'
exits 4 "... nobody is one who is suspended" import sheet.csv --update -y
sheet 'boss,boss@example.com,,member,' 'eve,eve@example.com,,admin,suspended'
exits 4 "... nor one who is made suspended" import sheet.csv --update -y
exits 4 "oneself" env SUDO_UID="$(id -u cat)" SUDO_USER=cat admin-tool users import - --update -y <<<$'username,email,status\ncat,cat@example.com,suspended'
unchanged "... and nothing is changed"
sheet 'boss,boss@example.com,,member,' 'ann,ann@new.example.com,,admin,'
exits 0 "where another one comes, one may go" import sheet.csv --update -y
sheet 'ann,ann@new.example.com,,member,'
exits 0 "with --force the last one, too" import sheet.csv --update -y --force

# -- a local account, which its line in /etc/passwd decides about ----------------------------------------
useradd -m local && admin-tool users import --from-passwd local=local@example.com >"$tmp/made" 2>&1
sheet 'local,local@example.com,Lo Cal,,'
exits 0 "a change of one" import sheet.csv --update
complains '^admin-tool: note: local still has a line in /etc/passwd' "... says what decides"
sheet 'local,local@example.com,,admin,'
remember
run import sheet.csv --update
complains 'line 2: local is still a user of /etc/passwd, who would get the groups of the roles' "a role is not given to it"
unchanged "... nor anything else"
sheet 'local,local@example.com,,,suspended'
run import sheet.csv --update -y
ok "suspended it goes on (exit 1)" [ "$status" -eq 1 ]
complains 'local .*/etc/passwd' "... which is told"

# -- together ------------------------------------------------------------------------------------------
{ crowd 500 m; } >many.csv
sed 's/,$/,/; s/uid/full_name/; 2,$s/,$/,Many/' many.csv >named.csv
exits 0 "many" admin-tool users import <(sed '2,$s/$/*/; 1s/uid/password_hash/' many.csv) --no-create-home --no-subids
mark
strace -f -qq -e trace=rename,renameat,renameat2 -o trace admin-tool users import named.csv --update >"$tmp/out" 2>"$tmp/err"
ok "500 changes, one publication" [ "$(grep -c directory trace)" -eq 1 ]
ok "... all made" is_value "SELECT count(*) FROM accounts WHERE full_name = 'Many'" 500
ok "... and on record" is_value "SELECT count(*) FROM audit WHERE event = 'edit' AND id > $last" 500
done_testing
