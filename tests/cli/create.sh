#!/bin/bash
# users create: first use, what it makes and shows, each option, and each thing it refuses.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

# -- first use ------------------------------------------------------------------------------------
exits 0 "create --dry-run without a store" admin-tool users create -u alice -e alice@example.com --dry-run
says 'Would create alice with uid 70100; nothing was changed' "... says what it would do"
ok "... and makes nothing" [ ! -e "$STATE" ]
exits 4 "a bad name without a store" admin-tool users create -u Alice -e alice@example.com
ok "... makes nothing" [ ! -e "$STATE" ]

exits 0 "the first account" admin-tool users create -u alice -e Alice@Example.com -n 'Alice Ünlü' --roles admin
silent "... without a word on stderr"
says '^Username: alice$' "the hand-over has the username"
says '^Email: Alice@Example.com$' "... the e-mail"
says '^Temporary password: [a-z0-9]{4}(-[a-z0-9]{4}){4}$' "... the temporary password"
says '^Valid until: 20' "... until when it is valid"
says 'must change this password' "... that it must be changed"
says 'ssh alice@' "... and how to log in"
password=$(field 'Temporary password')
ok "the hash fits what was shown" python3 - "$STORE" "$password" <<'END'
import ctypes, sqlite3, sys
crypt = ctypes.CDLL('libcrypt.so.1').crypt
crypt.restype = ctypes.c_char_p
(stored,) = sqlite3.connect(sys.argv[1]).execute('SELECT hash FROM accounts').fetchone()
sys.exit(crypt(sys.argv[2].encode(), stored.encode()).decode() != stored)
END
modes() { [ "$(cd "$STATE" && stat -c '%a %u %g %F %n' . directory private private/accounts.db private/lock)" = "$1" ]; }
ok "owners and modes of what first use makes" modes '755 0 0 directory .
644 0 0 regular file directory
700 0 0 directory private
600 0 0 regular file private/accounts.db
600 0 0 regular empty file private/lock'
ok "getent shows the account" [ "$(getent passwd alice)" = 'alice:x:70100:70100:Alice Ünlü:/home/alice:/bin/bash' ]
ok "id shows the roles' groups" [ "$(id -Gn alice)" = 'alice coder-member coder-admin' ]
ok "the home is the user's, from /etc/skel" [ "$(stat -c '%a %U %G' /home/alice /home/alice/.profile | xargs)" = \
    "700 alice alice $(stat -c %a /etc/skel/.profile) alice alice" ]

# -- options -----------------------------------------------------------------------------------------
exits 0 "-o json" admin-tool users create -o json -u bob -e bob@example.com
json 'd["username"] == "bob" and d["uid"] == 70101 and d["email"] == "bob@example.com"' "... is one object"
json 'd["roles"] == ["member"] and d["status"] == "active"' "... with the roles and the status"
json 'len(d["temporary_password"]) == 24 and d["expires_at"].endswith("Z")' "... and the password with its end"
json '"hash" not in str(d)' "... without a hash"
exits 0 "options after and before, long and short" admin-tool users create --email=carol@example.com --username carol -n C
printf '# about homes\nHOME_MODE 0750\n' >>/etc/login.defs
mkdir /etc/skel/deep && echo hello >/etc/skel/deep/file && ln -s deep/file /etc/skel/link
exits 0 "--uid, --home, --shell, --roles, --expires" admin-tool users create -u dave -e dave@example.com \
    --uid 80001 --home /home/elsewhere --shell /bin/sh --roles auditor,admin --expires 2037-01-31
