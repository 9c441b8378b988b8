#!/bin/bash
# The public directory after one change: patched into a copy of the old file where that is certain to be right, written
# whole otherwise, and the same answers either way.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Everything that the directory answers.
answers()
{
    local map name
    for map in passwd group shadow; do
        echo "$map:"
        getent -s coder "$map"
    done
    for name in model alice bob carol dave; do
        echo "$name: $(getent passwd "$name") $(getent group "$name") $(getent shadow "$name") $(id "$name" 2>&1)"
    done
    getent group coder-admin coder-auditor coder-member
}

# traced COMMAND...: what it does to the new file, in $tmp/trace.
traced() { strace -y -f -o "$tmp/trace" -e trace=copy_file_range,ftruncate,fsync "$@" >"$tmp/out" 2>"$tmp/err"; }
is_patched() { grep -q 'copy_file_range.*directory\.new>' "$tmp/trace" && ! grep -q 'directory\.new>, 0) = 0' "$tmp/trace"; }
is_synced() { grep -q 'fsync(.*coder/directory\.new>) *= 0' "$tmp/trace"; }

# as_whole WHAT: the answers do not change when all of it is written anew.
as_whole()
{
    answers >"$tmp/patched"
    admin-tool publish >"$tmp/made"
    answers >"$tmp/whole"
    ok "$1: the same as written whole" cmp "$tmp/patched" "$tmp/whole"
}

# patched WHAT COMMAND...: the change is patched, and right.
patched()
{
    local what=$1
    shift
    traced admin-tool "$@"
    ok "$what is patched" is_patched
    ok "$what: the new file is on the disk" is_synced
    as_whole "$what"
}

# whole WHAT COMMAND...: written whole.
whole()
{
    local what=$1
    shift
    traced admin-tool "$@"
    ok "$what: written whole" eval '! is_patched && is_synced'
}

make model --uid 71000 --no-password --no-create-home
for name in alice bob carol; do
    patched "create $name" users create -u "$name" -e "$name@example.com" -n "Some Body" --roles auditor --no-create-home
done
patched "a suspension" users suspend bob -y --keep-sessions
ok "... and nobody is in" [ "$(getent passwd bob | cut -d: -f7)" = /usr/sbin/nologin ]
patched "an activation" users activate bob -y
patched "a new role" users edit-roles alice --roles admin -y
ok "... and listed" [ "$(getent group coder-admin)" = coder-admin:x:70000:alice ]
patched "a deletion" users delete carol -y
ok "... and gone" eval '! getent passwd carol && ! id carol 2>/dev/null'
patched "the last one's deletion" users delete model -y --force
patched "the next one" users create -u dave -e dave@example.com --no-create-home
whole "an id before others" users create -u early -e early@example.com --uid 66000 --no-create-home

# Several changes, one after the other, without writing it whole between.
for name in alice bob dave; do
    admin-tool users edit-roles "$name" --roles admin,auditor -y >"$tmp/made"
    admin-tool users suspend "$name" -y --keep-sessions --force >"$tmp/made"
    admin-tool users activate "$name" -y >"$tmp/made"
done
as_whole "ten changes"

# A local group that a role comes with gets another gid: everybody's record depends on it.
groupadd -g 4321 wheelers
sqlite3 "$STORE" "INSERT INTO policy VALUES ('admin_groups', 'wheelers')"
admin-tool publish >"$tmp/made"
ok "a role comes with a local group" eval 'id -G alice | grep -qw 4321'
groupmod -g 4322 wheelers
whole "a local group's other gid" users suspend dave -y --keep-sessions
ok "... is everybody's" eval 'id -G alice | grep -qw 4322 && ! id -G alice | grep -qw 4321'
patched "the next change" users activate dave -y
groupmod -g 4323 wheelers
admin-tool users list >"$tmp/made"
ok "... and the next command of any kind catches up" eval 'id -G alice | grep -qw 4323 && ! id -G alice | grep -qw 4322'
groupdel wheelers
admin-tool users list >"$tmp/made"
ok "one that is gone is not granted any more" eval '! id -G alice | grep -qw 4323'
groupadd -g 4322 wheelers

# Policy that changes while a tool waits for an answer: what it publishes follows the new one.
mkfifo "$tmp/answer"
admin-tool users suspend dave --keep-sessions <"$tmp/answer" >"$tmp/asked" 2>&1 &
asker=$!
exec 5>"$tmp/answer"
until grep -q 'yes/no' "$tmp/asked"; do sleep 0.05; done
sqlite3 "$STORE" "INSERT OR REPLACE INTO policy VALUES ('list_members', '1')"
admin-tool publish >"$tmp/made"
echo yes >&5
exec 5>&-
wait "$asker"
ok "the policy of the moment of the change" [ "$(getent group coder-member)" = coder-member:x:70001:early,alice,bob ]
as_whole "a change that was overtaken"
patched "a listed member more" users activate dave -y
ok "... in the order of ids" [ "$(getent group coder-member)" = coder-member:x:70001:early,alice,bob,dave ]

# A file that is not the one this change follows on: another generation, or damaged where it matters.
cp -p "$STATE/directory" "$tmp/old"
admin-tool users suspend bob -y --keep-sessions >"$tmp/made"
cp -p "$tmp/old" "$STATE/directory.x" && mv "$STATE/directory.x" "$STATE/directory"
whole "an older file in its place" users suspend dave -y --keep-sessions
ok "... and both are suspended" [ "$(getent -s coder shadow | wc -l)" = 2 ]
damage()
{
    python3 - "$STATE/directory" "$1" <<'PYTHON'
import os, sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.rfind(sys.argv[2].encode())
data[at] ^= 1
open(sys.argv[1] + ".x", "wb").write(data)
os.chmod(sys.argv[1] + ".x", 0o644)
os.rename(sys.argv[1] + ".x", sys.argv[1])
PYTHON
}
damage /home/bob
whole "a damaged record" users activate bob -y
ok "... is healed" getent passwd bob
as_whole "after damage"

# Many accounts take the disk's room, and no more memory than few.
/src/tests/bench/fill.sh "$STORE" 50000
ok "50,000 accounts are written whole with 4 MiB of private memory" eval '(ulimit -d 4096 && setpriv --bounding-set -sys_resource admin-tool publish) >"$tmp/made" 2>&1'
ok "... and are all there" [ "$(getent -s coder passwd | wc -l)" = "$(sqlite3 "$STORE" 'SELECT count(*) FROM accounts')" ]
ok "... the last one among them" getent passwd user0049999
done_testing
