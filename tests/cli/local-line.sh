#!/bin/bash
# Accounts whose name has a line in /etc/passwd, too: whoever logs in is that local user. What we cannot do to him, or
# must not, is refused or told.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034
. "$(dirname "$0")/lib.sh"
mkdir -m 700 /root/here && cd /root/here || exit 1

for name in jim kim lea; do
    useradd -m -s /bin/bash "$name"
    admin-tool users import --from-passwd "$name" >"$tmp/made"
done
make ann --roles admin
make bob
make cid
make dan
uid_of() { value "SELECT uid FROM accounts WHERE username = '$1'"; }
is_status() { is_value "SELECT status FROM accounts WHERE username = '$1'" "$2"; }
way='take the account over first: .admin-tool users import --from-passwd --take-over jim'

# -- a local user's home stays his -----------------------------------------------------------------------------------
touch /home/jim/his
remember
exits 4 "delete --remove-home of an account with a local line" admin-tool users delete jim --remove-home -y
complains "^admin-tool: jim is still a user of /etc/passwd, and the home is theirs; leave --remove-home out, or $way" \
    "... says why, and both ways out"
exits 4 "... --dry-run says so, too" admin-tool users delete jim --remove-home --dry-run
unchanged "... and nothing is changed"
ok "... the home is whole" [ -e /home/jim/his ]
useradd -M -d /home/dan piet
exits 4 "the home of a local user of another name" admin-tool users delete dan --remove-home -y
complains "^admin-tool: /home/dan is the home of piet, a user of /etc/passwd" "... is his, too"
userdel piet
exits 0 "... and when he is gone" admin-tool users delete dan --remove-home -y
ok "... it goes" [ ! -e /home/dan ]
run admin-tool users delete kim -y
ok "without --remove-home the account goes" eval '[ "$status" -eq 0 ] && [ -z "$(uid_of kim)" ]'
ok "... and the home stays" [ -d /home/kim ]

# -- roles reach him, so they are not given ----------------------------------------------------------------------------
remember
exits 4 "edit-roles that gives a role" admin-tool users edit-roles jim --roles admin -y
complains "^admin-tool: jim is still a user of /etc/passwd, who would get the groups of the roles and log in past us; $way" \
    "... says why"
exits 4 "... --dry-run says so, too" admin-tool users edit-roles jim --roles auditor --dry-run
unchanged "... and nothing is changed"
run admin-tool check -o json
json 'any(f["check"] == "local-user" and f["subject"] == "jim" and f["severity"] == "warning" and "roles" in f["why"] for f in d)' \
    "a member with a local line is a warning of check"
sqlite3 "$STORE" "INSERT INTO account_roles (uid, role) VALUES ($(uid_of jim), 'admin')"
admin-tool publish >"$tmp/made"
ok "a role of ours reaches the local user" eval '[[ " $(id -Gn jim) " = *" coder-admin "* ]]'
run admin-tool check -o json
json 'any(f["check"] == "local-user" and f["subject"] == "jim" and f["severity"] == "problem" and "admin" in f["what"] for f in d)' \
    "... and check calls it a problem"
run admin-tool users suspend jim -y
run admin-tool users activate jim -y
ok "... nor does activate give it back (exit 4)" [ "$status" -eq 4 ]
complains "^admin-tool: jim is still a user of /etc/passwd, who would get the groups of the roles" "... and says why"
run admin-tool users edit-roles jim --roles member -y
ok "the role can be taken away" [ "$status" -eq 0 ]
run admin-tool users activate jim -y
ok "... and then it may be active: staged, no clash" eval '[ "$status" -eq 0 ] && is_status jim active'
complains "note: jim still has a line in /etc/passwd" "... with the note"

useradd -M -o -u "$(uid_of lea)" -g users leo
admin-tool users suspend lea -y >"$tmp/made" 2>&1
exits 4 "a staged one whose uid a second local user has" admin-tool users activate lea -y
complains "^admin-tool: clash: lea: uid [0-9]+ is taken by the user leo of this machine" "... is none's alone"
userdel leo
run admin-tool users activate lea -y
ok "... and active when he is gone" eval '[ "$status" -eq 0 ] && is_status lea active'

# -- suspended, and yet he logs in -----------------------------------------------------------------------------------------
run admin-tool users suspend jim -y
ok "suspend of an account with a local line (exit 1)" [ "$status" -eq 1 ]
says '^jim is suspended\.$' "... is done"
complains "^admin-tool: jim can still log in as a user of /etc/passwd; .*usermod -L -e 1 jim.*--take-over jim" "... and tells what it does not do"
run admin-tool users suspend jim -y
ok "... and when asked again (exit 1)" [ "$status" -eq 1 ]
usermod -L -e 1 jim
run admin-tool users suspend jim -y
ok "... but not of one that expired there" eval '[ "$status" -eq 0 ] && ! grep -q "can still log in" "$tmp/err"'

# -- who clashed when he came in stays out -----------------------------------------------------------------------------------
bob=$(uid_of bob) cid=$(uid_of cid)
run admin-tool backup b
rm -rf "$STATE"
useradd -M -o -u "$bob" -g users piet
groupadd -g "$cid" others
useradd -M -u 3333 ann
run admin-tool restore b --force -y
remember
exits 4 "activate: another has the uid" admin-tool users activate bob -y
complains "^admin-tool: clash: bob: uid $bob is taken by the user piet of this machine; .*usermod" "... says who, and what to do"
exits 4 "... the id as a group" admin-tool users activate cid -y
complains "^admin-tool: clash: cid: id $cid is taken by the group others of this machine; " "... says which"
exits 4 "... the name" admin-tool users activate ann -y
complains "^admin-tool: clash: ann: the name is taken by a user of this machine, uid 3333; " "... says whose"
exits 4 "... --dry-run says so, too" admin-tool users activate bob --dry-run
unchanged "... and nothing is changed"
usermod -o -u 3334 piet
exits 0 "who is renumbered is in nobody's way" admin-tool users activate bob -y
ok "... and ours is active" is_status bob active

# -- a backup's role, too ------------------------------------------------------------------------------------------------------
make eve --roles auditor
run admin-tool backup c
admin-tool users edit-roles eve --roles member -y >"$tmp/made"
echo "eve:x:$(uid_of eve):$(uid_of eve)::/home/eve:/bin/sh" >>/etc/passwd
run admin-tool restore c -y
ok "a restore gives no role to one with a local line (exit 4)" [ "$status" -eq 4 ]
says "^clash: eve: it is still a user of /etc/passwd, who would get the groups of the roles" "... it is a clash"
done_testing
