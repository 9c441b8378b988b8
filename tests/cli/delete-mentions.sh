#!/bin/bash
# users delete lists the lines of sudoers and of system crontabs that name the user, each with the command that removes
# it: that line is gone then, and no other.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

make root1 --roles admin --no-create-home
make b.b --no-create-home
uid=$(id -u b.b)
cat >/etc/sudoers.d/ops <<END
# b.b was here
b.b ALL=(ALL) ALL
bxb ALL=(ALL) ALL
alice, b.b ALL = /usr/bin/id
  b.b	web = NOPASSWD: /usr/bin/id
User_Alias OPS = alice,b.b
Defaults:b.b !requiretty
#$uid ALL = /usr/bin/w
%b.b ALL = /usr/bin/w
alice ALL = (b.b) /usr/bin/w
b.bob ALL = /usr/bin/w
END
chmod 440 /etc/sudoers.d/ops
cp -a /etc/sudoers.d/ops "$tmp/ops"
mkdir -p /etc/cron.d
cat >/etc/cron.d/jobs <<'END'
# m h dom mon dow user
MAILTO=b.b
17 * * * * b.b /usr/bin/true
*/5 1 2 * mon-fri	b.b	/usr/bin/true
@daily b.b /usr/bin/true
@daily root su b.b -c true
1 2 3 4 5 bxb /usr/bin/true
#1 2 3 4 5 b.b /usr/bin/true
END
printf '%s\n' alice b.b bxb >/etc/at.allow

lists() { says "^  $1$" "$2"; }
exits 0 "delete --dry-run" admin-tool users delete b.b --dry-run
lists 'sudoers: /etc/sudoers.d/ops:2: b.b ALL=\(ALL\) ALL' "... lists them"
exits 0 "delete" admin-tool users delete b.b -y
for row in 2 4 5 6 7 8 9 10; do
    lists "sudoers: /etc/sudoers.d/ops:$row: .*" "line $row of sudoers"
done
for row in 3 4 5; do
    lists "crontab: /etc/cron.d/jobs:$row: .*" "line $row of the crontab"
done
lists 'list: /etc/at.allow:2: b.b' "a list of names"
ok "nothing else" [ "$(grep -cE '^  (sudoers|crontab|list): ' "$tmp/out")" -eq 12 ]
ok "the files are as they were" cmp /etc/sudoers.d/ops "$tmp/ops"
ok "what is not all the user's is for visudo" [ "$(grep -c "take the name out: visudo -f '/etc/sudoers.d/ops'" "$tmp/out")" -eq 6 ]
sed -n 's/^    remove it: //p' "$tmp/out" >"$tmp/commands"
while read -r command; do
    eval "$command" || echo "# fails: $command"
done <"$tmp/commands"
ok "the commands remove the user's own rules of sudoers" diff /etc/sudoers.d/ops <(sed '2d;5d' "$tmp/ops")
ok "... and leave its mode, and a file that sudo takes" eval '[ "$(stat -c %a /etc/sudoers.d/ops)" = 440 ] && visudo -cf /etc/sudoers.d/ops >"$tmp/visudo"'
ok "the user's jobs" [ "$(grep -c . /etc/cron.d/jobs)" -eq 5 -a "$(grep -cF b.b /etc/cron.d/jobs)" -eq 3 ]
ok "the user's name in the list" [ "$(xargs </etc/at.allow)" = "alice bxb" ]
done_testing
