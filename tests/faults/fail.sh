#!/bin/bash
# Every system call that reaches the disk fails in turn, in each way it can: the command ends with the exit status of
# its kind and says why, the old state is kept or the new one is whole, and a second try succeeds.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# errors_of CALL: what it can fail with.
errors_of()
{
    case $1 in
        openat) echo "EMFILE ENOSPC EROFS EIO EINTR" ;;
        write|pwrite64|copy_file_range) echo "ENOSPC EIO" ;;
        fallocate) echo "ENOSPC EIO EINTR EOPNOTSUPP" ;;
        fsync|fdatasync) echo "EIO ENOSPC" ;;
        rename|renameat2|unlink|linkat|mkdir) echo "EIO ENOSPC EROFS" ;;
        ftruncate|fchmod|chmod|read|pread64) echo "EIO" ;;
        fcntl) echo "EINTR ENOLCK" ;;
        mmap|mremap|brk) echo "ENOMEM" ;; # brk: see injection in lib.sh
    esac
}

# A patched directory that cannot be synced is written whole, and that file is; of the journal's folder SQLite tries
# the sync and goes on without (the journal has been there since the store was made).
is_synced_otherwise()
{
    grep -qE '^fdatasync\(.*/private>\).*INJECTED' "$tmp/faulty" ||
        { grep -qE '^fsync\(.*directory\.new>\).*INJECTED' "$tmp/faulty" &&
            grep -qE '^fsync\(.*directory\.new>\) *= 0' "$tmp/faulty"; }
}

# Done (0) with the new state; or the exit status of a failure, one line each of what is wrong, and a whole state.
# Status 1 with the new state is a complaint after the commit. What may not be on the disk is never called done.
judge()
{
    local status=$1 left=$2 call=$3
    [ "$left" = old ] || [ "$left" = new ] || { echo "$left"; return; }
    [ "$status" -ne 0 ] || [ "$left" = new ] || { echo "exit 0 and the old state"; return; }
    [[ $status -ne 0 || $call != f*sync ]] || is_synced_otherwise || { echo "exit 0 although $call failed"; return; }
    [ "$status" -eq 0 ] || grep -q '^admin-tool: ' "$tmp/said" || { echo "exit $status without a word"; return; }
    [ "$status" -eq 0 ] || [ "$(wc -l <"$tmp/said")" -le 3 ] || { echo "too many words: $(cat "$tmp/said")"; return; }
    case $status in
        0|1|7) ;;
        *) echo "exit status $status: $(cat "$tmp/said")"; return ;;
    esac
    [ "$left" = new ] || again
}

# Without the fault the same command succeeds.
again()
{
    rm -rf /root/passwords /root/texts
    "${command[@]}" >"$tmp/out" 2>"$tmp/err" </dev/null || echo "the second try fails: $(cat "$tmp/err")"
}

fail_at()
{
    local name ordinal error status wrong
    points=0 bad=0
    while read -r name ordinal; do
        for error in $(errors_of "$name"); do
            faults_reset
            status=0
            strace -qq -y -o "$tmp/faulty" -e "trace=$name" -e "inject=$(injection "$name" "error=$error" "$ordinal")" "$@" \
                >"$tmp/out" 2>"$tmp/said" </dev/null || status=$?
            wrong=$(judge "$status" "$(verdict)" "$name")
            points=$((points + 1))
            [ -z "$wrong" ] || { bad=$((bad + 1)); echo "# $name $ordinal fails with $error: $wrong"; }
        done
    done <"$tmp/calls"
    echo "# $points points tried, $bad failures"
}

faults_begin
mapfile -t names < <(chosen suspend)
for name in "${names[@]}"; do
    operation "$name"
    calls "${command[@]}"
    fail_at "${command[@]}"
    ok "$name, each call failing: one word of why, the old state or the new one, a second try succeeds" [ "$bad" -eq 0 ]
    ok "$name: there were such calls" [ "$points" -gt 20 ]
done
done_testing
