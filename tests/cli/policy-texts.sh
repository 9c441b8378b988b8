#!/bin/bash
# policy's texts: the shell and the folder of homes that new accounts get, judged as those of one account are.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

setting() { admin-tool policy get "$1" -o json | jq -r '.[0].value'; }
fact() { getent passwd "$1" | cut -d: -f"$2"; }

exits 0 "what they are without a store" admin-tool policy -o json
json '{s["key"]: (s["type"], s["default"]) for s in d if s["type"] == "text"} == {"default_shell": ("text", ""), "home_base": ("text", "/home"), "login_host": ("text", ""), "hand_over_text": ("text", "")}' \
    "... texts with their defaults"
make ann
ok "a new account has /bin/bash and a home in /home" [ "$(fact ann 6):$(fact ann 7)" = /home/ann:/bin/bash ]

# -- default_shell
exits 0 "another shell" admin-tool policy set default_shell=/bin/dash
says '^default_shell: - -> /bin/dash$' "... is said"
make bea
ok "... is what the next one gets" [ "$(fact bea 7)" = /bin/dash ]
exits 0 "... but a service account" admin-tool users create robot --service-account
ok "... does not" [ "$(fact robot 7)" = /usr/sbin/nologin ]
exits 0 "... nor who is given another" admin-tool users create cal -e cal@example.com --shell /bin/sh
ok "... which he has" [ "$(fact cal 7)" = /bin/sh ]
printf 'username,email\ndan,dan@example.com\n' >"$tmp/list.csv"
exits 0 "users import" admin-tool users import "$tmp/list.csv"
ok "... gives it, too" [ "$(fact dan 7)" = /bin/dash ]
remember
exits 4 "no program" admin-tool policy set default_shell=/etc/passwd
complains '^admin-tool: default_shell: /etc/passwd is not a program that can be run$' "... is said"
exits 4 "none at all" admin-tool policy set default_shell=/bin/none
exits 4 "no path" admin-tool policy set default_shell=bash
complains '^admin-tool: default_shell takes an absolute path of letters' "... says what it takes"
exits 4 "what a command of ours would not bear" admin-tool policy set "default_shell=/tmp/a'b"
unchanged "... and nothing is changed"
cp /bin/dash /opt/shell && admin-tool policy set default_shell=/opt/shell >"$tmp/made" && rm /opt/shell
remember
exits 4 "one that is gone since" admin-tool users create eve -e eve@example.com
complains "the shell '/opt/shell' is not a program that can be run" "... is said"
printf 'username,email\neve,eve@example.com\n' >"$tmp/list.csv"
run admin-tool users import "$tmp/list.csv"
ok "... by users import, too" [ "$status" -eq 4 ]
complains "the shell '/opt/shell' is not a program that can be run" "... with its line"
unchanged "... nobody is made"
exits 0 "an empty one" admin-tool policy set default_shell=
make eve
ok "... is the usual one" [ "$(fact eve 7)" = /bin/bash ]

# -- home_base
remember
exits 4 "a folder that is not there" admin-tool policy set home_base=/srv/people
complains '^admin-tool: home_base: there is no folder /srv/people; make it a folder of root' "... is said"
mkdir -m 755 /srv/people && chown ann /srv/people
exits 4 "one that is a user's" admin-tool policy set home_base=/srv/people
complains "^admin-tool: home_base: /srv/people is ann's; make it a folder of root's" "... is said"
chown root /srv/people && chmod 775 /srv/people
exits 4 "one that others can write" admin-tool policy set home_base=/srv/people
complains "others can write in /srv/people" "... is said"
chmod 755 /srv/people && chmod 777 /srv
exits 4 "one on a way that others can change" admin-tool policy set home_base=/srv/people
complains "others can write in /srv;" "... is said"
chmod 755 /srv
for bad in / people /srv/../srv /srv/people/ "/srv/a b" "/srv/\$x" /etc/passwd; do
    exits 4 "home_base=$bad" admin-tool policy set "home_base=$bad"
done
unchanged "... nothing of it is changed"
exits 0 "root's own" admin-tool policy set home_base=/srv/people
make fay
ok "a new account's home is in it" [ "$(fact fay 6)" = /srv/people/fay ]
ok "... made, and the user's" [ "$(stat -c '%U %a' /srv/people/fay)" = "fay 700" ]
printf 'username,email,home\ngus,gus@example.com,\nhal,hal@example.com,/home/hal\n' >"$tmp/list.csv"
exits 0 "users import" admin-tool users import "$tmp/list.csv"
ok "... has it for whom the file gives none" [ "$(fact gus 6):$(fact hal 6)" = /srv/people/gus:/home/hal ]
exits 0 "a dry run" admin-tool users create ida -e ida@example.com --dry-run
run admin-tool check -o json
json 'not [f for f in d if f["check"].startswith("policy-")]' "check has nothing to say of it"
chmod 777 /srv/people
sqlite3 "$STORE" "INSERT INTO policy VALUES ('default_shell', '/opt/none') ON CONFLICT DO UPDATE SET value = excluded.value"
run admin-tool check
says 'home_base.*: others can write in /srv/people' "... but when others can write in it"
says 'default_shell.*: /opt/none is not a program that can be run' "... or the shell is not there, as after a restore"
sqlite3 "$STORE" "DELETE FROM policy WHERE key = 'default_shell'"
exits 0 "back" admin-tool policy set home_base=
ok "... to /home" [ "$(setting home_base)" = /home ]
make ida
ok "... where the next one is" [ "$(fact ida 6)" = /home/ida ]
sqlite3 "$STORE" "REPLACE INTO policy VALUES ('home_base', '../x')"
exits 7 "a base that no program of ours wrote" admin-tool users list
sqlite3 "$STORE" "DELETE FROM policy WHERE key = 'home_base'"
done_testing
