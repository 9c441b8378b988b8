#!/bin/bash
# The doctor: silent on the stock set-up; each misconfiguration planted alone is named, and where its command
# mends it, the doctor is silent again. Here: store, directory, accounts, NSS, helper.
# shellcheck source=tests/cli/check-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/check-lib.sh"

run admin-tool check
ok "before the first account everything is in order" in_order
make alice --roles admin
make bob
run admin-tool check
ok "on the stock set-up everything is in order" in_order
silent "... and nothing is said beside it"
exits 0 "the same as JSON" admin-tool check -o json
json 'd == []' "... is an empty array"

keep

# A set-id file in a home, and whether the doctor's own command disarms it.
setid_copy() { cp /usr/bin/id /home/bob/copy && chown "$1" /home/bob/copy && chmod "$2" /home/bob/copy; }
for plant in 'admin-tool users suspend bob -y; setid_copy 70101:70101 6755' 'setid_copy 70101:70000 2755' \
    'admin-tool users delete bob -y; setid_copy 70101:70101 6755'; do
    eval "$plant" >"$tmp/made" 2>&1
    eval "$(mend_of setid-file)" >"$tmp/made" 2>&1
    ok "$plant: the doctor's command disarms it" [ "$(stat -c %a /home/bob/copy)" = 755 ]
    run admin-tool check -o json
    json 'not any(f["check"] == "setid-file" for f in d)' "... and nothing is found then"
    put_back
done
setid_copy bob 4755
run admin-tool check
ok "an active user's own set-uid file is in order" in_order
rm /home/bob/copy

