#!/bin/bash
# users import --from-passwd: what a local account becomes, that its own line decides until it is taken over, and
# that taking over leaves whole files, backups and users who can log in, killed at whatever moment.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
FILES="passwd shadow group gshadow"

told() { [ "$(grep -c -- "$1" "$tmp/err")" -eq "$2" ]; }
files() { (cd /etc && sha256sum $FILES && stat -c '%n %a %u %g' $FILES); }
whole() { pwck -qr >&2; grpck -r >&2; }
# can_login NAME PASSWORD: as sshd asks PAM.
can_login() { echo "$2" | timeout 20 pamtester sshd "$1" authenticate acct_mgmt >"$tmp/pam" 2>&1; }
local_user() { useradd -m -s /bin/bash -c "$1 Local,Room 1,,"  "${@:2}" "$1"; echo "$1:correct-horse-9" | chpasswd; }

for name in lara fresh old future aged locked empty steve pair; do
    local_user "$name"
done
usermod -aG audio lara
usermod -g users steve && gpasswd -a lara pair >"$tmp/out"
chage -d 0 fresh && chage -E 1 old && chage -E 2037-01-31 future && chage -d 2020-01-01 -M 30 aged
usermod -L locked && passwd -qd empty
useradd -r system1
useradd -u 1500 -M Odd.Name 2>"$tmp/err" || useradd --badname -u 1500 -M Odd.Name
useradd -u 1600 -M -o twin1 && useradd -u 1600 -M -o -N -g users twin2
echo mail.example >/etc/mailname

# -- staging ------------------------------------------------------------------------------------------
before_files=$(files)
run admin-tool users import --from-passwd
ok "a name that cannot be ours stops all (exit 4)" eval '[ $status -eq 4 ] && [ ! -e "$STATE" ]'
complains "^admin-tool: Odd.Name: the username 'Odd.Name' " "... and is told"
complains '^admin-tool: twin1: uid 1600 is another user' "... as are two users of one id"
exits 3 "a name that is not there" admin-tool users import --from-passwd nobody-here
exits 0 "--dry-run" admin-tool users import --from-passwd lara --dry-run
ok "... makes nothing" [ ! -e "$STATE" ]
exits 0 "some by name, one with its address" admin-tool users import --from-passwd lara=lara@corp.example fresh old future \
    aged locked empty
ok "... have no passwords to show, and stdout is empty" [ ! -s "$tmp/out" ]
complains 'note: locked is locked in /etc/shadow, so it has no password' "a locked one is noted"
complains 'note: empty has an empty password' "... and one without a password"
complains 'note: lara stays a member of the local group audio' "... and local groups"
is_row() { is_value "SELECT uid, email, full_name, home, shell, status, temporary, hash IS NULL FROM accounts WHERE username = '$1'" "$2"; }
id() { command id -u "$1"; }
ok "same id, name, home, shell; the address given" is_row lara "$(id lara)|lara@corp.example|lara Local|/home/lara|/bin/bash|active|0|0"
ok "the same hash" is_value "SELECT hash FROM accounts WHERE username = 'lara'" "$(getent shadow lara | cut -d: -f2)"
ok "last change 0: temporary, address made" is_row fresh "$(id fresh)|fresh@mail.example|fresh Local|/home/fresh|/bin/bash|active|1|0"
ok "... and ends" is_value "SELECT temporary_until > created_at FROM accounts WHERE username = 'fresh'" 1
ok "expired: suspended" is_value "SELECT status FROM accounts WHERE username = 'old'" suspended
ok "to expire: so it is" is_value "SELECT date(expires_at, 'unixepoch') FROM accounts WHERE username = 'future'" 2037-01-31
ok "a password too old: so it is" is_value "SELECT temporary, password_max_days FROM accounts WHERE username = 'aged'" '0|30'
ok "locked or empty: no password" is_value "SELECT count(*) FROM accounts WHERE username IN ('locked', 'empty') AND hash IS NULL" 2
ok "the files are as they were" [ "$before_files" = "$(files)" ]

# -- until it is taken over ------------------------------------------------------------------------------
warned() { told 'note: lara still has a line in /etc/passwd, which decides: suspending has no effect' 1; }
run admin-tool users suspend lara -y
ok "suspend says that it has no effect" warned
ok "... which is so" can_login lara correct-horse-9
for verb in "users show lara" "users activate lara -y" "users edit lara -n Lara" "users unlock lara" \
    "users suspend lara --dry-run"; do
    # shellcheck disable=SC2086
    run admin-tool $verb
    ok "$verb says so, too" warned
