#!/bin/bash
# Subordinate ids: given as useradd gives them, taken back by delete, and never the ids of somebody.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

has() { grep -qxE -- "$1" "/etc/$2"; }
both() { has "$1" subuid && has "$1" subgid; }
# place NAME: where the search for a range begins, from the shipped SUB_UID_MIN to SUB_UID_MAX.
place() { echo $((100000 + $(value "SELECT uid FROM accounts WHERE username = '$1'") % 9155 * 65536)); }
neither() { ! grep -qE -- "$1" /etc/subuid /etc/subgid; }

# -- given and taken back -------------------------------------------------------------------
useradd local
ok "useradd hands subordinate ids out here" both 'local:100000:65536'
exits 0 "create --dry-run" admin-tool users create -u ann -e ann@example.com --dry-run
says '^Would give it subordinate ids \(subuid\(5\)\)\.$' "... says that it would, too"
ok "... and gives none" neither '^ann:'
exits 0 "create" admin-tool users create -u ann -e ann@example.com
silent "... without a word"
anns=$(place ann)
ok "... gives a range of both kinds, by name, from the uid's place on" both "ann:$anns:65536"
useradd other
ok "useradd goes on" both 'other:165536:65536'
exits 0 "create --no-subids" admin-tool users create -u bob -e bob@example.com --no-subids
ok "... gives none" neither '^bob:'
exits 0 "create --no-subids --dry-run" admin-tool users create -u cal -e cal@example.com --no-subids --dry-run
ok "... does not say that it would" eval '! grep -q subordinate "$tmp/out"'
exits 0 "create --service-account" admin-tool users create -u svc --service-account
ok "... gives none" neither '^svc:'
echo "cal:5000000:65536" >>/etc/subuid
exits 0 "create of whom a line speaks already" admin-tool users create -u cal -e cal@example.com
ok "... leaves that line, and gives what is missing" eval 'has cal:5000000:65536 subuid && [ "$(grep -c ^cal: /etc/subuid)" -eq 1 ] && has "cal:$(place cal):65536" subgid'
exits 0 "delete --dry-run" admin-tool users delete ann --dry-run
says '^Would take the subordinate ids of ann back\.$' "... says that they would be taken back"
ok "... and does not" both "ann:$anns:65536"
echo "$(id -u ann):6000000:100" >>/etc/subgid
exits 0 "delete" admin-tool users delete ann -y
silent "... without a word"
ok "... takes them back, those by number, too" neither "^ann:|:6000000:"
ok "... and no other's" eval 'both local:100000:65536 && both other:165536:65536'
ok "... and says nothing of them" eval '! grep -q subordinate "$tmp/out"'
make dan && make dora
ok "the next ones have places of their own, not what was taken back" eval 'both "dan:$(place dan):65536" && both "dora:$(place dora):65536" && neither ":$anns:"'
echo "old:$(($(place dora) + 65536)):65536" | tee -a /etc/subuid >>/etc/subgid
make dirk
ok "where somebody has it, the next free one behind" both "dirk:$(($(place dirk) + 65536)):65536"
make doro
ok "... and so on" both "doro:$(($(place doro) + 65536)):65536"

echo 'root:1000000:1000000000' | tee -a /etc/subuid >>/etc/subgid
make dob
useradd third
ok "behind all that is taken it goes on at the beginning, in holes as useradd does" eval 'both dob:231072:65536 && both third:296608:65536'
admin-tool users delete dob -y >"$tmp/made"
make dee
ok "... which is used again where there is no other" both dee:231072:65536
sed -i '/^root:/d' /etc/subuid /etc/subgid
printf "last:1:2" >>/etc/subuid
make den
ok "a line without an end gets one" eval 'has last:1:2 subuid && has "den:$(place den):65536" subuid'
ok "the files keep owner and mode, and have shadow-utils' backups" eval '[ "$(stat -c %u:%g:%a /etc/subuid)" = 0:0:644 ] && ! grep -q ^den: /etc/subuid- && grep -q ^dee: /etc/subuid-'

# -- a local user of the same name has them, too ---------------------------------------------
usermod -p "$(openssl passwd -6 secret 2>/dev/null || echo x)" local
exits 0 "a local account staged" admin-tool users import --from-passwd local
ok "... has what it had" both 'local:100000:65536'
run admin-tool users delete local -y
ok "... and keeps it when ours goes: the local one stays" both 'local:100000:65536'

# -- many -----------------------------------------------------------------------------------
printf 'username,email\n' >"$tmp/people.csv"
for i in $(seq 20); do echo "p$i,p$i@example.com"; done >>"$tmp/people.csv"
exits 0 "import --dry-run" admin-tool users import "$tmp/people.csv" --dry-run
says '^Would give them subordinate ids' "... says that it would, too"
exits 0 "import" admin-tool users import "$tmp/people.csv"
ok "... gives each its own" eval '[ "$(grep -cE "^p[0-9]+:[0-9]+:65536$" /etc/subuid)" -eq 20 ] && [ "$(grep -cE "^p[0-9]+:[0-9]+:65536$" /etc/subgid)" -eq 20 ] &&
    [ -z "$(cut -d: -f2 /etc/subuid | sort | uniq -d)" ] && both "p20:$(place p20):65536"'
