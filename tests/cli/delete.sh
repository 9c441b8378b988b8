#!/bin/bash
# users delete: what is told about things left behind, and the home that is removed: only the user's own folder, with
# nothing behind a link or on another filesystem, whatever he puts there meanwhile.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

lines() { grep -c . "$tmp/out"; }

# -- left behind ----------------------------------------------------------------------------------------------
make root1 --roles admin
make bob
uid=$(id -u bob)
mkdir -p /var/lib/systemd/linger /var/spool/cron/crontabs /var/spool/cron/atjobs /srv/share
touch /var/mail/bob /var/spool/cron/crontabs/bob /var/lib/systemd/linger/bob /var/spool/cron/atjobs/a0001 \
    /srv/share/of-bob /tmp/of-bob $'/tmp/of-bob\e[31m'
chown bob /var/mail/bob /var/spool/cron/atjobs/a0001 /srv/share/of-bob /tmp/of-bob*
told()
{
    says "^  crontab: /var/spool/cron/crontabs/bob$" "$1: the crontab"
    says "^  mail: /var/mail/bob$" "$1: the mail"
    says "^  lingering: /var/lib/systemd/linger/bob$" "$1: lingering"
    says "^  at jobs: 1 in /var/spool/cron/atjobs$" "$1: the at job"
}
remember
exits 0 "delete --dry-run, the home kept" admin-tool users delete bob --dry-run
says "^  home: /home/bob$" "... names the home"
says "^  files: ([2-9][0-9]|[89])$" "... counts its files"
exits 0 "delete --dry-run" admin-tool users delete bob --dry-run --remove-home
says '^  files: 5$' "... does not count what the home takes with it"
ok "... nor names it as left" eval '! grep -q "^  home: \|/home/bob/" "$tmp/out"'
says "^Would remove /home/bob, if it is the user's own folder\.$" "... tells of the home"
says "^What belongs to uid $uid on this machine:$" "... and of what else is his"
told "--dry-run"
unchanged "... and removes nothing"
exits 0 "delete" admin-tool users delete bob -y --remove-home
told "delete"
says '^  files: 5$' "files outside the home are counted"
says '^  file: /tmp/of-bob$' "... and named"
says '^  file: /tmp/of-bob\\x1b\[31m$' "... without controls"
ok "... and are there" [ -f /tmp/of-bob -a -f /srv/share/of-bob -a -f /var/mail/bob ]
says '^/home/bob is removed\.$' "the home that went is said"
ok "... and went" [ ! -e /home/bob ]
says "^    see all of them: find / .*-xdev -uid $uid -ls$" "all of the files are seen by one command"
ok "... which finds them" [ "$(eval "$(sed -n 's/^    see all of them: //p' "$tmp/out")" 2>"$tmp/made" | grep -c .)" -eq 5 ]
# Each line with the command that removes it, the name unknown by now.
touch /srv/share/of-root
sed -n 's/^    remove \(it\|them\): //p' "$tmp/out" >"$tmp/commands"
while read -r command; do eval "$command" || echo "# fails: $command"; done <"$tmp/commands"
ok "the commands that are said remove all of it" eval '[ "$(grep -c . "$tmp/commands")" -ge 5 ] && [ ! -e /tmp/of-bob ] && [ ! -e /srv/share/of-bob ] &&
    [ ! -e /var/mail/bob ] && [ ! -e /var/spool/cron/crontabs/bob ] && [ ! -e /var/lib/systemd/linger/bob ] && [ ! -e /var/spool/cron/atjobs/a0001 ]'
ok "... and nothing else" [ -e /srv/share/of-root ]
make bud
exits 0 "delete without --remove-home" admin-tool users delete bud -y
says "^  home: /home/bud$" "... names the home"
eval "$(sed -n '/^  home: /{n;s/^    remove it: //p}' "$tmp/out")"
ok "... and the command that removes it" [ ! -e /home/bud ]
make cal --no-create-home
exits 0 "who left nothing" admin-tool users delete cal -y
ok "... is told nothing of" [ "$(cat "$tmp/out")" = 'cal is deleted.' ]

make dan
mkdir -p /home/dan/{1..40}/{1..10} && chown -R dan /home/dan
exits 0 "a disk that takes its time" strace -qq -o "$tmp/trace" -f -e trace=getdents64 \
    -e inject=getdents64:delay_enter=50000 admin-tool users delete dan -y
says '^  files: [0-9]+ or more$' "... is looked at for a while"
says "not all was looked at; see all of them: find / .*-xdev -uid [0-9]+ -ls" "... and says that it was not long enough"
make dot
exits 0 "a search that hangs" timeout -k 1 60 strace -qq -o "$tmp/trace" -f -P /home/dot \
    -e trace=getdents64 -e inject=getdents64:signal=SIGSTOP admin-tool users delete dot -y
