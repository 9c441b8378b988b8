#!/bin/bash
# A primary group other than the private one: hosts on which uid and gid parted long ago, or on which all are in "users",
# are taken over as they are; a file names it; what is not a group of this machine, root's or a role's is refused.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

can_login() { echo correct-horse-9 | timeout 20 pamtester sshd "$1" authenticate acct_mgmt >"$tmp/pam" 2>&1; }
local_user() { useradd -m -s /bin/bash "${@:2}" "$1" && echo "$1:correct-horse-9" | chpasswd; }
# What programs see of a user, but for the role's group.
seen()
{
    getent passwd "$1"
    id "$1" | sed 's/,[0-9]*(coder-[a-z]*)//g'
    getent group "$(id -g "$1")"
    getent group "$1" || echo "no group $1"
    stat -c '%U:%G' "/home/$1"
}

groupadd -g 1505 pia
local_user pia -u 1501 -g 1505     # parted, with a group of the name
local_user ulf -u 1502 -g users    # in "users", without one
local_user len -u 1503 -U
usermod -g users len               # ... with one that is left over
local_user max -u 1504 -g 1505 -G audio # in another's
local_user own -u 1510             # as they are made today
for name in pia ulf len max own; do seen "$name"; done >"$tmp/before"
cp -p /etc/group "$tmp/group"

# -- taken over ------------------------------------------------------------------------------------------
run admin-tool users import --from-passwd --take-over -y pia ulf len max own
ok "accounts whose gid is not their uid are taken over" [ "$status" -eq 0 ]
ok "... every line of them" eval '! grep -qE "^(pia|ulf|len|max|own):" /etc/passwd'
ok "their groups stay, but for the private one that is ours now" [ "$(grep -v ^own: "$tmp/group")" = "$(cat /etc/group)" ]
for name in pia ulf len max own; do seen "$name"; done >"$tmp/after"
ok "nothing that programs see is other" diff "$tmp/before" "$tmp/after"
ok "... and groups are listed once" [ -z "$(getent group | cut -d: -f1 | sort | uniq -d)" ]
ok "the store says so" is_value "SELECT group_concat(username || ':' || coalesce(gid, ''), ' ') FROM (SELECT * FROM accounts ORDER BY username)" 'len:100 max:1505 own: pia:1505 ulf:100'
for name in pia ulf len; do ok "$name gets in" can_login "$name"; done
for name in pia ulf len own; do
    su -l "$name" -c 'umask 007; mkdir made && touch made/file'
    ok "$name's new files have the group" [ "$(stat -c '%U:%G' "/home/$name/made/file")" = "$name:$(id -gn "$name")" ]
done
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
for name in pia ulf max; do
    admin-tool keys add "$name" "$tmp/key.pub" >"$tmp/made" 2>&1
    run ssh -n -o BatchMode=yes -o StrictHostKeyChecking=no -i "$tmp/key" "$name@localhost" 'id -G; id -g; : >by-ssh; stat -c %G by-ssh'
    ok "sshd gives $name the same groups" [ "$(xargs <"$tmp/out")" = "$(id -G "$name") $(id -g "$name") $(id -gn "$name")" ]
done
ok "all that a process has" [ "$(su -l max -c 'id -G')" = "$(id -G max)" ]
admin-tool users suspend pia -y >"$tmp/made" 2>&1
ok "a suspended user's files keep their group" [ "$(id -gn pia):$(getent passwd pia | cut -d: -f4)" = pia:1505 ]
exits 0 "... who is activated again" admin-tool users activate pia -y
ok "... and is as before" [ "$(seen pia)" = "$(head -n "$(seen pia | wc -l)" "$tmp/before")" ]

