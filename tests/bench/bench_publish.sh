#!/bin/bash
# What one change costs, store and directory, with many accounts there: suspend and activate (patched), suspend with all
# that runs for the user ended ("and out"), the whole file built anew (`publish`), and beside them the bare commit that no
# change can do without. Each line is one run: medians of
# the wall time and the highest resident memory. The state lies in a folder of its own, so root is needed and no world.
#
#   tests/bench/bench_publish.sh [SIZE...]          STATE=/on/this/disk to choose the filesystem
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${STATE:-/var/tmp}/coder-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- 10000 100000 1000000

chmod 755 "$work"
make -s -C "$tree" B="$work/build" STATEDIR="$work/state" RUNDIR="$work/run" "$work/build/admin-tool"
printf '%9s %9s %12s %13s %12s %12s %12s %10s %12s %10s %8s\n' accounts commit suspend "suspend's CPU" 'and out' activate 'other roles' \
    'peak' 'whole file' 'peak' 'of size'
for size; do
    rm -rf "$work/state"
    "$work/build/admin-tool" users create -u model -e model@example.com --uid 5000 --no-create-home --no-password >/dev/null
    "$tree/tests/bench/fill.sh" "$work/state/private/accounts.db" "$size"
    python3 - "$work/build/admin-tool" "$work/state" "$size" <<'PYTHON'
import os, sqlite3, statistics, sys, time
tool, state, size = sys.argv[1], sys.argv[2], int(sys.argv[3])

def run(*words):
    """Milliseconds, KiB and CPU milliseconds of one run of the tool, which must succeed."""
    null = os.open("/dev/null", os.O_RDWR)
    begin = time.monotonic()
    pid = os.posix_spawn(tool, [tool, *words], {}, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    _, status, used = os.wait4(pid, 0)
    os.close(null)
    if status != 0:
        sys.exit("%s: status %d" % (" ".join(words), status))
    return (time.monotonic() - begin) * 1000, used.ru_maxrss, (used.ru_utime + used.ru_stime) * 1000

def commits(count):
    db = sqlite3.connect(state + "/private/accounts.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=TRUNCATE")
    db.execute("PRAGMA synchronous=FULL")
    times = []
    for i in range(count):
        begin = time.monotonic()
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO tombstones VALUES (?, ?, 0, NULL)", ("gone%d" % i, 1000 + i))
        db.execute("COMMIT")
        times.append((time.monotonic() - begin) * 1000)
    db.close()
    return statistics.median(times)

def median(runs):
    return statistics.median(r[0] for r in runs), max(r[1] for r in runs), statistics.median(r[2] for r in runs)

rounds = 5 if size >= 1000000 else 9
whole = median([run("publish") for _ in range(3)])
bare = commits(21)
names = ["user%07d" % (size * (i + 1) // (rounds + 2)) for i in range(rounds)]
suspend = median([run("users", "suspend", n, "-y", "--keep-sessions") for n in names])
activate = median([run("users", "activate", n, "-y") for n in names])
out = median([run("users", "suspend", n, "-y") for n in names])
for n in names:
    run("users", "activate", n, "-y")
edit = median([run("users", "edit-roles", n, "--roles", "auditor", "-y") for n in names])
print("%9d %6.1f ms %9.1f ms %10.1f ms %9.1f ms %9.1f ms %9.1f ms %6.1f MiB %9.1f ms %6.1f MiB %4.0f MiB" % (
      size, bare, suspend[0], suspend[2], out[0], activate[0], edit[0], max(suspend[1], activate[1], edit[1]) / 1024, whole[0], whole[1] / 1024,
      os.stat(state + "/directory").st_size / 1048576))
PYTHON
done