says "not all was looked at" "... is not waited for"
make dee
(cd /home/dee && setpriv --reuid dee --regid dee --clear-groups python3 -c '
import os
for _ in range(1000):
    os.mkdir("deep"); os.chdir("deep")')
exits 0 "a home deeper than anybody looks" admin-tool users delete dee -y
says 'files: [0-9]+ or more' "... says so"
rm -rf /home/dee

# -- the home: not his, not a folder, not alone -----------------------------------------------------------------
mkdir -p /home/outside && touch /home/outside/keep
kept() { ok "$1 (exit 1, told)" eval '[ "$status" -eq 1 ] && grep -q "is still there" "$tmp/err" && '"$2"; }
home() { make "$1" --no-create-home --home "$2" --force; }
remove() { run admin-tool users delete "$1" -y --remove-home; }

sed -i 's,:/:,:/nonexistent:,' /etc/passwd && make ed; sqlite3 "$STORE" "UPDATE accounts SET home = '/' WHERE username = 'ed'"; remove ed
kept "the home / stays" '[ -d /etc -a -f "$STORE" ]'
home ef /home; remove ef
kept "the home /home stays" '[ -f /home/outside/keep ]'
home eg /home/outside; remove eg
kept "another owner's folder stays" '[ -f /home/outside/keep ]'
make eh; rm -rf /home/eh; ln -s /home/outside /home/eh; chown -h eh /home/eh; remove eh
kept "a link stays, and where it leads" '[ -L /home/eh -a -f /home/outside/keep ]'
make et; mv /home/et /srv/of-et; ln -s /srv/of-et /home/et; chown -h et /home/et; remove et
kept "... be it to another folder of his" '[ -L /home/et -a -f /srv/of-et/.profile ]'
rm -r /srv/of-et
home ei /home/eifile; touch /home/eifile; chown ei /home/eifile; remove ei
kept "a file is no home" '[ -f /home/eifile ]'
make ej; mkdir /home/ej/in; mount --bind /home/outside /home/ej/in; remove ej
kept "what is mounted inside stays, on the same disk too" '[ -f /home/outside/keep ]'
umount /home/ej/in
make ep; mkdir -p /home/ep/x/y/z; mount --bind /home/outside /home/ep/x/y/z; remove ep
kept "... likewise deeper" '[ -f /home/outside/keep ]'
umount -A /home/outside
make ek; mount --bind /home/outside /home/ek; remove ek
kept "a home that is a mount point of root's stays" '[ -f /home/outside/keep ]'
umount /home/ek
make el; mkdir -p /home/el/a; mount -t tmpfs none /home/el/a; touch /home/el/a/keep; remove el
kept "another filesystem stays" '[ -f /home/el/a/keep ]'
umount /home/el/a
make em; ln /home/outside/keep /home/em/hard; ln -s /home/outside /home/em/soft; ln -s keep /home/outside/soft
exits 0 "links in a home" admin-tool users delete em -y --remove-home
ok "... go, what they lead to stays" [ ! -e /home/em -a -f /home/outside/keep ]
ok "... with its owner, mode and content" [ "$(stat -c '%u %h' /home/outside/keep)" = '0 1' ]
home en /home/nowhere/n; exits 0 "a home that never was" admin-tool users delete en -y --remove-home
ok "... is not said to be removed" eval '! grep -q "is removed" "$tmp/out"'
make eo; chattr +i /home/eo/.profile 2>/dev/null && { remove eo; kept "what cannot be removed stays" '[ -f /home/eo/.profile ]'; chattr -i /home/eo/.profile; }

# Somebody swaps folders for links to the outside all the while (another user's process: the user's own are ended).
make fin
mkdir -p /home/fin/{1..60}/{1..20}
chown -R fin /home/fin && chmod -R a+rwx /home/fin
setpriv --reuid nobody --regid nogroup --clear-groups python3 -c '
import os
while True:
    for i in range(1, 61):
        a = "/home/fin/%d/%d" % (i, i % 20 + 1)
        try:
            os.rename(a, a + "x"); os.symlink("/home/outside", a)
        except OSError:
            pass' & racer=$!
for round in 1 2 3; do
    admin-tool users create -u "fin$round" -e "fin$round@example.com" --no-create-home --home /home/fin --force >"$tmp/made"
    chown "fin$round" /home/fin
    admin-tool users delete "fin$round" -y --remove-home >"$tmp/out" 2>"$tmp/err"
    [ -e /home/fin ] || break
done
kill "$racer"; wait "$racer" 2>/dev/null
ok "folders swapped for links meanwhile lead nowhere" [ -f /home/outside/keep ]
done_testing
