#!/bin/bash
# A home that is somebody else's, or that somebody else can change, is no home: what is in it runs as the user.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

make mal
as_mal() { setpriv --reuid mal --regid mal --clear-groups "$@"; }
create() { admin-tool users create -u "$1" -e "$1@example.com" "${@:2}"; }
# refused WHAT NAME REASON OPTION...
refused()
{
    remember
    exits 4 "$1" create "$2" "${@:4}"
    complains "$3" "... says why"
    complains '--force' "... and the way out"
    unchanged "... and makes nothing"
}

# The case that was run: mal's folder is left for the new Admin, and mal's .profile with it.
mkdir /home/zed && echo 'id -u >>/tmp/ran' >/home/zed/.profile && chown -R mal /home/zed
refused "a home that is mal's" zed "/home/zed is mal's" --roles admin
refused "... though no home is to be made" zed "/home/zed is mal's" --no-create-home
run create zed --roles admin --dry-run
ok "... --dry-run says so, too (exit 4)" [ "$status" -eq 4 ]
chown -R root /home/zed
refused "a home that is root's" zed "/home/zed is root's"
rm -rf /home/zed && as_mal sh -c 'ln -s /home/mal /home/mal/link' && ln -s /home/mal /home/zed
refused "a link" zed '/home/zed is a link'
rm /home/zed && touch /home/zed
refused "a file" zed '/home/zed is no folder'
rm /home/zed && mkdir -m 777 /home/zed && chown 70777 /home/zed
refused "its own, but others can write" zed 'others can write in /home/zed' --uid 70777
chmod 755 /home/zed
exits 0 "its own" create zed --uid 70777
complains 'note: /home/zed exists and is left as it is' "... is left as it is"

# -- the way there ---------------------------------------------------------------------------------------------
refused "below a folder of mal's" amy "/home/mal is mal's" --home /home/mal/amy
refused "below a folder that all can write" amy 'others can write in /tmp' --home /tmp/amy
mkdir -p /tmp/deep/er
refused "... or one above it" amy 'others can write in /tmp' --home /tmp/deep/er/amy
mkdir -m 770 /srv/team && chgrp mal /srv/team
refused "below a folder that a group can write" amy 'others can write in /srv/team' --home /srv/team/amy
ln -s /srv/team /srv/way
refused "... behind a link" amy 'others can write in /srv/team' --home /srv/way/amy
as_mal ln -s /srv /home/mal/srv
refused "behind a link of mal's" amy "/home/mal is mal's" --home /home/mal/srv/amy
ln -s round /srv/round
refused "behind a link without an end" amy '/srv/round' --home /srv/round/amy
refused "... though no home is to be made" amy 'others can write in /tmp' --home /tmp/amy --no-create-home
mkdir -m 755 /srv/disk && ln -s ../srv/disk /home/disk
exits 0 "behind a link of root's" create amy --home /home/disk/amy
ok "... it is made" [ "$(stat -c %U /srv/disk/amy)" = amy ]
exits 0 "where there is none, and nobody but root can make it" create ann --home /nonexistent
[ ! -d /nonexistent ] || rm -r /nonexistent
exits 0 "... twice, as is usual for who needs none" create abe --home /nonexistent --no-create-home

# -- two with one home -----------------------------------------------------------------------------------------
refused "a home that is another account's" ben "/home/disk/amy is amy's" --home /home/disk/amy
make cat --no-create-home
refused "... that is not there yet" ben "/home/cat is the home of cat" --home /home/cat
useradd -M -d /home/later lou
admin-tool publish >"$tmp/made" # the directory knows the local groups' ids
refused "... or of a local account" ben "/home/later is the home of lou" --home /home/later
exits 0 "--force" create ben --home /home/mal --no-create-home --force
remember
printf 'username,email,home\nfay,fay@example.com,/home/both\nfin,fin@example.com,/home/both\n' >list
run admin-tool users import list
ok "import of two with one home (exit 4)" [ "$status" -eq 4 ]
complains 'line 3: .*/home/both is on line 2 already.*--force' "... says where"
printf 'username,email,home\nfay,fay@example.com,/home/mal\n' >list
run admin-tool users import list
ok "import with an account's home (exit 4)" [ "$status" -eq 4 ]
complains '/home/mal is ' "... says whose"
printf 'username,email,home\nfay,fay@example.com,/tmp/fay\n' >list
run admin-tool users import list
ok "import with a home below /tmp (exit 4)" [ "$status" -eq 4 ]
unchanged "none of it imports"
printf 'username,email,home\nfay,fay@example.com,/home/both\nfin,fin@example.com,/home/both\n' >list
run admin-tool users import list --force
ok "import --force" eval '[ "$status" -eq 0 ] && [ "$(value "SELECT count(*) FROM accounts WHERE home = '"'/home/both'"'")" -eq 2 ]'
mkdir /home/gus && chown mal /home/gus
printf 'username,email\ngus,gus@example.com\n' >list
run admin-tool users import list
ok "import onto a folder of mal's (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "/home/gus is mal.s" "$tmp/err"'
useradd -m -s /bin/bash loc && useradd -M -d /home/mal -s /bin/bash cuckoo && echo loc:correct-horse-9 | chpasswd
run admin-tool users import --from-passwd loc
ok "a local account with its own home" [ "$status" -eq 0 ]
run admin-tool users import --from-passwd cuckoo
ok "... with another's (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "/home/mal is " "$tmp/err"'

# -- a chroot whose root is no mount point: no line of /proc/self/mountinfo is about it -----------------------------
mkdir -p /plain/{usr,proc,dev,run,tmp,home,root,var/lib} && mount --bind /usr /plain/usr && mount -t proc proc /plain/proc
cp -a /bin /sbin /lib /lib64 /etc /plain && mknod -m 666 /plain/dev/null c 1 3
run chroot /plain /usr/sbin/admin-tool users create -u ann -e ann@example.com
ok "in a plain chroot no folder is somebody's that is root's" eval '[ "$status" -eq 0 ] && [ -d /plain/home/ann ]'
chmod 757 /plain/home
run chroot /plain /usr/sbin/admin-tool users create -u bea -e bea@example.com
ok "... and others' are (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "others can write in /home;" "$tmp/err"'
umount /plain/proc /plain/usr

# -- somebody in between: what is there by the time it is made ---------------------------------------------------
exits 0 "--force below a folder of mal's" create hal --home /home/mal/hal --force
ok "... is made" [ "$(stat -c '%U %a' /home/mal/hal)" = 'hal 700' ]
as_mal python3 - <<'PY' &
import os, time
end = time.time() + 20
os.mkdir("/home/mal/trap"); open("/home/mal/trap/mals", "w").close()
while time.time() < end:
    try:
        os.rename("/home/mal/ida", "/home/mal/ida.was")
        os.rename("/home/mal/trap", "/home/mal/ida")
        break
    except OSError:
        pass
PY
racer=$!
run strace -qq -f -o "$tmp/trace" -e trace=mkdirat -e inject=mkdirat:delay_exit=500000 \
    admin-tool users create -u ida -e ida@example.com --home /home/mal/ida --force
kill $racer 2>/dev/null; wait $racer 2>/dev/null
ok "a folder put in place of the new home is not given away" eval '[ "$status" -eq 1 ] && grep -q "not the home" "$tmp/err" &&
    [ "$(stat -c %U /home/mal/ida/mals)" = mal ] && [ "$(stat -c %U /home/mal/ida)" = mal ]'
done_testing
