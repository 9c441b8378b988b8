#!/bin/bash
# check NAME: in every state of an account each way in is judged as it would be, and what stands in it is said;
# check --repair: what it mends, and what it leaves alone.
# shellcheck source=tests/cli/check-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/check-lib.sh"
rm /etc/sudoers.d/coder-admins
make alice --roles admin
for name in bob carol dave; do
    make "$name"
    sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL WHERE username = '$name'"
done
keep

# user NAME STATUS WHAT EXPRESSION: check NAME exits so; over d, its JSON, the expression holds.
user()
{
    run admin-tool check "$1" -o json
    ok "$3: exit $2" [ "$status" -eq "$2" ]
    json "$4" "... and the ways in are right"
}
works='{w["service"] + " " + w["method"]: w["works"] for w in d["ways"]}'
ids='[f["check"] for f in d["findings"]]'

run admin-tool check nobody1
ok "no such user: exit 3" [ "$status" -eq 3 ]
exits 2 "two names" admin-tool check bob carol
user bob 0 "active" "$works"' == {"sshd keyboard-interactive": True, "sshd password": True, "sshd key": False,
    "login password": True, "su password": True, "sudo password": False, "cron job": True} and '"$ids == []"
run admin-tool check bob
says '^sshd +key +no: no key is installed$' "as text one line a way"
says '^everything is in order$' "... and a word at the end"
says "^sudo +password +no: no rule of sudo's lets this user run anything: sudo -l -U bob$" "sudo has no rule for him, and that is said"
echo 'bob ALL=(root) /bin/true' >/etc/sudoers.d/bob
run admin-tool check bob
says "^sudo +password +yes: for what 'sudo -l -U bob' lists$" "with a rule it is yes, for what sudo lists"
user alice 0 "an Admin without any rule" "not $works"'["sudo password"] and '"$ids == ['account-sudo']"
eval "$(jq -r '.findings[0].mend' "$tmp/out")"
user alice 0 "an Admin with the role's" "$works"'["sudo password"]'
LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 run admin-tool check bob
says "^sudo +password +yes" "... in whatever language it is asked"
cp -p /usr/bin/sudo /usr/bin/sudo.kept
printf '#!/bin/sh\nenv >/tmp/sudo.env; echo "   User bob may run the following commands"; echo "User bob is not allowed to run sudo on x."\n' >/usr/bin/sudo
EVIL=1 SUDO_USER=eve run admin-tool check bob
says "^sudo +password +no: no rule" "only sudo's own sentence counts"
ok "... asked with an empty environment" eval '! grep -qE "EVIL|SUDO_USER|LANG" /tmp/sudo.env'
printf '#!/bin/sh\necho "bob may use anything"\n' >/usr/bin/sudo
run admin-tool check bob
says "^sudo +password +no: sudo does not say what it lets this user run" "an answer that is none of sudo's is no yes"
printf '#!/bin/sh\nexec sleep 60\n' >/usr/bin/sudo
SECONDS=0
run timeout 40 admin-tool check bob
ok "a sudo that says nothing is waited for a while only" eval '[ $SECONDS -lt 30 ] && grep -q "sudo does not say" "$tmp/out"'
rm /usr/bin/sudo
run admin-tool check bob
says '^sudo +password +no: sudo is not installed$' "no sudo, and that is said"
cp -p /usr/bin/sudo.kept /usr/bin/sudo
for methods in 'publickey,password' 'publickey' 'publickey,password keyboard-interactive'; do
    echo "AuthenticationMethods $methods" >/etc/ssh/sshd_config.d/00-methods.conf
    run admin-tool check bob
    case $methods in
        publickey,password) says '^sshd +password +no: AuthenticationMethods asks for more than this user has: publickey,password' "a chain that cannot be met" ;;
        publickey) says '^sshd +password +no: AuthenticationMethods has no use for it$' "a method that is not wanted" ;;
        *) says '^sshd +password +yes: but AuthenticationMethods asks for more: publickey,password' "a method that is not enough: $methods" ;;
    esac
done
says '^sshd +keyboard-interactive +yes$' "... beside one that is"
# chain METHODS STATUS WHAT EXPRESSION: as user, for bob, with these AuthenticationMethods.
chain()
{
    echo "AuthenticationMethods $1" >/etc/ssh/sshd_config.d/00-methods.conf
    user bob "$2" "$3" "$4"
}
unmet='any(f["check"] == "user-methods" and f["severity"] == "problem" for f in d["findings"])'
for methods in publickey,keyboard-interactive keyboard-interactive:pam,publickey publickey 'publickey,password publickey,keyboard-interactive'; do
    chain "$methods" 1 "no key, and $methods" "$unmet and not any(v for k, v in $works.items() if k.startswith(\"sshd\"))"
    run admin-tool check bob
    says '^  mend: admin-tool keys add bob KEY, ' "... what mends it"
done
for methods in any keyboard-interactive 'publickey password' $'hostbased\nHostbasedAuthentication yes'; do
    chain "$methods" 0 "no key, and $methods" "not $unmet"
