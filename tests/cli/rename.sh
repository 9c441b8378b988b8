#!/bin/bash
# users rename: the account stays, its name does not, and what this machine keeps by name follows. The former name is
# nobody's for ever, and nothing that bears the new one already is taken.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
SPOOL=/var/spool/cron/crontabs LINGER=/var/lib/systemd/linger

start() { setpriv --reuid "$1" --regid "$1" --init-groups -- "${@:2}" >/dev/null 2>&1 & }
alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.[ZX]' "/proc/$1/status"; }
files() { cat /etc/group /etc/gshadow /etc/subuid /etc/subgid; ls -ln $SPOOL /var/mail $LINGER; ls /home; }
mkdir -p $SPOOL $LINGER
touch /etc/subuid /etc/subgid

make root1 --roles admin --no-create-home
make bob
# -- a name alone ---------------------------------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -C of-alice -f "$tmp/key"
make alice --roles auditor -n 'Alice Doe' --no-subids --ssh-key "$tmp/key.pub"
uid=$(id -u alice)
hash=$(value "SELECT hash FROM accounts WHERE uid = $uid")
remember
exits 0 "--dry-run" admin-tool users rename alice alicia --dry-run
says '^Would give the name alicia to alice; nothing was changed\.$' "... says so"
unchanged "... and changes nothing"
exits 5 "not confirmed" eval 'admin-tool users rename alice alicia </dev/null'
unchanged "... and nothing is changed"
run eval 'echo yes | admin-tool users rename alice alicia'
ok "confirmed" [ "$status" -eq 0 ]
says 'Are you sure you want to give the name alicia to this user\? \(yes/no\)' "... the question says the name"
says '^alice is alicia now\.$' "... and the answer"
ok "... and nothing more" [ "$(grep -c 'now\|place' "$tmp/out")" -eq 1 ]
ok "the uid stays" [ "$(id -u alicia)" = "$uid" ]
ok "... with the private group" [ "$(id -gn alicia)" = alicia ] 
ok "... and the roles" eval 'id -nG alicia | grep -qw coder-auditor'
ok "... and the home" [ "$(getent passwd alicia | cut -d: -f6)" = /home/alice ]
ok "... and the password" [ "$(value "SELECT hash FROM accounts WHERE username = 'alicia'")" = "$hash" ]
ok "... and the keys" eval '[ "$(/usr/libexec/coder_keys alicia)" = "$(cat "$tmp/key.pub")" ] && [ -z "$(/usr/libexec/coder_keys alice)" ]'
ok "the former name is nobody's" eval '! getent passwd alice && ! getent group alice && [ "$(getent passwd $uid | cut -d: -f1)" = alicia ]'
ok "... of this uid" is_value "SELECT uid FROM tombstones WHERE username = 'alice'" "$uid"
exits 3 "show OLD" admin-tool users show alice
complains "alice is now alicia; see 'admin-tool users show alicia'" "... says the new one"
exits 3 "suspend OLD" admin-tool users suspend alice -y
complains 'alice is now alicia' "... too"
exits 3 "show of nobody" admin-tool users show nobody1
complains "no such user: nobody1; see" "... names none"
exits 0 "audit" admin-tool audit --user alice -o json
json 'd[-1]["event"] == "rename" and d[-1]["before"]["username"] == "alice" and d[-1]["after"]["username"] == "alicia" and d[-1]["uid"] == '"$uid" \
    "... the former name's last row is the rename"
complains 'note: alice is alicia now; later rows are under that name' "... and the present one is said"
run admin-tool audit --user alicia
complains 'note: alicia was alice before; earlier rows' "... as is the former"
on_record() { grep -q "admin-tool.*: rename user=$1 uid=$uid " /var/log/messages; }
ok "the system log has it under both names" eval 'on_record alice && on_record alicia'
exits 0 "once more" admin-tool users rename alice alicia -y
says '^The name is alicia already\.$' "... is no change"
exits 0 "to the same name" admin-tool users rename alicia alicia
says '^The name is alicia already\.$' "... neither"

# -- names that are not to be had ------------------------------------------------------------------------------
remember
for name in '' 0 Alicia 'a b' coder-x .x "$(printf 'x%.0s' {1..33})"; do
    exits 4 "to '$name'" admin-tool users rename bob "$name" -y