done
run admin-tool users import --from-passwd lara
ok "once more is no fault (exit 0)" [ "$status" -eq 0 ]
ok "... and no row of the audit log" is_value "SELECT count(*) FROM audit WHERE event = 'import' AND username = 'lara'" 1
run admin-tool users import --from-passwd --skip-bad
ok "all others but the bad ones (exit 1)" [ "$status" -eq 1 ]
ok "... are staged" is_value "SELECT count(*) FROM accounts WHERE username IN ('steve', 'pair')" 2
ok "... with another primary group, too" is_value "SELECT gid FROM accounts WHERE username = 'steve'" 100

# -- taking over -----------------------------------------------------------------------------------------
remember
run admin-tool users import --from-passwd --take-over lara </dev/null
ok "not confirmed (exit 5)" [ "$status" -eq 5 ]
complains 'Are you sure you want to remove lara from /etc/passwd and /etc/shadow' "... after the question"
run sh -c 'admin-tool users import --from-passwd --take-over system1 -y'
ok "a system account (exit 4)" eval '[ $status -eq 4 ] && told "system1: its uid is below 1000: it is the system" 1'
run sh -c 'admin-tool users import --from-passwd --take-over root -y'
ok "root (exit 4)" [ "$status" -eq 4 ]
run env SUDO_USER=lara admin-tool users import --from-passwd --take-over lara -y
ok "who runs it (exit 4)" eval '[ $status -eq 4 ] && told "it is the account that runs this" 1'
run admin-tool users import --from-passwd --take-over lara --dry-run
ok "--dry-run (exit 0)" [ "$status" -eq 0 ]
unchanged "none of that changes the store"
ok "... or a file" [ "$before_files" = "$(files)" ]
for file in $FILES; do cp -p /etc/$file old.$file; done
python3 -c 'import os; [os.setxattr("/etc/" + f, "security.selinux", f.encode() + b"_t") for f in ("passwd", "shadow")]'
run sh -c 'echo yes | admin-tool users import --from-passwd --take-over lara old pair'
ok "confirmed (exit 0)" [ "$status" -eq 0 ]
gone() { ! grep -qE "^($1):" /etc/passwd /etc/shadow && ! grep -qE "^(lara|old):" /etc/group /etc/gshadow; }
ok "the lines are gone" gone 'lara|old|pair'
ok "... and nothing else" eval '[ -z "$(diff old.passwd /etc/passwd | grep "^[<>]" | grep -vE "^< (lara|old|pair):")" ] &&
    [ -z "$(diff old.shadow /etc/shadow | grep "^[<>]" | grep -vE "^< (lara|old|pair):")" ]'