ok "... are in passwd" [ "$(getent passwd dave)" = 'dave:x:80001:80001::/home/elsewhere:/bin/sh' ]
ok "... and in group" [ "$(id -Gn dave)" = 'dave coder-member coder-auditor coder-admin' ]
ok "... and in the store" is_value "SELECT date(expires_at, 'unixepoch', 'localtime') FROM accounts WHERE uid=80001" 2037-02-01
ok "the home has HOME_MODE" [ "$(stat -c %a /home/elsewhere)" = 750 ]
ok "skel's folders and links are copied" [ "$(cat /home/elsewhere/link)" = hello ]
ok "... and all the user's" [ -z "$(find /home/elsewhere ! -user dave)" ]
exits 0 "--no-create-home" admin-tool users create -u erin -e erin@example.com --no-create-home
ok "... makes none" [ ! -e /home/erin ]
mkdir /home/frank && touch /home/frank/old
run admin-tool users create -u frank -e frank@example.com --force
ok "with --force a home that is there already" [ "$status" -eq 0 ]
complains 'note: /home/frank exists' "... is noted"
ok "... and left alone" [ "$(stat -c %U /home/frank/old)" = root ]
exits 0 "--no-password" admin-tool users create -u grace -e grace@example.com --no-password
says 'no password' "... says so"
complains 'note: grace has neither a password nor a key yet' "... and that nobody can log in with it yet"
ok "... stores none" is_value "SELECT hash IS NULL AND temporary = 0 FROM accounts WHERE username='grace'" 1
exits 0 "... as JSON" admin-tool users create -u gina -e gina@example.com --no-password -o json
json 'd["temporary_password"] is None and d["expires_at"] is None and d["username"] == "gina"' "... says null"
printf 'has a\0nul in it\n' >"$tmp/in"
exits 4 "a password with a NUL" admin-tool users create -u nul -e nul@example.com --password-stdin <"$tmp/in"
run bash -c 'set -o pipefail; (ulimit -f 0; exec setpriv --bounding-set -sys_resource admin-tool users create -u big -e big@example.com --no-password --no-create-home 2>&1) | cat >&2'
ok "where no file may grow, and root cannot lift that, it is told (exit 1)" [ "$status" -eq 1 ]
ok "... in a line" eval 'is_clean_error && ! admin-tool users show big >"$tmp/made" 2>&1'
echo 'correct horse battery' >"$tmp/in"
exits 0 "--password-stdin" admin-tool users create -u heidi -e heidi@example.com --password-stdin <"$tmp/in"
says '^Temporary password: correct horse battery$' "... is the first line"
ok "... and is temporary, too" is_value "SELECT temporary FROM accounts WHERE username='heidi'" 1
ok "validity is 72 hours" is_value "SELECT temporary_until - created_at FROM accounts WHERE username='heidi'" 259200
echo tiny >"$tmp/in"
exits 0 "a weak password" admin-tool users create -u hugo -e hugo@example.com --password-stdin <"$tmp/in"
complains 'note: ' "... is only noted"
exits 0 "a subordinate id with --force" admin-tool users create -u ivan -e ivan@example.com --uid 200000 --force
remember
exits 0 "--dry-run" admin-tool users create -u judy -e judy@example.com --dry-run
unchanged "... changes nothing"
mkdir /home/parent-is-a-file && touch /home/file
exits 4 "a home that cannot be made" admin-tool users create -u kim -e kim@example.com --home /home/file/kim
run admin-tool users create -u kim -e kim@example.com --home /home/file/kim --force
ok "... with --force: the account, the password and exit 1" eval \
    '[ $status -eq 1 ] && grep -q "^Temporary password: " "$tmp/out" && grep -q "not the home" "$tmp/err"'

# -- usage -----------------------------------------------------------------------------------------------
remember
exits 2 "no name and no terminal" admin-tool users create -e x@example.com
complains 'missing: -u NAME' "... is named"
exits 2 "no e-mail and no terminal" admin-tool users create -u x
complains 'missing: -e EMAIL' "... is named"
exits 2 "neither" admin-tool users create
complains '-u NAME -e EMAIL' "... both are named"
exits 2 "two kinds of password" admin-tool users create -u x -e x@example.com --no-password --password-stdin
exits 2 "--uid nonsense" admin-tool users create -u x -e x@example.com --uid 12x
exits 2 "--expires nonsense" admin-tool users create -u x -e x@example.com --expires soon