printf 'username,email,service_account\nq2,,true\n' >"$tmp/one.csv"
exits 0 "import of a service account" admin-tool users import "$tmp/one.csv"
ok "... gives none" neither '^q2:'
printf 'username,email\nq1,q1@example.com\n' >"$tmp/one.csv"
exits 0 "import --no-subids" admin-tool users import "$tmp/one.csv" --no-subids
ok "... gives none" neither '^q1:'

# -- whose the ids are ------------------------------------------------------------------------
cp /etc/subuid /etc/subgid "$tmp"
: >/etc/subuid; : >/etc/subgid
kept=$(cat /etc/login.defs)
printf '%s\n' 'SUB_UID_MAX 400000' 'SUB_GID_MAX 400000' >>/etc/login.defs # 4 places: uids that 4 divides begin at 100000
printf '%s\n' username,email,uid v1,v1@example.com,71103 v2,v2@example.com,71100 v3,v3@example.com,71104 v4,v4@example.com,71107 >"$tmp/four.csv"
exits 0 "import of some whose places are the same" admin-tool users import "$tmp/four.csv" --no-create-home
ok "... gives each its own" both 'v1:296608:65536|v2:100000:65536|v3:165536:65536|v4:231072:65536'
ok "... all four" [ "$(grep -c ^v /etc/subuid) $(grep -c ^v /etc/subgid) $(cut -d: -f2 /etc/subuid | sort -u | wc -l)" = '4 4 4' ]
: >/etc/subuid; : >/etc/subgid
make eve --uid 100010 --force --no-subids
groupadd -g 165546 team
make fay --uid 71000
ok "no range has the uid of an account in it, nor the id of a local group" both 'fay:165547:65536'
admin-tool users delete eve -y >"$tmp/made"
make gil --uid 71004
ok "... nor the uid of a deleted account, whose files may be there" both 'gil:231083:65536'
useradd -u 296620 -M hugh
make hope --uid 71008
ok "... nor of a local user" both 'hope:296621:65536'
echo "$kept" >/etc/login.defs
cp "$tmp/subuid" "$tmp/subgid" /etc
echo "someone:70200:10" >>/etc/subuid
exits 0 "policy may have a range that reaches into subordinate ids" admin-tool policy set uid_min=70205 uid_max=70300
make hal
ok "an id that is chosen is none of them" is_value "SELECT uid FROM accounts WHERE username = 'hal'" 70210
printf 'username,email\nide,ide@example.com\n' >"$tmp/one.csv"
exits 0 "... nor does policy's whole range" admin-tool policy set uid_min=70200 uid_max=70209
exits 4 "... give one: create" admin-tool users create -u ida -e ida@example.com
complains 'subuid\(5\)' "... says why"
exits 4 "... import" admin-tool users import "$tmp/one.csv"
admin-tool policy set uid_min=default uid_max=default >"$tmp/made"
sed -i '/^someone:/d' /etc/subuid

# -- the host does not -------------------------------------------------------------------------
sed -i -E 's/^SUB_(UID|GID)_COUNT.*/SUB_\1_COUNT 0/' /etc/login.defs
exits 0 "where SUB_UID_COUNT is 0" admin-tool users create -u jan -e jan@example.com
silent "... nothing is said"
ok "... and none are given" neither '^jan:'
echo "$kept" >/etc/login.defs
mv /etc/subuid /etc/subuid.kept; mv /etc/subgid /etc/subgid.kept
exits 0 "where there is no /etc/subuid" admin-tool users create -u kim -e kim@example.com
ok "... none is made" eval '[ ! -e /etc/subuid ] && [ ! -e /etc/subgid ]'
mv /etc/subuid.kept /etc/subuid; mv /etc/subgid.kept /etc/subgid
echo 'subid: sss' >>/etc/nsswitch.conf
exits 0 "where nsswitch.conf has them from elsewhere" admin-tool users create -u leo -e leo@example.com
complains "^admin-tool: note: /etc/nsswitch\.conf has subordinate ids from 'sss'; none are given here$" "... that is said"
ok "... and none are given" neither '^leo:'
sed -i 's/^subid:.*/subid: files/' /etc/nsswitch.conf
make mia
ok "files alone are ours" both 'mia:[0-9]+:65536'
sed -i '/^subid:/d' /etc/nsswitch.conf

