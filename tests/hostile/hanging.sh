#!/bin/bash
# What users have mounted or linked below their homes: a filesystem that never answers keeps no command of root's, and
# nobody learns of other people's files by having himself looked at.

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
LIMIT=20   # seconds; the slowest waits for 6
useradd mal
mounts=''
make root1 --roles admin

# hang FOLDER: mounts what never answers there, served by mal.
hang()
{
    local word
    exec 4< <(/src/tests/hostile/silent-mount "$1" "$(id -u mal)" 2>&1; echo)
    mounts="$mounts $!"
    read -r -u 4 word
    exec 4<&-
    [ "$word" = up ] || echo "# no mount at $1: $word"
    [ "$word" = up ]
}
let_go() { pkill -KILL -u mal -f silent-mount; sleep 0.2; }
# Whoever is kept for ever, be it by the kernel, is let go by the end of what keeps him.
within()
{
    local begun=$SECONDS watchdog
    (sleep $((LIMIT + 1)); let_go) & watchdog=$!
    run timeout -s KILL "$LIMIT" "$@" </dev/null
    kill "$watchdog" 2>/dev/null
    wait "$watchdog" 2>/dev/null
    took=$((SECONDS - begun))
}
ended() { [ "$status" -ne 137 ] && [ "$took" -lt "$LIMIT" ]; }
tidy="let_go; $tidy"

make amy
if ! hang /home/amy; then
    echo "1..0 # SKIP no FUSE here"
    exit
fi
(timeout -s KILL 1 stat /home/amy >"$tmp/stat" 2>&1; true) 2>/dev/null
ok "the mount keeps whoever asks it" [ ! -s "$tmp/stat" ]

# -- check NAME -------------------------------------------------------------------------------------------
within admin-tool check amy
ok "check of somebody whose home never answers ends ($took s)" ended
says "the home /home/amy does not answer" "... and says so"
says "sshd +key +no: nobody could look into the home" "... and what follows"
let_go; umount -l /home/amy
install -d -o amy -g amy -m 700 /home/amy/.ssh
hang /home/amy/.ssh
within admin-tool check amy
ok "... or whose keys never do ($took s)" ended
says "the home /home/amy does not answer" "... says so"
let_go; umount -l /home/amy/.ssh

# Nobody learns of root's files by links to them: the answer is the same, whatever is there.
key() { admin-tool check amy -o json | jq -r '.ways[] | select(.method == "key") | [.works, .why] | join(" ")'; }
mkdir -m 700 /root/secrets
echo x >/root/secrets/full; : >/root/secrets/empty; install -m 666 /dev/stdin /root/secrets/loose <<<x
for file in full empty loose absent; do
    ln -sfn "/root/secrets/$file" /home/amy/.ssh/authorized_keys
    key
done >"$tmp/answers"
ok "a link to what root has: nothing is told of it" [ "$(sort -u "$tmp/answers")" = "false no key is installed" ]
install -m 600 /dev/stdin /etc/nokey <<<"ssh-ed25519 x"
ln -sfn /etc/nokey /home/amy/.ssh/authorized_keys
ok "a key file that sshd could not read is no key" [ "$(key)" = "false no key is installed" ]
rm /home/amy/.ssh/authorized_keys
install -o amy -g amy -m 600 /dev/stdin /home/amy/.ssh/authorized_keys <<<"ssh-ed25519 x"
ok "her own is one" grep -q "^true" <(key)
mkfifo -m 600 /home/amy/fifo && chown amy /home/amy/fifo && ln -sfn ../fifo /home/amy/.ssh/authorized_keys
within admin-tool check amy
ok "a pipe in its place is not waited for" ended

# The child that looks is hers, but neither to be traced nor to be read.
install -m 755 /dev/stdin "$tmp/watch" <<'END'
#!/usr/bin/env python3
import ctypes, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
me, seen, end = os.getuid(), set(), time.time() + 4
while time.time() < end:
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            ids = [line for line in open("/proc/%s/status" % pid) if line.startswith(("Uid", "Name"))]
        except OSError:
            continue
        if "admin-tool" in ids[0] and int(ids[1].split()[1]) == me:
            seen.add(pid)
            if libc.ptrace(16, int(pid), 0, 0) == 0:
                print("traced")
            try:
                if open("/proc/%s/maps" % pid).read():  # where Yama forbids tracing, this tells all the same
                    print("read")
            except OSError:
                pass
