#!/bin/bash
# users import and export: what is read, what each account becomes, every bad line told, all or nothing, and that
# what export writes is read back to the same bytes. The JSON is judged by jq.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
samples=/src/tests/samples
cd "$tmp" || exit 1

fresh() { rm -rf "$STATE"; }
not_in() { ! grep -q 'password_[^m]\|[$][16y][$]' "$1"; }
is_jq() { jq -e "$1" "$tmp/out" >/dev/null; }
told() { [ "$(grep -c "$1" "$tmp/err")" -eq "$2" ]; }

# -- a file of CSV ------------------------------------------------------------------------------------
exits 0 "--dry-run without a store" admin-tool users import $samples/accounts.csv --dry-run
says 'Would import 3' "... says what it would do"
says '^alice +80001 alice@example.com +admin,auditor,member' "... and shows whom"
ok "... and makes nothing" [ ! -e "$STATE" ]
cp $samples/accounts.csv here.csv
exits 0 "CSV, named from where we are" admin-tool users import here.csv
ok "the temporary passwords are JSON" is_jq 'length == 3 and all(.[]; (.temporary_password | length) == 24)'
ok "... with name, e-mail and end" is_jq '.[0] | .username == "alice" and .email == "alice@example.com" and (.expires_at | test("Z$"))'
password=$(jq -r '.[0].temporary_password' "$tmp/out")
ok "... and are those of the hashes" python3 - "$STORE" "$password" <<'END'
import ctypes, sqlite3, sys
crypt = ctypes.CDLL('libcrypt.so.1').crypt
crypt.restype = ctypes.c_char_p
(stored,) = sqlite3.connect(sys.argv[1]).execute("SELECT hash FROM accounts WHERE username = 'alice'").fetchone()
sys.exit(crypt(sys.argv[2].encode(), stored.encode()).decode() != stored)
END
complains 'imported 3 accounts' "how many is said on stderr"
ok "every column arrives" [ "$(getent passwd alice)" = 'alice:x:80001:80001:Ünlü, Alice "Al":/srv/alice:/bin/sh' ]
ok "... the roles, too" [ "$(id -Gn alice)" = 'alice coder-member coder-auditor coder-admin' ]
ok "... and the end" is_value "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', expires_at, 'unixepoch') FROM accounts WHERE uid=80001" 2037-01-31T12:00:00Z
ok "defaults: the next id, /home/NAME, bash" [ "$(getent passwd carol)" = 'carol:x:70101:70101:Carol 😀:/home/carol:/bin/bash' ]
ok "a suspended one is" [ "$(getent passwd bob | cut -d: -f7)" = /usr/sbin/nologin ]
ok "the passwords are temporary" is_value "SELECT count(*) FROM accounts WHERE temporary = 1 AND temporary_until - created_at = 259200" 3
ok "homes are made" [ "$(stat -c %u /srv/alice /home/carol | xargs)" = '80001 70101' ]
ok "one audit row each" is_value "SELECT group_concat(username) FROM audit WHERE event = 'import'" alice,bob,carol
ok "... without a secret" eval '! value "SELECT before || after FROM audit" | grep -q "\$y\$"'
exits 0 "CRLF, quotes and a byte order mark, from standard input" admin-tool users import - <$samples/windows.csv
ok "... are two users" eval 'id wanda && id will'
umask 000
exits 0 "--passwords-to" admin-tool users import $samples/accounts.jsonl --passwords-to secret.json
ok "... is root's alone" [ "$(stat -c '%a %u' secret.json)" = '600 0' ]
ok "... has those that got one" [ "$(jq -c 'map(.username)' secret.json)" = '["dave"]' ]
says '^Imported 2 accounts; the temporary passwords are in secret.json' "... and is named"
ok "JSON lines: escapes, arrays, numbers" [ "$(getent passwd dave)" = 'dave:x:80100:80100:Däve, "D":/home/dave:/bin/bash' ]
ok "* is no password" is_value "SELECT hash IS NULL AND temporary = 0 AND status = 'suspended' FROM accounts WHERE username = 'erin'" 1
remember
printf 'username,email\nfrank,f@example.com\n' >frank.csv
exits 1 "--passwords-to a file that exists" admin-tool users import frank.csv --passwords-to secret.json
ln -s nowhere link.json
exits 1 "... to a link" admin-tool users import frank.csv --passwords-to link.json
exits 1 "... to no folder" admin-tool users import frank.csv --passwords-to no/such
exits 1 "... to a full disk" admin-tool users import frank.csv --passwords-to /dev/full
unchanged "... and nothing is imported"
ok "... nor another file touched" eval '[ ! -e nowhere ] && [ "$(jq length secret.json)" -eq 1 ]'

