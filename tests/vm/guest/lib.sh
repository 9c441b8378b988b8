# shellcheck shell=bash disable=SC2154
# What scripts in machines share.

# shellcheck source=tests/package/lib.sh
. /src/tests/package/lib.sh

# The step's tests are done: prints their plan and boots the machine again.
next_boot()
{
    (done_testing)
    vm-reboot
}

# expect_cases FILE WORD...: its cases are ours.
expect_cases()
{
    expect -f "$@" | sed -u '/^1\.\./d; s/^/    /' | tee "$tmp/logins"
    number=$((number + $(grep -cE '^ *(not )?ok ' "$tmp/logins")))
    failures=$((failures + $(grep -c '^ *not ok ' "$tmp/logins")))
}
