#!/bin/bash
# While programs of root's run with whatever callers set before (tests/unit/fixture/hostility*.c), also where they get
# hardly any processor, another user logs in and a third is suspended in time.

# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh
# shellcheck source=tests/hostile/inherited-lib.sh
. /src/tests/hostile/inherited-lib.sh
where=''

# harmless WAY [COUNT]
harmless()
{
    in_batches effects "$@"
    echo "# $1: $(sed -E 's/.*: ([0-9]+) ms.*/\1/' "$tmp/all" | sort -n | tail -n 1) ms at most, $(counted ok) commands"
    ok "$1$where: another user's login and a suspend are done in time" \
        eval '[ "$(counted ok)" -ge 3 ] && [ "$(counted bad)" -eq 0 ] && [ ! -s "$tmp/err" ]'
}
for way in "${WAYS[@]}"; do
    harmless "$way"
done

# The control group is the one attribute that nobody can leave: a processor for 1 ms of each second, little memory.
groups_open
echo +memory >"$groups/../cgroup.subtree_control" 2>/dev/null
echo +memory >"$groups/cgroup.subtree_control" 2>/dev/null
slow_open
if [ "$have_slow" = yes ]; then
    [ ! -e "$slow/memory.high" ] || echo 8M >"$slow/memory.high"
    export CODER_GROUP=$slow where=' in a poor control group'
    for way in su passwd sudo-tool; do
        harmless "$way" 10
    done
    unset CODER_GROUP
fi
done_testing