ok "a private group with other members stays" grep -q '^pair:.*:lara$' /etc/group
kept=$(echo "$STATE"/private/local-files/*-take-over)
same_backups() { for file in $FILES; do cmp "old.$file" "$kept/$file" || return; done; }
ok "the backups are the files as they were" same_backups
ok "... in a folder of ours that is named" told "the former files are in $kept" 1
ok "... root's alone" [ "$(stat -c '%a %u %g' "$kept" "$kept"/* | sort -u | tr '\n' ' ')" = '600 0 0 700 0 0 ' ]
modes() { (cd /etc && stat -c '%a %u %g' passwd$1 shadow$1 group$1 gshadow$1); }
ok "owners and modes are kept" [ "$(modes '')" = "$(cd "$tmp" && stat -c '%a %u %g' old.passwd old.shadow old.group old.gshadow)" ]
labels() { python3 -c 'import os; print([os.getxattr("/etc/" + f, "security.selinux") for f in ("passwd", "shadow")])'; }
ok "... and labels" [ "$(labels)" = "[b'passwd_t', b'shadow_t']" ]
ok "nothing is left beside" eval '! ls /etc/*+ 2>/dev/null'
ok "the files are whole" whole
ok "the account is ours, with its groups" [ "$(command id -Gn lara)" = 'lara audio pair coder-member' ]
ok "its home is still its own" [ "$(stat -c %U /home/lara)" = lara ]
ok "its old password logs in" can_login lara correct-horse-9
ok "... an expired one's does not" eval '! can_login old correct-horse-9'
run admin-tool users suspend lara -y --keep-sessions
ok "suspend has effect now" eval '! can_login lara correct-horse-9 && ! warned'
ok "one audit row a take-over" is_value "SELECT count(*) FROM audit WHERE event = 'take-over'" 3

# A system account that stands in a damaged store, its line in /etc/passwd gone: what is left of it is spared.
useradd -r -u 555 ghost && local_user twin && sed -i '/^ghost:/d' /etc/passwd
sqlite3 "$STORE" "PRAGMA ignore_check_constraints = 1; INSERT INTO accounts (uid, username, email, home, shell, created_at)
    VALUES (555, 'ghost', 'ghost@example.com', '/', '/bin/sh', 1)"
run admin-tool users import --from-passwd --take-over twin -y
ok "another is taken over" eval '[ "$status" -eq 0 ] && ! grep -q "^twin:" /etc/passwd /etc/shadow'
ok "... and an id below 1000 is spared" eval 'grep -q "^ghost:" /etc/shadow && grep -q "^ghost:" /etc/group && grep -q "^ghost:" /etc/gshadow'
sqlite3 "$STORE" "DELETE FROM accounts WHERE uid = 555"
sed -i '/^ghost:/d' /etc/shadow /etc/group /etc/gshadow

# -- passwords that change meanwhile ------------------------------------------------------------------------
echo 'future:battery-staple-8' | chpasswd
run admin-tool users import --from-passwd --take-over future -y
ok "the password that worked until now" can_login future battery-staple-8
ok "... is in the audit log as a change" is_value "SELECT count(*) FROM audit WHERE event = 'take-over' AND username = 'future'" 1
admin-tool reset-password aged -y -o json >reset.json 2>"$tmp/err"
run admin-tool users import --from-passwd --take-over aged -y
ok "a reset since wins" eval 'told "note: the password of aged in /etc/shadow ends" 1 && ! can_login aged correct-horse-9'
mkfifo answer
admin-tool users import --from-passwd --take-over steve <answer >"$tmp/out" 2>"$tmp/err" &
asked=$!
exec 9>answer
for ((i = 0; i < 200; i++)); do grep -q 'Are you sure' "$tmp/err" && break; sleep 0.1; done
echo 'steve:battery-staple-8' | chpasswd
echo yes >&9
exec 9>&-
status=0; wait "$asked" || status=$?
ok "changed while the question stood: the lines stay (exit 1)" eval '[ $status -eq 1 ] && grep -q ^steve: /etc/passwd && told "run it again" 1'
run admin-tool users import --from-passwd --take-over steve -y
ok "... and the next run takes the new password" can_login steve battery-staple-8

# -- in the way, and killed --------------------------------------------------------------------------------
# Another tool holds the lock longer than lckpwdf waits (15 s).
python3 -c 'import fcntl, time; f = open("/etc/.pwd.lock", "w"); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(25)' &
holder=$!
sleep 0.5
run admin-tool users import --from-passwd --take-over fresh -y
kill "$holder"
ok "another tool at the files: told (exit 1)" eval '[ $status -eq 1 ] && told "run it again with --take-over" 1'
ok "... and nothing removed" grep -q '^fresh:' /etc/passwd
for call in 1 2 3 4; do
    name=kill$call
    local_user "$name"
    run strace -qq -o trace -P /etc/passwd+ -P /etc/shadow+ -P /etc/group+ -P /etc/gshadow+ \
        -e trace=rename -e inject=rename:signal=KILL:when=$call admin-tool users import --from-passwd --take-over "$name" -y
    ok "killed at rename $call: whole files" eval 'pwck -qr >/dev/null; [ $? -ne 3 ] && grep -q "^root:" /etc/passwd'
    ok "... and a user who can log in" can_login "$name" correct-horse-9
    run admin-tool users import --from-passwd --take-over "$name" -y
    ok "... the next run does the rest" eval '! grep "^$name:" /etc/passwd /etc/shadow /etc/group /etc/gshadow && ! ls /etc/*+ 2>/dev/null'
done
rm /etc/gshadow
local_user nogshadow
exits 0 "no /etc/gshadow" admin-tool users import --from-passwd --take-over nogshadow -y
ok "... stays so" eval '[ ! -e /etc/gshadow ] && ! grep -q ^nogshadow: /etc/passwd'
local_user linked
mv /etc/passwd /etc/passwd.real && ln -s passwd.real /etc/passwd
run admin-tool users import --from-passwd --take-over linked -y
ok "a link instead of a file is left alone (exit 1)" eval '[ $status -eq 1 ] && [ -L /etc/passwd ] && grep -q ^linked: /etc/passwd'
done_testing
