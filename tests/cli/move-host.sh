#!/bin/bash
# The manual's way to a new host: the rehearsal says what is missing there and what clashes, and its exit status whether
# restoring would pass; what it says is mended one by one; then the accounts are there as they were.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
mkdir -m 700 /root/move && cd /root/move || exit 1
good=violet-Otter-77-stream

can_login() { echo "$2" | timeout 20 pamtester sshd "$1" authenticate acct_mgmt >"$tmp/pam" 2>&1; }

# -- the old host ---------------------------------------------------------------------------------------------
groupadd -g 4040 staffroom && groupadd ops && groupadd tapes
printf '#!/bin/sh\nexec /bin/sh\n' >/usr/local/bin/oursh && chmod 755 /usr/local/bin/oursh
admin-tool policy set admin_groups=ops,adm auditor_groups=tapes >"$tmp/made"
make ann --roles admin --password-stdin <<<"$good"
make bob --shell /usr/local/bin/oursh --password-stdin <<<"$good"
make cid
make dan --no-create-home
make ci-runner --service-account
make olga && uid_olga=$(id -u olga)
admin-tool users export --to-passwd olga -y >"$tmp/made" 2>&1
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL; UPDATE accounts SET gid = 4040 WHERE username = 'bob'"
admin-tool users suspend cid -y >"$tmp/made" 2>&1
admin-tool publish >"$tmp/made"
passwd_bob=$(getent passwd bob) uid_ann=$(id -u ann)
run admin-tool backup b
ok "a backup" [ "$status" -eq 0 ]

# -- a new one, with nothing but the packages ------------------------------------------------------------------
rm -rf "$STATE" /home/ann /home/bob /home/cid /usr/local/bin/oursh
groupdel staffroom; groupdel ops; groupdel tapes
userdel olga; useradd -M -u "$uid_olga" piotr
useradd -M -u "$uid_ann" piet 2>"$tmp/made"
run admin-tool restore b --dry-run
ok "the rehearsal would not pass (exit 4)" [ "$status" -eq 4 ]
says "^clash: ann: uid $uid_ann is taken by the user piet" "... who clashes"
says '^missing: the group ops, which comes with the role admin; make it' "... which groups of roles are missing"
says '^missing: the group tapes, which comes with the role auditor' "... of each role"
ok "... but not those that are there" eval '! grep -q "missing: the group adm" "$tmp/out"'
says '^missing: the primary group 4040, of bob; make it' "... which primary groups"
says "^missing: the shell /usr/local/bin/oursh, of bob; install it" "... which shells"
says '^missing: the home of ann and 3 more; copy it, or .admin-tool users make-homes' "... how many homes"
says '^Suspended afterwards: ann and 1 more\.' "... and who would be suspended"
says "^note: piotr of /etc/passwd has the uid $uid_olga of olga, a former account" "... and who has the id of one that was given back"
ok "... and makes nothing" [ ! -e "$STATE" ]
ok "... but not of a service, which never had one" eval '! grep -q "home of ann and 4" "$tmp/out"'
userdel piet
run admin-tool restore b --dry-run
ok "without a clash it would (exit 0)" [ "$status" -eq 0 ]
says '^Suspended afterwards: cid\.' "... with who was suspended"
groupadd -g 4040 staffroom; groupadd ops; groupadd tapes
printf '#!/bin/sh\nexec /bin/sh\n' >/usr/local/bin/oursh && chmod 755 /usr/local/bin/oursh
run admin-tool restore b --dry-run
ok "mended, nothing but the homes is missing" [ "$(grep -c '^missing' "$tmp/out")" -eq 1 ]
ok "... and still nothing is made" [ ! -e "$STATE" ]
run sh -c 'echo yes | admin-tool restore b'
ok "restored (exit 0)" [ "$status" -eq 0 ]
says '^missing: the home of ann' "... with the same words before the question"
run admin-tool users make-homes
ok "homes are made" eval '[ "$status" -eq 0 ] && [ -d /home/ann -a -d /home/bob ]'
ok "the same user" [ "$(getent passwd bob)" = "$passwd_bob" ]
ok "... of the same groups" eval '[[ " $(id -Gn ann) " = *" ops "* ]]'
ok "the password logs in" can_login ann "$good"
ok "who was suspended does not" eval '! can_login cid "$good"'
run admin-tool restore b --dry-run
ok "once more there is nothing to do" eval '[ "$status" -eq 0 ] && ! grep -q "^missing" "$tmp/out"'
done_testing