# -- validity ----------------------------------------------------------------------------------------------
for name in '' Upper 1digit 1234 -dash a..dot 'a b' ä 'a:b' ../x coder-admin coder-x \
    abcdefghijklmnopqrstuvwxyz0123456; do
    exits 4 "the username '$name'" admin-tool users create "--username=$name" -e x@example.com
done
exits 4 "a username with a terminal escape" admin-tool users create -u $'x\e[31m' -e x@example.com
ok "... which is not repeated" eval '! grep -q $'"'\\e'"' "$tmp/err"'
for email in '' nobody @example.com x@ 'x y@example.com' x@y@z 'x@exa"mple.com' 'x@.example' 'ä@example.com' \
    "$(printf 'x%.0s' {1..250})@example.com"; do
    exits 4 "the e-mail '${email:0:20}'" admin-tool users create -u x "--email=$email"
done
exits 4 "a full name with a colon" admin-tool users create -u x -e x@example.com -n a:b
exits 4 "... with a newline" admin-tool users create -u x -e x@example.com -n $'a\nb'
exits 4 "... with a direction mark" admin-tool users create -u x -e x@example.com -n $'a\u202eb'
exits 4 "... with bad UTF-8" admin-tool users create -u x -e x@example.com -n $'a\xff'
exits 4 "an unknown role" admin-tool users create -u x -e x@example.com --roles admin,boss
complains 'roles are admin, auditor, member' "... and the known ones are named"
for uid in 0 999 60001 65535 524288 1879048191 2147483648 4294967296 18446744073709551616; do
    run admin-tool users create -u x -e x@example.com --uid $uid
    ok "the uid $uid is refused" eval '[ $status -eq 4 ] || [ $status -eq 2 ]'
done
exits 4 "a subordinate id" admin-tool users create -u x -e x@example.com --uid 200000
exits 4 "a role group's id" admin-tool users create -u x -e x@example.com --uid 70000
echo 'someone:300000000:10' >>/etc/subuid
sed -i 's/^SUB_UID_MIN.*/SUB_UID_MIN 200000/; s/^SUB_UID_MAX.*/SUB_UID_MAX 300000/' /etc/login.defs
echo 'someone:90000:10' >>/etc/subgid
exits 4 "an id of /etc/subgid" admin-tool users create -u x -e x@example.com --uid 90009
sed -i 's/^SUB_UID_MIN.*/SUB_UID_MIN 100000/; s/^SUB_UID_MAX.*/SUB_UID_MAX 600100000/' /etc/login.defs
exits 4 "a shell that is none" admin-tool users create -u x -e x@example.com --shell /bin/nonesuch
exits 4 "a shell that is a folder" admin-tool users create -u x -e x@example.com --shell /bin/
exits 4 "a shell without a path" admin-tool users create -u x -e x@example.com --shell bash
exits 4 "a shell that cannot be run" admin-tool users create -u x -e x@example.com --shell /etc/passwd
exits 4 "a home without a path" admin-tool users create -u x -e x@example.com --home home
exits 4 "a home with a colon" admin-tool users create -u x -e x@example.com --home /home/a:b
exits 4 "a home that leads elsewhere" admin-tool users create -u x -e x@example.com --home /home/../etc/x
exits 4 "an end in the past" admin-tool users create -u x -e x@example.com --expires 2001-01-01
: >"$tmp/in"
exits 4 "an empty password" admin-tool users create -u x -e x@example.com --password-stdin <"$tmp/in"
head -c 600 /dev/zero | tr '\0' a >"$tmp/in"
exits 4 "a password too long" admin-tool users create -u x -e x@example.com --password-stdin <"$tmp/in"