plant_all <<'END'
store-mode|problem|yes|a private folder others may enter|chmod 755 $STATE/private
store-mode|problem|yes|a store others may read|chmod 644 $STORE
store-mode|problem|yes|another owner's store|chown nobody $STORE
store-mode|problem|no|a second name of the store|ln $STORE $STATE/private/accounts.db.before-x
store-missing|problem|no|no store, though accounts were published|rm $STORE
store-missing|problem|no|no folder for it either|rm -r $STATE/private
store-stray|warning|yes|a file of a tool that was killed|touch $STATE/directory.new
store-stray|warning|yes|one of an older version|touch $STATE/private/directory.new
store-stray|warning|no|a forgotten copy|cp $STORE $STATE/private/copy.db
store-integrity|problem|no|garbage for a store|head -c 8192 /dev/urandom >$STORE
store-schema|problem|no|another program's store|sql "PRAGMA application_id = 1"
store-schema|problem|no|a later store|sql "PRAGMA user_version = 99"
store-schema|problem|no|a trigger that is gone|sql "DROP TRIGGER audit_stays"
store-schema|problem|no|a table that is not ours|sql "CREATE TABLE x (y)"
store-integrity|problem|no|rows of no account|sql "INSERT INTO account_roles VALUES (4711, 'admin')"
store-policy|problem|yes|a setting nobody knows|sql "INSERT INTO policy VALUES ('colour', 'red')"; admin-tool publish
store-activity|problem|yes|a damaged log of attempts|head -c 8192 /dev/urandom >$STATE/private/activity.db; chmod 600 $STATE/private/activity.db
directory-missing|problem|yes|no directory|rm $DIRECTORY
directory-damaged|problem|yes|garbage for a directory|echo garbage >$DIRECTORY
directory-damaged|problem|yes|two octets of the directory|flip $DIRECTORY 300
directory-stale|problem|yes|a directory of yesterday|sql "UPDATE accounts SET full_name = 'B' WHERE username = 'bob'"
directory-marked|warning|yes|a directory that a tool was about to replace|printf '\1' | dd of=$DIRECTORY bs=1 seek=184 conv=notrunc
directory-stale|problem|yes|a directory of an earlier day, where accounts become dormant|admin-tool policy set dormant_days=30; touch -d '2 days ago' $DIRECTORY
account-record|problem|yes|a full name no directory can show|sql "UPDATE accounts SET full_name = 'a:b' WHERE username = 'bob'"
account-record|problem|yes|a full name that is too long|sql "UPDATE accounts SET full_name = hex(randomblob(300)) WHERE username = 'bob'"
account-admins|warning|no|no Admin|sql "DELETE FROM account_roles"; admin-tool publish
account-admins|warning|no|no Admin who has not ended|sql "UPDATE accounts SET expires_at = 1000000000"
account-admins|warning|no|no Admin but a service account|sql "UPDATE accounts SET service = 1"
account-hashes|note|no|an old hash|sql "UPDATE accounts SET hash = '\$1\$abcdefgh\$irWbblnpmw.5z7wgBnprh0' WHERE username = 'bob'"
account-expired|note|no|an account at its end|sql "UPDATE accounts SET expires_at = 1000000000 WHERE username = 'bob'"
account-dormant|note|no|an unused account|sql "INSERT INTO policy VALUES ('dormant_days', '90'); UPDATE accounts SET created_at = 1, awake_since = NULL, last_login_day = 86400 WHERE username = 'bob'"; admin-tool publish
local-user|warning|no|a local account of the same name|echo bob:x:1234:1234::/home/bob:/bin/sh >>/etc/passwd
local-user|problem|no|... while ours is suspended|admin-tool users suspend bob -y; echo bob:x:1234:1234::/home/bob:/bin/sh >>/etc/passwd
local-user|problem|no|a local account with our uid|echo eve:x:70101:1234::/home/eve:/bin/sh >>/etc/passwd
local-group|warning|no|a local group with a role's name|echo coder-admin:x:4000: >>/etc/group
local-heir|warning|no|a local account with a deleted one's name|admin-tool users delete bob -y; useradd -M bob
local-heir|problem|no|a local account with a deleted one's uid|admin-tool users delete bob -y; useradd -M -o -u 70101 eve
local-heir|warning|no|a deleted account as a local one again|admin-tool users delete bob -y; useradd -M -o -u 70101 bob
setid-file|problem|no|a suspended user's set-uid file in a home|admin-tool users suspend bob -y; setid_copy 70101:70101 4755
setid-file|problem|no|a set-gid file of one who is no Admin|setid_copy 70101:70000 2755
setid-file|problem|no|a deleted user's set-uid file|admin-tool users delete bob -y; setid_copy 70101:70101 4755
group-stranger|warning|yes|a deleted user in a local group|rm -f /home/bob/copy; gpasswd -a bob audio; admin-tool users delete bob -y --keep-groups
group-stranger|warning|yes|a member nobody knows, in gshadow alone|sed -i 's/^audio:.*/audio:*::ghost/' /etc/gshadow
group-stranger|warning|yes|a member nobody knows, in group alone|sed -i 's/^audio:.*/audio:x:29:root,ghost/' /etc/group
group-stranger|warning|yes|an administrator nobody knows|sed -i 's/^audio:.*/audio:*:root,ghost:/' /etc/gshadow
rename-unfinished|warning|yes|a renamed user's mail under the former name|admin-tool users rename bob bobby -y; touch /var/mail/bob; chown 70101 /var/mail/bob
rename-unfinished|warning|yes|... a place in a local group|admin-tool users rename bob bert -y; sed -i 's/^audio:.*/audio:*::bob/' /etc/gshadow
local-heir|warning|no|a local account with a renamed one's former name|admin-tool users rename bob beth -y; useradd -M bob
range-overlap|warning|no|subordinate ids over ours|echo eve:80000:1000 >>/etc/subuid
id-subordinate|problem|no|... over one that a user has|echo eve:70000:65536 >>/etc/subuid
id-subordinate|problem|no|... that of its group|echo eve:70000:65536 >>/etc/subgid
range-overlap|warning|no|login.defs over ours|sed -i 's/^SUB_UID_MIN.*/SUB_UID_MIN 70000/' /etc/login.defs
role-group|warning|no|a role's group that is missing|sql "INSERT INTO policy VALUES ('admin_groups', 'nonesuch')"; admin-tool publish
role-group|warning|no|root's group for a role|sql "INSERT INTO policy VALUES ('admin_groups', 'root')"; admin-tool publish
role-group|warning|yes|a role's group that went|sed -i '/^group:/s/files/files [SUCCESS=merge]/' /etc/nsswitch.conf; groupadd -g 4001 helpers; sql "INSERT INTO policy VALUES ('admin_groups', 'helpers')"; admin-tool publish; groupdel helpers
role-group|warning|yes|a role's group with a new id|sed -i '/^group:/s/files/files [SUCCESS=merge]/' /etc/nsswitch.conf; groupadd -g 4001 helpers; sql "INSERT INTO policy VALUES ('admin_groups', 'helpers')"; admin-tool publish; groupmod -g 4002 helpers
primary-group|warning|no|a primary group that is gone|sql "UPDATE accounts SET gid = 4003 WHERE username = 'bob'"; admin-tool publish
nss-missing|problem|yes|no coder in passwd|sed -i '/^passwd:/s/ coder//' /etc/nsswitch.conf
nss-missing|problem|yes|no line for passwd|sed -i '/^passwd:/d' /etc/nsswitch.conf
nss-missing|problem|yes|no coder in group|sed -i '/^group:/s/ coder//' /etc/nsswitch.conf
nss-missing|problem|yes|no coder in shadow|sed -i '/^shadow:/s/ coder//' /etc/nsswitch.conf
nss-missing|problem|yes|a second line for group, which glibc goes by|echo 'group: files' >>/etc/nsswitch.conf
nss-stops|problem|yes|a search that ends at files|sed -i '/^passwd:/s/files/files [NOTFOUND=return]/' /etc/nsswitch.conf
nss-order|warning|yes|coder before files|sed -i '/^passwd:/s/files coder/coder files/' /etc/nsswitch.conf
role-members|warning|yes|a role's group whose list polkit reads|admin-tool policy set admin_groups=sudo
nss-initgroups|problem|yes|a line for initgroups|echo 'initgroups: files' >>/etc/nsswitch.conf
helper-file|problem|yes|a helper without its bit|chmod 755 /usr/libexec/coder_helper
helper-file|problem|no|no helper|rm /usr/libexec/coder_helper
host-clock|problem|no|a clock that went back|sql "INSERT INTO audit (at, event, actor, via, origin) VALUES (unixepoch() + 86400, 'x', 'x', '', '')"
store-mode|problem|yes|a run folder others may write|mkdir -p -m 777 /run/coder; chmod 777 /run/coder
helper-socket|warning|no|a socket nobody listens on|mkdir -p /run/coder; python3 -c 'import socket; socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).bind("/run/coder/helper.sock")'
END
rm -rf /run/coder

