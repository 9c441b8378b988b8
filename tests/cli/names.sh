#!/bin/bash
# A name with a meaning (wheel, docker, systemd-resolve, www-data ...) is nobody's: the private group of such a user
# would get what rules and packages give to the group of that name.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

for name in wheel docker admin sudo adm libvirt libvirt-qemu kvm lxd incus incus-admin podman wireshark www-data postgres \
    mysql sshd systemd-resolve systemd-anything render input sgx plugdev netdev shadow disk _ssh _anything; do
    run admin-tool users create "--username=$name" -e x@example.com --dry-run
    ok "the username $name (exit 4)" eval '[ "$status" -eq 4 ] && is_clean_error'
done
for name in wheel docker incus-admin; do
    run admin-tool users create -u $name -e x@example.com
    complains "^admin-tool: $name is a name with a meaning.*--force" "$name: why, and the way out"
done
ok "nothing is made" [ ! -e "$STATE" ]
for name in alice wheeler dockerina systemd sys-admin; do
    exits 0 "the username $name is fine" admin-tool users create -u $name -e $name@example.com --dry-run
done
exits 0 "--force" admin-tool users create -u wheel -e wheel@example.com --force
ok "... makes it" is_value "SELECT count(*) FROM accounts WHERE username = 'wheel'" 1
run admin-tool users create -u root -e root@example.com --force
ok "... but no name that is there already (exit 4)" [ "$status" -eq 4 ]

printf 'username,email\nfay,fay@example.com\ndocker,docker@example.com\n' >list
remember
run admin-tool users import list
ok "import (exit 4)" [ "$status" -eq 4 ]
complains "line 3: docker is a name with a meaning.*--force" "... says the line, why, and the way out"
unchanged "... and imports nothing"
exits 0 "import --skip-bad --dry-run" sh -c 'admin-tool users import list --skip-bad --dry-run 2>err; [ $? -eq 1 ]'
run admin-tool users import list --force
ok "import --force" eval '[ "$status" -eq 0 ] && [ "$(value "SELECT count(*) FROM accounts")" -eq 3 ]'

# A name that a local group lists, left from somebody who was deleted.
printf 'helpers:x:4000:tmp,eli\n' >>/etc/group
admin-tool publish >"$tmp/out"
remember
exits 4 "a name that a local group lists" admin-tool users create -u tmp -e tmp@example.com
complains "the local group helpers lists a member tmp.*gpasswd -d tmp helpers.*--force" "... says where, and the ways out"
printf 'username,email\neli,eli@example.com\n' >listed
run admin-tool users import listed
ok "... by import (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "line 2: the group helpers lists a member eli" "$tmp/err"'
unchanged "... and nothing is made"
exits 0 "--force" admin-tool users create -u tmp -e tmp@example.com --force
ok "... has it" eval 'id -Gn tmp | grep -qw helpers'
gpasswd -d eli helpers >"$tmp/out"
exits 0 "once it is taken out" admin-tool users import listed --passwords-to passwords

# A name that rules of sudo or polkit trust, though nobody has it yet.
mkdir -p /etc/sudoers.d/in.d /etc/polkit-1/rules.d
cat >/etc/sudoers.d/trusts <<'END'
usa ALL=(ALL) NOPASSWD: ALL
#71001 ALL=(ALL) ALL
root, \
  usb ALL=(ALL) /usr/bin/true
User_Alias TEAM = root, usc : OTHERS = "usd", !nod
%use ALL=(ALL) ALL
Defaults:usf !authenticate
root ALL=(noa) /usr/bin/env nob, /usr/bin/true # noc
Cmnd_Alias RUN = /usr/bin/env noe
Defaults!RUN noexec
@include /etc/sudoers.d/in.d/one
END
echo 'usg ALL = ALL' >/etc/sudoers.d/in.d/one
cat >/etc/polkit-1/rules.d/9.rules <<'END'
polkit.addRule(function(a, s) { // "nof"
    if (s.isInGroup("ush") || s.user == "usi" || ["usj", 'usk'].indexOf(s.user) >= 0) return polkit.Result.YES; });