done
exits 4 "to an account's name" admin-tool users rename bob alicia -y
complains "alicia is taken by an account of this store" "... says so"
exits 4 "to a former name" admin-tool users rename bob alice -y
complains "alice is the former name of alicia; names are never used again" "... says whose"
exits 4 "back to the own former name" admin-tool users rename alicia alice -y
exits 4 "create with a former name" admin-tool users create -u alice -e a2@example.com
complains "alice is the former name of alicia" "... says whose"
printf 'username,email,home\nalice,a2@example.com,/home/a2\n' >"$tmp/list"
run admin-tool users import "$tmp/list"
ok "import of a former name (exit 4)" [ "$status" -eq 4 ]
complains "alice is the former name of alicia" "... says whose"
exits 4 "to a local user's name" admin-tool users rename bob daemon -y
exits 4 "to a local group's name" admin-tool users rename bob audio -y
exits 4 "to a name with a meaning" admin-tool users rename bob docker -y
ok "... where no --force is offered" eval '! grep -q -- --force "$tmp/err"'
mkdir -p /etc/sudoers.d && printf '%s\n' 'newbie ALL=(ALL) NOPASSWD: ALL' '%newbies ALL=(ALL) ALL' >/etc/sudoers.d/trusts
for name in newbie newbies; do
    exits 4 "to $name, whom sudo trusts" admin-tool users rename bob $name -y
    complains "/etc/sudoers.d/trusts has a rule for $name, which the user would get: choose another name\$" "... says where"
done
rm /etc/sudoers.d/trusts
usermod -aG games root && sed -i '/^games:/s/$/,newbie/' /etc/group
exits 4 "to a name that a local group lists" admin-tool users rename bob newbie -y
sed -i '/^games:/s/,newbie//' /etc/group
echo 'newbie:900000:65536' >>/etc/subuid
exits 4 "to one with subordinate ids" admin-tool users rename bob newbie -y
complains '/etc/subuid names a user newbie' "... says where"
sed -i '/^newbie/d' /etc/subuid
for file in $SPOOL/newbie /var/mail/newbie $LINGER/newbie; do
    touch "$file"
    exits 4 "to one of whom $file is there" admin-tool users rename bob newbie -y
    complains "$file \(.*\) is there already" "... says so"
    rm "$file"
done
exits 3 "of nobody" admin-tool users rename nobody1 newbie -y
exits 2 "of one name" admin-tool users rename bob
complains 'missing: NEW' "... says what is missing"
exits 2 "of three" admin-tool users rename bob a1 b1
useradd -M -N -g users stage && admin-tool users import --from-passwd stage=stage@example.com >"$tmp/made" 2>&1
run admin-tool users rename stage stage2 -y
ok "one that /etc/passwd decides about (exit 4)" [ $status -eq 4 ]
complains 'stage is still a user of /etc/passwd, .*--take-over stage' "... says what to do first"
unchanged2() { is_value "SELECT count(*) FROM tombstones" 1; }
ok "none of them left a tombstone" unchanged2

