#!/bin/bash
# audit: each change leaves its row, by whom and from where, and no secret in it.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

exits 0 "audit without a store" admin-tool audit
exits 0 "... as JSON" admin-tool audit -o json
json 'd == []' "... is an empty array"
ok "reading makes nothing" [ ! -e "$STATE" ]

make alice --roles admin
password=$(sed -n 's/^Temporary password: //p' "$tmp/made")
make bob
admin-tool users suspend bob -y --reason 'left; "quoted"' >"$tmp/made"
admin-tool users activate bob -y >"$tmp/made"
admin-tool users edit-roles bob --roles auditor -y >"$tmp/made"
admin-tool reset-password bob -y >"$tmp/made"
password2=$(sed -n 's/^Temporary password: //p' "$tmp/made")
admin-tool users delete bob -y >"$tmp/made"
admin-tool users suspend alice -y >"$tmp/made" 2>&1 # refused: no row

exits 0 "audit -o json" admin-tool audit -o json
json '[r["event"] for r in d] == ["create", "create", "suspend", "activate", "edit-roles", "reset-password", "delete"]' \
    "a row for each change, oldest first, none for what was refused"
json 'd[2]["before"]["status"] == "active" and d[2]["after"]["status"] == "suspended"' "before and after"
json "d[2][\"after\"][\"detail\"] == 'left; \"quoted\"'" "the reason"
json 'd[4]["after"]["roles"] == ["member", "auditor"] and d[6]["after"] is None' "roles, and nothing after a deletion"
json 'all(r["actor"] == "root" and r["at"].endswith("Z") for r in d)' "by whom and when"
ok "no password in it" eval '! grep -qF -e "$password" -e "$password2" "$tmp/out"'
ok "no hash in it" eval '! grep -qF "\$y\$" "$tmp/out"'
value 'SELECT hash FROM accounts UNION SELECT hash FROM password_history' >"$tmp/hashes"
ok "... not even a part" eval '! grep -qFf "$tmp/hashes" "$tmp/out"'
ok "no password in the files" eval '! grep -qaF -e "$password" -e "$password2" -r $STATE'
exits 0 "audit" admin-tool audit
says '^TIME +EVENT +USERNAME +ACTOR +VIA +ORIGIN +CHANGE$' "the table"
says 'suspend +bob +root .*status: active -> suspended' "... says what changed"
exits 0 "--user" admin-tool audit --user alice -o json
json '[r["username"] for r in d] == ["alice"]' "... filters"
exits 0 "-n" admin-tool audit -n 2 -o json
json '[r["event"] for r in d] == ["reset-password", "delete"]' "... the newest"
exits 0 "-n with more than there are" admin-tool audit -n 100 -o json
json 'len(d) == 7' "... all"
exits 0 "-n 0" admin-tool audit -n 0 -o json
json 'd == []' "... none"
exits 0 "--since a day" admin-tool audit --since 1d -o json
json 'len(d) == 7' "... all"
exits 0 "--since as its help says" admin-tool audit --since "2d ago" -o json
json 'len(d) > 0' "... is the same kind of time"
exits 2 "--since of no kind" admin-tool audit --since "2d agog"
exits 0 "--since the future" admin-tool audit --since 2999-01-01 -o json
json 'd == []' "... none"
exits 0 "--since with a time in UTC" admin-tool audit --since 2020-01-01T00:00:00Z -o json
json 'len(d) == 7' "... all"

SUDO_USER=daemon SSH_CONNECTION='192.0.2.7 5 192.0.2.8 22' admin-tool users edit-roles alice --roles admin,auditor -y >"$tmp/made"
SUDO_USER=$'no\nbody' SSH_CONNECTION='evil; text' SSH_CLIENT='2001:db8::1 1 2' \
    admin-tool users edit-roles alice --roles admin -y >"$tmp/made"
exits 0 "who came how" admin-tool audit -n 2 -o json
json 'd[0]["via"] == "daemon (claimed)" and d[0]["origin"] == "192.0.2.7 (claimed)"' "what only the environment says is marked"
json 'd[1]["via"] == "" and d[1]["origin"] == "2001:db8::1 (claimed)"' "what does not look like them is not believed"
SSH_CONNECTION='::ffff:192.0.2.7 5 ::ffff:192.0.2.8 22' admin-tool users edit alice -n Alix >"$tmp/made"
exits 0 "IPv4 in IPv6" admin-tool audit -n 1 -o json
json 'd[0]["origin"] == "192.0.2.7 (claimed)"' "... is written as IPv4"
printf 'alice ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/alice && chmod 440 /etc/sudoers.d/alice
setpriv --reuid alice --regid alice --init-groups sudo env SUDO_USER=daemon SSH_CONNECTION='192.0.2.7 5 192.0.2.8 22' \
    admin-tool users edit-roles alice --roles auditor,admin -y >"$tmp/made"
SUDO_USER=root admin-tool users edit-roles alice --roles admin -y >"$tmp/made"
exits 0 "by sudo" admin-tool audit -n 2 -o json
json 'd[0]["via"] == "alice" and d[0]["origin"] == "192.0.2.7 (claimed)"' "... it is known whose it was"
json 'd[1]["via"] == ""' "... and root is nobody else"
if (echo 70100 >/proc/self/loginuid) 2>/dev/null; then
    bash -c 'echo 70100 >/proc/self/loginuid; admin-tool users edit-roles alice --roles admin,auditor -y' >"$tmp/made"
    exits 0 "a login uid" admin-tool audit -n 1 -o json
    json 'd[0]["actor"] == "alice" and d[0]["actor_uid"] == 70100' "... is who did it"
else
    echo "ok $((number += 1)) - a login uid # SKIP cannot be set here"
fi
ok "the system log has it, too" eval 'grep -q "suspend user=bob uid=70101 by=root" /var/log/messages'
ok "... without a password" eval '! grep -qF -e "$password" -e "$password2" /var/log/messages'
run sqlite3 "$STORE" 'DELETE FROM audit'
ok "rows cannot be deleted" [ "$status" -ne 0 ]
run sqlite3 "$STORE" "UPDATE audit SET actor = 'x'"
ok "... nor changed" [ "$status" -ne 0 ]
done_testing
