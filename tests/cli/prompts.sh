#!/bin/bash
# What create asks on a terminal: the name is judged before more is asked for, and a password is not shown, whatever
# signal comes meanwhile.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2034
. "$(dirname "$0")/lib.sh"

make root1 --roles admin
make alice
make gone && admin-tool users delete gone -y >"$tmp/made"
groupadd wheelers

# on_terminal SCRIPT: expect's, with these words of ours; 101 when it waits in vain.
words='
    set timeout 20
    proc want {pattern} {
        expect {
            -re $pattern {}
            timeout { exit 101 }
        }
    }
    proc is_shown {} { regexp -- { echo\M} [exec stty -a <$::spawn_out(slave,name)] }
    proc status {} { want eof; lindex [wait] 3 }
'
words=${words/want eof/expect eof}
on_terminal() { run timeout -s KILL 60 expect -c "$words$1"; }

# -- the name first ------------------------------------------------------------------------------------

# create_named NAME: types the name; the exit status is 100 when an e-mail address is asked for.
create_named()
{
    export typed=$1
    on_terminal '
        spawn admin-tool users create
        want "Username: "
        send "$env(typed)\r"
        expect {
            "Email: " { exit 100 }
            eof {}
            timeout { exit 101 }
        }
        exit [lindex [wait] 3]'
}
refused()
{
    create_named "$2"
    ok "$1: refused before an e-mail address is asked for (exit 4)" [ "$status" -eq 4 ]
    says "$3" "... in words"
    ok "... and no other" [ "$(grep -c '^admin-tool: ' "$tmp/out")" -eq 1 ]
}
refused "a name with a capital" Bob 'bob'
refused "an account's name" alice 'alice'
refused "a deleted account's name" gone 'gone '
refused "a local group's name" wheelers 'wheelers'
refused "a local user's name" daemon 'daemon'
refused "a reserved name" postgres 'postgres'
create_named zed
ok "a good name: the e-mail address is asked for" [ "$status" -eq 100 ]
ok "... and nothing is made yet" eval '! getent passwd zed'
on_terminal 'spawn admin-tool users create zed -y; expect { "Email: " { exit 100 } eof {} }; exit [lindex [wait] 3]'
ok "with -y nothing is asked, and what is missing is said (exit 2)" [ "$status" -eq 2 ]
says 'missing: -e EMAIL' "... in words"
run admin-tool users create -u Bob </dev/null
ok "without a terminal what is missing comes first (exit 2)" [ "$status" -eq 2 ]

# -- a password that is not shown --------------------------------------------------------------------

export password=Dorsch-Seil-9-Kran
on_terminal '
    spawn admin-tool users create zed -e zed@example.com --no-create-home --password-stdin
    want "Temporary password for zed .it is not shown.: "
    set hidden [expr {![is_shown]}]
    send "$env(password)\r"
    want "Username"
    exit [expr {$hidden && [is_shown] ? [status] : 90}]'
ok "--password-stdin on a terminal asks, and shows nothing meanwhile" [ "$status" -eq 0 ]
ok "... but the hand-over" [ "$(grep -c "$password" "$tmp/out")" -eq 1 ]
ok "... it is the account's" is_value "SELECT hash <> '' AND temporary FROM accounts WHERE username='zed'" 1
on_terminal '
    spawn strace -o /dev/null -e inject=ioctl:delay_enter=300ms admin-tool users create xan -e xan@example.com --password-stdin
    want "shown.: "
    exit [is_shown]'
ok "the question is asked when nothing is shown any more, however slow the terminal is" [ "$status" -eq 0 ]
on_terminal '
    spawn admin-tool users create xan -e xan@example.com --password-stdin
    want "shown.: "
    send "\r"
    exit [status]'
ok "an empty one (exit 4)" [ "$status" -eq 4 ]

# ended_by SIGNAL STATUS
ended_by()
{
    export signal=$1 ended=$2
    on_terminal '
        spawn bash -c {trap : INT; admin-tool users create yan -e yan@example.com --password-stdin; echo "ended $?"; read}
        want "shown.: "
        send "half"
        if {$env(signal) eq "INT"} { send "\003" } else { exec pkill -$env(signal) -x admin-tool }
        want {ended \d+}
        exit [expr {$expect_out(0,string) eq "ended $env(ended)" && [is_shown] ? 0 : 90}]'
    ok "SIG$1 ends it at the question, and the terminal shows again what is typed" [ "$status" -eq 0 ]
    ok "... nobody is made" eval '! getent passwd yan'
}
ended_by INT 130
ended_by TERM 143
ended_by HUP 129
on_terminal '
    spawn bash --norc --noediting -i
    send "admin-tool users create yan -e yan@example.com --no-create-home --password-stdin\r"
    want "shown.: "
    send "half\032"
    want "Stopped"
    if {![is_shown]} { exit 90 }
    send "fg\r"
    want "shown.: "
    set hidden [expr {![is_shown]}]
    send "$env(password)\r"
    want "Username"
    exit [expr {$hidden ? 0 : 91}]'
ok "stopped it shows what is typed, and continued it asks again" [ "$status" -eq 0 ]
done_testing