# -- what follows ---------------------------------------------------------------------------------------------
gpasswd -a bob audio >"$tmp/made" && gpasswd -M root,bob games && gpasswd -A bob,root games
printf '%s\n' 'odd:x:4101:bobx,xbob, bob,root' 'both:x:4102:bob,robert2,bob' '# bob' >>/etc/group
printf '%s\n' 'bobx:1:2' 'bob:700000:65536' 'bob:800000:10' >>/etc/subuid
buid=$(id -u bob)
printf '%s\n' 'bob:700000:65536' "$buid:800000:10" >>/etc/subgid
echo '* * * * * true' >$SPOOL/bob && chown bob:crontab $SPOOL/bob && chmod 600 $SPOOL/bob
echo mail >/var/mail/bob && chown bob:mail /var/mail/bob && chmod 660 /var/mail/bob
touch $LINGER/bob
mkdir -p /etc/sudoers.d && echo 'bob ALL=(ALL) /bin/true' >/etc/sudoers.d/bobs && echo 'bob' >/etc/cron.allow
echo "#$buid ALL=(ALL) /bin/false" >/etc/sudoers.d/number
mkdir -p /etc/systemd/system && printf '[Service]\nUser=bob\n' >/etc/systemd/system/own.service
echo 'DenyUsers bob' >>/etc/ssh/sshd_config
before_files=$(files); stats=$(stat -c '%a %u %g %i' $SPOOL/bob /var/mail/bob)
cp -a /etc/group /etc/gshadow /etc/subuid /etc/subgid "$tmp"
told()
{
    says "$1"'.*/var/spool/cron/crontabs/bob \(crontab\)' "$2: the crontab"
    says "$1"'.*/var/mail/bob \(mail\)' "$2: the mail"
    says "$1"'.*/var/lib/systemd/linger/bob \(lingering\)' "$2: lingering"
    says "$1"'.*/home/' "$2: the home"
    says 'in the local groups audio, games, odd, both' "$2: the groups"
    says '/etc/subuid, /etc/subgid' "$2: subordinate ids"
    says '^These lines name bob and are left as they are; where they mean the user, write bobby there:$' "$2: lines that stay"
    says '^  sudoers: /etc/sudoers.d/bobs:1: bob ALL' "$2: sudoers"
    says "^    change it: visudo -f '/etc/sudoers.d/bobs'$" "$2: ... with a command"
    ok "$2: a line that says the uid is none of them" eval '! grep -q /etc/sudoers.d/number "$tmp/out"'
    says '^  list: /etc/cron.allow:1: bob$' "$2: who may use cron"
    says '^  configuration: /etc/systemd/system/own.service:2: User=bob$' "$2: a unit"
    says '^  configuration: /etc/ssh/sshd_config:[0-9]+: DenyUsers bob$' "$2: sshd's rules"
}
remember
exits 0 "--dry-run --move-home" admin-tool users rename bob bobby --move-home --dry-run
sed -i 's/^Would call \(.*\) bobby\.$/Would call \1/' "$tmp/out"
told 'Would (call|move)' "--dry-run"
unchanged "... and changes no account"
ok "... and no file" [ "$(files)" = "$before_files" ]
exits 0 "rename --move-home" admin-tool users rename bob bobby --move-home -y
told '^' "rename"
ok "the crontab has the name" [ "$(cat $SPOOL/bobby)" = '* * * * * true' -a ! -e $SPOOL/bob ]
ok "... and the mail" [ "$(cat /var/mail/bobby)" = mail -a ! -e /var/mail/bob ]
ok "... the same files as before" [ "$(stat -c '%a %u %g %i' $SPOOL/bobby /var/mail/bobby)" = "$stats" ]
ok "... and lingering" [ -e $LINGER/bobby -a ! -e $LINGER/bob ]
ok "the home is moved" [ -d /home/bobby -a ! -e /home/bob -a "$(stat -c %u /home/bobby)" = "$buid" ]
ok "... and is the account's" [ "$(getent passwd bobby | cut -d: -f6)" = /home/bobby ]
ok "/etc/group" diff /etc/group <(sed -E '/^#/!s/([:, ])bob(,|$)/\1bobby\2/; s/^both.*/both:x:4102:bobby,robert2/' "$tmp/group")
ok "/etc/gshadow, administrators, too" diff /etc/gshadow <(sed -E 's/([:,])bob(,|:|$)/\1bobby\2/g' "$tmp/gshadow")
ok "/etc/subuid" diff /etc/subuid <(sed -E 's/^bob:/bobby:/' "$tmp/subuid")
ok "/etc/subgid" diff /etc/subgid <(sed -E 's/^bob:/bobby:/' "$tmp/subgid")
kept=$(sed -n 's/^The former files are in \(.*\)\.$/\1/p' "$tmp/out")
are_kept() { for file in group gshadow subuid subgid; do cmp "$kept/$file" "$tmp/$file" || return; done; }
ok "the former files are kept" are_kept
ok "his groups are his" eval 'id -nG bobby | grep -qw audio && id -nG bobby | grep -qw odd'
ok "what is configured stays" eval 'grep -q "^bob " /etc/sudoers.d/bobs && grep -q "^DenyUsers bob" /etc/ssh/sshd_config'
sed -i '/^DenyUsers bob/d' /etc/ssh/sshd_config; rm /etc/systemd/system/own.service /etc/sudoers.d/{bobs,number} /etc/cron.allow
sed -i '/^#/d' /etc/group

