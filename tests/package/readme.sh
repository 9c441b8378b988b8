#!/bin/bash
# A newcomer's way: on a fresh Debian with systemd, every "```sh" block of the README, as it stands there and one after
# the other; then every command of its table of tasks. Building is done by tests/package/debs.

# shellcheck disable=SC2016,SC2317
[ "${1:-}" != inside ] || export CODER_WORLD=no HOME=/root
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/hostile/systemd-lib.sh
[ "${1:-}" = inside ] || . /src/tests/hostile/systemd-lib.sh
cd /root || exit 1

# Writes the blocks to $tmp/NN.sh, the heading above each to $tmp/NN.title.
split_blocks()
{
    awk -v to="$tmp" '
        /^##+ /     { title = $0; sub(/^#+ /, "", title) }
        /^```sh$/   { file = sprintf("%s/%02d", to, ++n); print title >(file ".title"); on = 1; next }
        /^```/      { on = 0 }
        on          { print >(file ".sh") }' /src/README.md
}

# As the block has it, but for the lines that build.
follow()
{
    if grep -q '^make deb$' "$1"; then
        install_packages
    else
        run timeout 60 bash -e -o pipefail "$1" </dev/null
    fi
    [ "$status" -eq 0 ]
}

homes_of() { local name; for name in "$@"; do [ "$(stat -c %U "/home/$name")" = "$name" ] || return 1; done; }
asks_sshd() { sshd -T -C "user=$1,host=x,addr=192.0.2.1" | grep -ixF "$2" >"$tmp/asked"; }

# What cron runs leaves the findings there, and nothing else. NUMBER: of problems.
collects()
{
    env -i PATH=/usr/bin:/bin HOME=/root SHELL=/bin/sh /bin/sh -c "$(sed 's/^\([^ ]* \)\{5\}root //' /etc/cron.d/coder-check)"
    [ "$(ls -A "$collected")" = coder.prom ] && grep -xF "coder_check_findings{severity=\"problem\"} $1" "$collected/coder.prom"
}

# What is so behind the block of that number and heading.
looks_right()
{
    case $1 in
        *Install) [ "$(grep -cE '^(passwd|group|shadow):.* coder' /etc/nsswitch.conf)" -eq 3 ] ;;
        "Many new people"*) homes_of bob carol && grep 'Username: carol' letters/carol.txt ;;
        Keys) ! admin-tool keys list bob | grep SHA256 ;;
        "Somebody leaves") ! getent passwd carol && [ ! -e /home/carol ] ;;
        "Take over"*) grep '^olga:' /etc/passwd && enters olga "$good" ;;
        Backup*) systemctl is-active coder-backup.timer && head -c 15 /root/accounts.backup | grep 'SQLite format 3' && getent passwd alice ;;
        Monitoring) collects 0 && chmod 755 "$STATE/private" && collects 1 && chmod 700 "$STATE/private" ;;
        "A second factor"*) asks_sshd alice 'authenticationmethods publickey,keyboard-interactive' &&
            asks_sshd bob 'authenticationmethods any' && asks_sshd bob 'allowgroups coder-member' ;;
        Homes*) grep pam_mkhomedir /etc/pam.d/common-session && [ ! -e /home/dave ] && grep '^dave:' /etc/subgid ;;
        *) false ;;
    esac >"$tmp/seen" 2>&1
}

collected=/var/lib/prometheus/node-exporter
useradd -m -s /bin/bash olga && chpasswd <<<"olga:$good"
touch /etc/subuid /etc/subgid
rm -f /usr/sbin/policy-rc.d   # services start here
systemctl start nscd
id olga >"$tmp/seen"          # so nscd has read which services it asks
split_blocks
for block in "$tmp"/[0-9]*.sh; do
    title=$(cat "${block%.sh}.title")
    ok "$title, $(basename "$block" .sh)" follow "$block"
    ok "... and all is as it says" looks_right "$title"
done
run admin-tool check alice
ok "an Admin without a key is told of the second factor" eval '[ "$status" -eq 1 ] && grep -q "mend: admin-tool keys add alice" "$tmp/out"'
ssh-keygen -q -t ed25519 -N '' -f key
admin-tool keys add alice key.pub >"$tmp/seen"
run admin-tool check alice
ok "an Admin may use sudo" eval '[ "$status" -eq 0 ] && grep -qE "^sudo +password +yes" "$tmp/out"'

# The table: what changes something is rehearsed.
commands_of_tasks()
{
    awk -F'|' '/^## /{ on = /Everyday/ } on && /^\| / { print $3 }' /src/README.md | grep -o '`[^`]*`' | tr -d '`' | grep -v '^-'
}

try_task()
{
    local words=() verb=1 patience=60
    [[ $1 != 'audit -f' ]] || patience=3   # it has no end
    read -ra words <<<"${1#admin-tool }"
    [[ ${words[0]} != users && ${words[1]:-} != @(set|apply) ]] || verb=2
    [[ $1 = *">"* ]] || ! admin-tool "${words[@]:0:verb}" --help | grep -e --dry-run >"$tmp/seen" || words+=(--dry-run)
    run timeout "$patience" bash -c "admin-tool ${words[*]}" </dev/null
    [ "$status" -eq 0 ] || [[ $1 = 'audit -f' && $status -eq 124 ]]
}

make root2 --roles admin
echo 'Welcome {full_name}: {password}' >welcome.txt
while read -r command; do
    ok "task: $command" try_task "$command"
done < <(commands_of_tasks)
done_testing
