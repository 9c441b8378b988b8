#!/bin/bash
# users export --to-passwd: accounts become local ones, with what they were: the password logs in through pam_unix, ids,
# home and groups stay; who is not let in here is not there; and they come back.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
FILES="passwd shadow group gshadow"
good=violet-Otter-77-stream

told() { grep -q -- "$1" "$tmp/err"; }
files() { (cd /etc && sha256sum $FILES && stat -c '%n %a %u %g' $FILES); }
whole() { pwck -qr >&2; [ $? -ne 3 ] && grpck -r >&2; }
can_login() { echo "$2" | timeout 20 pamtester sshd "$1" authenticate acct_mgmt >"$tmp/pam" 2>&1; }
give() { run admin-tool users export --to-passwd "$@" -y; }
uid_of() { value "SELECT uid FROM accounts WHERE username = '$1'"; }
gone() { is_value "SELECT count(*), (SELECT gone_to FROM tombstones WHERE username = '$1') FROM accounts WHERE username = '$1'" "0|passwd"; }
# settled NAME [OPTION...]: an account with a password of its own.
settled()
{
    make "$1" --password-stdin "${@:2}" <<<"$good"
    sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL, password_changed_at = 1600000000 WHERE username = '$1'"
}
# The store alone: the directory file follows /etc/group.
content() { sqlite3 "file:$STORE?mode=ro" .dump | sha256sum; }
shadow() { getent -s files shadow "$1" | cut -d: -f"$2"; }

# -- what is refused ----------------------------------------------------------------------------------
exits 3 "nobody there is nobody to go" admin-tool users export --to-passwd --all -y
ok "... and no store is made" [ ! -e "$STATE" ]
exits 2 "whom?" admin-tool users export --to-passwd -y
exits 2 "some and all" admin-tool users export --to-passwd --all somebody -y
exits 2 "NAME belongs to --to-passwd" admin-tool users export somebody
exits 2 "... and hashes do not" admin-tool users export --to-passwd --all --with-hashes
settled ann --roles admin -n 'Ann Arden'
settled bob
exits 3 "who is not there" admin-tool users export --to-passwd ann nobody-here -y
remember
before_files=$(files)
admin-tool users edit bob -n 'Barker, Bob' >"$tmp/made"
remember
give ann bob
ok "a name with a comma (exit 4)" eval '[ $status -eq 4 ] && told "^admin-tool: bob: the full name has a comma" && told "^admin-tool: 1 of 2 accounts cannot go"'
unchanged "... changes nothing"
admin-tool users edit bob -n 'Bob Barker' >"$tmp/made"
before=$(content)
cp /etc/passwd /etc/group .
echo "thief:x:$(uid_of bob):100::/:/bin/sh" >>/etc/passwd
give bob
ok "another user of the uid (exit 4)" eval '[ $status -eq 4 ] && told "^admin-tool: bob: the uid $(uid_of bob) is another user.s in /etc/passwd"'
cp passwd /etc/passwd; echo "bob:x:4242:100::/:/bin/sh" >>/etc/passwd
give bob
ok "another user of the name (exit 4)" eval '[ $status -eq 4 ] && told "^admin-tool: bob: /etc/passwd has a user of this name with the uid 4242"'
cp passwd /etc/passwd; echo "bob:x:4242:" >>/etc/group
give bob
ok "another group of the name (exit 4)" eval '[ $status -eq 4 ] && told "^admin-tool: bob: /etc/group has a group of this name with the id 4242"'
cp group /etc/group
ok "none of that changes anything" [ "$before" = "$(content)" ]
run admin-tool users export --to-passwd --all --dry-run
ok "--dry-run (exit 0)" [ "$status" -eq 0 ]
says '^Would move ann, bob to /etc/passwd' "... names them"
run admin-tool users export --to-passwd bob </dev/null
ok "not confirmed (exit 5)" [ "$status" -eq 5 ]
says 'Are you sure you want to move bob to /etc/passwd' "... after the question"
ok "... and nothing has changed" [ "$before" = "$(content)" ]
ok "... no file either" [ "$before_files" = "$(files)" ]

