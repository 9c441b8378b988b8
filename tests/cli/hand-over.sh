#!/bin/bash
# What is handed over to a user: the host by the name that others find it by, whatever name servers do, and policy's own
# text in any language, which no terminal obeys and no value changes.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034,SC2317
. "$(dirname "$0")/lib.sh"

host() { sed -n "s/^Log in to your account with: ssh $1@//p" "$tmp/out"; }
reset() { run admin-tool reset-password "$1" -y "${@:2}"; }
hostname shortname
hosts() { printf '%s\n' "127.0.0.1 localhost" "$@" >/etc/hosts; }

# -- the host
hosts
echo 'hosts: files' >>/etc/nsswitch.conf
exits 0 "a host that has one short name" admin-tool users create ann -e ann@example.com -n 'Ann {password}'
ok "... is called so" [ "$(host ann)" = shortname ]
hosts '127.0.1.1 shortname.example.org shortname'
reset ann
ok "... with a long one in /etc/hosts" [ "$(host ann)" = shortname.example.org ]
ok "... which is what hostname -f says" [ "$(host ann)" = "$(hostname -f)" ]
hosts '127.0.0.1 localhost.localdomain shortname'
reset ann
ok "... localhost is no name for others" [ "$(host ann)" = shortname ]
hosts $'127.0.1.1 a\e[2J.example.org shortname'
reset ann
ok "... nor is what a terminal obeys" [ "$(host ann)" = shortname ]
hosts
sed -i 's/^hosts: .*/hosts: files dns/' /etc/nsswitch.conf
printf 'nameserver 127.0.0.1\noptions timeout:20\n' >/etc/resolv.conf
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 53)); print(flush=True); time.sleep(100)' >"$tmp/dead" &
dead=$!
until [ -s "$tmp/dead" ]; do sleep 0.1; done
began=$(date +%s)
reset ann
ok "a name server that does not answer is not waited for" [ $(($(date +%s) - began)) -le 8 ]
ok "... and the password is handed over" [ "$status $(host ann)" = '0 shortname' ]
exits 0 "login_host" admin-tool policy set login_host=login.example.net
began=$(date +%s)
reset ann
ok "... is what is said" [ "$(host ann)" = login.example.net ]
ok "... and nobody is asked" [ $(($(date +%s) - began)) -le 1 ]
kill "$dead"
reset ann -o json
json 'd["login"] == "ssh ann@login.example.net" and "ssh ann@login.example.net" in d["hand_over"]' "... for programs, too"
for bad in 'a b' -x 'a;b' $'a\e[2J' a/b; do
    exits 4 "login_host=$bad" admin-tool policy set "login_host=$bad"
done

# -- an own text
exits 0 "an own text" admin-tool policy set "hand_over_text=$(printf 'Добрый день, {full_name}!\n\n\tssh {username}@{host}\nПароль: {password} (до {valid_until})\nE-Mail: {email} {{password}')"
says '^hand_over_text: - -> \([0-9]+ characters\)$' "... is said in one line"
reset ann
password=$(sed -n 's/^Пароль: \([^ ]*\) .*/\1/p' "$tmp/out")
cp "$tmp/out" "$tmp/text"
ok "... is handed over" eval '[ -n "$password" ] && diff <(sed -E "s/^(Пароль: ).* \(до .*\)$/\1P (до T)/" "$tmp/text") - <<<"Добрый день, Ann {password}!

	ssh ann@login.example.net
