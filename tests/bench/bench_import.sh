#!/bin/bash
# How much faster is users import than newusers? Both make the same accounts in the same run, taking turns, on
# top of the same files; newusers has no choice but to hash each password, so import is timed with hashes given
# and without. Medians. Run by "make bench" in a private world.
#
#   bench_import.sh [ACCOUNTS] [ROUNDS]       10000 accounts, as the aim has it, take newusers some ten minutes
set -u
count=${1:-300} rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hash='$y$j9T$Q8rqxboKQ0Ne02ZgFFdKk/$1WeagKR91SHE4zJwjaPJeuEfFp0NNb./ldVdAs8V3dA'

# files ROUND: the same accounts for each way; the names differ, so that none is in another's way.
files()
{
    awk -v n="$count" -v r="$1" -v h="$hash" -v d="$work" 'BEGIN {
        print "username,email,password_hash" >d "/hashed"
        print "username,email" >d "/plain"
        for (i = 0; i < n; i++) {
            printf "n%d-%d:plain-horse-9-lantern::::/home/n%d-%d:/bin/bash\n", r, i, r, i >d "/newusers"
            printf "h%d-%d,h%d-%d@example.com,%s\n", r, i, r, i, h >d "/hashed"
            printf "p%d-%d,p%d-%d@example.com\n", r, i, r, i >d "/plain"
        }
    }'
}

# timed WHAT COMMAND...: one line "WHAT SECONDS USER SYSTEM". On a busy machine the CPU's seconds say more.
TIMEFORMAT='%R %U %S'
timed()
{
    local what=$1
    shift
    { time "$@" >"$work/out" 2>"$work/err"; } 2>"$work/time" || { echo "no figures: $what failed"; cat "$work/err"; exit 1; } >&2
    echo "$what $(cat "$work/time")" >>"$work/times"
}

# Ids beyond those of the local accounts, and room for all of them.
sed -i 's/^UID_MAX.*/UID_MAX 59999/; s/^GID_MAX.*/GID_MAX 59999/; s/^SUB_[UG]ID_COUNT.*/SUB_UID_COUNT 0\nSUB_GID_COUNT 0/' /etc/login.defs
for ((round = 0; round < rounds; round++)); do
    files "$round"
    timed newusers newusers "$work/newusers"
    timed hashed admin-tool users import "$work/hashed"
    timed plain admin-tool users import "$work/plain"
done

python3 - "$work/times" "$count" <<'PYTHON'
import statistics, sys
times = {}
for line in open(sys.argv[1]):
    what, real, user, system = line.split()
    times.setdefault(what, []).append((float(real), float(user) + float(system)))
count = int(sys.argv[2])
def median(what, index):
    return max(statistics.median(one[index] for one in times[what]), 0.001)
print("%-24s %9s %8s %14s %12s" % ("%d accounts" % count, "median s", "CPU s", "faster, times", "less CPU"))
for what, name in (("newusers", "newusers"), ("plain", "import, passwords made"), ("hashed", "import, hashes given")):
    print("%-24s %9.2f %8.2f %14.1f %12.1f" % (name, median(what, 0), median(what, 1),
          median("newusers", 0) / median(what, 0), median("newusers", 1) / median(what, 1)))
PYTHON
