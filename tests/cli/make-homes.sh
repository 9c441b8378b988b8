#!/bin/bash
# Homes of imported accounts, and those that were not made: users import, users make-homes, check.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

# people FILE NAME...: a file for users import.
people()
{
    local file=$1 name
    shift
    { echo username,email; for name in "$@"; do echo "$name,$name@example.com"; done; } >"$file"
}
is_home() { [ "$(stat -c %U:%G:%a "$1")" = "${1##*/}:${1##*/}:${2:-700}" ] && [ -f "$1/.profile" ] && [ "$(stat -c %U "$1/.profile")" = "${1##*/}" ]; }

# -- import ---------------------------------------------------------------------------------
exits 0 "before there is an account" admin-tool users make-homes
says '^No home is missing\.$' "... no home is missing"
people "$tmp/two.csv" ann bob
exits 0 "import --dry-run" admin-tool users import "$tmp/two.csv" --dry-run
says '^Would make 2 homes\.$' "... says which homes it would make"
ok "... and makes none" [ ! -e /home/ann ]
exits 0 "import" admin-tool users import "$tmp/two.csv"
ok "... makes the homes, from /etc/skel" eval 'is_home /home/ann && is_home /home/bob'
ok "... without a word of it where nobody sees a terminal" eval '[ "$(grep -c . "$tmp/err")" -eq 1 ]'
sed -i '/^#*HOME_MODE/d' /etc/login.defs; echo 'HOME_MODE 0750' >>/etc/login.defs
people "$tmp/one.csv" cal
admin-tool users import "$tmp/one.csv" >"$tmp/made" 2>&1
ok "... with login.defs' mode" is_home /home/cal 750
people "$tmp/one.csv" dan
exits 0 "import --no-create-home" admin-tool users import "$tmp/one.csv" --no-create-home
ok "... makes none" [ ! -e /home/dan ]
people "$tmp/one.csv" don
exits 0 "import --no-create-home --dry-run" admin-tool users import "$tmp/one.csv" --no-create-home --dry-run
ok "... says of none" eval '! grep -q "Would make" "$tmp/out"'

printf 'username,email,home\neva,eva@example.com,/srv/later/eva\nfay,fay@example.com,/nonexistent\ngil,gil@example.com,/srv/gil\n' >"$tmp/homes.csv"
mkdir /srv/gil && touch /srv/gil/own
exits 1 "import: a home that cannot be made, nobody's, one that is there" admin-tool users import "$tmp/homes.csv" --force --passwords-to "$tmp/passwords"
complains "eva is there, but not the home directory /srv/later/eva: No such file or directory; 'admin-tool users make-homes eva' makes it when that is mended" \
    "... the one is told, with the account and the command"
ok "... nobody's is not made" [ ! -e /nonexistent ]
ok "... the one that is there is left as it is" [ "$(ls -A /srv/gil)" = own ]
exits 1 "make-homes, not mended yet" admin-tool users make-homes eva
mkdir /srv/later
exits 0 "make-homes, mended" admin-tool users make-homes eva
ok "... makes it" is_home /srv/later/eva 750
exits 0 "a local account" eval 'useradd -m liz && admin-tool users import --from-passwd liz'
ok "... keeps its home" is_home /home/liz 750

# -- progress -------------------------------------------------------------------------------
people "$tmp/slow.csv" s1 s2 s3 s4 s5
python3 - "$tmp/slow.csv" >"$tmp/out" <<'PYTHON'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp("strace", ["strace", "-qq", "-o", "/dev/null", "-P", "/home", "-e", "trace=mkdirat", "-e",
        "inject=mkdirat:delay_enter=700000", "admin-tool", "users", "import", sys.argv[1], "--passwords-to", "/root/slow"])
try:
    while data := os.read(fd, 4096):
        sys.stdout.write(data.decode())
except OSError:
    pass
PYTHON
says '^admin-tool: [1-4] of 5 homes made' "on a terminal the progress is said"
exits 0 "... elsewhere not" eval 'people "$tmp/slow.csv" t1 t2 t3 && strace -qq -o "$tmp/trace" -P /home -e trace=mkdirat -e inject=mkdirat:delay_enter=700000 \
    admin-tool users import "$tmp/slow.csv" --passwords-to /root/slow2'
silent "... not a word"
exits 0 "... but with --progress" eval 'people "$tmp/slow.csv" w1 w2 w3 && strace -qq -o "$tmp/trace" -P /home -e trace=mkdirat -e inject=mkdirat:delay_enter=700000 \
    admin-tool users import "$tmp/slow.csv" --passwords-to /root/slow3 --progress'
complains '^admin-tool: [12] of 3 homes made' "... how far it is"

# -- ended in the middle: each home is whole or not there --------------------------------------
people "$tmp/ended.csv" u1 u2 u3 u4
strace -qq -o "$tmp/trace" -P /home -e trace=mkdirat -e inject=mkdirat:delay_exit=800000 \
    admin-tool users import "$tmp/ended.csv" --passwords-to /root/ended >"$tmp/out" 2>"$tmp/err" & importer=$!
