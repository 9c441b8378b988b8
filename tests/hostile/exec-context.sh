#!/bin/bash
# pam_selinux sets the context of the next exec, for the user's shell; our session line runs after it. So the child that
# executes the helper gives it up first, as setexeccon(NULL) does: a write of no octets. Seen in the system calls, which
# are the same without SELinux (with it: tests/vm/selinux.sh).

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

good=violet-Otter-77-stream
make alice --password-stdin <<<"$good"

# given_up: each process that executed the helper had given it up as the last thing. One file of calls for each process.
given_up()
{
    local file files
    mapfile -t files < <(grep -l 'execve("/usr/libexec/coder_helper"' "$tmp"/trace.*)
    [ "${#files[@]}" -gt 0 ] || return
    for file in "${files[@]}"; do
        sed '/execve("\/usr\/libexec\/coder_helper"/q' "$file" | tail -n 3 | tr '\n' ' ' >"$tmp/calls"
        grep -qE '^write\([0-9]+</proc/[0-9]+/task/[0-9]+/attr/exec>, NULL, 0\).*close\(.*execve' "$tmp/calls" || return
    done
}

for door in 'authenticate' 'acct_mgmt' 'open_session'; do
    rm -f "$tmp"/trace.*
    run strace -ff -y -o "$tmp/trace" -e trace=execve,write,openat,close pamtester login alice "$door" <<<"$good"
    ok "$door: the context for the next exec is given up before the helper is executed" given_up
done
done_testing