# -- somebody else's -------------------------------------------------------------------------------------------
make cara --no-create-home
touch $SPOOL/cara && chown root1 $SPOOL/cara
exits 1 "where a file of that name is another user's" admin-tool users rename cara carla -y
complains "$SPOOL/cara is not carla's own and was left alone" "... it is left alone"
ok "... and there" [ -e $SPOOL/cara ]
rm $SPOOL/cara
useradd -M cara
gpasswd -a cara audio >"$tmp/made"
exits 1 "once more, where the former name is a local user's by now" admin-tool users rename cara carla -y
complains 'cara is another user of this machine by now' "... it is said"
ok "... who stays in his groups" grep -q '^audio:.*cara' /etc/group
userdel -r cara 2>"$tmp/made"
echo old >$SPOOL/cara && chown carla $SPOOL/cara && echo new >$SPOOL/carla && chown carla $SPOOL/carla
exits 1 "once more, where both names have a file" admin-tool users rename cara carla
complains "$SPOOL/cara could not be called $SPOOL/carla: File exists" "... it is said"
ok "... and both stay" [ "$(cat $SPOOL/cara $SPOOL/carla | xargs)" = 'old new' ]
rm $SPOOL/cara $SPOOL/carla
python3 -c 'import fcntl, time
f = open("/etc/.pwd.lock", "w"); fcntl.lockf(f, fcntl.LOCK_EX); print("locked", flush=True); time.sleep(60)' >"$tmp/locked" & holder=$!
make gil --no-create-home && usermod -aG audio gil 2>"$tmp/made" || sed -i '/^audio:/s/$/,gil/' /etc/group
until [ -s "$tmp/locked" ]; do sleep 0.1; done
exits 1 "while another program changes the local accounts" timeout 40 admin-tool users rename gil gila -y
kill "$holder"
complains "gil stands in .*: /etc/.pwd.lock: another program .*; run 'admin-tool users rename gil gila' again" "... says what is left to do"
exits 0 "... which does it" admin-tool users rename gil gila
ok "... all of it" eval 'grep -q "^audio:.*gila" /etc/group && [ "$(grep -c "[:,]gil\b" /etc/group)" -eq 0 ]'
printf 'username,email,gid\nian,ian@example.com,100\n' >"$tmp/list" && admin-tool users import "$tmp/list" >"$tmp/made" 2>&1
exits 0 "of one with another primary group" admin-tool users rename ian iain -y
ok "... whose group stays that" eval '[ "$(id -gn iain)" = users ] && ! getent group iain'
make hal --no-create-home && admin-tool users suspend hal -y >"$tmp/made"
exits 0 "of a suspended user" admin-tool users rename hal hall -y
ok "... who stays suspended" eval 'is_value "SELECT status FROM accounts WHERE username = '"'hall'"'" suspended && [ "$(getent passwd hall | cut -d: -f7)" = /usr/sbin/nologin ] && getent shadow hall'

# -- the home -------------------------------------------------------------------------------------------------
make dan
mkdir /home/dani
exits 4 "--move-home to a folder that is there" admin-tool users rename dan dani --move-home -y
complains '/home/dani is there already; leave --move-home out' "... says so"
rmdir /home/dani; ln -s /nowhere /home/dani
exits 4 "... to a link that leads nowhere" admin-tool users rename dan dani --move-home -y
rm /home/dani
chown root1 /home/dan
exits 4 "... of somebody else's folder" admin-tool users rename dan dani --move-home -y
complains "/home/dan is not the user's own folder" "... says so"
chown dan /home/dan
mv /home/dan /home/dan.real && ln -s dan.real /home/dan
exits 4 "... of a link" admin-tool users rename dan dani --move-home -y
rm /home/dan && mv /home/dan.real /home/dan
mount -t tmpfs -o uid="$(id -u dan)" none /home/dan
exits 4 "... of a mount point" admin-tool users rename dan dani --move-home -y
complains '/home/dan is a mount point' "... says so"
umount /home/dan
chmod 1777 /home
exits 4 "... where others can write beside it" admin-tool users rename dan dani --move-home -y
complains "/home is not root's alone to change" "... says so"
chmod 755 /home
useradd -M -d /home/dan twin
exits 4 "... that is another's, too" admin-tool users rename dan dani --move-home -y
complains '/home/dan is the home of twin' "... says whose"
userdel twin
make eve --home /home/other
exits 4 "... that has another name" admin-tool users rename eve eva --move-home -y
complains 'the home has another name than the user' "... says so"
ok "nothing was moved, and nobody renamed" eval '[ -d /home/dan ] && getent passwd dan && getent passwd eve'
make fay --no-create-home
exits 0 "... where there is none" admin-tool users rename fay faye --move-home -y
ok "... the account has the new one" [ "$(getent passwd faye | cut -d: -f6)" = /home/faye ]

make hop && admin-tool users rename hop hope -y --move-home >"$tmp/made" && mkdir /home/hop && chown hope /home/hop
run admin-tool check
says 'rename-unfinished: hope: /home/hop bears the former name' "a second folder under the former name is told"
exits 1 "... and rename once more" admin-tool users rename hop hope
complains "/home/hop could not be moved to /home/hope: /home/hope is there already" "... takes neither"
rmdir /home/hop

