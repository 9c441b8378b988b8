#!/bin/bash
# The examples of admin-tool(8) and of the README, run one after the other in a world of their own: what each command
# prints is what the page says. Times, passwords and hashes differ from run to run and are compared as words.
#
# An example is a line that begins with "# " (README: in a "```console" block; man page: in a literal display of the
# section EXAMPLES), followed by what it prints. A line "..." stands for any lines; "(yes/no) yes" types the answer.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

hostname host.example.org
page=$tmp/page
mkdir "$page"

from_readme() { awk '/^```console/ { on = 1; next } /^```/ { on = 0 } on' /src/README.md; }

from_manual()
{
    awk '/^\.Sh / { here = /EXAMPLES/ } !here { next } /^\.Bd -literal/ { on = 1; next } /^\.Ed/ { on = 0 } on' \
        /src/admin-tool/admin-tool.8 | sed -e 's/\\&//g' -e 's/\\(aq/'"'"'/g' -e 's/\\e/\\/g' -e 's/\\-/-/g'
}

# Splits what it reads into $page/N.command and $page/N.output.
split_examples()
{
    rm -f "$page"/*
    awk -v page="$page" '
        /^# / { n++; file = sprintf("%s/%03d", page, n); print substr($0, 3) >(file ".command"); next }
        n     { print >(file ".output") }'
}

# What differs from run to run becomes a word.
normalise()
{
    sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?( [A-Z]{3,4}| [+-][0-9]{4})?/TIME/g' \
        -e 's/(Temporary password: ).*/\1PASSWORD/' -e 's/("temporary_password": ?")[^"]*/\1PASSWORD/g' \
        -e 's/\b[0-9a-f]{64}\b/HASH/g' -e 's/\$y\$[^, "]*/HASH/g' -e 's/[ \t]+/ /g' -e 's/ $//' | sed -e '/^$/d'
}

# matches WANTED GOT: line by line; "..." in WANTED passes over any number of lines.
matches()
{
    awk 'NR == FNR { want[++wants] = $0; next } { got[++gots] = $0 }
         function match_from(w, g) {
             if (w > wants) return g > gots
             if (want[w] != "...") return g <= gots && want[w] == got[g] && match_from(w + 1, g + 1)
             for (; g <= gots + 1; g++) if (match_from(w + 1, g)) return 1
             return 0
         }
         END { exit !match_from(1, 1) }' "$1" "$2"
}

try_example()
{
    local base=$1 answer=/dev/null
    touch "$base.output"
    if grep -q '(yes/no) yes$' "$base.output"; then
        echo yes >"$tmp/yes"
        answer=$tmp/yes
        sed -i 's/(yes\/no) yes$/(yes\/no)/' "$base.output"
    fi
    (cd /root && bash -c "$(cat "$base.command")") >"$tmp/out" 2>&1 <"$answer"
    normalise <"$base.output" >"$tmp/wanted"
    normalise <"$tmp/out" >"$tmp/got"
    : >"$tmp/err"
    matches "$tmp/wanted" "$tmp/got" || { diff "$tmp/wanted" "$tmp/got" >"$tmp/err"; false; }
}

try_page()
{
    local command
    ok "$1: there are examples" [ -e "$page/001.command" ]
    for command in "$page"/*.command; do
        ok "$1: $(cat "$command")" try_example "${command%.command}"
    done
}

# Admins may use sudo, as after an installation.
install -m 0440 /src/examples/sudoers.d/coder-admins /etc/sudoers.d/
from_manual | split_examples
try_page "admin-tool(8)"
rm -rf "$STATE" /home/*
from_readme | split_examples
try_page "README"

# What examples/nsswitch.conf and examples/README.md say of /etc/nsswitch.conf is one command, and it leaves other words alone.
example=$(sed -n 's/^#   \(sed .*nsswitch.conf\)$/\1/p' /src/examples/nsswitch.conf)
ok "nsswitch.conf: the command by hand is the example's" grep -qxF "$example" /src/examples/README.md
ok "nsswitch.conf: the example is no file to put in the place of another" eval '! grep -qv "^#" /src/examples/nsswitch.conf'
printf '%s\n' 'passwd:         files systemd' 'group:          files [SUCCESS=merge] systemd' 'shadow: files systemd' 'gshadow:        files systemd' 'hosts: files dns' >"$tmp/nss"
ok "nsswitch.conf: what Debian 13 has there stays" [ "$(eval "${example/\/etc\/nsswitch.conf/$tmp/nss}"; cat "$tmp/nss")" = \
    "$(printf '%s\n' 'passwd:         files coder systemd' 'group:          files [SUCCESS=merge] coder systemd' 'shadow: files coder systemd' 'gshadow:        files systemd' 'hosts: files dns')" ]
done_testing
