#!/bin/bash
# users import --take-over long after the staging: until its line is gone the local files decide, so what they say by
# then goes on, be it another password, an end or a lock; and nothing of anybody else's goes with the line.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

is_row() { is_value "SELECT $2 FROM accounts WHERE username = '$1'" "$3"; }
told() { grep -q -- "$1" "$tmp/err"; }
can_login() { echo "$2" | timeout 20 pamtester sshd "$1" authenticate acct_mgmt >"$tmp/pam" 2>&1; }
local_user() { useradd -m -s /bin/bash "$1" && echo "$1:correct-horse-9" | chpasswd; }
take() { run admin-tool users import --from-passwd --take-over "$@" -y; }
# meanwhile NAME COMMAND...: the command runs while the question about taking NAME over stands.
meanwhile()
{
    local asked
    mkfifo "$tmp/answer"
    admin-tool users import --from-passwd --take-over "$1" <"$tmp/answer" >"$tmp/out" 2>"$tmp/err" &
    asked=$!
    exec 9>"$tmp/answer"
    for ((i = 0; i < 200; i++)); do grep -q 'Are you sure' "$tmp/err" && break; sleep 0.1; done
    "${@:2}" >"$tmp/meanwhile" 2>&1
    echo yes >&9
    exec 9>&-
    status=0; wait "$asked" || status=$?
    rm "$tmp/answer"
}
# -- who is not there ---------------------------------------------------------------------------------
exits 3 "a name that nobody has is not taken over" admin-tool users import --from-passwd --take-over nobody-here -y
exits 3 "... nor said to be, with --dry-run" admin-tool users import --from-passwd --take-over nobody-here --dry-run
ok "... and no store is made for it" [ ! -e "$STATE" ]
local_user twice
exits 0 "a name given twice is taken over" admin-tool users import --from-passwd --take-over twice twice=twice@corp.example -y
exits 3 "... nor when there is a store" admin-tool users import --from-passwd --take-over nobody-here -y
exits 0 "... and once more is no fault" admin-tool users import --from-passwd --take-over twice -y

# -- groups -------------------------------------------------------------------------------------------
local_user many
for name in first-colleague second-colleague third-colleague; do
    local_user "$name" && gpasswd -a "$name" many >"$tmp/out"
done
take many
ok "taken over" eval '[ $status -eq 0 ] && ! grep -q ^many: /etc/passwd'
ok "a private group with many other members stays, however long its line" \
    grep -q '^many:.*:first-colleague,second-colleague,third-colleague$' /etc/group
ok "... in /etc/gshadow, too" grep -q '^many:' /etc/gshadow

# -- what changed since staging -----------------------------------------------------------------------
for name in aged forced ending locked; do local_user "$name"; done
chage -d 2020-01-01 -M 30 aged
run admin-tool users import --from-passwd aged forced ending locked
ok "staged" [ "$status" -eq 0 ]
chage -M -1 aged && echo 'aged:battery-staple-8' | chpasswd
chage -d 0 forced && chage -E 2037-01-31 ending
take aged forced ending
ok "the old password of one that was too old does not come back" eval '! can_login aged correct-horse-9'
ok "... the new one goes on" can_login aged battery-staple-8
ok "... and nothing is said of a reset" eval '! told "reset-password. is valid"'
ok "a password that is to be changed since then is temporary" is_row forced 'temporary, temporary_until > created_at' '1|1'
ok "an end given since then stays one" is_row ending "date(expires_at, 'unixepoch')" 2037-01-31
ok "... and the audit log says so" is_value "SELECT json_extract(before, '\$.account_expires_at') IS NULL,
    json_extract(after, '\$.account_expires_at') LIKE '2037-01-31%' FROM audit WHERE event = 'take-over' AND username = 'ending'" '1|1'

# -- locked while the question stands -------------------------------------------------------------------
meanwhile locked usermod -L locked
ok "the lines stay (exit 1)" eval '[ $status -eq 1 ] && grep -q ^locked: /etc/passwd && told "run it again"'
take locked
ok "... and the next run takes it over without a password" is_row locked 'hash IS NULL' 1

# -- policy set while the question stands -----------------------------------------------------------------
make boss --roles admin
admin-tool policy set admin_groups=audio >"$tmp/out"
ok "an Admin is in the group of his role" eval '[[ " $(id -Gn boss) " = *" audio "* ]]'
local_user late
meanwhile late admin-tool policy set admin_groups=
ok "imported" [ "$status" -eq 0 ]
ok "a group taken away meanwhile stays away" eval '[[ " $(id -Gn boss) " != *" audio "* ]]'

# What lists all accounts names those that /etc/passwd decides about, once.
echo "cora:x:2345:2345::/home/cora:/bin/sh" >>/etc/passwd
make lora --no-create-home
sqlite3 "$STORE" "INSERT INTO accounts (uid, username, email, home, shell, created_at) VALUES (72345, 'cora', 'cora@example.com', '/home/cora', '/bin/sh', 1)"
run admin-tool users list
complains '^admin-tool: note: cora still has a line in /etc/passwd' "users list notes a local line"
run admin-tool users export
complains '^admin-tool: note: cora still has a line in /etc/passwd' "users export, too"
echo "lora:x:2346:2346::/home/lora:/bin/sh" >>/etc/passwd
run admin-tool users list -o json
complains '^admin-tool: note: cora and 1 more still have lines in /etc/passwd' "... and how many there are"
json 'len(d) >= 2' "... beside the list"
done_testing
