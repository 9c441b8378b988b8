#!/bin/bash
# The way by hand of examples/README.md, its own lines: make install (done by tests/package/debs, there is no compiler here), wiring,
# a login; then its Undo, after which /etc is as it was. Lines for systemd are left out: none runs here.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

# The commands of the fenced block in the page's section $1, one a line.
commands()
{
    awk -v section="## $1" '
        /^## /   { in_section = ($0 == section) }
        /^```/   { fenced = !fenced && in_section; next }
        fenced' /src/examples/README.md | sed 's/ *#.*//' | grep -vE 'systemctl|^$'
}

# As "make install" and "make uninstall" would: /src is as it is on the host, and built.
by_hand()
{
    case $1 in
        make) : ;;
        "make install") cp -a --no-preserve=ownership "$DEBS/by-hand/." / && chmod 4755 /usr/libexec/coder_helper ;;
        "make uninstall && ldconfig") (cd "$DEBS/by-hand" && find . ! -type d) | (cd / && xargs rm -f) &&
            rmdir /usr/share/coder-accounts/*.d /usr/share/coder-accounts /usr/share/cockpit/coder_accounts && ldconfig ;;
        *) (cd /src && bash -e -c "$1") ;;
    esac
}

# Runs the commands of a section, each as a test.
follow()
{
    local command
    while IFS= read -r command; do
        run by_hand "$command" </dev/null
        ok "$1: $command" [ "$status" -eq 0 ]
    done < <(commands "$1")
}

remember_host
follow "By hand"
ok "it is wired" eval '[ "$(grep -cE "^(passwd|group|shadow):.* coder" /etc/nsswitch.conf)" -eq 3 ] &&
    [ "$(grep -l pam_coder.so /etc/pam.d/common-{auth,account,password,session} | wc -l)" -eq 4 ]'
ok "sshd takes the drop-in" eval 'sshd -T | grep -x "kbdinteractiveauthentication yes" >"$tmp/out"'
make alice --no-subids --password-stdin <<<"$good"
run pamtester login alice authenticate <<<"$good"
ok "alice gets in" [ "$status" -eq 0 ]
follow Undo
ok "Undo leaves /etc as it was" same_etc
ok "... no account" [ ! -e "$STATE" ]
ok "... and no file" nothing_left
done_testing