# -- taken ------------------------------------------------------------------------------------------------
exits 4 "a user of /etc/passwd" admin-tool users create -u daemon -e x@example.com
exits 4 "a group of /etc/group" admin-tool users create -u sudo -e x@example.com
exits 4 "a name of ours" admin-tool users create -u alice -e x@example.com
exits 4 "an e-mail of ours, in other letters" admin-tool users create -u x -e ALICE@EXAMPLE.COM
complains "is another account's" "... says so"
exits 4 "an id of ours" admin-tool users create -u x -e x@example.com --uid 70101
unchanged "nothing of all that changed anything"
groupadd -g 4242 somegroup && useradd -u 4343 -M someone
exits 4 "an id of a user of /etc/passwd" admin-tool users create -u x -e x@example.com --uid 4343
exits 4 "an id of a group of /etc/group" admin-tool users create -u x -e x@example.com --uid 4242
admin-tool users delete carol -y >"$tmp/made"
exits 4 "a deleted user's name" admin-tool users create -u carol -e new@example.com
exits 4 "a deleted user's id" admin-tool users create -u x -e x@example.com --uid 70102
exits 0 "a deleted user's e-mail is free" admin-tool users create -u carola -e carol@example.com --no-create-home
groupadd -g "$(($(id -u carola) + 1))" nextone
exits 0 "the next id is taken by a local group" admin-tool users create -u liam -e liam@example.com --no-create-home
ok "... and passed over" [ "$(id -u liam)" -eq "$(($(id -u carola) + 2))" ]

# -- a terminal ---------------------------------------------------------------------------------------------
exits 0 "prompts on a terminal" expect -c '
    set timeout 20
    spawn admin-tool users create --no-create-home
    expect "Username: "; send "mallory\r"
    expect "Email: "; send "mallory@example.com\r"
    expect "Temporary password: "
    expect eof
    exit [lindex [wait] 3]'
ok "... make the account" getent passwd mallory
run expect -c 'set timeout 20; spawn admin-tool users create; expect "Username: "; send "zed\r"
    expect "Email: "; send "\004"; expect eof; exit [lindex [wait] 3]'
ok "the end of the input at a prompt (exit 2)" [ "$status" -eq 2 ]

# -- nobody listens --------------------------------------------------------------------------------------------
run sh -c 'admin-tool users create -u nina -e nina@example.com >&-'
ok "closed stdout (exit 1)" [ "$status" -eq 1 ]
complains "reset-password nina" "... says how to get another password"
ok "... and the account is there" getent passwd nina
run sh -c 'admin-tool users create -u olga -e olga@example.com >/dev/full'
ok "full stdout (exit 1)" eval '[ $status -eq 1 ] && grep -q "reset-password olga" "$tmp/err"'
run sh -c 'admin-tool users create -u pat -e pat@example.com <&- >&- 2>&-'
ok "everything closed: still made, nothing written into the store" eval \
    'getent passwd pat && [ "$(sqlite3 $STORE "PRAGMA integrity_check")" = ok ]'

# -- who has the name, the address ---------------------------------------------------------------------------------------
make quin
exits 4 "a name of ours" admin-tool users create -u quin -e other@example.com
complains "^admin-tool: quin is taken by an account of this store; see 'admin-tool users show quin'$" "... says so"
exits 4 "... --dry-run, too" admin-tool users create -u quin -e other@example.com --dry-run
complains "^admin-tool: quin is taken by an account of this store" "... says so"
exits 4 "an address of ours" admin-tool users create -u rosa -e quin@example.com
complains "^admin-tool: quin@example.com is another account's e-mail address" "... says so"
exits 4 "... by edit" admin-tool users edit nina -e quin@example.com
complains "^admin-tool: quin@example.com is another account's e-mail address" "... says so"
admin-tool users delete quin -y >"$tmp/made"
exits 4 "a deleted one's name" admin-tool users create -u quin -e other@example.com
complains "^admin-tool: quin was deleted; names are never used again" "... says so"
rm -rf "$STATE"
exits 4 "without a store: a name of this machine" admin-tool users create -u daemon -e other@example.com
ok "... makes none" [ ! -e "$STORE" ]
done_testing
