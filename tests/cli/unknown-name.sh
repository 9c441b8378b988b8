#!/bin/bash
# Whoever is no account of ours: each verb says what is known of the name, a local account, a slip, nothing, in one line,
# and does nothing.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2086
. "$(dirname "$0")/lib.sh"

useradd -m olga
exits 3 "a local account, where nobody has one of ours" admin-tool users show olga
complains "olga is a local account of /etc/passwd; use 'passwd olga', or 'admin-tool users import --from-passwd olga'\$" \
    "... is told from nobody"
exits 3 "nobody, where nobody has one" admin-tool users show nobody-here
complains "no such user: nobody-here; there is no account yet" "... is told so"
ok "none of it made anything" [ ! -e "$STATE" ]

make alice --roles admin
make bob
make caroline
for name in bo bobby robert carol; do make "$name"; done
key="$(ssh-keygen -q -t ed25519 -N '' -f "$tmp/key" && cat "$tmp/key.pub")"
remember
while read -r line; do
    # shellcheck disable=SC2086
    words() { local name=$1; set --; eval "set -- ${line//NAME/$name}"; run admin-tool "$@" </dev/null; }
    words olga
    ok "$line: a local account" eval '[ "$status" -eq 3 ] && is_clean_error && grep -q "^admin-tool: olga is a local account of /etc/passwd" "$tmp/err"'
    words daemon
    ok "... of the system" eval '[ "$status" -eq 3 ] && is_clean_error && grep -q "^admin-tool: daemon is a local account of /etc/passwd; see usermod(8)\$" "$tmp/err"'
    words carolien
    ok "... a slip" eval '[ "$status" -eq 3 ] && is_clean_error && grep -q "no such user: carolien; did you mean caroline?\$" "$tmp/err"'
    words zebediah
    ok "... nobody" eval '[ "$status" -eq 3 ] && is_clean_error && grep -q "no such user: zebediah; see .admin-tool users list.\$" "$tmp/err"'
done <<'END'
users show NAME
users suspend NAME -y
users activate NAME -y
users edit NAME -n X
users edit-roles NAME --roles admin -y
users rename NAME other -y
users delete NAME -y
users unlock NAME
users require-change NAME -y
users move-to-fleet NAME -y
users make-homes NAME
users export --to-passwd NAME -y
reset-password NAME -y
keys list NAME
keys add NAME "$key"
keys remove NAME x
audit --user NAME
check NAME
END
unchanged "none of it changed anything"

exits 3 "the nearest of several" admin-tool users show bobb
complains 'did you mean bob\?' "... is meant"
exits 3 "two slips in a short name" admin-tool users show abb
complains 'see .admin-tool users list' "... are no slip"
exits 3 "capitals" admin-tool users show ALICe
complains 'see .admin-tool users list' "... too many"
exits 3 "a capital" admin-tool users show Alice
complains 'did you mean alice\?' "... is one"
exits 3 "a suspend that is not done" admin-tool users suspend alcie -y --force
ok "... to whom may have been meant" is_value "SELECT status FROM accounts WHERE username = 'alice'" active
run admin-tool users show olga -o json
json 'd["error"]["kind"] == "local-account" and d["error"]["subject"] == "olga"' "programs are told local-account"
run admin-tool users show alcie -o json
json 'd["error"]["kind"] == "not-found" and d["error"]["advice"] == "did you mean alice?"' "... and what may have been meant"

exits 4 "create of a name that is ours" admin-tool users create -u alice -e other@example.com
complains "^admin-tool: alice is taken by an account of this store; see 'admin-tool users show alice'\$" "... says whose it is"
exits 4 "rename to it" admin-tool users rename bob alice -y
complains "^admin-tool: alice is taken by an account of this store" "... likewise"
exits 4 "create of a local account's" admin-tool users create -u olga -e other@example.com
complains "olga is taken by a user of this machine" "... says that"

# Each page of names is looked at.
for i in $(seq 1000); do
    echo "user$i,user$i@example.com,User,*"
done | { echo username,email,full_name,password_hash; cat; } >"$tmp/users.csv"
run admin-tool users import "$tmp/users.csv"
make zacharias
exits 3 "a slip among a thousand names" admin-tool users show zacarias
complains 'did you mean zacharias\?' "... is found on the last page"
done_testing