# Where no private group is, a local one may have the uid, and come with a role.
groupadd -g 1501 developers
admin-tool policy set member_groups=developers >"$tmp/made"
ok "a role's local group may have the uid of one without a private group" eval 'id -Gn max | grep -qw developers && id -Gn pia | grep -qw developers'
ok "... who is who he was" [ "$(id -u pia):$(id -gn pia):$(getent group 1501 | cut -d: -f1)" = 1501:pia:developers ]
admin-tool policy set member_groups= >"$tmp/made"
groupadd -g 1510 -o others 2>/dev/null || sed -i '$a others:x:1510:' /etc/group
admin-tool policy set member_groups=others >"$tmp/made"
ok "... not one with the id of a private group" eval '! id -Gn max | grep -qw others'
admin-tool policy set member_groups= >"$tmp/made"
sed -i '/^others:/d; /^developers:/d' /etc/group

# -- shown -----------------------------------------------------------------------------------------------
run admin-tool users show ulf
says '^Gid +100$' "users show has the number"
says '^Primary group +users$' "... and the name"
run admin-tool users show own
ok "... not of a private one" eval '! grep -q "^Primary group" "$tmp/out"'
run admin-tool users show ulf -o json
json 'd["gid"] == 100' "... JSON the number"
run admin-tool users list -o json
json '{a["username"]: a["gid"] for a in d} == {"pia": 1505, "ulf": 100, "len": 100, "max": 1505, "own": 1510}' "the list, too"
run admin-tool users list --columns username,gid
says '^ulf +100$' "... and as a column"
admin-tool users export --format json >"$tmp/lines"
ok "an export has it" [ "$(jq -r '.gid' <"$tmp/lines" | sort -n | xargs)" = '100 100 1505 1505 1510' ]

# -- by file ---------------------------------------------------------------------------------------------
groupadd -g 3000 crew
row() { printf 'username,email,uid,gid\n%s,%s@example.com,%s,%s\n' "$1" "$1" "$2" "$3"; }
bad()
{
    local what=$1 why=$2
    shift 2
    remember
    row "$@" >"$tmp/row.csv"
    run admin-tool users import "$tmp/row.csv"
    ok "$what is refused (exit 4)" [ "$status" -eq 4 ]
    complains "$why" "... and says why"
    unchanged "... nothing is changed"
}
row ann '' 3000 >"$tmp/row.csv"
exits 0 "a file names a local group" admin-tool users import "$tmp/row.csv"
ok "... which is hers" [ "$(id -gn ann):$(id -g ann)" = crew:3000 ]
ok "... and her home's" [ "$(stat -c '%U:%G' /home/ann)" = ann:crew ]
ok "... and no group is called ann" eval '! getent group ann && ! getent group "$(id -u ann)"'
row ben 70500 70500 >"$tmp/row.csv"
exits 0 "the uid is the private group" admin-tool users import "$tmp/row.csv"
ok "... there is one" [ "$(getent group 70500)" = ben:x:70500: ]
row cid '' '' >"$tmp/row.csv"
exits 0 "as is nothing" admin-tool users import "$tmp/row.csv"
ok "... there is one, too" [ "$(id -gn cid)" = cid ]
row pia2 1001 1505 >"$tmp/row.csv"
exits 0 "a uid that is no group's, with another's group" admin-tool users import "$tmp/row.csv" --force
bad "a group that is not there" "its primary group 3999 is not in /etc/group: make it with 'groupadd -g 3999 NAME' first" dan '' 3999
bad "root's group" "the gid '0' is root's" dan '' 0
bad "a role's" "the gid '70000' is a role's" dan '' 70000
bad "no number" "the gid 'crew' is no number" dan '' crew
bad "no id" "the gid '4294967295' is no group's id" dan '' 4294967295
bad "a group with a meaning" "its primary group shadow has a meaning of its own; use another, or --force" dan '' 42
groupadd -g 990 oddments
admin-tool publish >"$tmp/made"
bad "a group of the system, by its number" "its primary group oddments has a meaning of its own; use another, or --force" dan '' 990
useradd -u 4100 -U mal
admin-tool publish >"$tmp/made"
bad "a local user's own group" "its primary group mal is a local user's own; use another, or --force" dan '' 4100
row dan '' 42 >"$tmp/row.csv"
exits 0 "... --force permits it" admin-tool users import "$tmp/row.csv" --force --dry-run
userdel mal
admin-tool publish >"$tmp/made"
groupadd -g 3001 deployers && groupadd -g 3002 numbers && groupadd -g 3003 polkits
mkdir -p /etc/sudoers.d /etc/polkit-1/rules.d
printf '%s\n' '%deployers ALL=(ALL) ALL' '%#3002 ALL=(ALL) ALL' '%users ALL=(ALL) ALL' >/etc/sudoers.d/trusts
echo 'polkit.addAdminRule(function() { return ["unix-group:polkits"]; });' >/etc/polkit-1/rules.d/9.rules
admin-tool publish >"$tmp/made"
bad "one that a rule trusts" "its primary group deployers has a rule in /etc/sudoers.d/trusts; use another, or --force" dan '' 3001
bad "... by its number" "its primary group numbers has a rule in /etc/sudoers.d/trusts" dan '' 3002
bad "... polkit's" "its primary group polkits has a rule in /etc/polkit-1/rules.d/9.rules" dan '' 3003
bad "... even users" "its primary group users has a rule in /etc/sudoers.d/trusts" dan '' 100
rm /etc/sudoers.d/trusts /etc/polkit-1/rules.d/9.rules
row dan '' 3001 >"$tmp/row.csv"
exits 0 "... without the rules it is one like others" admin-tool users import "$tmp/row.csv" --dry-run
bad "an account's private group" "its primary group 70500 is not in /etc/group" dan '' 70500
exits 0 "its account deleted with its home" admin-tool users delete ann --remove-home -y
ok "... which is gone" [ ! -e /home/ann ]