END
echo 'polkit.addAdminRule(function() { "nog"; return ["unix-user:usl", "unix-group:usm", "unix-user:71002"]; });' >/etc/polkit-1/rules.d/8.rules
chmod 440 /etc/sudoers.d/trusts /etc/sudoers.d/in.d/one
ok "sudo takes these rules" visudo -cqf /etc/sudoers.d/trusts
remember
while read -r name path; do
    exits 4 "$name, whom $path trusts" admin-tool users create -u "$name" -e "$name@example.com"
    complains "^admin-tool: $path has a rule for $name, .*, or use --force\$" "... says where, and the way out"
    printf 'username,email\n%s,%s@example.com\n' "$name" "$name" >trusted
    run admin-tool users import trusted
    ok "... by import (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "line 2: $path has a rule for $name, .*--force" "$tmp/err"'
done <<'END'
usa /etc/sudoers.d/trusts
usb /etc/sudoers.d/trusts
usc /etc/sudoers.d/trusts
usd /etc/sudoers.d/trusts
use /etc/sudoers.d/trusts
usf /etc/sudoers.d/trusts
usg /etc/sudoers.d/in.d/one
ush /etc/polkit-1/rules.d/9.rules
usi /etc/polkit-1/rules.d/9.rules
usj /etc/polkit-1/rules.d/9.rules
usk /etc/polkit-1/rules.d/9.rules
usl /etc/polkit-1/rules.d/8.rules
usm /etc/polkit-1/rules.d/8.rules
END
while read -r uid path; do
    exits 4 "the uid $uid, which $path trusts" admin-tool users create -u ivy -e ivy@example.com --uid "$uid"
    complains "^admin-tool: $path has a rule for the id $uid, .*, or use --force\$" "... says where"
    printf 'username,email,uid\nivy,ivy@example.com,%s\n' "$uid" >trusted
    run admin-tool users import trusted
    ok "... by import (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "line 2: $path has a rule for #$uid, .*--force" "$tmp/err"'
done <<'END'
71001 /etc/sudoers.d/trusts
71002 /etc/polkit-1/rules.d/8.rules
END
unchanged "... and nothing is made"
for name in noa nob noc nod noe nof nog; do
    exits 0 "$name, whom they name as something else" admin-tool users create -u $name -e $name@example.com --dry-run
done
exits 0 "--force" admin-tool users create -u usa -e usa@example.com --no-create-home --force
printf 'username,email\nuse,use@example.com\n' >trusted
exits 0 "... of import" admin-tool users import trusted --force --passwords-to passwords-trusted
useradd -m -u 1702 usg 2>"$tmp/err"
exits 0 "a local account whose rule it is keeps it" admin-tool users import --from-passwd --take-over usg -y
rm -r /etc/sudoers.d/trusts /etc/sudoers.d/in.d /etc/polkit-1/rules.d/[89].rules

# An id that is nowhere but in a line of /etc/passwd, as a group.
next=$(value "SELECT max(uid) + 1 FROM accounts WHERE uid < 99999")
echo "odd:x:4321:$next::/:/bin/sh" >>/etc/passwd
exits 4 "a uid that is a local user's primary group" admin-tool users create -u pat -e pat@example.com --uid "$next"
exits 0 "... is not given out" admin-tool users create -u pat -e pat@example.com --no-create-home
ok "... but the next one" is_value "SELECT uid FROM accounts WHERE username = 'pat'" $((next + 1))
echo "odd2:x:4322:$((next + 2))::/:/bin/sh" >>/etc/passwd
printf 'username,email\npit,pit@example.com\n' >more
exits 0 "... nor by import" admin-tool users import more --passwords-to passwords2
ok "... but the next one" is_value "SELECT uid FROM accounts WHERE username = 'pit'" $((next + 3))

# A local account of such a name: it and its group are on this machine already, with what they get there.
useradd -m -u 1701 lxd 2>"$tmp/err"
run admin-tool users import --from-passwd --take-over lxd -y
ok "take-over of such a local account (exit 4)" [ "$status" -eq 4 ]
complains "lxd: is a name with a meaning|lxd is a name with a meaning" "... says why"
ok "... leaves its line" grep -q '^lxd:' /etc/passwd
run admin-tool users import --from-passwd --take-over lxd -y --force
ok "... --force takes it over" eval '[ "$status" -eq 0 ] && ! grep -q "^lxd:" /etc/passwd'

