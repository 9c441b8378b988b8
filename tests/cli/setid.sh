#!/bin/bash
# Set-id files outlive a suspension, a deletion and a lost role: they are listed with the command that takes the bits
# off, and --remove-setid takes them off, of the user's own files alone and whatever the names lead to by then.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd /
chmod 755 "$tmp"

as() { setpriv --reuid "$1" --regid "$1" --init-groups "${@:2}"; }
bits() { stat -c %a "$1"; }
has_bits() { [ "$(bits "$1")" = "$2" ]; }
# copy NAME MODE GROUP FROM TO: as the user, who must be in the group.
copy() { as "$1" bash -c 'cp "$3" "$4" && chgrp "$2" "$4" && chmod "$1" "$4"' - "${@:2}"; }
# The command that the last one named.
command_of() { sed -n 's/^To take the bits off: //p' "$tmp/out"; }

make root1 --roles admin
for name in bob mal; do make "$name"; done
make dora --roles admin
make ada --roles admin
groupadd -g 4321 wheelers && groupadd -g 4322 readers && gpasswd -a dora readers >"$tmp/made"
admin-tool policy set admin_groups=wheelers >"$tmp/made"
install -m 640 -g coder-admin /dev/null /srv/admins && echo "for admins" >/srv/admins

# -- a role that is taken away -----------------------------------------------------------------------
mkdir -m 777 /srv/share
copy dora 2755 coder-admin /usr/bin/cat /srv/share/cat
copy dora 2711 wheelers /usr/bin/cat /home/dora/wheel
copy dora 2755 readers /usr/bin/cat /home/dora/reader
copy dora 2755 dora /usr/bin/cat /home/dora/own
copy dora 4755 dora /usr/bin/id /home/dora/id
copy dora 2644 coder-admin /etc/hostname /home/dora/no-program
as dora mkdir -m 2755 /home/dora/folder && as dora chgrp coder-admin /home/dora/folder && as dora chmod g+s /home/dora/folder
copy ada 2755 coder-admin /usr/bin/cat /srv/share/adas
listed() { says "^  /srv/share/cat$" "$1: the copy of a role's group" && says "^  /home/dora/wheel$" "$1: that of a group that comes with the role"; }
exits 0 "edit-roles --dry-run" admin-tool users edit-roles dora --roles member --dry-run
listed "--dry-run"
ok "... nothing else" [ "$(grep -c '^  /' "$tmp/out")" -eq 2 ]
exits 0 "edit-roles, for programs" admin-tool users edit-roles dora --roles member -y -o json
json 'd["changed"] and {"  /srv/share/cat", "  /home/dora/wheel"} <= set(d["said"])' "... the list is in the answer"
silent "... and nowhere else"
exits 0 "edit-roles" admin-tool users edit-roles dora --roles member -y
listed "edit-roles"
ok "... nothing else: her own group's, a local group's she is in, another Admin's, folders" [ "$(grep -c '^  /' "$tmp/out")" -eq 2 ]
ok "... the bits are there, and anybody opens what the group opens" [ "$(as mal /srv/share/cat /srv/admins)" = "for admins" ]
ok "... the command is named" [ "$(command_of)" = "admin-tool users edit-roles dora --roles member --remove-setid" ]
# shellcheck disable=SC2046
exits 0 "that command" $(command_of)
says "^Taken off: the set-id bits of files of dora, which run with the file's group for anybody:$" "... says what it did"
listed "--remove-setid"
ok "... the bits are gone" eval 'has_bits /srv/share/cat 755 && has_bits /home/dora/wheel 711'
ok "... nobody opens it any more" eval '! as mal /srv/share/cat /srv/admins 2>"$tmp/err"'
ok "... the others stay" eval 'has_bits /home/dora/reader 2755 && has_bits /home/dora/own 2755 && has_bits /home/dora/id 4755 &&
    has_bits /srv/share/adas 2755 && has_bits /home/dora/folder 2755'
