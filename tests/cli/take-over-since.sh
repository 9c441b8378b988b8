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
done_testing