# -- all of base-passwd and sysusers.d on this machine are on the list -------------------------------------------
list=/src/admin-tool/host/reserved.txt
known() { grep -qE "^$1( |\$)" "$list" || { [[ $1 == systemd-* ]] || [[ $1 == _* ]]; }; }
unknown()
{
    { cut -d: -f1 /usr/share/base-passwd/passwd.master /usr/share/base-passwd/group.master
      cat /usr/lib/sysusers.d/*.conf 2>/dev/null | awk '$1 ~ /^[ugm]/ && $2 !~ /[%]/ { print $2 }'
    } | sort -u | while read -r name; do known "$name" || echo "$name"; done
}
ok "every name of base-passwd and sysusers.d is on the list: $(unknown | xargs)" [ -z "$(unknown)" ]
ok "the list is sorted, without a name twice" eval 'grep -v "^#" "$list" | cut -d" " -f1 | LC_ALL=C sort -uc'

# -- dots, and capital letters --------------------------------------------------------------------------------
for name in ann.lee a.b.c x.service a-.b; do
    exits 0 "the username $name is fine" admin-tool users create -u "$name" -e "$name@example.com"
    ok "... here" [ "$(getent passwd "$name" | cut -d: -f6) $(getent group "$name" | cut -d: -f1)" = "/home/$name $name" ]
    ok "... with a home of its own" [ "$(stat -c %U "/home/$name")" = "$name" ]
    exits 0 "... shown by it" admin-tool users show "$name" -c username
    run admin-tool audit --user "$name" -n 1
    says "create +$name" "... and in the audit log"
    exits 0 "... checked" admin-tool check "$name"
done
exits 0 "a name that differs by the dot alone" admin-tool users create -u annlee -e annlee@example.com
remember
for name in .ann ann. ann..lee . .. ./ann ann./lee ann,lee; do
    exits 4 "the username $name" admin-tool users create "--username=$name" -e x@example.com
done
unchanged "... makes nothing"
while read -r name folded; do
    exits 4 "the username $name" admin-tool users create -u "$name" -e x@example.com
    complains "'$name' has capital letters, .*; use $folded\$" "... and what it could be"
    exits 4 "renamed to it" admin-tool users rename annlee "$name" -y
    complains "use $folded\$" "... so, too"
done <<'END'
Zoe zoe
Zoe.Lee zoe.lee
zOE_2 zoe_2
END
exits 4 "one that is none in small letters either" admin-tool users create -u 'Zoe Lee' -e x@example.com
ok "... is told what is wrong with it" eval '! grep -q "; use " "$tmp/err"'
printf 'username,email\nZoe.Lee,zoe@example.com\n' >capitals.csv
exits 0 "import" admin-tool users import capitals.csv
complains 'note: zoe.lee is Zoe.Lee in the file; names have no capital letters here' "... makes them small, with a note"
ok "... of name and home" [ "$(value "SELECT username || home FROM accounts WHERE email = 'zoe@example.com'")" = zoe.lee/home/zoe.lee ]
printf '{"username":"Max","email":"max@example.com"}\n' >capitals.json
exits 0 "... of JSON, too" admin-tool users import capitals.json
ok "... so" [ "$(value "SELECT username FROM accounts WHERE email = 'max@example.com'")" = max ]
printf 'username,email\nPia,pia@example.com\npia,pia2@example.com\n' >twice.csv
run admin-tool users import twice.csv
ok "two that are one then (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "line 3: pia is on line 2 already" "$tmp/err"'
echo 'jo.doe:x:4712:4712:Jo:/home/jo.doe:/bin/sh' >>/etc/passwd
exits 0 "a local account with a dot" admin-tool users import --from-passwd jo.doe --take-over -y
ok "... is ours then" eval '! grep -q "^jo" /etc/passwd && [ "$(id -un 4712)" = jo.doe ]'
echo 'Ida:x:4711:4711::/home/Ida:/bin/sh' >>/etc/passwd
run admin-tool users import --from-passwd Ida
ok "a local account keeps its letters, and is none of ours with them (exit 4)" eval '[ "$status" -eq 4 ] && grep -q "Ida.*usermod" "$tmp/err"'
done_testing