# -- there ---------------------------------------------------------------------------------------------
admin-tool policy set admin_groups=adm,audio member_groups=video >"$tmp/made"
gpasswd -a ann audio >"$tmp/made" 2>&1
gpasswd -a ann dialout >"$tmp/made" 2>&1
passwd_ann=$(getent passwd ann) group_ann=$(getent group ann) hash_ann=$(value "SELECT hash FROM accounts WHERE username = 'ann'")
groups_ann=$(id -Gn ann | tr ' ' '\n' | grep -v '^coder-' | sort | tr '\n' ' ')
for file in $FILES; do cp -p /etc/$file old.$file; done
python3 -c 'import os; [os.setxattr("/etc/" + f, "security.selinux", f.encode() + b"_t") for f in ("passwd", "shadow")]'
run sh -c 'echo yes | admin-tool users export --to-passwd ann'
ok "one goes (exit 0)" [ "$status" -eq 0 ]
says '^1 account is in /etc/passwd now, and not here' "... which is said"
ok "... with her roles, which are no use there" told '^admin-tool: note: ann is an Admin: rules that name coder-admin'
ok "she is the store's no more, and where she went is known" gone ann
ok "the same user" [ "$(getent -s files passwd ann)" = "$passwd_ann" ]
ok "... for everybody" [ "$(getent passwd ann)" = "$passwd_ann" ]
ok "the same private group" [ "$(getent -s files group ann)" = "$group_ann" ]
ok "the same hash" [ "$(shadow ann 2)" = "$hash_ann" ]
ok "the same day of its last change, and no end" [ "$(shadow ann 3-)" = "18518:0:99999:7:::" ]
ok "the groups of her roles and her own" [ "$(id -Gn ann | tr ' ' '\n' | sort | tr '\n' ' ')" = "$groups_ann" ]
ok "... in /etc/gshadow, too" eval 'grep -q "^adm:.*:ann$" /etc/gshadow && grep -q "^video:.*:ann$" /etc/gshadow'
ok "... listed once" [ "$(grep -c '^audio:.*ann.*ann' /etc/group)" -eq 0 ]
ok "her password logs in by pam_unix" eval 'can_login ann "$good" && ! grep -q coder "$tmp/pam"'
ok "... and no other one" eval '! can_login ann wrong-horse'
ok "home and files are hers" [ "$(stat -c %U /home/ann)" = ann ]
ok "nothing else has changed" eval '[ -z "$(diff old.passwd /etc/passwd | grep "^<")" ] && [ -z "$(diff old.shadow /etc/shadow | grep "^<")" ] &&
    [ "$(diff old.passwd /etc/passwd | grep -c "^>")" -eq 1 ] && [ "$(diff old.shadow /etc/shadow | grep -c "^>")" -eq 1 ]'
