#!/bin/bash
# users delete takes the name out of the local groups, as userdel does: the next user of that name has none of them.
# The rest of /etc/group and /etc/gshadow stays as it was, octet by octet, killed or failing at whatever moment.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
FILES="group gshadow"

lists() { grep -hE "[:,]$1(,|:|\$)" /etc/group /etc/gshadow; }
sums() { (cd /etc && sha256sum $FILES && stat -c '%n %a %u %g' $FILES); }
nothing_beside() { [ ! -e /etc/group+ ] && [ ! -e /etc/gshadow+ ]; }
backups() { find /etc -maxdepth 1 -name "*.coder-$1-*" | wc -l; }

make root1 --roles admin --no-create-home
# -- the next user of the name -----------------------------------------------------------------------
make tmp --no-create-home
gpasswd -a tmp sudo >"$tmp/made" 2>&1 && gpasswd -a tmp audio >"$tmp/made" 2>&1 && gpasswd -A tmp,root games
usermod -aG audio root
# What no tool of shadow-utils would write, and what looks like the name.
printf '%s\n' '# a remark: tmp' 'tmp:x:4100:' 'other:x:4101:tmpx,xtmp, tmp,root' 'twice:x:4102:tmp,root,tmp' '+nis' \
    'short:x:tmp' '' 'last:x:4103:tmp' >>/etc/group
printf '%s\n' 'other:!:tmpx,tmp:xtmp,tmp' 'twice:tmp:tmp:tmp' >>/etc/gshadow
chmod 640 /etc/group && chown root:adm /etc/group
kept=$(sums)
cp -a /etc/group "$tmp/group" && cp -a /etc/gshadow "$tmp/gshadow"

exits 0 "--dry-run" admin-tool users delete tmp --dry-run
says '^Would take tmp out of the local groups sudo, audio, other, twice, last, games\.$' "... says from which groups"
exits 0 "--dry-run --keep-groups" admin-tool users delete tmp --dry-run --keep-groups
says '^tmp stays in the lists of the local groups sudo, audio, ' "... says that it stays there"
ok "... and changes nothing" [ "$(sums)" = "$kept" ]
exits 0 "delete" admin-tool users delete tmp -y
says '^tmp is out of the local groups sudo, .*; the former files are /etc/group.coder-tmp-[0-9-]+ and /etc/gshadow.coder-tmp-[0-9-]+\.$' \
    "... says where the former files are"
ok "the name is in no list" eval '! lists tmp | grep -vE "^(short:|twice:tmp::)"'
ok "the rest of /etc/group is the same" diff /etc/group \
    <(sed -E '/^(# |tmp:|short)/!s/([:,])tmp(,|$)/\1/g; s/^other.*/other:x:4101:tmpx,xtmp,root/; s/,$//; s/^twice.*/twice:x:4102:root/' "$tmp/group")
ok "... and of /etc/gshadow" diff /etc/gshadow \
    <(sed -E 's/^other.*/other:!:tmpx:xtmp/; s/^twice.*/twice:tmp::/; s/^games:(.*):tmp,root:/games:\1:root:/; s/^(sudo|audio)(.*[:,])tmp$/\1\2/; s/^audio(.*)tmp,root$/audio\1root/' "$tmp/gshadow")
