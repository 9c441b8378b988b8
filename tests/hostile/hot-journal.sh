#!/bin/bash
# A read-only disk with the journal of a killed writer, for real: the store is read as it is once that is rolled
# back, from a copy of which nothing stays (DESIGN D3). The right password gets in, a suspended user never.
# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
good=plain-horse-9-lantern
RUN=/run/coder/private

mkdir -p "$STATE"
mount -t tmpfs -o size=4m,mode=755 state "$STATE"
printf 'auth required pam_coder.so\naccount required pam_coder.so\npassword required pam_coder.so\n' >/etc/pam.d/coder-test
for name in alice bob carol; do
    make "$name" --password-stdin <<<"$good"
done
admin-tool users suspend bob -y --keep-sessions >"$tmp/out" 2>&1
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"

login() { pamtester coder-test "$1" authenticate acct_mgmt <<<"$2" >"$tmp/out" 2>"$tmp/err"; }
refused() { ! login "$@"; }
no_copy() { [ -z "$(find "$RUN" -mindepth 1 ! -name 'activity.db*')" ]; }

# leave_hot COMMAND...: killed when all of the store is written and not yet synced, so that the journal alone has what was
# before; then the disk is read-only.
leave_hot()
{
    { strace -qq -o /dev/null -e trace=fsync,fdatasync -e inject=fsync,fdatasync:signal=KILL:when=1 -P "$STORE" "$@" \
        >"$tmp/out" 2>"$tmp/err" </dev/null; } 2>"$tmp/killed"
    rm -rf /run/coder
    mount -o remount,ro "$STATE"
}
as_it_lies() { sqlite3 "file:$STORE?immutable=1" "SELECT status FROM accounts WHERE username = '$1'"; }
is_hot() { [ "$(head -c 8 "$STORE-journal" | od -An -tx1 | tr -d ' ')" = d9d505f920a163d7 ]; }
files() { sha256sum "$STORE" "$STORE-journal"; }

leave_hot admin-tool users activate bob -y
ok "a killed activate has left a hot journal" is_hot
ok "without it he would be active" [ "$(as_it_lies bob)" = active ]
before=$(files)
ok "which the administrator's command cannot read past" eval '! admin-tool users list >"$tmp/out" 2>"$tmp/err"'
ok "and says so" is_clean_error
ok "the right password gets in" login alice "$good"
ok "a wrong one does not" refused alice wrong-horse-9-lantern
ok "the suspended user, whose activation was not committed, does not" refused bob "$good"
ok "nor by key" eval '! pamtester coder-test bob acct_mgmt >"$tmp/out" 2>"$tmp/err"'
ok "no copy is left" no_copy
run pamtester coder-test alice chauthtok <<<"$good"$'\nviolet-Otter-77-stream\nviolet-Otter-77-stream'
ok "a password change fails" [ "$status" -ne 0 ]
ok "so the old one gets in" login alice "$good"
for _ in 1 2 3 4 5; do
    login carol wrong-horse-9-lantern
done
ok "five wrong ones lock" refused carol "$good"
jobs=''
for _ in 1 2 3 4 5 6 7 8; do
    pamtester coder-test alice authenticate <<<"$good" >/dev/null 2>&1 && echo in >>"$tmp/in" &
    jobs+=" $!"
done
# shellcheck disable=SC2086
wait $jobs
ok "eight at once are let in" [ "$(wc -l <"$tmp/in")" -eq 8 ]
ok "and still no copy is left" no_copy
ok "the disk's files are what they were" [ "$before" = "$(files)" ]

# -- folders that are not to be trusted, and what was left there -------------------------------

chmod 755 "$RUN"
ok "a run folder open to others: nobody is judged" refused alice "$good"
chmod 700 "$RUN"
mkdir "$RUN/rescue.stale"
touch "$RUN/rescue.stale/accounts.db"
touch -d '5 minutes ago' "$RUN/rescue.stale"
ok "as it should be: the right password gets in" login alice "$good"
ok "and what a killed helper left is gone" [ ! -e "$RUN/rescue.stale" ]
rm -rf /run/coder
mkdir -p /run/coder
mount -t tmpfs -o size=16k,mode=755 full /run/coder
ok "no space for a copy: nobody is judged" refused alice "$good"
ok "and the log says why" grep -q 'coder_helper.*accounts.db: the disk is full' /var/log/messages
umount /run/coder

# -- writable again ------------------------------------------------------------------------------

mount -o remount,rw "$STATE"
run admin-tool users show bob -o json
ok "writable again, the next command rolls back" [ "$status" -eq 0 ]
json 'd["status"] == "suspended"' "to the suspended user"
admin-tool users unlock carol >"$tmp/out"
leave_hot admin-tool users suspend carol -y --keep-sessions
ok "a killed suspend has left a hot journal, and a suspended user beside it" eval 'is_hot && [ "$(as_it_lies carol)" = suspended ]'
ok "the suspension was never reported: he still gets in" login carol "$good"
mount -o remount,rw "$STATE"
done_testing
