#!/bin/bash
# What libnss-coder does to /etc/nsswitch.conf, whatever stands there: the maintainer scripts alone, on a folder in
# the host's place. Installing leaves every local lookup first, removing gives back every byte.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"
export DPKG_ROOT=$tmp/root
conf=$DPKG_ROOT/etc/nsswitch.conf
mkdir -p "$DPKG_ROOT/etc"
dpkg-deb -e "$DEBS"/libnss-coder_[0-9]*.deb "$tmp/control"
script() { run sh "$tmp/control/$1" "${@:2}"; }

# becomes WHAT BEFORE AFTER: printf's escapes. The host's own dpkg has no libnss-coder, so it is the last one.
becomes()
{
    printf '%b' "$2" >"$conf"
    chmod 640 "$conf"
    cp -a "$conf" "$tmp/before"
    printf '%b' "$3" >"$tmp/expected"
    script preinst install
    script postinst configure ''
    cp "$tmp/err" "$tmp/said"
    cp "$conf" "$tmp/out"
    ok "$1" cmp -s "$conf" "$tmp/expected"
    script postinst configure 0.1.0
    ok "... an upgrade changes nothing" cmp -s "$conf" "$tmp/expected"
    script postrm remove
    cp "$conf" "$tmp/out"
    ok "... removing gives it back" eval 'cmp -s "$conf" "$tmp/before" && [ "$(stat -c %a "$conf")" = 640 ]'
    ok "... and leaves nothing else" [ "$(ls "$DPKG_ROOT/etc")" = nsswitch.conf ]
}

rest='hosts:\t\tfiles dns \n# end'
becomes "Debian 12's own" \
    "passwd:         files\ngroup:          files\nshadow:         files\ngshadow:        files\n$rest" \
    "passwd:         files coder\ngroup:          files coder\nshadow:         files coder\ngshadow:        files\n$rest"
becomes "with systemd, and tabs" \
    "passwd:\tfiles systemd\ngroup:\tfiles\tsystemd\nshadow:\tfiles  systemd # last\n$rest" \
    "passwd:\tfiles coder systemd\ngroup:\tfiles coder\tsystemd\nshadow:\tfiles coder  systemd # last\n$rest"
becomes "compat, no blank, indented" \
    "passwd:compat\n  group : compat # files\nshadow:files#x\n$rest" \
    "passwd:compat coder\n  group : compat coder # files\nshadow:files coder#x\n$rest"
becomes "merging goes on, an end of the search comes after us" \
    "passwd: files [NOTFOUND=return] sss\ngroup: files [SUCCESS=merge] sss\nshadow: files[!UNAVAIL=continue notfound=return] sss\n" \
    "passwd: files coder [NOTFOUND=return] sss\ngroup: files [SUCCESS=merge] coder sss\nshadow: files coder[!UNAVAIL=continue notfound=return] sss\n"
becomes "an initgroups line" \
    "passwd: files\ngroup: files\ninitgroups: files sss\nshadow: files" \
    "passwd: files coder\ngroup: files coder\ninitgroups: files coder sss\nshadow: files coder"
becomes "no shadow line" \
    "passwd: files\ngroup: files" \
    "shadow: files coder # line by libnss-coder\npasswd: files coder\ngroup: files coder"
becomes "no local files in a map" \
    "passwd: sss\ngroup: files sss\nshadow: files\n# passwd: files\n" \
    "passwd: sss\ngroup: files coder sss\nshadow: files coder\n# passwd: files\n"
ok "... which is told" grep -q "add 'coder' to the line passwd: yourself" "$tmp/said"

# Ours already, or moved, or with an action: no second one, and all of it goes.
printf 'passwd: coder files\ngroup: files coder [SUCCESS=merge] sss\nshadow: files coder\n' >"$conf"
cp "$conf" "$tmp/before"
script preinst install
script postinst configure ''
ok "what is there already stays as it is" cmp -s "$conf" "$tmp/before"
script postrm remove
ok "and goes with its action" [ "$(cat "$conf")" = "$(printf 'passwd: files\ngroup: files sss\nshadow: files')" ]

mv "$conf" "$DPKG_ROOT/etc/elsewhere"
ln -s elsewhere "$conf"
script preinst install
script postinst configure ''
ok "a link is followed, not replaced" eval '[ -L "$conf" ] && grep -q "^shadow: files coder$" "$DPKG_ROOT/etc/elsewhere"'
script postrm remove
ok "... at removal, too" eval '[ -L "$conf" ] && ! grep -q coder "$conf"'
rm "$DPKG_ROOT/etc/elsewhere" "$conf"
script preinst install
script postinst configure ''
ok "no file is no failure" eval '[ "$status" -eq 0 ] && grep -q "there is no" "$tmp/err"'
script preinst install
script postrm abort-install
ok "an installation that was broken off leaves nothing" [ -z "$(ls "$DPKG_ROOT/etc")" ]
done_testing
