#!/bin/bash
# The doctor: who stands on our ids, names and homes from outside: local users in our groups, rules that name a
# user's own group, names with a meaning, homes of two and homes of others.
# shellcheck source=tests/cli/check-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/check-lib.sh"
KEPT="$KEPT etc/sudoers.d etc/polkit-1 home"
# AppArmor's own files are not of this host: it is on, and knows our rules.
ABSTRACTIONS=/etc/apparmor.d/abstractions ENABLED=/sys/module/apparmor/parameters/enabled
KEPT="$KEPT etc/apparmor.d sys/module"
mkdir -p $ABSTRACTIONS/nameservice.d $ABSTRACTIONS/authentication.d "${ENABLED%/*}"
echo Y >$ENABLED
echo '  /var/lib/coder/directory r,' >$ABSTRACTIONS/nameservice.d/coder
echo '  /usr/libexec/coder_helper PUx,' >$ABSTRACTIONS/authentication.d/coder
mkdir -p /etc/polkit-1/rules.d /etc/polkit-1/localauthority/50-local.d

make alice --roles admin
make bob
make mal
echo 'session optional pam_mkhomedir.so' >>/etc/pam.d/common-session # who has no home gets one
run admin-tool check
ok "at first everything is in order" in_order
keep

# The case that was run: sudo lets lou in, and no list shows her.
echo '%coder-admin ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/ours
useradd -M -s /bin/bash -g coder-admin lou
ok "sudo lets lou in" [ "$(setpriv --reuid lou --regid coder-admin --init-groups sudo -n id -u)" = 0 ]
ok "... whom no list shows" eval '! admin-tool users list --role admin | grep lou'
put_back

plant_all <<'END'
local-primary|problem|yes|a local user with a role's group as primary one|useradd -M -g coder-admin lou
local-primary|problem|yes|... with another role's|useradd -M -g coder-member lou
local-primary|problem|yes|... by its number alone|echo 'lou:x:4321:70002::/:/bin/sh' >>/etc/passwd
local-primary|warning|yes|... with a user's own group|useradd -M -g bob lou
local-primary|problem|no|... with a group that has a role's name|echo coder-admin:x:4000: >>/etc/group; useradd -M -g 4000 lou
local-member|problem|yes|a member list of a role's group|useradd -M -g users lou; echo coder-admin:x:70000:lou >>/etc/group
local-member|problem|no|... under another name|useradd -M -g users lou; echo chiefs:x:70000:lou >>/etc/group
local-member|problem|no|... of ours who has no such role|echo coder-auditor:x:70002:bob >>/etc/group
local-member|warning|no|a member list of a user's own group|useradd -M -g users lou; echo bob:x:70101:lou >>/etc/group
local-group|warning|no|a group of our name without members|echo coder-auditor:x:4000: >>/etc/group
group-rule|warning|no|a rule of sudo for a user's own group|echo '%bob ALL=(ALL) ALL' >/etc/sudoers.d/x
group-rule|warning|no|... by its number|echo '%#70101 ALL=(ALL) ALL' >/etc/sudoers.d/x
group-rule|warning|no|... in an alias|printf 'User_Alias X = root, \\\n  !%%bob\n' >/etc/sudoers.d/x
group-rule|warning|no|... in a file that is included|mkdir /etc/sudoers.d/in.d; echo '@include /etc/sudoers.d/in.d/one' >/etc/sudoers.d/x; echo '%bob ALL=ALL' >/etc/sudoers.d/in.d/one
group-rule|warning|no|a rule of polkit's|echo 'polkit.addRule(function(a, s) { if (s.isInGroup("bob")) return "yes"; });' >/etc/polkit-1/rules.d/x.rules
group-rule|warning|no|... for its administrators|echo 'polkit.addAdminRule(function() { return ["unix-group:bob"]; });' >/etc/polkit-1/rules.d/x.rules
group-rule|warning|no|... as it was written before|printf '[x]\nIdentity=unix-user:root;unix-group:bob\nAction=*\n' >/etc/polkit-1/localauthority/50-local.d/x.pkla
account-name|warning|no|a name with a meaning|admin-tool users create -u wheel -e wheel@example.com --no-create-home --force
group-rule|problem|no|... and a rule for it|admin-tool users create -u wheel -e wheel@example.com --no-create-home --force; echo '%wheel ALL=(ALL) ALL' >/etc/sudoers.d/x
home-shared|warning|yes|two with one home|admin-tool users create -u fay -e fay@example.com --no-create-home --home /home/cat --force; admin-tool users create -u cat -e cat@example.com --no-create-home --force
home-owner|problem|yes|a home that is another's|mv /home/bob /home/bob.was; mkdir /home/bob; chown mal /home/bob
home-owner|problem|no|... that is no folder|rm -r /home/bob; touch /home/bob
home-owner|problem|yes|a home that others can write|chmod 757 /home/bob
apparmor|warning|yes|AppArmor without the rule for the helper|rm -r $ABSTRACTIONS/authentication.d
apparmor|warning|yes|... for the directory, which is a comment|sed -i 's/^/#/' $ABSTRACTIONS/nameservice.d/coder
apparmor|warning|yes|... with a rule for another file|sed -i 's/coder_helper/unix_chkpwd/' $ABSTRACTIONS/authentication.d/coder
home-owner|problem|no|a home below a folder of another's|admin-tool users create -u fay -e fay@example.com --home /home/mal/fay --force
END

