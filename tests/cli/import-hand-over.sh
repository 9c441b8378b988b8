#!/bin/bash
# users import --hand-over-to: the text of users create for each new user, in files that are root's alone, all of them
# or none.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
umask 000

# The text without what differs from run to run.
plain() { sed -E 's/^(Temporary password|Valid until): .*/\1/' "$1"; }
import() { admin-tool users import "$@" --no-create-home --no-subids; }

ssh-keygen -q -t ed25519 -N '' -C one -f one
admin-tool users create -u ann -e ann@example.com --ssh-key one.pub --no-create-home >ann.create
admin-tool users create -u key -e key@example.com --ssh-key one.pub --no-password --no-create-home >key.create
admin-tool users create -u svc --service-account --no-create-home >svc.create
rm -rf "$STATE"
cat >sheet.csv <<END
username,email,full_name,ssh_keys,password_hash,service_account
ann,ann@example.com,,$(cat one.pub),,
key,key@example.com,,$(cat one.pub),*,
svc,,,,,true
had,had@example.com,,,\$6\$salt\$$(printf 'a%.0s' {1..86}),
END
exits 0 "--hand-over-to, tried" import sheet.csv --hand-over-to texts --dry-run
says '^Would write 4 texts to hand over into texts.$' "... says how many"
ok "... writes none" [ ! -e texts ]
exits 0 "--hand-over-to a new folder" import sheet.csv --hand-over-to texts
says '^Imported 4 accounts; the texts to hand over are in texts.$' "... is named"
ok "... which holds the passwords: standard output has none" eval '! grep -q temporary_password "$tmp/out"'
ok "... is root's alone, and so is each file" [ "$(stat -c '%a %u' texts texts/* | sort | uniq -c | xargs)" = '4 600 0 1 700 0' ]
ok "... one for each" [ "$(echo texts/*)" = 'texts/ann.txt texts/had.txt texts/key.txt texts/svc.txt' ]
for name in ann key svc; do
    ok "the text of $name is that of users create, but for the word to pass it on" cmp <(plain "$name.create" | sed '/^Please pass this on to the user:$/,/^$/d') <(plain "texts/$name.txt")
done
ok "one who keeps a password is told so" grep -qx 'Your password is the one that you have.' texts/had.txt
ok "the password in it is the account's" python3 - "$STORE" "$(sed -n 's/^Temporary password: //p' texts/ann.txt)" <<'END'
import ctypes, sqlite3, sys
crypt = ctypes.CDLL('libcrypt.so.1').crypt
crypt.restype = ctypes.c_char_p
(stored,) = sqlite3.connect(sys.argv[1]).execute("SELECT hash FROM accounts WHERE username = 'ann'").fetchone()
sys.exit(crypt(sys.argv[2].encode(), stored.encode()).decode() != stored)
END
printf 'username,email\nbea,bea@example.com\n' >bea.csv
exits 0 "an existing folder, and --passwords-to beside" import bea.csv --hand-over-to texts/ --passwords-to pw.json
says '; the temporary passwords are in pw.json; the texts to hand over are in texts/.$' "... both are named"
ok "... with the same password" [ "$(jq -r '.[0].temporary_password' pw.json)" = "$(sed -n 's/^Temporary password: //p' texts/bea.txt)" ]
printf 'username,email,full_name\nbea,bea@example.com,Bea\n' >bea.csv
exits 0 "nobody new" import bea.csv --update --hand-over-to never
ok "... needs no text" [ ! -e never ]
admin-tool policy set 'hand_over_text=Bonjour {username} : {password}' login_host=login.example.org >made
printf 'username,email\nzoe,zoe@example.com\nyan,yan@example.com\n' >own.csv
exits 0 "policy's own text" import own.csv --hand-over-to texts
ok "... is what is written" grep -qE '^Bonjour zoe : [a-z0-9-]{24}$' texts/zoe.txt
admin-tool policy set hand_over_text=default >made

# -- all or none ---------------------------------------------------------------------------------------
{ echo username,email; for i in {1..20}; do echo "c$i,c$i@example.com"; done; } >many.csv
echo mine >texts/c7.txt
remember
exits 1 "one that is there already" import many.csv --hand-over-to texts --passwords-to pw2
complains 'hand-over-to texts/c7.txt: it is there already; nothing was changed' "... is named"
ok "... and stays, alone" eval '[ "$(ls texts/c*)" = texts/c7.txt ] && [ "$(cat texts/c7.txt)" = mine ] && [ ! -e pw2 ]'
rm texts/c7.txt
mkdir open theirs && chmod 755 open && chmod 700 theirs && chown daemon theirs && ln -s texts link && touch file
exits 1 "a folder that others can look into" import many.csv --hand-over-to open
complains 'open: others than root may come in; .*chmod 700' "... is refused"
exits 1 "... that is another's" import many.csv --hand-over-to theirs
exits 1 "... a link" import many.csv --hand-over-to link
exits 1 "... a file" import many.csv --hand-over-to file
exits 1 "... in no folder" import many.csv --hand-over-to no/such
mkdir small && mount -t tmpfs -o size=32k,mode=700 tmpfs small
exits 1 "a full disk" import many.csv --hand-over-to small/texts
complains 'No space left' "... is told"
ok "... and nothing is left" [ -z "$(ls small)" ]
umount small
exits 2 "with --from-passwd" admin-tool users import --from-passwd --hand-over-to never
ok "nothing was written" [ -z "$(find open theirs never texts/c* -type f 2>/dev/null)" ]
unchanged "... and nothing imported"

# -- a change that fails behind them -------------------------------------------------------------------
sqlite3 "$STORE" "CREATE TRIGGER no BEFORE INSERT ON accounts WHEN NEW.username = 'c20' BEGIN SELECT RAISE(ABORT, 'no'); END"
exits 4 "a transaction that fails" import many.csv --hand-over-to new --passwords-to pw2
ok "... leaves no text, no folder, no passwords" eval '[ ! -e new ] && [ ! -e pw2 ]'
ok "... and no account" is_value "SELECT count(*) FROM accounts WHERE username GLOB 'c[0-9]*'" 0
mkdir -m 0777 "$tmp/open"
printf 'username,email\nzed,zed@example.com\n' >"$tmp/zed.csv"
run admin-tool users import "$tmp/zed.csv" --hand-over-to "$tmp/open/texts"
ok "where others can write a folder on the way" [ "$status" -eq 0 ]
complains 'note: users other than root can write in ' "... it is noted"
done_testing