ok "owners and modes are kept" [ "$(stat -c '%a %u %g' /etc/passwd /etc/shadow /etc/group /etc/gshadow)" = "$(stat -c '%a %u %g' old.passwd old.shadow old.group old.gshadow)" ]
labels() { python3 -c 'import os; print([os.getxattr("/etc/" + f, "security.selinux") for f in ("passwd", "shadow")])'; }
ok "... and labels" [ "$(labels)" = "[b'passwd_t', b'shadow_t']" ]
kept=$(echo "$STATE"/private/local-files/*-to-passwd)
same_backups() { for file in $FILES; do cmp "old.$file" "$kept/$file" || return; done; }
ok "the former files are kept" same_backups
ok "... root's alone" [ "$(stat -c '%a %u %g' "$kept" "$kept"/* | sort -u | tr '\n' ' ')" = '600 0 0 700 0 0 ' ]
ok "nothing is left beside" eval '! ls /etc/*+ 2>/dev/null'
ok "the files are whole" whole
ok "one audit row" is_value "SELECT count(*) FROM audit WHERE event = 'to-passwd' AND username = 'ann'" 1
exits 4 "her name is nobody else's" admin-tool users create -u ann -e a@example.org
complains 'ann went to /etc/passwd, and the name is nobody else.s' "... and why"
exits 3 "whoever asks for her" admin-tool users suspend ann -y
complains 'no such user: ann went to /etc/passwd; see usermod' "... is told where she is"
run admin-tool check
ok "the doctor finds no heir" eval '! grep -q local-heir "$tmp/out"'
run admin-tool check -o json
ok "... and nobody within our range of ids" eval '! grep -q range-overlap "$tmp/out"'
cp -p /etc/passwd kept
echo 'thief:x:79999:100::/:/bin/sh' >>/etc/passwd
run admin-tool check -o json
ok "... but for one who did not come from here" eval 'jq -e "[.[] | select(.check == \"range-overlap\") | .what] == [\"thief has uid 79999, inside our range of ids\"]" "$tmp/out" >"$tmp/jq"'
cp -p kept /etc/passwd

# -- who is not let in, or not for long -------------------------------------------------------------------
for name in sue tom exp old; do settled "$name"; done
admin-tool users suspend sue -y >"$tmp/made" 2>&1
sqlite3 "$STORE" "UPDATE accounts SET temporary = 1, temporary_until = unixepoch() - 10 WHERE username = 'old';
    UPDATE accounts SET expires_at = 2117145600 WHERE username = 'exp'" # 2037-02-02 00:00 UTC
make tmp1 --password-stdin <<<"$good"
make key1 --no-password
uid_sue=$(uid_of sue)
give sue tom exp old tmp1 key1
ok "six more (exit 0)" [ "$status" -eq 0 ]
ok "suspended: locked and expired" eval '[[ $(shadow sue 2) = "!\$"* ]] && [ "$(shadow sue 8)" = 1 ]'
ok "... said" told 'note: sue is not let in here, so its line is locked'
ok "... and not let in" eval '! can_login sue "$good"'
ok "... but listed in no group" eval '! grep -q sue /etc/group || [ "$(grep -c "\bsue\b" /etc/group)" -eq 1 ]'
ok "an expired temporary password is locked, not revived" eval '[[ $(shadow old 2) = "!\$"* ]] && ! can_login old "$good" && told "note: old has a temporary password that has expired"'
ok "a temporary one is to be changed" [ "$(shadow tmp1 3)" = 0 ]
ok "no password is none, and keeps no key out" [ "$(shadow key1 2)" = '*' ]
ok "an end stays one" [ "$(shadow exp 8)" = 24504 ]
run admin-tool users import --from-passwd --take-over sue -y
ok "taken over, suspended she stays" is_value "SELECT status, hash IS NULL FROM accounts WHERE username = 'sue'" 'suspended|0'
give sue
ok "... and is back" gone sue
usermod -U -e '' sue
ok "the local tools let her in again" can_login sue "$good"

# -- keys, ages, unused accounts, services ---------------------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -f one -C ina@laptop && ssh-keygen -q -t ed25519 -N '' -f two -C ina@desk
for name in ina old1 ages own; do settled "$name"; done
admin-tool users create --service-account svc >"$tmp/made" 2>&1 || admin-tool users create -u svc --service-account >"$tmp/made" 2>&1
admin-tool keys add ina one.pub >"$tmp/made" && admin-tool keys add ina two.pub >"$tmp/made"
admin-tool users edit own --password-max-days 20 >"$tmp/made"
admin-tool policy set dormant_days=30 password_max_days=90 password_warn_days=10 >"$tmp/made"
sqlite3 "$STORE" "UPDATE accounts SET awake_since = unixepoch(), password_changed_at = unixepoch() WHERE username IN ('ina', 'ages', 'own');
    UPDATE accounts SET created_at = 1, awake_since = 1 WHERE username = 'old1'"
setsid setpriv --reuid "$(uid_of ina)" --clear-groups sleep 300 </dev/null &
sleeper=$!
give ina old1 ages own svc
ok "five more (exit 0)" [ "$status" -eq 0 ]
kept=$(sed -n 's/.*the former files are in \(.*\)\.$/\1/p' "$tmp/out")
ok "ssh keys are told before" told 'note: ina has ssh keys here, which sshd does not see there'
ok "... and kept in a file that is named" eval 'grep -q "^The ssh keys are in $kept/ssh_keys" "$tmp/out" && [ "$(cat "$kept/ssh_keys")" = "$(echo "# ina"; cat one.pub two.pub)" ]'
ok "... root's alone" [ "$(stat -c '%a %u' "$kept/ssh_keys")" = '600 0' ]
ok "what she runs goes on" kill -0 "$sleeper"
kill "$sleeper"
ok "dormant: locked and expired" eval '[[ $(shadow old1 2) = "!\$"* ]] && [ "$(shadow old1 8)" = 1 ] && ! can_login old1 "$good"'
ok "policy's ages" [ "$(shadow ages 4-6)" = 0:90:10 ]
ok "... or the account's own" [ "$(shadow own 4-6)" = 0:20:10 ]
ok "a service has no password that ages" [ "$(shadow svc 2) $(shadow svc 5)" = '* 99999' ]
ok "... nor a shell" [ "$(getent -s files passwd svc | cut -d: -f7)" = /usr/sbin/nologin ]
admin-tool policy set dormant_days=default password_max_days=default password_warn_days=default >"$tmp/made"

# -- back again --------------------------------------------------------------------------------------------
run admin-tool users import --from-passwd --take-over sue -y
ok "who went may come back (exit 0)" [ "$status" -eq 0 ]
ok "... with her id" is_value "SELECT uid FROM accounts WHERE username = 'sue'" "$uid_sue"
ok "... and no tombstone" is_value "SELECT count(*) FROM tombstones WHERE username = 'sue'" 0
ok "... and logs in" can_login sue "$good"
usermod -u 7777 tom 2>"$tmp/made"
run admin-tool users import --from-passwd --take-over tom -y
ok "not with another id (exit 4)" [ "$status" -eq 4 ]
make del && uid_del=$(uid_of del) && admin-tool users delete del -y >"$tmp/made" 2>&1
groupadd -g "$uid_del" del && useradd -M -u "$uid_del" -g del del 2>"$tmp/made"
run admin-tool users import --from-passwd --take-over del -y
ok "nor who was deleted (exit 4)" eval '[ "$status" -eq 4 ] && told "del is taken by an account or a deleted one"'

make bea --roles admin
make bud
run admin-tool users export --to-passwd bea --dry-run
ok "the last Admin who goes is told" told 'note: no active Admin is left here'
run admin-tool users export --to-passwd --all --dry-run
ok "... not when all go" eval '! told "no active Admin"'

# -- in both places ------------------------------------------------------------------------------------------
useradd -m -s /bin/bash two 2>"$tmp/made" && echo "two:$good" | chpasswd
admin-tool users import --from-passwd two >"$tmp/made" 2>&1
echo "two:battery-staple-8" | chpasswd
admin-tool users suspend two -y >"$tmp/made" 2>&1
before_two=$(grep '^two:' /etc/passwd /etc/shadow /etc/group)
give two
ok "who has lines there already (exit 0)" [ "$status" -eq 0 ]
ok "... keeps them" [ "$before_two" = "$(grep '^two:' /etc/passwd /etc/shadow /etc/group)" ]
ok "... and is gone here" gone two
ok "... and that the line is open is told" told 'note: two is not let in here, but the line in /etc/passwd decides'
printf '+::::::\n' >>/etc/passwd
truncate -s -1 /etc/group # its last newline
settled end1
give end1
ok "before the lines of compat mode" [ "$(tail -n 1 /etc/passwd)" = '+::::::' ]
ok "... and behind a line without its end" eval '[ "$(grep -c "^end1:x:[0-9]*:$" /etc/group)" -eq 1 ] && whole'
sed -i '/^+/d' /etc/passwd
settled lnk
mv /etc/passwd /etc/passwd.real && ln -s passwd.real /etc/passwd
exits 1 "a link instead of a file is left alone" admin-tool users export --to-passwd lnk -y
rm /etc/passwd && mv /etc/passwd.real /etc/passwd
python3 -c 'import fcntl, time; f = open("/etc/.pwd.lock", "w"); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(25)' &
holder=$!
sleep 0.5
exits 1 "another tool at the files" admin-tool users export --to-passwd lnk -y
kill "$holder"
ok "... and nothing is changed" eval '! grep -q "^lnk:" /etc/passwd /etc/shadow /etc/group && is_value "SELECT count(*) FROM accounts WHERE username = \"lnk\"" 1'
rm /etc/gshadow
settled nog
give nog
ok "no /etc/gshadow stays none" eval '[ $status -eq 0 ] && [ ! -e /etc/gshadow ] && can_login nog "$good"'
done_testing