# -- there and back -----------------------------------------------------------------------------------
echo 'username,email,password_hash,must_change,password_changed_at
hash1,h1@example.com,$1$abcdefgh$0123456789012345678901,false,2020-02-29T23:59:59Z
hash6,h6@example.com,$6$salt$'"$(printf 'a%.0s' {1..86})"',true,' >hashes.csv
exits 0 "hashes of other methods" admin-tool users import hashes.csv
ok "... need no passwords" is_jq '. == []'
complains 'note: hash1 has a hash of a weak method' "... and a weak one is noted"
ok "... keep them" is_value "SELECT temporary FROM accounts WHERE username = 'hash1'" 0
ok "... and what must be changed ends" is_value "SELECT temporary_until > created_at FROM accounts WHERE username = 'hash6'" 1
ssh-keygen -q -t ed25519 -N '' -C 'hash1, "at" home' -f one && ssh-keygen -q -t rsa -N '' -C two -f two
{ cat one.pub; echo "restrict,command=\"a; b, \\\"c\\\"\" $(cat two.pub)"; } >hash1.keys
admin-tool keys add hash1 hash1.keys >made
for format in csv json; do
    admin-tool users export --format $format >first
    ok "$format: no hash without --with-hashes" not_in first
    admin-tool users export --format $format --with-hashes >hashed
    fresh
    exits 0 "$format: what export wrote is read" admin-tool users import first --passwords-to pw.$format
    admin-tool users export --format $format >second
    ok "... and written to the same bytes" cmp first second
    ok "... the ssh keys among them" [ "$(value "SELECT line FROM account_keys ORDER BY id")" = "$(cat hash1.keys)" ]
    ok "... audited by their fingerprints" is_value "SELECT event || ' ' || username || ' ' || (after ->> 'detail') FROM audit WHERE event = 'key-add'" \
        "key-add hash1 $(ssh-keygen -lf one.pub | cut -d' ' -f2), $(ssh-keygen -lf two.pub | cut -d' ' -f2)"
    fresh
    exits 0 "... with hashes" admin-tool users import hashed
    admin-tool users export --format $format --with-hashes >second
    ok "... the same" cmp hashed second
done
ok "the JSON lines are JSON" [ "$(jq -s 'length' hashed)" -eq 9 ]
ok "a hash is shown with --with-hashes" [ "$(jq -r 'select(.username == "hash1").password_hash' hashed)" = '$1$abcdefgh$0123456789012345678901' ]
run sh -c 'admin-tool users export >/dev/full'
ok "export to a full disk (exit 1)" [ "$status" -eq 1 ]

# -- ssh keys -------------------------------------------------------------------------------------------
fresh
{ echo username,email,ssh_keys,password_hash; echo "kim,kim@example.com,\"$(sed 's/"/""/g' one.pub)
# a comment

$(cat two.pub)\",*"; } >keys.csv
exits 0 "keys in CSV, a line for each" admin-tool users import keys.csv
ok "... are kept" is_value "SELECT count(*) FROM account_keys" 2
ok "... and open the account alone" is_value "SELECT hash IS NULL FROM accounts" 1
jq -nc --arg one "$(cat one.pub)" --arg two "$(cat two.pub)" \
    '{username: "kay", email: "kay@example.com", ssh_keys: [$one, $two]}, {username: "kit", email: "kit@example.com", ssh_keys: $two}' >keys.json
exits 0 "keys in JSON, an array or a text" admin-tool users import keys.json
ok "... are kept" is_value "SELECT count(*) FROM account_keys" 5
make none
ok "... and written, each with its account" [ "$(admin-tool users export --format json | jq -r '"\(.username) \(.ssh_keys | length)"' | xargs)" = "kim 2 kay 2 kit 1 none 0" ]
ok "... in CSV, too" [ "$(admin-tool users export | grep -c 'ssh-')" = 5 ]
printf 'username,email,ssh_keys\nann,ann@example.com,"%s\nssh-rsa AAAA"\n' "$(sed 's/"/""/g' one.pub)" >bad-key.csv
remember
run admin-tool users import bad-key.csv
complains 'bad-key.csv, line 2: the ssh_keys, line 2: it is broken' "a bad key is told, with both lines"
printf 'username,email,ssh_keys\nann,ann@example.com,"%s"\n' "$(cat one)" >private.csv
run admin-tool users import private.csv
complains 'the ssh_keys, line 1: it is no public key' "a private key is told"
ok "... and not repeated" eval '! grep -q OPENSSH "$tmp/err"'
unchanged "none of it changed anything"

