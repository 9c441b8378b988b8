#!/bin/bash
# A store of each earlier schema, migrated by whatever opens it first: killed at any system call, or failing at one, it
# is of the old schema or the new one, word for word, with all that it held, and the next command ends with the new.
# What is of neither (half migrated, a later version's, another program's, damaged) is refused and stays as it is.
# shellcheck disable=SC2317
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

GOOD=plain-horse-9-lantern
# In tests/run only these, and of the many writes of pages every so manieth.
REACHES='openat|pwrite64|fsync|fdatasync|ftruncate|unlink'
EVERY=3

# -- the old store -----------------------------------------------------------------------------

# Of the accounts in the dump nobody knows the passwords; carol's and dave's, who is suspended, is GOOD.
# old_store VERSION FILE
old_store()
{
    local hash
    hash=$(perl -e 'print crypt($ARGV[0], "\$y\$j9T\$ccccccccccccccccccccc.")' "$GOOD")
    {
        cat "/src/tests/stores/000$1.sql"
        echo "INSERT INTO accounts (uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until,
                  expires_at, created_at, password_changed_at) VALUES (70103, 'carol', 'carol@example.org', 'Carol', '/home/carol', '/bin/bash',
                  'active', '$hash', 0, NULL, NULL, 1790000002, 1790000002),
                  (70104, 'dave', 'dave@example.org', 'Dave', '/home/dave', '/bin/bash',
                  'suspended', '$hash', 0, NULL, NULL, 1790000003, 1790000003);
              INSERT INTO account_roles VALUES (70103, 'auditor');
              INSERT INTO password_history VALUES (70103, 1790000002, 'former')"
    } | (umask 077 && sqlite3 "$2")
}

# With the public directory that belongs to it.
migration_begin()
{
    version=$1
    rm -rf "$STATE"
    admin-tool users create -u first -e first@example.com --no-password --no-create-home >"$tmp/out" 2>&1
    schema "$STORE" >"$tmp/schema.new"
    rm "$STORE" "$STATE/directory"
    old_store "$version" "$STORE"
    cp -a "$STORE" "$tmp/old-schema.db"
    ROWS=$(value "SELECT count(*) FROM audit") # of the audit log

    schema "$STORE" >"$tmp/schema.old"
    admin-tool publish >"$tmp/out" 2>&1
    cp -a "$tmp/old-schema.db" "$STORE"
    rm -f "$STATE"/private/activity.db*
    faults_remember
}

# Is it whole, whose is it, and of what schema: all of it to be one or the other.
schema()
{
    sqlite3 "$1" 'PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA application_id; PRAGMA user_version;
        SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name' 2>&1
}

# Everything that the old store holds, in either schema; who made a row that a change adds, and when, may differ.
facts()
{
    sqlite3 "$STORE" "SELECT uid, username, email, full_name, home, shell, status, hash, temporary, temporary_until, expires_at,
               created_at, password_changed_at FROM accounts ORDER BY uid;
        SELECT * FROM account_roles ORDER BY uid, role;
        SELECT * FROM password_history ORDER BY uid, replaced_at;
        SELECT uid, username, deleted_at FROM tombstones ORDER BY uid;
        SELECT * FROM policy ORDER BY key;
        SELECT * FROM counters;
        SELECT * FROM sqlite_sequence;
        SELECT id, event, uid, username, json_remove(before, '$.awake_since'), json_remove(after, '$.awake_since') FROM audit ORDER BY id;
        SELECT at, actor_uid, actor, via, origin FROM audit WHERE id <= $ROWS ORDER BY id"
}

# -- who opens it first --------------------------------------------------------------------------

# under INJECT TRACE COMMAND...: the tool, or libpam and its helper, with strace's injection; $status, $tmp/said.
under()
{
    local inject trace=$2
    read -r -a inject <<<"$1"
    shift 2
    status=0
    if [ "$1" = pam ]; then
        faulty 1 "${inject[*]}" /src/.build/world/pam_call auth "$2" "$GOOD" >"$tmp/out" 2>"$tmp/said"
        cp /run/faults/trace.1 "$trace"
    else
        { strace -qq -o "$trace" "${inject[@]}" admin-tool "$@" >"$tmp/out" 2>"$tmp/said" </dev/null; } 2>"$tmp/killed" ||
            status=$?
    fi
}