print("saw" if seen else "saw nothing")
END
chmod 755 "$tmp"
hang /home/amy/.ssh
setpriv --reuid amy --regid amy --init-groups "$tmp/watch" >"$tmp/watched" & watcher=$!
sleep 0.5
within admin-tool check amy
wait "$watcher"
let_go; umount -l /home/amy/.ssh
ok "the child that looks can be seen, not traced nor read: $(xargs <"$tmp/watched")" [ "$(cat "$tmp/watched")" = saw ]

# -- homes removed, and what belongs to somebody looked for ----------------------------------------------------
removed() { ended && [ "$status" -eq 1 ] && grep -q "is still there.*: $1" "$tmp/err"; }

make bea
hang /home/bea
within admin-tool users delete bea -y --remove-home
ok "a home that never answers is not entered ($took s)" removed "something is mounted there"
let_go; umount -l /home/bea
make cay
mkdir -p /home/cay/a/b/c /home/cay/.removed-0
for mount in a/b/c .removed-0; do
    hang "/home/cay/$mount" && made=yes
done
within admin-tool users delete cay -y --remove-home
ok "nor is what was mounted inside ($took s)" removed "Directory not empty"
ok "... in a moment" [ "$took" -le 10 ]
let_go
ok "... while the rest goes" [ ! -e /home/cay/.profile ]
umount -l /home/cay/.removed-0 /home/cay/a/b/c /home/cay/.removed-* 2>/dev/null
make fay
strace -qq -o "$tmp/trace" -f -P /home/fay -e trace=getdents64 -e inject=getdents64:signal=SIGSTOP \
    admin-tool users delete fay -y --remove-home >"$tmp/out" 2>"$tmp/err" & tracer=$!
for _ in $(seq 50); do
    pgrep -P "$tracer" -x admin-tool >"$tmp/tool" && [ "$(pgrep -c -x admin-tool)" -ge 2 ] && break
    sleep 0.1
done
sleep 0.5
begun=$SECONDS
kill -TERM "$(cat "$tmp/tool")"
(sleep "$LIMIT"; kill -KILL "$tracer"; pkill -KILL -x admin-tool) 2>/dev/null & watchdog=$!
wait "$tracer"
kill "$watchdog" 2>/dev/null
ok "a removal that hangs is ended by a signal ($((SECONDS - begun)) s)" [ $((SECONDS - begun)) -lt 10 ]
ok "... and the account is gone" is_value "SELECT count(*) FROM accounts WHERE username = 'fay'" 0
make dov --no-create-home
touch /srv/of-dov && chown dov /srv/of-dov
mkdir /home/aaa && hang /home/aaa
touch "$tmp/file" && chown dov "$tmp/file"
within admin-tool users delete dov -y
ok "the files of somebody are found beside what never answers ($took s)" ended
says "file: /srv/of-dov" "... and named"
ok "... and all was looked at" eval '! grep -q "not all was looked at" "$tmp/out"'
let_go; umount -l /home/aaa
make ela --no-create-home
mkdir /home/ela && hang /home/ela
admin-tool users delete ela -y --keep-sessions >"$tmp/made" 2>&1
within admin-tool users create -u eli -e eli@example.com --home /home/ela
ok "a home that is there already and never answers keeps no create ($took s)" ended
let_go; umount -l /home/ela

# -- ways that lead over one -------------------------------------------------------------------------------------
make gil
admin-tool users create -u hob -e hob@example.com --home /home/gil/hob --no-create-home --force >"$tmp/made"
hang /home/gil
within admin-tool users create -u hub -e hub@example.com --home /home/gil/hub
ok "a home below what never answers is refused ($took s)" eval 'ended && [ "$status" -eq 4 ] && grep -q "/home/gil" "$tmp/err"'
within admin-tool check
ok "... and told by check ($took s)" eval 'ended && grep -q "home-owner: hob" "$tmp/out"'
within admin-tool restore /home/gil/b
ok "... nor is a backup looked for there ($took s)" eval 'ended && [ "$status" -eq 4 ]'
let_go; umount -l /home/gil
done_testing