# -- bad lines ------------------------------------------------------------------------------------------
fresh
run admin-tool users import $samples/bad.csv
ok "bad lines (exit 4)" [ "$status" -eq 4 ]
ok "... make no store" [ ! -e "$STATE" ]
for line in 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    ok "... line $line is told, once" told "bad.csv, line $line: " 1
done
complains "line 6: daemon is taken by a user" "... a name of this machine"
complains "line 7: good is on line 2 already" "... twice in the file"
complains "line 8: good@example.com is on line 2 already" "... the e-mail in other letters"
complains 'line 10: .*a\\x1b' "... escapes are shown as such"
complains '14 of 16 are bad, so nothing was imported; mend them, or use --skip-bad' "... and what to do"
ok "... no escape, no hash" eval '! grep -q $'"'\\e'"'\|tooshort "$tmp/err"'
run admin-tool users import $samples/bad.csv --skip-bad --passwords-to pw1
ok "--skip-bad (exit 1)" [ "$status" -eq 1 ]
ok "... imports the good ones alone" is_value "SELECT count(*), min(username), max(username) FROM accounts" "2|also|good"
complains '14 bad ones are skipped$' "... and says so"
admin-tool users delete also -y --remove-home >"$tmp/made"
remember
printf 'username,email,uid\nalso,x@example.com,\ngood,y@example.com,\nnew,GOOD@example.com,\nnew2,z@example.com,%s\n' 70101 >taken.csv
run admin-tool users import taken.csv
ok "accounts, e-mails and the deleted are taken (exit 4)" eval '[ $status -eq 4 ] && told " taken by \| another account" 4'
run admin-tool users import - --skip-bad <<<$'username\nx'
ok "nothing good is left (exit 4)" [ "$status" -eq 4 ]
{ echo username,email; for i in {1..300}; do echo "b!$i,b$i@example.com"; done; } >many.csv
run admin-tool users import many.csv
ok "a hundred are told, the rest counted" eval 'told " line " 100 && told "and 200 more" 1'
exits 4 "an unknown column, strictly" admin-tool users import - --strict <<<$'username,email,shoe\na,b@example.com,7'
run admin-tool users import - --dry-run <<<$'User Name;E-Mail;Shoe Size;Full Name\r\n hr1 ;hr1@example.com;42;"One; Two"\r\n;;;\r\n'
ok "a spreadsheet's table, with columns of its own" eval '[ "$status" -eq 0 ] && grep -q "^hr1 " "$tmp/out"'
complains 'note: passed over, .*: Shoe Size .--strict' "... which are named"
run admin-tool users import - <<<$'username,email,uid\nBad Name,nobody,12'
ok "all faults of a line are told" eval '[ "$status" -eq 4 ] && grep -q "username .Bad Name. .*; the email .nobody. .*; the uid .12. " "$tmp/err"'
printf '\377\376u\0s\0e\0r\0' >utf16.csv
run admin-tool users import utf16.csv
ok "UTF-16 is named" eval '[ "$status" -eq 4 ] && grep -q "iconv -f UTF-16 -t UTF-8" "$tmp/err"'
exits 4 "no columns" admin-tool users import /dev/null
exits 4 "a column twice" admin-tool users import - <<<$'username,email,email'
exits 4 "a JSON array" admin-tool users import - <<<'[{"username":"x"}]'
head -c 100000 /dev/urandom >noise
exits 4 "noise" admin-tool users import noise
exits 1 "no such file" admin-tool users import nonesuch
mkfifo never
exits 0 "a pipe of the shell's is read" admin-tool users import <(printf "username,email\npiped,piped@example.com\n") --dry-run
exits 1 "a FIFO, which never answers, is not waited for" timeout 20 admin-tool users import never
exits 1 "a folder" admin-tool users import /etc
exits 2 "no file" admin-tool users import
exits 2 "two files" admin-tool users import a b
exits 2 "--take-over of a file" admin-tool users import hashes.csv --take-over
exits 2 "a format that is none" admin-tool users export --format xml
unchanged "nothing of all that changed anything"

# -- many, and interrupted --------------------------------------------------------------------------------
{ echo username,email,password_hash; for i in {1..3000}; do echo "m$i,m$i@example.com,*"; done; } >many.csv
strace -f -qq -e trace=rename,renameat,renameat2 -o trace admin-tool users import many.csv >"$tmp/made" 2>&1
ok "3000 accounts, one publication" [ "$(grep -c directory trace)" -eq 1 ]
ok "... all there" eval '[ "$(getent passwd -s coder | grep -c ^m)" -eq 3000 ] && id m3000'
{ echo username,email; for i in {1..2000}; do echo "n$i,n$i@example.com"; done; } >long.csv
remember
timeout -s INT 1 admin-tool users import long.csv --passwords-to pw2 >"$tmp/out" 2>"$tmp/err"
unchanged "interrupted while hashing, nothing is changed"
ok "... and no file left" [ ! -e pw2 ]
run sh -c 'admin-tool users import frank.csv >/dev/full'
ok "passwords that nobody could read (exit 1)" [ "$status" -eq 1 ]
complains "reset-password" "... and what to do"
ok "... of accounts that are there" getent passwd frank
done_testing