for _ in $(seq 200); do [ ! -e /home/u2 ] || break; sleep 0.05; done
pkill -TERM -P "$importer" admin-tool; wait "$importer"
ok "ended in the middle: the accounts are there" is_value "SELECT count(*) FROM accounts WHERE username LIKE 'u_'" 4
ok "... the home that was begun is whole" is_home /home/u2 750
ok "... and the rest is not begun" eval '[ ! -e /home/u4 ]'

# -- check ----------------------------------------------------------------------------------
admin-tool users suspend dan -y >"$tmp/made"
admin-tool users create -u svc --service-account --no-create-home >"$tmp/made"
make hal --no-create-home; make ian --no-create-home; make jon --no-create-home --expires 2030-01-01
rm -r /home/u3 2>/dev/null
missing=5 # hal, ian, jon; u3, u4
run admin-tool check -o json
ok "check counts active accounts without a home" eval 'jq -e ".[] | select(.check == \"home-missing\") | .what == \"'$missing' active accounts have no home directory\"" "$tmp/out" >/dev/null'
ok "... in one finding" [ "$(jq '[.[] | select(.check == "home-missing")] | length' "$tmp/out")" -eq 1 ]
mend=$(jq -r '.[] | select(.check == "home-missing") | .mend' "$tmp/out")
run admin-tool check ian -o json
ok "check NAME has the command for one" eval '[ "$(jq -r ".. | objects | select(.check == \"home-missing\") | .subject, .mend" "$tmp/out" | xargs)" = "ian admin-tool users make-homes ian" ]'
cp /etc/pam.d/common-session "$tmp/kept"
echo 'session optional pam_mkhomedir.so' >>/etc/pam.d/common-session
run admin-tool check -o json
ok "check has nothing to say where pam_mkhomedir makes them" eval '! grep -q home-missing "$tmp/out"'
cp "$tmp/kept" /etc/pam.d/common-session

# -- make-homes -----------------------------------------------------------------------------
exits 0 "make-homes --dry-run" admin-tool users make-homes --dry-run
says '^Would make /home/ian for ian\.$' "... names them"
says "^Would make $missing homes; nothing was changed\.\$" "... counts them"
ok "... makes none" [ ! -e /home/ian ]
exits 0 "make-homes NAME" admin-tool users make-homes ian
says '^Made 1 home\.$' "... makes that one"
ok "... alone" eval 'is_home /home/ian 750 && [ ! -e /home/hal ]'
exits 0 "the command that check gives" eval "$mend"
says "^Made $((missing - 1)) homes\.\$" "... makes all"
ok "... of active accounts only" eval 'is_home /home/hal 750 && is_home /home/u4 750 && [ ! -e /home/dan ] && [ ! -e /nonexistent ]'
ok "... and of no service" [ ! -e /home/svc ]
run admin-tool check -o json
ok "... and check is content" eval '! grep -q home-missing "$tmp/out"'
exits 0 "make-homes again" admin-tool users make-homes
says '^No home is missing\.$' "... has nothing to do"
exits 0 "make-homes NAME, suspended" admin-tool users make-homes dan
ok "... makes what was asked for" is_home /home/dan 750
exits 3 "make-homes, an unknown NAME among them" eval 'rm -r /home/hal; admin-tool users make-homes hal nobody-here'
ok "... makes nothing" [ ! -e /home/hal ]
exits 2 "make-homes, an unknown option" admin-tool users make-homes --all

# -- whose it is ----------------------------------------------------------------------------
useradd mal
make kim --no-create-home; make lea --no-create-home; make max --no-create-home; make ned --no-create-home
install -d -o mal /home/kim
ln -s /srv/of-lea /home/lea; chown -h mal /home/lea
install -d -o mal /srv/mal
sqlite3 "$STORE" "UPDATE accounts SET home = '/srv/mal/max' WHERE username = 'max'"
install -d -m 700 /home/ned
run admin-tool users make-homes
ok "what is another's is refused, with a line each (exit 1)" eval '[ "$status" -eq 1 ] && [ "$(grep -c . "$tmp/err")" -eq 2 ]'
complains "^admin-tool: kim has no home of its own: /home/kim is the local user mal's \(uid [0-9]+\); see 'admin-tool check kim'$" "... another's folder"
complains "^admin-tool: max has no home of its own: /srv/mal is the local user mal's" "... another's way to it"
ok "... and nothing is made there" eval '[ "$(stat -c %U /home/kim)" = mal ] && [ ! -e /srv/mal/max ] && [ ! -e /srv/of-lea ]'
ok "... but where nobody is in the way" is_home /home/hal 750
exits 1 "a folder of root's in its place" admin-tool users make-homes ned
complains "ned has no home of its own: /home/ned is root's" "... is told when asked for"

# -- under no lock --------------------------------------------------------------------------
make ora --no-create-home
strace -qq -o "$tmp/trace" -P /home -e trace=mkdirat -e inject=mkdirat:delay_enter=8000000 admin-tool users make-homes ora >"$tmp/made" 2>&1 & maker=$!
sleep 1
exits 0 "while homes are made" admin-tool users edit ann -n Ann
ok "... nobody waits" kill -0 "$maker"
wait "$maker"
ok "... and they are made" is_home /home/ora 750
done_testing
