# shellcheck shell=bash disable=SC2012,SC2016,SC2034,SC2154
# What the fault tests share: a small store, the commands that change it, the system calls a command makes, and
# whether what a fault left behind is the old state or the new one, never a mix.
#
#   CODER_PROOF=1    every system call, every fault; else (in tests/run) those that reach the disk
#   arguments        the operations to try, by the names at the end

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

PROOF=${CODER_PROOF:-0}
ASKED=("$@")
BACKUP=/root/faults.backup # made before the roles, the name and the suspension that faults_begin gives
# What can leave something on the disk, or hold it up.
DISK=${FAULTS_AT:-'openat|write|fallocate|pwrite64|fsync|fdatasync|ftruncate|rename|renameat2|unlink|fchmod|chmod|mkdir|fcntl|close|copy_file_range|linkat'}

# -- the store that every point begins with --------------------------------------------------

faults_begin()
{
    local name
    for name in alice bob carol; do
        echo plain-horse-9-lantern |
            admin-tool users create -u "$name" -e "$name@example.com" --password-stdin >"$tmp/out" 2>&1
    done
    sqlite3 "$STORE" 'UPDATE accounts SET temporary = 0, temporary_until = NULL'
    admin-tool policy set admin_groups=adm >"$tmp/out" 2>&1 # so that every publication reads /etc/group
    rm -f "$BACKUP"
    admin-tool backup "$BACKUP" >"$tmp/out" 2>&1
    admin-tool users edit-roles alice --roles admin -y >"$tmp/out" 2>&1
    admin-tool users edit-roles bob --roles admin,auditor -y >"$tmp/out" 2>&1
    admin-tool users edit bob -n 'Bob Barker' >"$tmp/out" 2>&1
    admin-tool users suspend carol -y --keep-sessions >"$tmp/out" 2>&1
    faults_remember
}

# What faults_reset goes back to is the state of now.
faults_remember()
{
    rm -rf "$tmp/state"
    cp -a "$STATE" "$tmp/state"
    cp -a /etc/subuid /etc/subgid "$tmp"
    cp -a "$STORE" "$tmp/old.db"
    facts >"$tmp/facts.old"
    names >"$tmp/names.old"
    public >"$tmp/public.old"
}

# Everything as it was before the operation.
faults_reset()
{
    rm -rf "$STATE" /home/dave /root/passwords /root/texts
    cp -a "$tmp/state" "$STATE"
    cp -a "$tmp/subuid" "$tmp/subgid" /etc
}

# The truth, but for what differs from run to run: times, the salt of a new hash.
facts()
{
    sqlite3 "$STORE" "ATTACH '$tmp/old.db' AS old;
        SELECT a.uid, a.username, a.email, a.full_name, a.home, a.shell, a.status, a.temporary,
               a.temporary_until IS NULL, a.expires_at, a.hash IS o.hash,
               (SELECT group_concat(role) FROM account_roles r WHERE r.uid = a.uid)
          FROM accounts a LEFT JOIN old.accounts o ON o.uid = a.uid ORDER BY a.uid;
        SELECT 'tombstone', uid, username FROM tombstones ORDER BY uid;
        SELECT 'key', uid, line FROM account_keys ORDER BY id;
        SELECT 'policy', key, value FROM policy ORDER BY key;
        SELECT 'history', uid, count(*) FROM password_history GROUP BY uid;
        SELECT 'audit', event, username FROM audit ORDER BY id;"
}

# What the operating system is told.
names()
{
    getent passwd | grep -E ':(7[0-9]{4}):'
    getent group | grep -E ':(7[0-9]{4}):'
    getent shadow alice bob carol dave | cut -d: -f1,2,8
    id -G alice
    id -G bob
    /usr/libexec/coder_keys alice
}

# The same, and what PAM answers for each account.
public()
{
    local name
    names
    for name in alice bob carol; do
        /src/.build/world/pam_call account "$name" >"$tmp/pam" 2>&1
        echo "$name $(head -n 1 "$tmp/pam")"
    done
}

# -- what a command calls ----------------------------------------------------------------------