# -- what cannot be taken over ---------------------------------------------------------------------------
local_user wade -u 1520 -g users && sed -i 's/^wade:\([^:]*\):1520:100:/wade:\1:1520:3999:/' /etc/passwd
local_user rudi -u 1521 -g 0
local_user rolf -u 1522 -g users && sed -i 's/^rolf:\([^:]*\):1522:100:/rolf:\1:1522:70000:/' /etc/passwd
remember
run admin-tool users import --from-passwd --take-over -y wade rudi rolf
ok "a group that is gone, root's, a role's (exit 4)" [ "$status" -eq 4 ]
complains "^admin-tool: wade: its primary group 3999 is not in /etc/group" "... the first is told with what to do"
complains "^admin-tool: rudi: the gid '0' is root's" "... the second"
complains "^admin-tool: rolf: the gid '70000' is a role's" "... the third"
unchanged "... nothing is changed"

# -- staged first, and moved to another group before it is taken over --------------------------------------
local_user nina -u 1530
exits 0 "staged" admin-tool users import --from-passwd nina
usermod -g users nina
exits 0 "and taken over" admin-tool users import --from-passwd --take-over -y nina
ok "the group of the last moment" [ "$(id -gn nina)" = users ]
ok "... her former one stays" getent group nina

# -- gone ------------------------------------------------------------------------------------------------
sed -i '/^pia:/d' /etc/group
run admin-tool check -o json
json '[f for f in d if f["check"] == "primary-group"][0]["what"] == "gid 1505, the primary group of max, pia, pia2, is not in /etc/group"' "check names those whose group is gone"
json '[f for f in d if f["check"] == "primary-group"][0]["mend"] == "groupadd -g 1505 NAME"' "... and the command"
run admin-tool check max -o json
json '[f["subject"] for f in d["findings"] if f["check"] == "primary-group"] == ["max"]' "... one of them, too"
run admin-tool check ulf -o json
json 'not [f for f in d["findings"] if f["check"] == "primary-group"]' "... and not the others"
ok "they are who they were" [ "$(id -g pia)" = 1505 ]
groupadd -g 1505 parted
run admin-tool check -o json
json 'not [f for f in d if f["check"] == "primary-group"]' "mended by it"
done_testing
