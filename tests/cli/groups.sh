#!/bin/bash
# Groups as the host sees them: of roles, private ones, and local ones that come with a role, with and without
# [SUCCESS=merge] in nsswitch.conf.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# policy KEY VALUE: as `admin-tool policy set` stores it.
policy()
{
    sqlite3 "$STORE" "INSERT OR REPLACE INTO policy VALUES ('$1', '$2')"
    admin-tool publish >"$tmp/made"
}
# use LINE: nsswitch.conf's line for groups.
use() { sed -i "s/^group:.*/group: $1/" /etc/nsswitch.conf; }
is() { [ "$(eval "$1")" = "$2" ]; }
has() { id -nG "$1" | grep -qw "$2"; }

make alice --roles admin --no-create-home
make bob --roles auditor --no-create-home
make carol --no-create-home
groupadd -g 4321 wheelers
groupadd -g 4322 readers
useradd -M -g users -G wheelers local

ok "the groups of roles name their members" is 'getent group coder-admin coder-auditor' \
    "$(printf 'coder-admin:x:70000:alice\ncoder-auditor:x:70002:bob')"
ok "initgroups is complete" has carol coder-member
ok "a private group" is 'getent group carol' "carol:x:$(id -u carol):"
policy list_members 1
ok "everybody by policy" is 'getent group coder-member' coder-member:x:70001:alice,bob,carol
policy list_members 0
ok "and no longer" is 'getent group coder-member' coder-member:x:70001:

policy admin_groups wheelers,readers,no-such-group,root
policy auditor_groups readers
use 'files coder'
ok "an admin is in the local groups" eval 'has alice wheelers && has alice readers'
ok "but never in root's" eval '! id -G alice | grep -qw 0'
ok "an auditor in his" eval 'has bob readers && ! has bob wheelers'
ok "a member in none" eval '! has carol wheelers && ! has carol readers'
ok "without merge the local line is the answer" is 'getent group wheelers' wheelers:x:4321:local
use 'files [SUCCESS=merge] coder'
ok "with merge both sources' members" is 'getent group wheelers' wheelers:x:4321:local,alice
ok "... by gid too" is 'getent group 4322' readers:x:4322:alice,bob
ok "... and each gid once" eval '! id -G alice | tr " " "\n" | sort | uniq -d | grep .'
ok "... the role's groups as before" is 'getent group coder-admin' coder-admin:x:70000:alice
for line in 'files coder' 'files [SUCCESS=merge] coder'; do
    use "$line"
    ok "$line: no group is enumerated twice" eval '! getent group | cut -d: -f1 | sort | uniq -d | grep .'
    ok "$line: nor any id" eval '! getent group | cut -d: -f3 | sort | uniq -d | grep .'
    ok "$line: the same order again" is 'getent group | sha256sum' "$(getent group | sha256sum)"
done
admin-tool users suspend alice -y --keep-sessions --force >"$tmp/made"
ok "a suspended admin is in none" eval '! has alice wheelers && is "getent group wheelers" wheelers:x:4321:local'
admin-tool users activate alice -y >"$tmp/made"
ok "an activated one again" is 'getent group wheelers' wheelers:x:4321:local,alice

# A group that is gone, or has become somebody's private one, is not granted.
use 'files coder'
groupdel wheelers
admin-tool publish >"$tmp/made"
ok "a deleted local group is gone" eval '! id -G alice | grep -qw 4321 && ! getent group wheelers'
policy member_groups carol,coder-admin
ok "no private group is granted to others" eval '! id -G bob | grep -qw "$(id -u carol)"'
ok "nor another role's" eval '! id -G carol | grep -qw 70000'
ok "the file is whole" admin-tool publish
done_testing