# -- who runs something ----------------------------------------------------------------------------------------
start dan sleep 1000; process=$!
sleep 0.3
remember
exits 4 "who runs something" admin-tool users rename dan dani -y
complains "dan runs 1 process \(see 'ps -fp $process'\).*--end-sessions" "... is not renamed"
unchanged "... nothing is changed"
ok "... and it runs on" alive $process
exits 0 "--end-sessions" admin-tool users rename dan dani -y --end-sessions
ok "... ends it" eval '! alive $process'
ok "... and renames" eval 'getent passwd dani && ! getent passwd dan'

# -- several names, one after the other --------------------------------------------------------------------------
exits 0 "a third name" admin-tool users rename dani dana -y
exits 3 "the first one" admin-tool users show dan
complains 'dan is now dana' "... leads to the last"
exits 3 "rename of the first one" admin-tool users rename dan dora -y
complains 'dan is now dana' "... is told so"
exits 0 "delete" admin-tool users delete dana -y
exits 3 "a former name of a deleted one" admin-tool users show dan
complains "no such user: dan; see" "... leads nowhere"
exits 4 "... and is never handed out" admin-tool users create -u dan -e d2@example.com

# -- a rename that was killed ------------------------------------------------------------------------------------
number_of_points=0 bad=0 stopped=0
fixture() # fixture NAME: an account with something of each kind
{
    make "$1" --no-password --no-subids
    gpasswd -a "$1" audio >"$tmp/made" && gpasswd -A "$1" games
    echo "$1:700000:65536" >>/etc/subuid
    touch "$SPOOL/$1" "/var/mail/$1" "$LINGER/$1" && chown "$1" "$SPOOL/$1" "/var/mail/$1"
}
left() { ls -d "$SPOOL/$1" "/var/mail/$1" "$LINGER/$1" "/home/$1" 2>/dev/null; grep -hE "(^|[:,])$1([:,]|\$)" /etc/group /etc/gshadow /etc/subuid; }
whole() { [ "$(left "$1" | wc -l)" -eq 8 ]; }
for at in renameat2:1 renameat2:2 renameat2:3 rename:1 rename:2 rename:3 rename:4 renameat:1 fsync:4 fsync:9 openat:60; do
    name=k${at//:/}
    fixture "$name"
    strace -qq -o "$tmp/trace" -e "trace=${at%:*}" -e "inject=${at%:*}:signal=KILL:when=${at#*:}" \
        admin-tool users rename "$name" "${name}x" --move-home -y >"$tmp/out" 2>"$tmp/err"
    grep -q killed "$tmp/trace" || { echo "# $at: was not reached"; continue; }
    number_of_points=$((number_of_points + 1))
    new=$(getent passwd "$name" >"$tmp/made" && echo "$name" || echo "${name}x")
    if [ "$new" = "$name" ]; then
        whole "$name" || { bad=$((bad + 1)); echo "# $at: old name, but: $(left "${name}x" | tr '\n' ' ')"; }
        admin-tool users rename "$name" "${name}x" --move-home -y >"$tmp/out" 2>"$tmp/err"
    else
        stopped=$((stopped + 1))
        [ -e "/home/${name}x" ] || ! admin-tool users make-homes "${name}x" >"$tmp/out" 2>&1 || { bad=$((bad + 1)); echo "# $at: a second home"; }
        admin-tool check >"$tmp/out" 2>"$tmp/err"
        grep -q "admin-tool users rename $name ${name}x" "$tmp/out" ||
            { [ -z "$(left "$name")" ] || { bad=$((bad + 1)); echo "# $at: check does not say so"; }; }
        admin-tool users rename "$name" "${name}x" >"$tmp/out" 2>"$tmp/err" || { bad=$((bad + 1)); cat "$tmp/err"; }
    fi
    { whole "${name}x" && [ -z "$(left "$name")" ]; } || { bad=$((bad + 1)); echo "# $at: left: $(left "$name" | tr '\n' ' ')"; }
    admin-tool check 2>&1 | grep "users rename $name" && bad=$((bad + 1))
done
echo "# $number_of_points points, $stopped of them after the commit, $bad failures"
ok "killed anywhere, the same command again ends it, and check says so before" [ $bad -eq 0 -a $number_of_points -ge 8 -a $stopped -ge 5 ]
done_testing