# -- trouble is a complaint ------------------------------------------------------------------
sed -i -E 's/^SUB_(UID|GID)_MAX.*/SUB_\1_MAX 165536/' /etc/login.defs
run admin-tool users create -u ned -e ned@example.com
ok "a range that is used up: the account is made (exit 1)" eval '[ "$status" -eq 1 ] && is_clean_error && [ -n "$(field "Temporary password")" ]'
complains 'ned was created, but has no subordinate ids: /etc/login\.defs: the ids from SUB_UID_MIN to SUB_UID_MAX are used up; if' "... which is told"
ok "... and no line is left" neither '^ned:'
printf 'username,email\nr1,r1@example.com\nr2,r2@example.com\nr3,r3@example.com\n' >"$tmp/three.csv"
run admin-tool users import "$tmp/three.csv" --passwords-to "$tmp/passwords"
ok "... for many it is said once (exit 1)" eval '[ "$status" -eq 1 ] && is_clean_error'
complains 'all are imported, but 3, r1 the first, have no subordinate ids: /etc/login\.defs: the ids' "... for how many"
echo "$kept" >/etc/login.defs
python3 -c '
import fcntl, os, time
fd = os.open("/etc/.pwd.lock", os.O_RDWR | os.O_CREAT, 0o600)
fcntl.lockf(fd, fcntl.LOCK_EX)
open("'"$tmp"'/held", "w").close()
time.sleep(60)' & holder=$!
for _ in $(seq 200); do [ ! -e "$tmp/held" ] || break; sleep 0.05; done
begun=$SECONDS
run timeout -s KILL 60 admin-tool users create -u oda -e oda@example.com
ok "another program holds the local files: it ends, after $((SECONDS - begun)) s" eval '[ "$status" -eq 1 ] && [ $((SECONDS - begun)) -lt 45 ]'
complains 'oda was created, but has no subordinate ids: /etc/\.pwd\.lock: another program is changing the local accounts' "... and says so"
exits 0 "... and nobody else waited for it" eval '[ -d /home/oda ]'
kill "$holder"; wait "$holder" 2>/dev/null

# -- what they are for ------------------------------------------------------------------------
# In a chroot, as worlds are, the kernel makes no user namespace: the world's root is moved over the first.
in_namespace()
{
    cat >"$tmp/enter" <<'SHELL'
mount -t sysfs sysfs /sys && mount -t cgroup2 cgroup2 /sys/fs/cgroup   # podman looks for it
exec 9</
nsenter --mount=/proc/self/ns/mnt /bin/sh -c 'cd /proc/self/fd/9 && mount --move . / &&
    exec chroot . setpriv --reuid mia --regid mia --init-groups env HOME=/home/mia USER=mia XDG_RUNTIME_DIR=/run/user/mia "$@"' enter "$@"
SHELL
    unshare --mount --propagation unchanged bash "$tmp/enter" "$@"
}
run in_namespace unshare -Ur true
if [ "$status" -eq 0 ]; then
    read -r first < <(sed -n 's/^mia:\([0-9]*\):.*/\1/p' /etc/subuid)
    run in_namespace unshare --map-auto --map-root-user cat /proc/self/uid_map
    ok "unshare --map-auto: the user's range is mapped" grep -qE "^ +1 +$first +65535$" "$tmp/out"
    run in_namespace unshare --map-auto --map-root-user sh -c 'touch /tmp/inner && chown 5:5 /tmp/inner'
    read -r group < <(sed -n 's/^mia:\([0-9]*\):.*/\1/p' /etc/subgid)
    ok "... and is the user's to use" [ "$(stat -c %u:%g /tmp/inner)" = "$((first + 4)):$((group + 4))" ]
else
    number=$((number + 1))
    echo "ok $number - unshare --map-auto # SKIP $(tail -n 1 "$tmp/err")"
fi

# An image of one program, and a container of it without a network.
pod() { run in_namespace podman --storage-driver vfs --cgroup-manager cgroupfs "$@"; }
if [ "$status" -eq 0 ] && command -v podman crun >"$tmp/made"; then
    install -d -m 755 /run/user; install -d -o mia -g mia -m 700 /run/user/mia
    mkdir -p "$tmp/image/bin" && cp /bin/busybox "$tmp/image/bin/id"
    ldd /bin/busybox | grep -o '/[^ ]*' | xargs -I{} cp -L --parents {} "$tmp/image"
    tar -C "$tmp/image" -cf /tmp/image.tar .
    pod import /tmp/image.tar busy
    ok "rootless podman makes an image" [ "$status" -eq 0 ]
    pod run --rm --network none --cgroups disabled --log-driver none --user 1000 busy /bin/id
    says '^uid=1000 ' "... and runs a container of it, as a user of its own"
else
    number=$((number + 1))
    echo "ok $number - rootless podman # SKIP no podman, or no user namespaces"
fi

# -- suspended: what runs with them, too --------------------------------------------------------
if [ -n "${first:-}" ] && [ -e /tmp/inner ]; then
    in_namespace unshare --map-auto --map-root-user sh -c 'setsid setpriv --reuid 5 --regid 5 --clear-groups sleep 4242 & sleep 0.5' >"$tmp/out" 2>&1
    ok "what runs with them runs on" pgrep -u "$((first + 4))" -f '^sleep 4242'
    exits 0 "... until the user is suspended" admin-tool users suspend mia -y
    ok "... and ends then" eval '! pgrep -f "^sleep 4242"'
fi
done_testing