done
ssh-keygen -q -t ed25519 -N '' -f "$tmp/bobs"
printf 'Match Group coder-admin\n    AuthenticationMethods publickey,keyboard-interactive\n' >/etc/ssh/sshd_config.d/00-methods.conf
unmet_here='[f["subject"] for f in d if f["check"] == "user-methods" and f["severity"] == "warning"]'
run admin-tool check -o json
json "$unmet_here == ['alice']" "without a name an Admin who cannot meet them is found"
run admin-tool check -o nagios
ok "... by who monitors, too" [ "$status" -eq 1 ]
admin-tool keys add alice "$tmp/bobs.pub" >"$tmp/made"
run admin-tool check -o json
json "$unmet_here == []" "... with a key she can"
admin-tool keys remove alice "$(ssh-keygen -lf "$tmp/bobs.pub" | cut -d' ' -f2)" -y >"$tmp/made" 2>&1
admin-tool keys add bob "$tmp/bobs.pub" >"$tmp/made"
chain publickey,keyboard-interactive 0 "a key, and both are asked for" "$ids == [] and $works[\"sshd keyboard-interactive\"]"
hash=$(value "SELECT hash FROM accounts WHERE username = 'bob'")
admin-tool users edit bob --no-password -y >"$tmp/made" 2>&1
chain publickey,keyboard-interactive 1 "no password, and both are asked for" "$unmet"
run admin-tool check bob
says '^  mend: admin-tool reset-password bob$' "... what mends it"
chain publickey 0 "... where a key is enough" "not $unmet"
put_back
install -d -o bob -m 700 /home/bob/.ssh && install -o bob -m 600 /dev/stdin /home/bob/.ssh/authorized_keys <<<"ssh-ed25519 x"
user bob 0 "with a key" "all($works.values())"
chmod 666 /home/bob/.ssh/authorized_keys
user bob 0 "a key file others may write" "not $works"'["sshd key"]'
chmod 777 /home/bob
user bob 1 "a home others may write" "not $works"'["sshd key"] and not "user-home" in '"$ids"' and "home-owner" in '"$ids"
rm -rf /home/bob
user bob 0 "no home" "$works"'["sshd password"] and not '"$works"'["sshd key"] and "user-home" in '"$ids"
eval "$(jq -r '.findings[0].mend' "$tmp/out")"
user bob 0 "... made by the command that is said" "$ids == []"
ok "... with its owner and mode" [ "$(stat -c '%U %a' /home/bob)" = "bob 700" ]

user alice 0 "a temporary password" 'all("temporary" in w["why"] for w in d["ways"] if w["method"] == "password") and '"$works"'["cron job"]'
sqlite3 "$STORE" "UPDATE accounts SET temporary_until = 1 WHERE username = 'alice'"
user alice 1 "an expired temporary password" '"user-state" in '"$ids"' and [k for k, v in '"$works"'.items() if v] == ["cron job"]'
put_back
sqlite3 "$STORE" "UPDATE accounts SET expires_at = 1 WHERE username = 'carol'"
user carol 1 "an expired account" "not any($works.values()) and \"user-state\" in $ids"
admin-tool users suspend dave -y >"$tmp/made"
user dave 1 "suspended" "not any($works.values()) and \"user-state\" in $ids"
eval "$(jq -r '.findings[0].mend' "$tmp/out") -y" >"$tmp/made"
user dave 0 "... activated by the command that is said" "$ids == []"
put_back
sqlite3 "$STORE" "INSERT INTO policy VALUES ('free_failures', '1')"
for i in 1 2; do
    pamtester login bob authenticate <<<"wrong$i" >"$tmp/made" 2>&1
done
admin-tool publish >"$tmp/made"
user bob 0 "locked" '"user-locked" in '"$ids"
eval "$(jq -r '.findings[0].mend' "$tmp/out")" >"$tmp/made"
user bob 0 "... unlocked by the command that is said" "$ids == []"
sqlite3 "$STORE" "UPDATE accounts SET shell = '/bin/nonesuch' WHERE username = 'bob'; UPDATE accounts SET hash = NULL WHERE username = 'carol'"
admin-tool publish >"$tmp/made"
user bob 1 "a shell that is not there" '"user-shell" in '"$ids"' and not '"$works"'["sshd password"] and '"$works"'["cron job"]'
user carol 1 "no password and no key" 'not any(v for k, v in '"$works"'.items() if k != "cron job") and '"$ids == ['user-no-way']"
run admin-tool check carol
says '^  mend: admin-tool reset-password carol$' "... and what gives her a way in"
install -d -o carol -m 700 /home/carol/.ssh && install -o carol -m 600 /dev/stdin /home/carol/.ssh/authorized_keys <<<"ssh-ed25519 x"
user carol 0 "no password, but a key" "$ids == []"
rm -r /home/carol/.ssh
for shell in /usr/sbin/nologin /bin/false; do
    sqlite3 "$STORE" "UPDATE accounts SET shell = '$shell' WHERE username = 'bob'"
    admin-tool publish >"$tmp/made"
    user bob 0 "$shell" 'not any(v for k, v in '"$works"'.items() if k.split()[0] in ("sshd", "login", "su")) and '"$works"'["cron job"] and "user-nologin" in '"$ids"
