#!/bin/bash
# What one call of the module costs in what can be counted: programs, opened files, locks, the pages of a hash. The
# figures are in tests/bench/README.md; here, that none of them comes back unseen.

# shellcheck disable=SC2317
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
good=violet-Otter-77-stream
PRIVATE=$STATE/private

# traced WORDS-OF-PAM_CALL...: its system calls, and those of what it starts, are in $tmp/trace. -y: descriptors as paths.
traced()
{
    rm -f "$tmp/trace"
    run strace -qq -y -f -o "$tmp/trace" /src/.build/world/pam_call "$@"
}

count() { grep -cE "$1" "$tmp/trace"; }
opened() { count "openat\(.*\"$PRIVATE/$1\", O_RDWR.*= [0-9]"; }
# SQLite takes its shared lock on these octets (sqlite.org/fileformat2.html 1.3), once for a transaction.
locked() { count "fcntl\([0-9]+<$PRIVATE/$1>, F_SETLK, .*F_RDLCK.*l_len=510"; }
is() { [ "$1" -eq "$2" ]; }

# costs WHAT OPENED-STORE OPENED-ACTIVITY WORDS-OF-PAM_CALL...
costs()
{
    local what=$1 store=$2 activity=$3
    shift 3
    traced "$@"
    ok "$what: the answer is right" [ "$status" -eq 0 ]
    ok "... one program is executed, from a process that shares its parent's memory" \
        is "$(count 'execve\("/usr/libexec')$(count 'vfork\(|CLONE_VM\|CLONE_VFORK')" 11
    ok "... the store is opened $store x, and locked as often" is "$(opened accounts.db)$(locked accounts.db)" "$store$store"
    ok "... activity $activity x" is "$(opened activity.db)" "$activity"
    ok "... and no disk is waited for" is "$(count 'f(data)?sync\(')" 0
}

make amy --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
# the first of a day makes activity.db and writes the day
for entry in auth session; do
    /src/.build/world/pam_call "$entry" amy "$good" >/dev/null
done

costs "authentication" 1 1 auth amy "$good"
ok "... with the pages of the hash at once" is "$(count 'mmap\(NULL, 1[67][0-9]{6}, .*MAP_POPULATE')" 1
costs "account phase" 1 0 account amy
costs "session phase" 2 1 session amy
done_testing