# -- what is none of it ------------------------------------------------------------------------------------------
quiet()
{
    eval "$2" >"$tmp/planting" 2>&1 || sed 's/^/# planting: /' "$tmp/planting"
    run admin-tool check
    ok "no finding: $1" in_order
    put_back
}
quiet "a rule for the user himself" "echo 'bob ALL=(ALL) ALL' >/etc/sudoers.d/x"
quiet "one in a comment" "echo '# %bob ALL=(ALL) ALL' >/etc/sudoers.d/x"
quiet "one that sudo does not read" "echo '%bob ALL=(ALL) ALL' >/etc/sudoers.d/x.old"
quiet "a command with a '%'" "echo 'root ALL=(ALL) /bin/date +%bob' >/etc/sudoers.d/x"
quiet "a rule of polkit's in a comment" "printf '// isInGroup(\"bob\")\n/* unix-group:bob */\n' >/etc/polkit-1/rules.d/x.rules"
quiet "one for the user himself" "echo 'if (subject.user == \"bob\")' >/etc/polkit-1/rules.d/x.rules"
quiet "a home that is root's, or none" "chown root /home/bob; rm -r /home/mal"
quiet "a home that the user's own group can write" "chmod 775 /home/bob"
quiet "a link that root made" "mv /home/bob /srv/bob; ln -s /srv/bob /home/bob"
quiet "two without a home" "for n in fay gus; do admin-tool users create -u \$n -e \$n@example.com --no-create-home --home /nonexistent; done"
quiet "local users in groups of their own" "useradd -m lou; usermod -aG users lou"

quiet "AppArmor that is off" 'rm -r $ABSTRACTIONS/*.d; echo N >$ENABLED'
quiet "a kernel without it" 'rm -r $ABSTRACTIONS/*.d $ENABLED'
quiet "AppArmor without profiles" 'rm -r $ABSTRACTIONS'

# One group of ours in /etc/group, one finding, one command, for all and for the user it is about.
one() { [ "$(jq -r '(.findings? // .) | map(.check + ":" + .severity + ":" + .mend) | join(" ")' "$tmp/out")" = "$1" ]; }
for asked in '' bob; do
    echo coder-admin:x:4999:bob,mal >>/etc/group
    # shellcheck disable=SC2086
    run admin-tool check $asked -o json
    ok "a local group of a role's name with a member (check $asked): one finding" one "local-member:problem:groupdel coder-admin"
    eval "$(jq -r '(.findings? // .)[0].mend' "$tmp/out")"
    run admin-tool check
    ok "... and mended by its command" in_order
    put_back
done

run admin-tool check bob
ok "check bob is silent of others'" eval '! grep -qE "^(problem|warning): (local|group|home|account-name)" "$tmp/out"'
chown mal /home/bob
run admin-tool check bob
says '^problem: home-owner: bob: /home/bob is mal' "... but says it of bob's own"
ok "... once" [ "$(grep -cE '^[a-z]+: (home-owner|user-home):' "$tmp/out")" -eq 1 ]
useradd -M -u 1500 bobby && chown 1500 /home/bob
run admin-tool check bob
says "^problem: home-owner: bob: /home/bob is the local user bobby's \(uid 1500\)$" "a local user's is called that"
put_back
chmod 775 /home/bob
run admin-tool check bob
ok "a home that its own group can write is not said to be open to others" eval '! grep -q "others may write" "$tmp/out"'
put_back
done_testing
