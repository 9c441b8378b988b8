#!/bin/bash
# The doctor where SELinux is on: does the policy know our types, and do our files have them? With the kernel's files made
# up: here there is none (with one: tests/vm/selinux.sh).
# shellcheck source=tests/cli/check-lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/check-lib.sh"
KERNEL=/sys/fs/selinux
HELPER=/usr/libexec/coder_helper

make alice --roles admin
make bob

# label TYPE FILE...
label()
{
    python3 -c '
import os, sys
for path in sys.argv[2:]:
    os.setxattr(path, "security.selinux", b"system_u:object_r:" + sys.argv[1].encode() + b":s0\0")' "$@"
}
label_all()
{
    label coder_helper_exec_t $HELPER
    label coder_public_t "$STATE" "$DIRECTORY"
    label coder_private_t "$STATE/private" "$STORE"
    label coder_runtime_t /run/coder
}
# A policy that knows a context takes what is written.
selinux() { mkdir -p $KERNEL && printf '%s' "$1" >$KERNEL/enforce && : >$KERNEL/context; }
restorecon() { [ "$*" = "-RF $HELPER $STATE /run/coder" ] && label_all; }

mkdir -p /run/coder
label bin_t $HELPER
run admin-tool check
ok "a context is nothing where SELinux is off" in_order
selinux 1
label_all
run admin-tool check
ok "with the module and its contexts everything is in order" in_order
ok "... and it was asked for a context of ours" [ "$(cat $KERNEL/context)" = system_u:object_r:coder_helper_exec_t:s0 ]

# found ID SUBJECT WHAT PLANT: a problem where it enforces, a warning where it does not.
found()
{
    local id=$1 subject=$2 what=$3
    eval "$4"
    run admin-tool check -o json
    ok "$what: $id is a problem" eval 'has_found "$id" problem && [ "$status" -eq 1 ]'
    ok "... of $subject" jq -e --arg s "$subject" '[.[].subject] == [$s]' "$tmp/out"
    printf 0 >$KERNEL/enforce
    run admin-tool check -o json
    ok "... a warning where nothing is denied" eval 'has_found "$id" warning && [ "$status" -eq 0 ]'
    printf 1 >$KERNEL/enforce
}

for file in $HELPER "$STATE" "$DIRECTORY" "$STATE/private" "$STORE" /run/coder; do
    found selinux-context "$file" "$file with another type" 'label var_lib_t "$file"'
    eval "$(mend_of selinux-context)"
    run admin-tool check
    ok "... and mended by its command" in_order
done
label coder_helper_exec "$HELPER"
run admin-tool check -o json
ok "a type that ours begins with is another" has_found selinux-context problem
label_all
rm -f $KERNEL/context
found selinux-policy coder "a policy without the module, and so without its contexts" 'label bin_t "$HELPER"; label var_lib_t "$DIRECTORY"'
done_testing
