#!/bin/bash
# Pulling the plug. Accounts are changed on a disk whose writes are logged (plug/record). Each disk that a power cut could
# have left, and what the disk was at moments when the machine was stopped, is mounted and judged (plug/replay): every
# acknowledged change is there, the store whole, the directory healed by what the boot runs, the audit log verifies, and a
# suspended user is out. Two controls must be found: a change that is claimed before it was made, and a disk that loses
# one write in twenty.
#
# It is done twice: with the accounts of a private world, whose disk is qemu's, which is quick everywhere; and with those of a
# machine, where the kernel's dm-log-writes logs, and which at last loses its power and boots again.
#
#   CODER_PLUG_IN="world machine"   one of them, or both
#   CODER_PLUG_CHANGES (60; in the machine half of it), CODER_PLUG_SECONDS for judging, each (100), CODER_PLUG_CUTS (12),
#   CODER_PLUG_SEED (by the clock), CODER_PLUG_ON the filesystem: ext4, or where there is a mkfs for it xfs or btrfs

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
"$here/vm" can || exit 0
command -v qemu-storage-daemon >/dev/null || { echo "1..0 # SKIP no qemu-storage-daemon here: apt install qemu-system-common"; exit 0; }
# What is mounted is seen here alone.
[ "${CODER_PLUG_ALONE:-}" = yes ] || CODER_PLUG_ALONE=yes exec unshare --mount --propagation private "$0" "$@"
changes=${CODER_PLUG_CHANGES:-60} seconds=${CODER_PLUG_SECONDS:-100} cuts=${CODER_PLUG_CUTS:-12}
seed=${CODER_PLUG_SEED:-$(date +%s)} number=0 failures=0 work='' daemon='' cutter='' loop=''
mkdir -p "$tree/.build"
all=$(mktemp -d "$tree/.build/plug-XXXXXX")
trap 'plug_end; rm -rf "$all"' EXIT
trap 'exit 143' INT TERM HUP

plug_end()
{
    [ -z "$cutter" ] || kill "$cutter" 2>/dev/null
    [ -z "$loop" ] || losetup --detach "$loop"
    [ -z "$daemon" ] || { kill "$daemon"; kill -CONT "$daemon"; } 2>/dev/null   # the cutter may have stopped it
    wait
    cutter='' loop='' daemon=''
}

ok()
{
    local what=$1
    shift
    number=$((number + 1))
    if "$@"; then echo "ok $number - $what"; return; fi
    failures=$((failures + 1))
    echo "not ok $number - $what"
}
told() { sed -n "s/^$1 //p" "$work/$2" | tail -n 1; }
is() { [ "$(told "$1" "$2")" = "$3" ]; }
claimed() { told 'done' changed | cut -d' ' -f1; }
found() { [[ $(told "$1" judged) =~ ^[0-9]+$ ]]; }

# The program of qemu that writes to our disk.
writer() { pgrep -f "^[^ ]*qemu-s[^ ]* .*$work/disk" | head -n 1; }

# Now and then stops it at a moment of chance and copies the disk: just what a kill would have left then. What was
# acknowledged is known before.
cut_often()
{
    local pid claim count=0
    while [ "$count" -lt "$cuts" ]; do
        sleep "0.$((RANDOM % 10))"
        pid=$(writer) claim=$(claimed)
        if [ -z "$pid" ] || [ "${claim:-0}" -le "$((count * $1 / cuts))" ]; then continue; fi
        kill -STOP "$pid"
        cp --sparse=always "$work/disk" "$work/copy" && mv "$work/copy" "$work/cut.$count.$claim"
        kill -CONT "$pid"
        count=$((count + 1))
    done
}

# What a world needs for mount(8), and the command in it.
in_world()
{
    # shellcheck disable=SC2016
    "$tree/tests/world" bash -c 'mknod /dev/loop-control c 10 237
        for i in {0..63}; do mknod "/dev/loop$i" b 7 "$i"; done
        exec "$@"' bash "/src${here#"$tree"}/plug/$1" "${@:2}"
}