# -- a cause, without what follows from it -----------------------------------------------------------------
# bob is in a local group, Admin alice has a set-gid file, and sshd lets Members in: all as it should be.
follow()
{
    gpasswd -a bob audio >"$tmp/made"
    echo 'AllowGroups coder-member' >/etc/ssh/sshd_config.d/01-test.conf
    cp /usr/bin/id /home/alice/copy && chown alice:coder-admin /home/alice/copy && chmod 2755 /home/alice/copy
}
only() { [ "$(jq -r '[.[].check] | unique | join(" ")' "$tmp/out")" = "$1" ]; }
follow
run admin-tool check
ok "what follows from nothing is in order" in_order
while IFS='|' read -r id plant; do
    eval "$plant"
    run admin-tool check -o json
    ok "$plant: $id is said, and nothing that follows from it" only "$id"
    eval "$(jq -r '.[0].mend' "$tmp/out")" >"$tmp/made" 2>&1
    run admin-tool check
    ok "... its command mends all" in_order
    put_back && follow
done <<'END'
nss-missing|sed -i '/^passwd:/s/ coder//' /etc/nsswitch.conf
nss-missing|sed -i 's/^passwd:.*/passwd: compat/' /etc/nsswitch.conf
nss-missing|sed -i '/^group:/s/ coder//' /etc/nsswitch.conf
nss-stops|sed -i '/^passwd:/s/files/files [NOTFOUND=return]/' /etc/nsswitch.conf
directory-missing|rm $DIRECTORY
directory-damaged|echo garbage >$DIRECTORY
END
library=$(find /usr/lib /lib -name libnss_coder.so.2 | head -1)
mv "$library" "$tmp/library"
run admin-tool check -o json
ok "no library: nothing that follows from it either" only nss-library
ok "... its mend is a command" eval 'jq -r ".[0].mend" "$tmp/out" | grep -q "^apt-get .* && ldconfig$"'
mv "$tmp/library" "$library"
rm /home/alice/copy /etc/ssh/sshd_config.d/01-test.conf
gpasswd -d bob audio >"$tmp/made"

