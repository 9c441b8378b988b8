#!/bin/bash
# A full disk and a read-only one, for real: the right password still gets in, a suspended user never, and attempts
# are counted all the same, in the stand-in below /run (DESIGN D7, D14).
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

mkdir -p "$STATE"
mount -t tmpfs -o size=1m,mode=755 state "$STATE"
printf 'auth required pam_coder.so\naccount required pam_coder.so\nsession required pam_coder.so\n' >/etc/pam.d/coder-test
for name in alice bob; do
    echo plain-horse-9-lantern | admin-tool users create -u "$name" -e "$name@example.com" --password-stdin >"$tmp/out" 2>&1
done
admin-tool users suspend bob -y >"$tmp/out" 2>&1
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"

# login NAME PASSWORD: through libpam, as root.
login() { echo "$2" | pamtester coder-test "$1" authenticate acct_mgmt open_session >"$tmp/out" 2>"$tmp/err"; }
refused() { ! login "$@"; }

everything_is_judged()
{
    ok "$1: the right password gets in" login alice plain-horse-9-lantern
    ok "$1: a wrong one does not" refused alice wrong-horse-9-lantern
    ok "$1: the suspended user does not" refused bob plain-horse-9-lantern
    ok "$1: nor by key" eval '! pamtester coder-test bob acct_mgmt >"$tmp/out" 2>"$tmp/err"'
    for _ in 1 2 3 4; do
        login alice wrong-horse-9-lantern
    done
    ok "$1: five wrong ones lock the origin" refused alice plain-horse-9-lantern
    ok "$1: they are counted in the stand-in" [ -s /run/coder/private/activity.db ]
    ok "$1: which only root can read" [ "$(stat -c %a:%u /run/coder/private /run/coder/private/activity.db | tr '\n' ' ')" = "700:0 600:0 " ]
}

rm -f "$STATE"/private/activity.db*
dd if=/dev/zero of="$STATE/private/filling" bs=4k 2>"$tmp/err"
everything_is_judged "full disk"
rm -f "$STATE/private/filling"

rm -rf /run/coder
mount -o remount,ro "$STATE"
everything_is_judged "read-only disk"
ok "read-only disk: a password change fails" \
    eval '! printf "plain-horse-9-lantern\nnew-horse-9-lantern\nnew-horse-9-lantern\n" | pamtester coder-test alice chauthtok >"$tmp/out" 2>"$tmp/err"'
mount -o remount,rw "$STATE"
rm -rf /run/coder
ok "writable again: the old password gets in" login alice plain-horse-9-lantern

# No place left to count in: nothing is judged.
rm -f "$STATE"/private/activity.db*
mount -o remount,ro "$STATE"
mkdir -p /run/coder/private
chmod 777 /run/coder/private
ok "nowhere to count: not even the right password gets in" refused alice plain-horse-9-lantern
ok "... and the log says so" grep -q 'coder_helper.*activity.db' /var/log/messages
done_testing
