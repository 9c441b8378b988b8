#!/bin/bash
# pam_selinux sets the context of the next exec, for the user's shell; our session line runs after it. So the child that
# executes the helper gives it up first, as setexeccon(NULL) does: a write of no octets. Seen in the system calls, which
# are the same without SELinux (with it: tests/vm/selinux.sh). Nor does that child try what a confined service may not:
# each try is logged as a denial, though the login succeeds.

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

# The limits of a service, whose hard ones only CAP_SYS_RESOURCE lets a process raise: systemd's, and dovecot's of
# memory and descriptors. The helper raises them by itself.
ulimit -l 8192 -u 2000 -i 2000 -q 819200 -v 524288 -d 524288 -n 1100 -s 8192 -t 600
exits 0 "a service without CAP_SYS_RESOURCE, CAP_SETUID, CAP_SETGID: the password is judged" \
    setpriv --clear-groups --bounding-set=-sys_resource,-setuid,-setgid --inh-caps=-sys_resource,-setuid,-setgid \
    strace -ff -o "$tmp/limits" -e trace=prlimit64,setrlimit,setgroups,setresgid,setresuid,execve pamtester login alice authenticate <<<"$good"
ok "... the helper was executed" grep -q 'execve("/usr/libexec/coder_helper".* = 0' "$tmp"/limits.*
# refused: something that could not be set before the helper was executed
refused() { for file in "$tmp"/limits.*; do sed '/execve("\/usr\/libexec\/coder_helper"/,$d' "$file"; done | grep -q EPERM; }
ok "... and nothing was tried that needs them" eval '! refused'

# What would stop it is raised, as far as that, and the rest by the helper.
ulimit -S -s 256 -n 12
exits 0 "limits that programs hardly start with: the password is judged" \
    strace -ff -o "$tmp/tight" -e trace=prlimit64,setrlimit pamtester login alice authenticate <<<"$good"
for limit in 'RLIMIT_STACK, {rlim_cur=1024\*1024,' 'RLIMIT_NOFILE, {rlim_cur=16,'; do
    ok "... ${limit%%,*} was raised so far that it can be executed" grep -q "$limit.* = 0" "$tmp"/tight.*
done
done_testing