# -- a role's group that went, granted until the next publication ------------------------------------------
groupadd -g 4001 helpers && admin-tool policy set admin_groups=helpers >"$tmp/made" && groupdel helpers
run admin-tool check
says 'role-group: helpers: there is no such group, and its id 4001 is granted until the next publication' "a group that went is still granted, and that is said"
admin-tool publish >"$tmp/made"
run admin-tool check
ok "... until then" eval 'grep -q "role-group: helpers: there is no such group$" "$tmp/out"'
put_back

# -- sudo, Admins, nologin ---------------------------------------------------------------------------------
rm /etc/sudoers.d/coder-admins
run admin-tool check -o json
ok "Admins whom sudo lets run nothing: account-sudo is found" has_found account-sudo warning
# As sudo 1.9.16 of Debian 13 does.
mv /usr/bin/sudo "$tmp/sudo"
printf '%s\n' '#!/bin/sh' '[ -n "$(tr -d "\0" </proc/$$/environ)" ] || kill -SEGV $$' "exec $tmp/sudo \"\$@\"" >/usr/bin/sudo
chmod 755 /usr/bin/sudo
run admin-tool check -o json
ok "... also by a sudo that dies without an environment" has_found account-sudo warning
mv "$tmp/sudo" /usr/bin/sudo
ok "... for Admins alone" [ "$(jq -r '[.[].subject] | join(" ")' "$tmp/out")" = alice ]
eval "$(mend_of account-sudo)"
run admin-tool check
ok "... and mended by the command that is said" in_order
for file in /etc/nologin /run/nologin; do
    touch "$file"
    run admin-tool check -o json
    ok "$file: host-nologin is found" has_found host-nologin problem
    eval "$(mend_of host-nologin)"
    run admin-tool check
    ok "... and mended" in_order
done

# -- what repair says ------------------------------------------------------------------------------------
chmod 644 "$STORE"
exits 0 "a store others could read is mended" admin-tool check --repair
says 'accounts.db: owner and mode$' "... and said"
chown nobody "$STORE"
exits 0 "one that others could write, too" admin-tool check --repair
says 'accounts.db: owner and mode; others could write it' "... and what is in it is not to be taken on trust"
put_back

# -- what tar cannot put back ----------------------------------------------------------------------------
library=$(find /usr/lib /lib -name libnss_coder.so.2 | head -1)
mv "$library" "$tmp/library"
planted nss-library problem "no library" no :
mv "$tmp/library" "$library"
mount -t tmpfs -o size=1m,mode=755 none /mnt && cp -a "$STATE/." /mnt/ && mount --bind /mnt "$STATE"
run admin-tool check -o json
ok "little room: host-space is found" has_found host-space problem
mount -o remount,ro,bind "$STATE"
run admin-tool check -o json
ok "a read-only disk: host-read-only is found" has_found host-read-only problem
umount "$STATE" && umount /mnt
run admin-tool check
ok "... and neither is" in_order
mkdir -m 700 "$STATE/lost+found"
run admin-tool check -o json
ok "a folder of that name where no filesystem begins: store-stray is found" has_found store-stray warning
put_back
mount -t tmpfs -o mode=755 none /mnt && cp -a "$STATE/." /mnt/ && mkdir -m 700 /mnt/lost+found && mount --bind /mnt "$STATE"
run admin-tool check
ok "a store on a filesystem of its own, which has lost+found, is in order" in_order
rmdir "$STATE/lost+found" && touch "$STATE/lost+found"
run admin-tool check -o json
ok "... a file of that name is not: store-stray" has_found store-stray warning
umount "$STATE" && umount /mnt
# hold COUNT: a process that maps so many replaced directories, $holder.
hold()
{
    rm -f "$tmp/mapped"
    python3 - "$DIRECTORY" "$tmp/mapped" "$1" <<'END' &
import mmap, subprocess, sys, time
maps = []
for i in range(int(sys.argv[3])):
    with open(sys.argv[1], 'rb') as f:
        maps.append(mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ))
    subprocess.run(['admin-tool', 'publish'], stdout=subprocess.DEVNULL)
