#!/bin/bash
# The manuals are right mdoc, name only pages that exist, and admin-tool(8) knows every command and option.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

pages=(/src/*/*.[578])
run mandoc -Tlint -Wwarning "${pages[@]}"
ok "all manuals are right mdoc" [ "$status" -eq 0 -a ! -s "$tmp/out" ]

# Ours that another page refers to, as "page.section".
for reference in $(sed -n 's/^\.Xr \([^ ]*\) \([0-9]\).*/\1.\2/p' "${pages[@]}" | grep -E '^(admin-tool|coder|pam_coder|nss_coder)' | sort -u); do
    ok "$reference exists" eval "ls /src/*/$reference >\"$tmp/out\" 2>\"$tmp/err\""
done

# The page as text, on one line, so that ".Cm users Cm list" is found as "users list".
text=$(mandoc -Tutf8 -O width=500 /src/admin-tool/admin-tool.8 | sed 's/.\x08//g' | tr -s ' \n' ' ')
admin-tool --help | sed -n 's/^  \([a-z][a-z -]*[a-z]\).*/\1/p' >"$tmp/commands"
while read -r command; do
    ok "the manual has $command" grep -qF -- "$command" <<<"$text"
    # shellcheck disable=SC2086
    for option in $(admin-tool $command --help | grep -oE -- '--[a-z-]+' | sort -u); do
        grep -qF -- "$option" <<<"$text" || lacking="${lacking:-} ${command// /-}:$option"
    done
done <"$tmp/commands"
# -u NAME and the like stand there by their letter
ok "the manual has every option" [ -z "$(tr ' ' '\n' <<<"${lacking:-}" | grep -vE ':--(username|email|full-name|columns|output|yes|user|lines|limit|follow)?$')" ]
done_testing
