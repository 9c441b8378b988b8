#!/bin/bash
# Whole programs that look our users up: setuid ones, one with an SQLite of its own, one in a user namespace, nscd
# and valgrind. The answers are right in all of them, and none of them is disturbed.

# shellcheck disable=SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
good=violet-Otter-77-stream

make amy --password-stdin <<<"$good"
make ben --password-stdin --roles auditor <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL" # else su asks for a change
uid=$(id -u amy)

# -- setuid programs ------------------------------------------------------------------------

as_amy() { setpriv --reuid amy --regid amy --init-groups "$@"; }

run as_amy su ben -c 'id -un; id -Gn' <<<"$good"
ok "su finds the user it goes to" [ "$(head -n 1 "$tmp/out")" = ben ]
says '\bcoder-auditor\b' "and all his groups"
echo 'amy ALL=(ben) NOPASSWD: ALL' >/etc/sudoers.d/test
run as_amy sudo -n -u ben id -un
ok "sudo too" [ "$(cat "$tmp/out")" = ben ]
run as_amy sudo -n -u "#$(id -u ben)" id -Gn
says '\bcoder-auditor\b' "and by uid, with the groups"
mv "$STATE/directory" "$STATE/away"
run setpriv --reuid 1 --clear-groups su root -c true <<<wrong
ok "without the directory su knows root" grep -qi 'authentication failure' "$tmp/err"
mv "$STATE/away" "$STATE/directory"

# -- a program with an SQLite of its own ----------------------------------------------------

cat >"$tmp/host.py" <<'PYTHON'
import grp, os, pwd, sqlite3, subprocess, sys
path = sys.argv[1]
db = sqlite3.connect(path, isolation_level=None)
db.execute("CREATE TABLE t (a)")
db.execute("BEGIN IMMEDIATE")
db.execute("INSERT INTO t VALUES (1)")
before = sorted(os.listdir("/proc/self/fd"))
assert pwd.getpwnam("amy").pw_uid == int(sys.argv[2])
assert os.getgrouplist("ben", 1)[1:]
assert len([p for p in pwd.getpwall() if p.pw_name in ("amy", "ben")]) == 2
assert grp.getgrgid(int(sys.argv[2])).gr_name == "amy"
assert sorted(os.listdir("/proc/self/fd")) == before
other = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('INSERT INTO t VALUES (2)')"
held = subprocess.run([sys.executable, "-c", other, path], capture_output=True, text=True)
assert "locked" in held.stderr, held
db.execute("COMMIT")
assert db.execute("SELECT count(*) FROM t").fetchone() == (1,)
print("kept")
PYTHON
run python3 "$tmp/host.py" "$tmp/own.db" "$uid"
says '^kept$' "a program's own SQLite keeps its lock and its descriptors"
mkdir -m 777 "$tmp/public" && chmod 755 "$tmp"
run as_amy python3 "$tmp/host.py" "$tmp/public/own.db" "$uid"
says '^kept$' "and an unprivileged one's does"
maps() { python3 -c 'import pwd; pwd.getpwnam("amy"); print(open("/proc/self/maps").read())'; }
run maps
ok "no library comes with the module" [ "$(grep -oE '/lib[^ ]*(sqlite|crypt|pam|smartcols)[^ ]*' "$tmp/out" | sort -u)" = '' ]

strace -o "$tmp/trace" -e trace=%file getent passwd amy >/dev/null
ok "a program's first lookup names the directory to the kernel once" [ "$(grep -c "$STATE/directory" "$tmp/trace")" -eq 1 ]

# -- a user namespace -----------------------------------------------------------------------

# In a chroot, as worlds are, the kernel makes no user namespace: the world's root is moved over the mount
# namespace's first. The words are run there by amy.
in_namespace()
{
    cat >"$tmp/enter" <<'SHELL'
exec 9</
nsenter --mount=/proc/self/ns/mnt /bin/sh -c 'cd /proc/self/fd/9 && mount --move . / &&
    exec chroot . setpriv --reuid amy --regid amy --init-groups unshare -Ur "$@"' enter "$@"
SHELL
    unshare --mount --propagation unchanged bash "$tmp/enter" "$@"
}
run in_namespace true
if [ "$status" -eq 0 ]; then
    run in_namespace getent passwd ben
    ok "in a user namespace, where root's file is nobody's, users are found" grep -q '^ben:x:' "$tmp/out"
    run in_namespace id -Gn ben
    says '\bcoder-auditor\b' "and their groups"
else
    number=$((number + 1))
    echo "ok $number - users are found in a user namespace # SKIP $(tail -n 1 "$tmp/err")"
fi

# -- nscd -----------------------------------------------------------------------------------

shell_of() { getent passwd "$1" | cut -d: -f7; }
asks_the_module() { strace -o "$tmp/trace" -e trace=openat getent passwd "$1" >/dev/null && grep -q libnss_coder "$tmp/trace"; }
mkdir -p /run/nscd
nscd && until nscd -g >/dev/null 2>&1; do sleep 0.1; done
run getent passwd amy
ok "through nscd amy is found" grep -q "^amy:x:$uid:" "$tmp/out"
ok "and it is nscd that answers" eval '! asks_the_module amy'
run getent passwd cleo
ok "who does not exist is not found" [ "$status" -eq 2 ]
make cleo --no-password
ok "once created he is, although nscd knew better" [ "$(shell_of cleo)" = /bin/bash ]
admin-tool users suspend amy -y >"$tmp/made"
ok "a change is seen at once" [ "$(shell_of amy)" = /usr/sbin/nologin ]
run id -Gn ben
says '\bcoder-auditor\b' "groups through nscd"
admin-tool users edit-roles ben --roles member -y >"$tmp/made" 2>&1
run id -Gn ben
ok "and their change" eval '! grep -q coder-auditor "$tmp/out"'
nscd --shutdown
until ! nscd -g >/dev/null 2>&1; do sleep 0.1; done
ok "without nscd the same" eval '[ "$(shell_of amy)" = /usr/sbin/nologin ] && asks_the_module amy'
admin-tool users activate amy -y >"$tmp/made"
ok "and a change is seen" [ "$(shell_of amy)" = /bin/bash ]

# -- valgrind -------------------------------------------------------------------------------

# Errors and leaks are looked for with our module in the picture: libc and the loader are known to be clean.
checked() { valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite "$@"; }
for words in "passwd amy" "passwd $uid" "passwd nobody-at-all" "passwd" "group coder-auditor" "group $uid" "group" \
    "shadow" "initgroups ben"; do
    # shellcheck disable=SC2086
    run checked getent $words
    ok "valgrind has nothing to say of getent $words" eval '[ "$status" -ne 99 ] && [ ! -s "$tmp/err" ]'
done
done_testing