change_in_world()
{
    truncate -s 0 "$work/log" "$work/exported"
    setpriv --pdeathsig KILL qemu-storage-daemon --blockdev "driver=file,node-name=disk,filename=$work/disk" \
        --blockdev "driver=file,node-name=log,filename=$work/log" --blockdev driver=blklogwrites,node-name=logged,file=disk,log=log \
        --export "type=fuse,id=exported,node-name=logged,mountpoint=$work/exported,writable=on" 2>"$work/daemon" &
    daemon=$!
    # shellcheck disable=SC2016
    timeout 20 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' "$work/exported" || { cat "$work/daemon" >"$work/changed"; return 1; }
    loop=$(losetup --find --show "$work/exported") || return
    in_world record "$1" "$seed" "$loop" "/src${work#"$tree"}/log" /dev/fd/3 >"$work/changed" 2>&1 3>"$work/records"
}

change_in_machine()
{
    truncate -s 2G "$work/log"
    truncate -s 512M "$work/records"
    "$here/vm" run --packages dmsetup --append "apparmor=0 audit=0 systemd.mask=e2scrub_reap.service systemd.mask=auditd.service" \
        --timeout "$((120 + $1 * 2))" \
        --disk "$work/disk" --disk "$work/log" --disk "$work/records" "$here/plug/record" "$1" "$seed" >"$work/changed" 2>&1
}

look_at_machine()
{
    ok "after the power went it booted, with the disk in its place" is mounted changed /dev/vdc
    ok "... the unit at boot has published" is unit changed 'success 0'
    ok "... the doctor finds nothing in store and directory" is named changed nothing
    ok "... nor is anything wrong with the audit log" is log changed 0
    cp --sparse=always "$work/disk" "$work/cut.boot.$(claimed)"
}

judge()
{
    in_world replay "/src${work#"$tree"}" "$seconds" "$seed" >"$work/judged" 2>&1
    ok "the disks are judged" is judged judged all
    is judged judged all || sed 's/^/# /' "$work/judged"
    grep '^# ' "$work/judged"
    ok "a power cut: $(told states judged) states, $(told returned judged) where a command had returned, $(told flushed judged) at a flush, $(told torn judged) between two, of $(told changes judged) changes; none is bad" is bad judged 0
    ok "stopped: $(told cuts judged) disks; none is bad" is cuts-bad judged 0
    ok "control: a claim one change too early is found, by state $(told early judged)" found early
    ok "control: a disk that loses one write in twenty is found, by state $(told lossy judged)" found lossy
}

# Nothing of the filesystem's own making is to be written later, when nobody asked for it.
make_disk()
{
    case ${CODER_PLUG_ON:-ext4} in
        ext4) truncate -s 48M "$1" && mkfs.ext4 -q -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 "$1" ;;
        xfs) truncate -s 320M "$1" && mkfs.xfs -q -K "$1" ;;
        btrfs) truncate -s 128M "$1" && mkfs.btrfs -q -K --mixed "$1" >/dev/null ;;
    esac
}

plug_in()
{
    local status=0 count=$changes
    [ "$1" = world ] || count=$((changes / 2))
    work=$all/$1
    mkdir "$work"
    make_disk "$work/disk" || exit 1
    cp --sparse=always "$work/disk" "$work/base"
    : >"$work/changed"
    cut_often "$count" &
    cutter=$!
    "change_in_$1" "$count" || status=$?
    plug_end
    ok "accounts are changed in a $1, on ${CODER_PLUG_ON:-ext4}, seed $seed" [ "$status" -eq 0 ]
    [ "$status" -eq 0 ] || sed 's/^/# /' "$work/changed"
    [ "$1" = world ] || look_at_machine
    judge
}

for where in ${CODER_PLUG_IN:-world machine}; do
    plug_in "$where"
done
echo "1..$number"
[ "$failures" -eq 0 ]