Пароль: P (до T)
E-Mail: ann@example.com {password}"'
ok "... with the password that opens the account" eval 'hash=$(value "SELECT hash FROM accounts WHERE username = '"'ann'"'") && [ "$(perl -e "print crypt(shift, shift)" "$password" "$hash")" = "$hash" ]'
reset ann -o json
json 'd["hand_over"].startswith("Добрый день, Ann {password}!\n\n\tssh ann@") and d["temporary_password"] in d["hand_over"]' "... for programs, the very text"
exits 0 "the audit log" admin-tool audit -n 3
ok "... has a line for it" [ "$(grep -cE ' policy .*hand_over_text: - -> \([0-9]+ characters\)$' "$tmp/out")" = 1 ]
admin-tool audit -o json | jq -r '.[] | select(.event == "policy") | .after.hand_over_text // empty' >"$tmp/out"
says '^Добрый день, \{full_name\}!$' "... and the whole text for programs"
exits 0 "policy" admin-tool policy
says '^hand_over_text +\([0-9]+ characters\) ' "... has a line for it, too"
says '\{username\} \{email\} \{full_name\} \{host\} \{password\} \{valid_until\}' "... names the words that are filled in"
exits 0 "policy get" admin-tool policy get hand_over_text
says '^Добрый день, \{full_name\}!$' "... shows all of it"
run env LC_ALL=C script -qec 'admin-tool reset-password ann -y' /dev/null
ok "a terminal without UTF-8 gets none" eval '! LC_ALL=C grep -q "[^ -~[:space:]]" "$tmp/out"'
says '^\\xd0\\x94' "... but what stands for it"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
exits 0 "who has no password" admin-tool users create kay -e kay@example.com --no-password --ssh-key "$tmp/key.pub"
says '^Добрый день, kay!$' "... is called by the username without a full name"
says '^Пароль: - \(до -\)$' "... reads none"
says '^Ssh key: SHA256:' "... and which key it is"
says '^There is no password: log in with your key\.$' "... in the usual words"
exits 0 "a service account" admin-tool users create robot --service-account
says '^robot is a service account' "... has the usual text"
exits 0 "a text without the password" admin-tool policy set 'hand_over_text=Welcome, {username}.'
complains '^admin-tool: note: hand_over_text has no \{password\}; the usual lines about the password follow it$' "... is noted"
exits 0 "... is so already" admin-tool policy set 'hand_over_text=Welcome, {username}.'
ok "... which is not noted" [ ! -s "$tmp/err" ]
reset ann
says '^Welcome, ann\.$' "a text without a password"
says '^Temporary password: ' "... is followed by it"
says '^Valid until: ' "... and how long it is good"
long=$(printf 'x%.0s' {1..256})
exits 0 "the longest text" admin-tool policy set "hand_over_text=$(printf '{full_name}%.0s' {1..32})$(printf 'y%.0s' {1..3744})"
exits 0 "... with the longest name" admin-tool users edit ann -n "$long"
reset ann
ok "... is handed over whole" eval '[ "$status" -eq 0 ] && [ "$(head -n 1 "$tmp/out" | tr -d "\n" | wc -c)" = $((32 * 256 + 3744)) ]'
says '^Temporary password: ' "... with the password"
exits 0 "back" admin-tool policy set hand_over_text=
reset ann
says '^Please pass this on to the user:$' "... the usual one"
reset ann -o json
json 'd["hand_over"].startswith("Log in to your account with: ssh ann@")' "... of which programs get what is passed on"

# -- refused
remember
refused() { exits 4 "$1" admin-tool policy set "hand_over_text=$2"; [ -z "${3-}" ] || complains "$3" "... is said"; }
refused "a word that stands for nothing" 'Hi {name}' "^admin-tool: hand_over_text has '\{name\}', which stands for nothing: there are \{username\} "
refused "half a word" 'Hi {username'
refused "a terminal's escape" $'Hi\e]0;x\a' 'a control or direction character in line 1$'
refused "an escape in eight bits" $'a\nHi\xc2\x9b2J' 'in line 2$'
refused "a text turned round" $'Hi \xe2\x80\xae{password}'
refused "another character set" $'Gr\xfc\xdfe' 'octets that are not UTF-8 in line 1$'
refused "line ends of DOS" $'a\r\nb' 'a carriage return, which ends no line here, in line 1$'
refused "a long one" "$(printf 'x%.0s' {1..4097})" 'takes at most 4096 octets, not 4097$'
refused "too many words" "$(printf '{username}%.0s' {1..33})" 'more than 32 words'
unchanged "none of it changed anything"
sqlite3 "$STORE" "REPLACE INTO policy VALUES ('hand_over_text', 'a' || char(27) || 'b')"
exits 7 "one that no program of ours wrote" admin-tool reset-password ann -y
ok "... is not shown" eval '! grep -q "$(printf "\033")" "$tmp/out" "$tmp/err"'
done_testing