exits 0 "once more" admin-tool users edit-roles dora --roles member --remove-setid
ok "... there is nothing to do" [ "$(cat "$tmp/out")" = 'dora already has exactly the role member.' ]
copy mal 2755 mal /usr/bin/cat /srv/share/mals-own && chgrp readers /srv/share/mals-own && chmod 2755 /srv/share/mals-own
exits 0 "a role given, --dry-run" admin-tool users edit-roles mal --roles auditor --dry-run
ok "... looks for nothing" eval '! grep -q "^  /" "$tmp/out"'
rm /srv/share/mals-own
exits 0 "a role given" admin-tool users edit-roles dora --roles auditor -y --remove-setid
ok "... looks for nothing" [ "$(cat "$tmp/out")" = 'dora has the roles auditor, member.' ]

# -- suspended ---------------------------------------------------------------------------------------
mkdir -m 755 /srv/others && chmod 755 /home/bob
copy bob 4755 bob /usr/bin/bash /home/bob/bash
copy bob 6711 bob /usr/bin/id '/var/tmp/of bob'
copy bob 4755 bob /usr/bin/id $'/var/tmp/odd\e[31m'
as bob ln /home/bob/bash /srv/share/second-name
as bob ln -s /usr/bin/passwd /home/bob/link
root_mode=$(bits /usr/bin/passwd)
copy mal 4755 mal /usr/bin/id /srv/share/mals
exits 0 "suspend --dry-run" admin-tool users suspend bob --dry-run
says '^  /home/bob/bash$' "... lists them"
exits 0 "suspend" admin-tool users suspend bob -y
says '^Set-id files of bob, which run as that user, or with the file.s group, for anybody:$' "... says what they are"
says '^  /home/bob/bash$' "... lists the copy in the home"
says '^  /var/tmp/of bob$' "... one elsewhere"
says '^  /var/tmp/odd\\x1b\[31m$' "... one with controls in its name, without them"
says '^  /srv/share/second-name$' "... a second name"
ok "... nothing else" [ "$(grep -c '^  /' "$tmp/out")" -eq 4 ]
ok "a suspended user's copy runs as her for anybody" [ "$(as mal /home/bob/bash -pc 'echo $EUID')" = "$(id -u bob)" ]
exits 0 "--dry-run --remove-setid" admin-tool users suspend bob --dry-run --remove-setid
ok "... changes nothing" has_bits /home/bob/bash 4755
# shellcheck disable=SC2046
run admin-tool users suspend bob
exits 0 "suspend again, with the command named" $(command_of)
ok "... they are gone, by each name" eval 'has_bits /home/bob/bash 755 && has_bits /srv/share/second-name 755 &&
    has_bits "/var/tmp/of bob" 711 && has_bits /var/tmp/odd* 755'
ok "... what a link leads to and another user's stay" eval 'has_bits /usr/bin/passwd "$root_mode" && has_bits /srv/share/mals 4755'
ok "... and mal is mal" [ "$(as mal /home/bob/bash -pc 'echo $EUID')" = "$(id -u mal)" ]
admin-tool users activate bob -y >"$tmp/made"
copy bob 4755 bob /usr/bin/id /home/bob/id
exits 0 "suspend --remove-setid at once" admin-tool users suspend bob -y --remove-setid
ok "... takes them off" has_bits /home/bob/id 755
says '^bob is suspended.$' "... and suspends"

# -- what hinders ------------------------------------------------------------------------------------
chmod 4755 /home/bob/id /home/bob/bash
run timeout 60 strace -qq -o "$tmp/trace" -f -e trace=chmod,fchmodat -e inject=chmod,fchmodat:error=EROFS admin-tool users suspend bob --remove-setid
ok "bits that cannot be taken off (exit 1)" [ "$status" -eq 1 ]
ok "... and not said to be off" eval '! grep -q "Taken off" "$tmp/out"'
complains '3 of these files of bob kept their set-id bits, the first is /home/bob/.*: Read-only file system$' "... are named"
run timeout 60 strace -qq -o "$tmp/trace" -f -e trace=getdents64 -e inject=getdents64:delay_enter=200000 admin-tool users suspend bob
says "^Not everything was searched for set-id files; see: find / .*-xdev -type f -uid $(id -u bob) -perm /6000$" \
    "a disk that takes its time: it says that not all was looked at"
ok "... and what was found" grep -q '^  /home/bob/' "$tmp/out"