open(sys.argv[2], 'w').close()
time.sleep(600)
END
    holder=$!
    for _ in $(seq 300); do [ -e "$tmp/mapped" ] || sleep 0.1; done
}
hold 2
run admin-tool check
ok "a process that holds two replaced directories is in order: its readers let go on the next lookup" in_order
kill "$holder"
wait "$holder"
hold 3
run admin-tool check -o json
ok "... three are found: host-mappings" has_found host-mappings note
kill "$holder"
wait "$holder"
run admin-tool check
ok "in the end everything is in order" in_order

# -- for monitoring systems ---------------------------------------------------------------------------------
series() # series NAME{LABELS} VALUE
{
    grep -qxF -- "$1 $2" "$tmp/out"
}
# Every line of the format, and nothing twice.
is_exposition()
{
    python3 -c '
import re, sys
lines = open(sys.argv[1]).read().splitlines()
sample = re.compile(r"[a-z_]+(\{[a-z]+=\"([^\"\\\n]|\\[\\\"n])*\"(,[a-z]+=\"([^\"\\\n]|\\[\\\"n])*\")*\})? [0-9]+")
names = [line.rsplit(" ", 1)[0] for line in lines if not line.startswith("# ")]
sys.exit(not names or len(set(names)) != len(names) or any(not sample.fullmatch(line) and not line.startswith("# ") for line in lines))' "$tmp/out"
}
exits 0 "for Nagios: nothing found" admin-tool check -o nagios
ok "... is one line" grep -qxE 'CODER OK - everything is in order \| problems=0;;0 warnings=0;0 notes=[0-9]+' "$tmp/out"
exits 0 "for Prometheus, too" admin-tool check -o prometheus
ok "... no problem" eval 'is_exposition && series "coder_check_findings{severity=\"problem\"}" 0'
touch "$STATE/directory.new"
run admin-tool check -o nagios
ok "a warning is 1" [ "$status" -eq 1 ]
ok "... and names the first" grep -qE '^CODER WARNING - .+ \| problems=0;;0 warnings=[1-9]' "$tmp/out"
chmod 755 "$STATE/private"
run admin-tool check -o nagios
ok "a problem is 2, whatever else there is" [ "$status" -eq 2 ]
ok "... and is named in one line" eval '[ "$(wc -l <"$tmp/out")" = 1 ] && grep -qE "^CODER CRITICAL - .*private.* \| problems=[1-9]" "$tmp/out"'
run admin-tool check -o prometheus
ok "for Prometheus the status is the usual one" [ "$status" -eq 1 ]
ok "... and the finding is told" eval 'is_exposition && grep -q "^coder_check_finding{check=\"store-mode\",severity=\"problem\"," "$tmp/out"'
put_back

chmod 755 "$STATE/private"
run admin-tool check --repair --dry-run
ok "--repair --dry-run mends nothing" [ "$(stat -c %a "$STATE/private")" = 755 ]
run admin-tool check --repair
ok "... what --repair mends" [ "$(stat -c %a "$STATE/private")" = 700 ]
done_testing