# points COMMAND...: "name ordinal" of each system call of a clean run, and the state it leads to.
points()
{
    faults_reset
    under "" "$tmp/trace" "$@"
    [ "$status" -eq 0 ] || [ "$*" = "pam dave" ] || { echo "# the clean run failed: $*"; cat "$tmp/said"; }
    schema "$STORE" | cmp -s - "$tmp/schema.new" || echo "# the clean run does not migrate: $*"
    facts >"$tmp/facts.new"
    public >"$tmp/public.new"
    awk -v reaches="^($REACHES)$" -v proof="$PROOF" -v every="$EVERY" '
        { name = $0; sub(/\(.*/, "", name) }
        name !~ /^[a-z0-9_]+$/ { next }
        { count[name]++ }
        /\/var\/lib\/coder/ { begun = 1 }
        name == "exit_group" || !begun { next }
        proof == 1 || (name ~ reaches && (name != "pwrite64" || count[name] % every == 1)) { print name, count[name] }' \
        "$tmp/trace" >"$tmp/calls"
}

# -- what is left --------------------------------------------------------------------------------

# What lies on the disk, looked at in a copy: it is to heal without our looking.
as_left()
{
    rm -rf "$tmp/left"
    cp -a "$STATE/private" "$tmp/left"
    schema "$tmp/left/accounts.db" >"$tmp/schema"
    cmp -s "$tmp/schema" "$tmp/schema.old" || cmp -s "$tmp/schema" "$tmp/schema.new" ||
        echo "neither schema: $(diff "$tmp/schema.new" "$tmp/schema" | head -n 3 | tr '\n' ' ')"
}

# after FAULT COMMAND...: what is wrong; nothing if all is well.
after()
{
    local fault=$1 left
    shift
    as_left
    left=$(verdict)
    [ "$left" = old ] || [ "$left" = new ] || echo "$left"
    schema "$STORE" | cmp -s - "$tmp/schema.new" || echo "the next command does not migrate"
    [ -z "$(find /run/coder/private -name 'rescue.*' 2>"$tmp/err")" ] || echo "a copy lies about"
    case $fault:$1:$status in
        *:pam:0) [ "$2" != dave ] || echo "a suspended user got in" ;;
        error=ENOSPC:pam:*) [ "$2 $name" != "carol pwrite64" ] || echo "a full disk keeps carol out" ;; # DESIGN D14
        *:pam:*|signal=*) ;;
        *:0) [ "$left" = new ] || echo "exit 0 and the old state" ;;
        *:1|*:7) grep -q '^admin-tool: ' "$tmp/said" || echo "exit $status without a word" ;;
        *) echo "exit status $status" ;;
    esac
}

# try FAULT COMMAND...: at each point the fault, as strace calls it.
try()
{
    local fault=$1 name ordinal wrong points=0 bad=0
    shift
    while read -r name ordinal; do
        faults_reset
        rm -rf /run/coder/private
        under "-e trace=$name -e inject=$(injection "$name" "$fault" "$ordinal")" "$tmp/faulty" "$@"
        [ "$1" != pam ] || echo 0 >/run/faults/at
        wrong=$(after "$fault" "$@")
        points=$((points + 1))
        [ -z "$wrong" ] || { bad=$((bad + 1)); echo "# $*, $name $ordinal, $fault: $wrong"; }
    done <"$tmp/calls"
    echo "# $*, $fault: $points points tried, $bad failures"
    [ "$points" -gt 10 ] && [ "$bad" -eq 0 ]
}

# -- what is not to be migrated --------------------------------------------------------------------