# calls COMMAND...: "name ordinal" of each system call of a clean run, from the store's first opening on, and the
# state it leads to in facts.new and public.new.
calls()
{
    faults_reset
    strace -qq -o "$tmp/trace" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || { echo "# the clean run failed: $*"; cat "$tmp/err"; }
    facts >"$tmp/facts.new"
    public >"$tmp/public.new"
    awk -v disk="^($DISK)$" -v proof="$PROOF" '
        { name = $0; sub(/\(.*/, "", name) }
        name !~ /^[a-z0-9_]+$/ { next }
        { count[name]++ }
        /\/var\/lib\/coder/ { begun = 1 }
        name == "exit_group" || !begun { next }
        proof == 1 || name ~ disk { print name, count[name] }' "$tmp/trace" >"$tmp/calls"
}

# -- the helper under strace -----------------------------------------------------------------------

# From now on the run of it whose number is in /run/faults/at gets the injection in /run/faults/inject.
helper_trace()
{
    mkdir /run/faults
    cp /usr/libexec/coder_helper /run/faults/helper
    chmod 755 /run/faults/helper
    cat >/usr/libexec/coder_helper <<'END'
#!/bin/bash
number=$(($(</run/faults/number) + 1))
echo "$number" >/run/faults/number
read -r -a inject </run/faults/inject
[ "$number" -eq "$(</run/faults/at)" ] || inject=()
exec strace -qq -o "/run/faults/trace.$number" "${inject[@]}" /run/faults/helper
END
    faulty 0 "" true
}

# faulty AT INJECT COMMAND...: its status, with the fault in the helper's run of this number.
faulty()
{
    echo 0 >/run/faults/number
    echo "$1" >/run/faults/at
    echo "$2" >/run/faults/inject
    shift 2
    status=0
    "$@" || status=$?
}

# injection NAME FAULT ORDINAL: for strace. The kernel's brk never answers with an error, but with the break that it
# left; a libc told -ENOMEM takes that for an address.
injection()
{
    case $1:$2 in
        brk:error=*) echo "brk:retval=0:when=$3" ;;
        *) echo "$1:$2:when=$3" ;;
    esac
}

# -- what is left --------------------------------------------------------------------------------

# Old or new, whole: the truth, and after one more command what everybody sees; nothing lies about after the next
# change. Until then the public may be behind the truth, never ahead of it. Prints which, or what is wrong.
verdict()
{
    local which
    names >"$tmp/names"
    admin-tool users list -o json >"$tmp/list" 2>"$tmp/list.err" || { echo "the next command fails: $(cat "$tmp/list.err")"; return; }
    [ "$(sqlite3 "$STORE" 'PRAGMA integrity_check')" = ok ] || { echo "the store is damaged"; return; }
    facts >"$tmp/facts"
    public >"$tmp/public"
    if cmp -s "$tmp/facts" "$tmp/facts.new"; then
        which=new
    elif cmp -s "$tmp/facts" "$tmp/facts.old"; then
        which=old
    else
        echo "a mix: $(diff "$tmp/facts.old" "$tmp/facts" | tr '\n' ' ')"
        return
    fi
    [ "$which" = new ] || cmp -s "$tmp/names" "$tmp/names.old" || { echo "the public saw what was not committed"; return; }
    cmp -s "$tmp/public" "$tmp/public.$which" ||
        { echo "the store is $which, the public is not: $(diff "$tmp/public.$which" "$tmp/public" | tr '\n' ' ')"; return; }
    admin-tool audit --verify >"$tmp/chain" 2>&1 || { echo "the audit chain is broken: $(cat "$tmp/chain")"; return; }
    admin-tool publish >"$tmp/list" 2>&1 || { echo "publish fails: $(cat "$tmp/list")"; return; }
    [ -z "$(find "$STATE" -mindepth 1 ! -name private ! -name directory ! -name 'accounts.db*' ! -name 'activity.db*' ! -name lock ! -path '*/local-files*')" ] ||
        { echo "left behind: $(ls -A "$STATE" "$STATE/private" | tr '\n' ' ')"; return; }
    echo $which
}

# The operations: a name and the command.
OPERATIONS='create users create -u dave -e dave@example.com
suspend users suspend alice -y --keep-sessions
activate users activate carol -y
reset-password reset-password alice -y
edit-roles users edit-roles alice --roles auditor -y
require users require-change --all -y
delete users delete carol -y
rename users rename carol caroline -y
edit users edit alice -e alice@example.org -n Alice --shell /bin/sh
keys keys add alice /src/tests/samples/key.pub
prune audit prune --before 2999-01-01 -y
restore restore /root/faults.backup -y --force
policy policy set list_members=0
import users import /src/tests/faults/import.csv --passwords-to /root/passwords
update users import /src/tests/faults/update.csv --update -y --hand-over-to /root/texts
apply users apply /src/tests/faults/apply.json --prune -y --passwords-to /root/passwords --no-create-home --no-subids'

# chosen DEFAULT...: the operations named on the command line; else every one with CODER_PROOF=1, else the default.
chosen()
{
    if [ "${#ASKED[@]}" -gt 0 ]; then
        printf '%s\n' "${ASKED[@]}"
    elif [ "$PROOF" = 1 ]; then
        cut -d' ' -f1 <<<"$OPERATIONS"
    else
        printf '%s\n' "$@"
    fi
}

# operation NAME: its words into the array `command`.
operation()
{
    read -r -a command <<<"admin-tool $(sed -n "s/^$1 //p" <<<"$OPERATIONS")"
}