done
touch /etc/nologin
user dave 1 "/etc/nologin" 'not any(v for k, v in '"$works"'.items() if k.split()[0] in ("sshd", "login")) and "host-nologin" in '"$ids"
rm /etc/nologin
sqlite3 "$STORE" "UPDATE accounts SET shell = '/usr/bin/env' WHERE username = 'bob'"
admin-tool publish >"$tmp/made"
user bob 0 "a shell that is not listed" '"user-shells" in '"$ids"
put_back
sqlite3 "$STORE" "UPDATE accounts SET home = '/' WHERE username = 'bob'; UPDATE accounts SET home = '/home/a''b; x' WHERE username = 'carol'"
admin-tool publish >"$tmp/made"
user bob 0 "a home of root's" "$ids == []"
user carol 0 "a home that is no plain path" '"user-home" in '"$ids"' and not any("a\x27b" in f["mend"] for f in d["findings"])'
put_back
echo 'DenyUsers b*' >/etc/ssh/sshd_config.d/00-test.conf
user bob 1 "DenyUsers" 'not any(v for k, v in '"$works"'.items() if "sshd" in k) and "user-sshd" in '"$ids"' and '"$works"'["su password"]'
run admin-tool check bob
says '^  mend: change DenyUsers in /etc/ssh/sshd_config.d/00-test.conf and run: systemctl reload ssh$' "... in the file that has it"
user carol 0 "... is not for others" "$works"'["sshd password"]'
printf 'Match User bob\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n' >/etc/ssh/sshd_config.d/99-test.conf
rm /etc/ssh/sshd_config.d/00-test.conf
user bob 0 "a Match block" 'not '"$works"'["sshd password"] and '"$works"'["login password"]'
put_back
echo "bob:x:1234:1234::/home/bob:/bin/sh" >>/etc/passwd
user bob 0 "a local account over ours" 'not any('"$works"'.values()) and "local-user" in '"$ids"
put_back
hash=$(value "SELECT hash FROM accounts WHERE username = 'bob'")
admin-tool check bob -o json >"$tmp/out"
ok "no hash is shown" eval '! grep -qF "$hash" "$tmp/out"'

# -- repair ----------------------------------------------------------------------------------------------
chmod 777 "$STATE/private" && chmod 644 "$STORE" && touch "$STATE/directory.new" && echo x >"$STATE/directory"
head -c 4096 /dev/urandom >"$STATE/private/activity.db"
exits 0 "check --repair" admin-tool check --repair
ok "... says each mend" [ "$(grep -c '^mended: ' "$tmp/out")" -ge 5 ]
ok "... and looks again" [ "$(tail -1 "$tmp/out")" = "everything is in order" ]
run admin-tool check --repair
ok "nothing to repair: nothing is said" in_order
put_back

# An index that lost a row: SQLite may be told that the index is made over fewer.
python3 - "$STORE" <<'END'
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute("PRAGMA writable_schema = ON")
sql = c.execute("SELECT sql FROM sqlite_schema WHERE name = 'audit_by_username'").fetchone()[0]
c.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'audit_by_username'", (sql + " WHERE id < 3",))
c.execute("PRAGMA writable_schema = RESET")
c.commit()
c.close()
c = sqlite3.connect(sys.argv[1])
c.execute("REINDEX audit_by_username")
c.execute("PRAGMA writable_schema = ON")
c.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'audit_by_username'", (sql,))
c.commit()
END
run admin-tool check -o json
ok "an index that lost rows: store-index is found" has_found store-index problem
cp "$STORE" "$tmp/broken"
run admin-tool check
ok "... and without --repair nothing is changed" cmp -s "$tmp/broken" "$STORE"
exits 0 "... --repair makes it again" admin-tool check --repair
says 'indexes were made again' "... says so"
ok "... with a row in the audit log" is_value "SELECT count(*) FROM audit NOT INDEXED WHERE event = 'repair'" 1
ok "... the directory up to date" [ "$(tail -1 "$tmp/out")" = "everything is in order" ]
ok "... and keeps a copy, root's alone" [ "$(stat -c '%a %U' "$STATE"/private/accounts.db.before-repair-*)" = "600 root" ]
put_back

head -c 8192 /dev/urandom >"$tmp/random" && cat "$tmp/random" >"$STORE"
exits_one() { run admin-tool check --repair; [ "$status" -eq 1 ]; }
ok "garbage is not repaired" exits_one
ok "... nor touched" cmp -s "$tmp/random" "$STORE"
put_back
ln "$STORE" /var/lib/second
chmod 644 "$STORE"
ok "a store with a second name is not repaired" exits_one
ok "... nor touched" [ "$(stat -c %a "$STORE")" = 644 ]
rm /var/lib/second
put_back
rm -rf "$STATE"
ln -s "$tmp" "$STATE"
chmod 711 "$tmp"
ok "a link in the state folder's place is not followed" exits_one
ok "... its target is as it was" [ "$(stat -c %a "$tmp")" = 711 ]
rm "$STATE"
done_testing
