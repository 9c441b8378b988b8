#!/bin/bash
# Every verb of admin-tool, and the helper and the module in a login and a change of password, under valgrind: nothing
# is read that nobody wrote or that is not ours, nothing of it goes to a file, and nothing allocated is lost.
# shellcheck disable=SC2317
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

GOOD=plain-horse-9-lantern BETTER=other-horse-7-candle
LOGS=/run/faults/valgrind
CHECKED=(valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
    "--log-file=$LOGS.%p")
mkdir -p /run/faults

# clean WHAT COMMAND...: the exit status is $expected, else 0, and valgrind, which had something to look at, has nothing
# to say of it; but for what begins with "--", system calls that it does not know.
clean()
{
    local what=$1
    shift
    rm -f "$LOGS".*
    run "$@"
    cat "$LOGS".* 2>&1 | grep -v '^--' >"$tmp/said"
    head -n 40 "$tmp/said" | sed 's/^/# /'
    ok "$what" [ ! -s "$tmp/said" -a "$status" -eq "${expected:-0}" ]
}

tool() { clean "admin-tool $*" "${CHECKED[@]}" admin-tool "$@"; }
refused() { local expected=$1; shift; tool "$@" </dev/null; }

# -- the tool --------------------------------------------------------------------------------

cd /root || exit 1
tool users create -u alice -e alice@example.com -n 'Alice Arden' --roles admin
tool users create -u bob -e bob@example.com --password-stdin -o json <<<"$GOOD"
tool users create -u carol -e carol@example.com --no-password --expires 2099-01-01
refused 4 users create -u alice -e other@example.com
tool users list
tool users list -c username,uid,roles,last_login,locked_until,must_change -o json
tool users show alice
tool users show bob@example.com -o json
refused 3 users show nobody-at-all
tool users suspend bob <<<yes
refused 5 users activate bob
tool users activate bob -y
tool users edit-roles bob --roles auditor -y
tool users edit bob -e bob@example.org -n 'Bob Barker' --expires never --shell /bin/sh
tool users unlock bob
tool users require-change alice bob -y
tool users list --inactive 1d
tool users list ar --status active --status suspended --sort 'account expires at' --reverse -n 2 --offset 0 -o csv
tool users list --locked --must-change --no-key --expires-before +90d
tool users count -o json
tool keys add carol /src/tests/samples/key.pub
refused 4 keys add carol /etc/passwd
tool keys list carol -o json
expected=0 clean "coder_keys" "${CHECKED[@]}" /usr/libexec/coder_keys carol
tool keys remove carol amy@laptop
tool backup faults.backup
tool reset-password alice -y
head -n 2 /src/tests/faults/import.csv >import.csv
tool users import import.csv --passwords-to passwords
{ echo username,email,full_name,roles,ssh_keys; echo "dave,dave@example.com,Dave,member,$(cat /src/tests/samples/key.pub)"; echo fay,fay@example.com,,,; } >update.csv
refused 4 users import update.csv
tool users import update.csv --update --dry-run
tool users import update.csv --update -y --hand-over-to texts
tool users import update.csv --skip-existing
tool users export --with-hashes
refused 4 users rename carol alice
tool users rename carol caroline --move-home -y
refused 3 users show carol
tool users rename carol caroline
tool users delete caroline --remove-home -y
tool users create -u dora -e dora@example.com --roles admin --ssh-key /src/tests/samples/key.pub --password-stdin <<<"$GOOD"
tool policy set admin_groups=adm
tool users export --to-passwd dora --dry-run
tool users export --to-passwd dora -y
refused 3 users show dora
tool users import --from-passwd dora --take-over -y
tool audit
tool audit -o json --user bob -n 2
tool audit --verify
tool audit prune --before 2999-01-01 -y
tool policy
tool policy get free_failures
tool policy set free_failures=7 list_members=0
refused 4 policy set free_failures=many
tool check
tool check bob -o json
tool publish
tool restore faults.backup --dry-run
tool restore faults.backup -y

# -- a login -----------------------------------------------------------------------------------

sqlite3 "$STORE" "UPDATE accounts SET temporary = 1, temporary_until = NULL WHERE username = 'bob'"
cp /usr/libexec/coder_helper /run/faults/helper
printf '#!/bin/bash\nexec %s /run/faults/helper\n' "${CHECKED[*]}" >/usr/libexec/coder_helper

# answers STATUS WHAT WORDS-OF-PAM_CALL...
answers() { local expected=$1; clean "the helper: $2" /src/.build/world/pam_call "${@:3}"; }
answers 0 "the right password" auth bob "$GOOD"
answers 1 "a wrong one" auth bob wrong-horse-9-lantern
answers 1 "a name that does not exist" auth nobody-at-all "$GOOD"
answers 1 "a password that must be changed" account bob
answers 0 "the change" change bob "$GOOD" "$BETTER" "$BETTER"
answers 0 "account" account bob
answers 0 "session" session bob
cp /run/faults/helper /usr/libexec/coder_helper
clean "the module in a login" "${CHECKED[@]}" /src/.build/world/pam_call auth bob "$BETTER"
clean "the module in a change" "${CHECKED[@]}" /src/.build/world/pam_call change bob "$BETTER" "$GOOD" "$GOOD"
done_testing
