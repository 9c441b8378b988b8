#!/bin/bash
# A host of PAM that may not execute coder_helper, as one that AppArmor or SELinux confines: the log says why, nobody of
# ours is let in, and it costs no time.

# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
# shellcheck source=tests/hostile/lib.sh
. /src/tests/hostile/lib.sh

HELPER=/usr/libexec/coder_helper
make amy --password-stdin <<<"$good"
sqlite3 "$STORE" "UPDATE accounts SET temporary = 0, temporary_until = NULL"
cp -a "$HELPER" "$tmp/helper"
put() { umount "$HELPER" 2>/dev/null; cp -a --remove-destination "$tmp/helper" "$HELPER"; }
told() { sed -n 's/^.*pam_coder([^)]*): \(.*coder_helper.*\)$/\1/p' /var/log/messages; }

# denied NAME WHAT COMMAND...: after the command, root's host is refused and the log has one line with errno's NAME.
denied()
{
    local name=$1 what=$2 waited=0
    "${@:3}" || echo "# cannot plant it"
    : >/var/log/messages
    timed "${host[@]}"
    until told >"$tmp/told" && [ -s "$tmp/told" ] || [ $((waited += 1)) -gt 40 ]; do sleep 0.05; done # for the log's writer
    ok "$what: the log has $name" grep -qxF "cannot execute $HELPER: $name; run 'admin-tool check'" "$tmp/told"
    ok "... in one line" [ "$(wc -l <"$tmp/told")" -eq 1 ]
    ok "... amy is refused" [ "$status" -ne 0 ]
    ok "... within 2 s: $took ms" [ "$took" -lt 2000 ]
    put
}
confined='EACCES (AppArmor or SELinux?)'
noexec() { mount --bind "$HELPER" "$HELPER" && mount -o remount,bind,noexec "$HELPER"; }

host=(pamtester login amy acct_mgmt)
run "${host[@]}"
ok "at first amy may go on" [ "$status" -eq 0 ]
denied "$confined" "not executable" chmod 644 "$HELPER"
denied "$confined" "on a file system without execution" noexec
denied ENOENT "no helper" rm "$HELPER"
denied ENOEXEC "no program" sh -c "echo garbage >$HELPER"
host=(setpriv --reuid amy --regid amy --init-groups pamtester vlock amy acct_mgmt)
run "${host[@]}"
ok "amy herself may go on" [ "$status" -eq 0 ]
denied "$confined" "a locker of hers, the helper is root's" chmod 4700 "$HELPER"
run pamtester login amy acct_mgmt
ok "all of it put back, amy may go on" [ "$status" -eq 0 ]
done_testing