# Neither a command nor a login changes it: nothing, or what is wrong.
spared()
{
    local was
    was=$(sha256sum <"$STORE")
    run admin-tool users list
    [ "$status" -eq 7 ] || echo "list: exit $status"
    run admin-tool users suspend carol -y --keep-sessions
    [ "$status" -eq 7 ] || echo "suspend: exit $status"
    run /src/.build/world/pam_call auth carol "$GOOD"
    [ "$(head -n 1 "$tmp/out")" = 9 ] || echo "the login is told $(head -n 1 "$tmp/out"), not 9 (AUTHINFO_UNAVAIL)"
    [ "$was" = "$(sha256sum <"$STORE")" ] || echo "the file was changed"
}
refused()
{
    local wrong
    wrong=$(spared)
    [ -z "$wrong" ] || echo "# $1: $wrong"
    ok "$1: refused, and left octet by octet" [ -z "$wrong" ]
    faults_reset
}

# The statements of the migration, one a line's end at a time: made are the first $1 of them, or how many there are.
half_migrate()
{
    python3 - "$STORE" /src/sql/0002_audit_chain.sql "${1:-0}" <<'END'
import sqlite3, sys
statements, text = [], ''
for line in open(sys.argv[2]):
    text += line
    if sqlite3.complete_statement(text):
        statements.append(text)
        text = ''
store = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in statements[:int(sys.argv[3])]:
    store.execute(statement)
print(len(statements))
END
}

# overwrite TABLE: its first page.
overwrite()
{
    local page
    page=$(value "SELECT rootpage FROM sqlite_schema WHERE name = '$1'")
    head -c 4096 /dev/zero | tr '\0' '\377' |
        dd of="$STORE" bs=4096 seek=$((page - 1)) conv=notrunc 2>"$tmp/err"
}

# -- all of it -------------------------------------------------------------------------------------

# migrate VERSION: every command, every fault.
migrate()
{
    local command fault
    migration_begin "$1"
    for command in "${commands[@]}"; do
        # shellcheck disable=SC2086
        points $command
        for fault in $faults; do
            # shellcheck disable=SC2086
            ok "version $1, $command is the first, $fault at every call: the old schema or the new one, and all that it held" \
                try "$fault" $command
        done
    done
    faults_reset
}

helper_trace
faults="signal=KILL error=ENOSPC"
commands=("users list" "pam carol")
[ "$PROOF" != 1 ] || faults="signal=KILL error=EIO error=ENOSPC"
[ "$PROOF" != 1 ] || commands=("users list" "users suspend carol -y --keep-sessions" "pam carol" "pam dave")
[ "$PROOF" = 1 ] || { commands=("users list"); faults="signal=KILL"; }
migrate 3
[ "$PROOF" = 1 ] || { commands=("users list" "pam carol"); faults="signal=KILL error=ENOSPC"; }
migrate 2
commands=("users suspend carol -y --keep-sessions")
[ "$PROOF" != 1 ] || commands=("users list" "users suspend carol -y --keep-sessions" "pam carol" "pam dave")
migrate 1

statements=$(half_migrate)
for i in $(seq "$statements"); do
    half_migrate "$i" >"$tmp/out"
    refused "$i of the migration's $statements statements made, and the old number"
done
sqlite3 "$STORE" 'PRAGMA user_version = 5'
refused "a later version's"
sqlite3 "$STORE" 'PRAGMA application_id = 7'
refused "another program's of the same tables"
overwrite audit
refused "a damaged audit log"
overwrite accounts
refused "damaged accounts"
truncate -s -4096 "$STORE"
refused "one cut short"

# On a read-only disk it is migrated in a copy.
mount --bind "$STATE" "$STATE"
mount -o remount,ro,bind "$STATE"
was=$(sha256sum <"$STORE")
exits 1 "a read-only disk: list" admin-tool users list
exits 0 "... but the right password gets in" /src/.build/world/pam_call auth carol "$GOOD"
run /src/.build/world/pam_call auth dave "$GOOD"
ok "... a suspended user does not" [ "$status" -ne 0 ]
ok "... and the store is as it was" [ "$was" = "$(sha256sum <"$STORE")" ]
umount "$STATE"
done_testing
