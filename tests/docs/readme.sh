#!/bin/bash
# The README is short, every command block in it is run by a test, its demo shows what it says; and every test that
# tests/README.md names is there.
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

touch "$tmp/out" "$tmp/err"
ok "README.md has at most 200 lines" [ "$(wc -l </src/README.md)" -le 200 ]

# "```sh": tests/package/readme.sh; "```console": examples.sh; without a word only what starts the tests and the demo.
awk '/^## / { section = $0 } /^```/ { on = !on; if (on) print $0 " " section }' /src/README.md |
    grep -vE '^```(sh|console) |^``` ## Try it$' >"$tmp/out"
ok "... and no block that no test runs" [ ! -s "$tmp/out" ]
awk '/^## / { section = $0 } /^```/ { on = !on; if (on) print section }' /src/examples/README.md | sort >"$tmp/out"
ok "nor has examples/README.md" [ "$(cat "$tmp/out")" = $'## By hand\n## Undo' ]   # tests/package/by-hand.sh

run timeout 200 expect -f /src/examples/demo.exp
ok "the demo comes to its end" [ "$status" -eq 0 ]
: >"$tmp/out"

# A name alone is that of one file below tests/.
exists()
{
    case $1 in
        */*) compgen -G "/src/$1" >"$tmp/out" ;;
        *) [ "$(find /src/tests -name "$1" | wc -l)" -eq 1 ] ;;
    esac
}
while read -r name; do
    ok "a claim's test: $name" exists "$name"
done < <(sed -n '/^## Which test/,$p' /src/tests/README.md | grep -oE '`[^ `]+\.(sh|exp|c|tsv|json)`' | tr -d '`' | sort -u)
ok "a row of claims is no list of wishes" [ "$number" -gt 80 ]
done_testing