# Somebody runs a copy as bob, which sets the bits again as long as it lives.
cat >"$tmp/again.sh" <<'END'
while :; do chmod u+s /home/bob/bash 2>/dev/null; done
END
chmod 755 "$tmp/again.sh"
as mal bash -c "while :; do /home/bob/bash -p $tmp/again.sh; done" 2>"$tmp/made" & holder=$!
sleep 0.5
run timeout 120 admin-tool users suspend bob --remove-setid
pkill -KILL -U mal; wait "$holder" 2>/dev/null
ok "bits that come back: they are off, or it says so" eval '
    if [ $status -eq 0 ]; then has_bits /home/bob/bash 755; else grep -q "come back\|could not end everything" "$tmp/err"; fi'
run admin-tool users suspend bob --remove-setid
# Names swapped for links to root's set-id program all the while.
install -m 4755 /usr/bin/id /srv/victim
chown -R mal /home/bob && chmod 777 /home/bob
as mal python3 -c '
import os
os.chdir("/home/bob")
while True:
    try:
        os.symlink("/srv/victim", "l"); os.rename("l", "swap"); os.link("id", "h"); os.rename("h", "swap")
    except OSError:
        pass' & racer=$!
for _ in 1 2 3 4 5; do
    chown bob /home/bob/id && chmod 4755 /home/bob/id
    strace -qq -o "$tmp/trace" -f -e trace=chmod,fchmodat -e inject=chmod,fchmodat:delay_enter=5000 \
        admin-tool users suspend bob --remove-setid >"$tmp/out" 2>"$tmp/err"
done
kill "$racer"; wait "$racer" 2>/dev/null
ok "names swapped for links meanwhile lead to nobody else's file" has_bits /srv/victim 4755
chown -R bob /home/bob; chmod 4755 /home/bob/id

# -- deleted -----------------------------------------------------------------------------------------
uid=$(id -u bob)
exits 0 "delete --dry-run" admin-tool users delete bob --dry-run
says '^  /home/bob/id$' "... lists them"
exits 0 "delete" admin-tool users delete bob -y
says '^  /home/bob/id$' "delete lists them"
ok "... with a command that needs no account" eval 'eval "$(command_of)" && has_bits /home/bob/id 755 && [ "$(stat -c %u /home/bob/id)" = "$uid" ]'
# On filesystems of their own: those that were searched are what the command searches.
make cat --home '/srv/own/c d' --no-create-home --force
mkdir -p '/srv/own/c d'
for place in /var/tmp /srv '/srv/own/c d'; do
    mkdir -p "$place" && mount -t tmpfs -o mode=1777 none "$place" && mkdir -p '/srv/own/c d'
    install -o cat -m 4755 /usr/bin/id "$place/cats"
done
install -o cat -m 4755 /usr/bin/id /opt/cats
exits 0 "delete, with files on other filesystems" admin-tool users delete cat -y
ok "... lists them" [ "$(grep -c '^  /.*/cats$' "$tmp/out")" -eq 4 ]
ok "... and its command disarms all of them" eval 'eval "$(command_of)" &&
    has_bits /var/tmp/cats 755 && has_bits /srv/cats 755 && has_bits "/srv/own/c d/cats" 755 && has_bits /opt/cats 755'
umount '/srv/own/c d' /srv /var/tmp
# A disk that no list names, mounted where its name needs quoting.
mkdir -p '/data/of all' && mount -t tmpfs -o mode=1777 none '/data/of all'
make dee
install -o dee -m 4755 /usr/bin/id '/data/of all/dees'
exits 0 "suspend, with a file on a disk of its own" admin-tool users suspend dee -y
says '^  /data/of all/dees$' "... lists it"
exits 0 "suspend --remove-setid" admin-tool users suspend dee -y --remove-setid
ok "... takes the bits off there" has_bits '/data/of all/dees' 755
chmod 4755 '/data/of all/dees'
exits 0 "delete, with a file on a disk of its own" admin-tool users delete dee -y
ok "... its command disarms it" eval 'eval "$(command_of)" && has_bits "/data/of all/dees" 755'
umount '/data/of all'
copy mal 4755 mal /usr/bin/id /home/mal/id
exits 0 "delete --remove-setid" admin-tool users delete mal -y --remove-setid
ok "... takes them off" eval 'has_bits /home/mal/id 755 && has_bits /srv/share/mals 755'
done_testing