ok "owners and modes, too" [ "$(sums | tail -n 2)" = "$(tail -n 2 <<<"$kept")" ]
ok "the former files are kept, octet by octet" eval 'cmp /etc/group.coder-tmp-* "$tmp/group" && cmp /etc/gshadow.coder-tmp-* "$tmp/gshadow"'
ok "... with owner and mode" [ "$(stat -c '%a %u %g' /etc/group.coder-tmp-*)" = "$(stat -c '%a %u %g' "$tmp/group")" ]
ok "nothing else is left beside them" nothing_beside
useradd -M -N -g users tmp
ok "the next user of the name has none of the groups" [ "$(id -nG tmp)" = users ]
userdel tmp 2>"$tmp/err"
cp -a "$tmp/group" /etc/group && cp -a "$tmp/gshadow" /etc/gshadow && chown root:root /etc/group && chmod 644 /etc/group
sed -i '/^#/d; /^+/d; /^short/d; /^$/d' /etc/group; rm -f /etc/*.coder-*

# -- what stays --------------------------------------------------------------------------------------
make kim --no-create-home && usermod -aG audio kim
exits 0 "--keep-groups" admin-tool users delete kim -y --keep-groups
ok "... leaves the name" grep -q '^audio:.*kim' /etc/group
says "^kim stays in the lists of the local groups audio, which whoever is made with that name will have; 'gpasswd -d kim GROUP' takes it out\.$" \
    "... and says so"
ok "... with a command that works" eval 'gpasswd -d kim audio >"$tmp/made" && ! lists kim'
make lou --no-create-home
exits 0 "who is in none" admin-tool users delete lou -y
ok "... is told nothing of" eval '[ "$(cat "$tmp/out")" = "lou is deleted." ] && [ "$(backups lou)" = 0 ]'
useradd -M -G audio pat && admin-tool users import --from-passwd pat=pat@example.com >"$tmp/made" 2>&1
run admin-tool users delete pat -y
ok "a local account of the same name keeps its groups" eval '[ $status -eq 0 ] && grep -q "^audio:.*pat" /etc/group'

# -- what fails --------------------------------------------------------------------------------------
make ria --no-create-home --no-subids && usermod -aG audio ria
kept=$(sums)
python3 -c 'import fcntl, time
f = open("/etc/.pwd.lock", "w"); fcntl.lockf(f, fcntl.LOCK_EX); print("locked", flush=True); time.sleep(60)' >"$tmp/locked" & holder=$!
until [ -s "$tmp/locked" ]; do sleep 0.1; done
exits 1 "while another program changes the local accounts" timeout 40 admin-tool users delete ria -y
kill "$holder"
complains "ria is deleted, but stays in the lists of the local groups audio: /etc/.pwd.lock: another program .*'gpasswd -d ria GROUP'" \
    "... says what is left to do"
ok "... and changes no file" [ "$(sums)" = "$kept" ]
make sue --no-create-home && usermod -aG audio sue
mv /etc/group /etc/group.real && ln -s group.real /etc/group
exits 1 "where /etc/group is a link" admin-tool users delete sue -y
ok "... it stays one" [ -L /etc/group ]
rm /etc/group && mv /etc/group.real /etc/group

# Killed or failing at each call that changes something: each file is the old one or the new one.
names=$(printf 'u%s ' {1..50})
for name in $names; do
    make "$name" --no-create-home --no-password && usermod -aG audio "$name" && gpasswd -A "$name" games
done
# whole NAME: each of both files as before or without the name; the former one is somewhere while it is not in place.
whole()
{
    local file
    for file in $FILES; do
        cmp -s "/etc/$file" "$tmp/$file.old" || cmp -s "/etc/$file" "$tmp/$file.new" ||
            { echo "$file is neither"; return 1; }
        cmp -s "/etc/$file" "$tmp/$file.old" || cmp -s "/etc/$file.coder-$1"-* "$tmp/$file.old" ||
            { echo "$file: no backup"; return 1; }
        [ "$(stat -c '%a %u %g' "/etc/$file")" = "$(stat -c '%a %u %g' "$tmp/$file.old")" ] || { echo "$file: its mode"; return 1; }
    done
}
points=0 bad=0 olds=0 news=0
try() # try NAME CALL WHEN FAULT
{
    local file
    for file in $FILES; do
        cp -a "/etc/$file" "$tmp/$file.old"
        sed -E "s/,$1(,|\$)/\\1/; s/:$1(,|\$)/:/; s/:$1:/::/" "/etc/$file" >"$tmp/$file.new"
    done
    { strace -qq -o "$tmp/trace" -P /etc/group -P /etc/group+ -P /etc/gshadow -P /etc/gshadow+ -P /etc -e "trace=$2" \
        -e "inject=$2:$4:when=$3" admin-tool users delete "$1" -y >"$tmp/out" 2>"$tmp/err"; } 2>/dev/null
    status=$?
    grep -qE 'INJECTED|killed' "$tmp/trace" || return
    points=$((points + 1))
    cmp -s /etc/group "$tmp/group.old" && olds=$((olds + 1)) || news=$((news + 1))
    if ! whole "$1" || { [ "$4" != signal=KILL ] && { [ $status -ne 1 ] || ! nothing_beside; }; }; then
        bad=$((bad + 1)); echo "# $2 $3 $4: status $status, $(tr '\n' ' ' <"$tmp/err")"
    fi
    for file in $FILES; do
        cp -a "$tmp/$file.new" "/etc/$file"; rm -f "/etc/$file+" "/etc/$file.coder-"*
        chmod --reference="$tmp/$file.old" "/etc/$file"; chown --reference="$tmp/$file.old" "/etc/$file"
    done
}
set -- $names
for call in write fsync rename link unlink fchmod openat; do
    for when in 1 2 3 4 5; do
        try "$1" $call $when signal=KILL
        shift
    done
done
for call in write:ENOSPC fsync:EIO rename:EROFS link:ENOSPC fchmod:EIO fchown:EPERM; do
    for when in 1 2; do
        try "$1" "${call%:*}" $when "error=${call#*:}"
        shift
    done
done
echo "# $points points tried, $bad failures; $olds old, $news new, $# names left"
ok "killed or failing, both files are whole, old or new, with a backup" [ $bad -eq 0 -a $points -ge 20 -a $olds -gt 0 -a $news -gt 0 ]
done_testing
