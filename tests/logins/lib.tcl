# What the real-login tests share: accounts in each state, clients driven on a pty as a person would, and TAP.
# A case is a body that raises an error where the world differs from what the contract says; everything the
# client showed up to there is printed with the failure. Runs as root inside a private world (tests/world).

log_user 0
set timeout 20
match_max 65536
set stty_init "-echo"
set env(LC_ALL) C.UTF-8

set good "violet-Otter-77-stream"
set better "seven-Lanterns-up-19"
set suspended "This account is suspended. Please contact your administrator."
set required "You are required to change your password immediately (administrator enforced)."
set cases 0
set failures 0
set shown ""

# -- TAP ----------------------------------------------------------------------------------

# Runs BODY as the case NAME.
proc case {name body} {
    global cases failures shown
    incr cases
    set shown ""
    if {[catch {uplevel #0 $body} problem]} {
        incr failures
        puts "not ok $cases - $name"
        foreach line [split "$problem\n-- shown:\n$shown" "\n"] {
            puts "#   [string trimright $line]"
        }
    } else {
        puts "ok $cases - $name"
    }
    flush stdout
    client_end
}

# Prints the plan and ends the program.
proc cases_end {} {
    global cases failures
    puts "1..$cases"
    exit [expr {$failures > 0}]
}

# Raises an error unless the expression CONDITION holds.
proc must {condition what} {
    if {![uplevel 1 [list expr $condition]]} {
        error "not so: $what"
    }
}

# -- clients on a pty ---------------------------------------------------------------------

# Starts a client, as root.
proc client {args} {
    global spawn_id shown
    client_end
    append shown "\$ $args\n"
    uplevel #0 [list spawn -noecho {*}$args]
}

# Starts a client as the user NAME, with its groups and nothing of root's.
proc client_as {name args} {
    client setpriv --reuid $name --regid $name --init-groups --reset-env -- {*}$args
}

# Starts login as getty would, and waits for its prompt. util-linux's closes the terminal for a moment, before it
# takes it for itself: the sleeper keeps the pty alive meanwhile (Tcl's open would change the terminal's modes),
# and without the capability login cannot hang it up.
proc client_login {name} {
    global spawn_out
    client setpriv --bounding-set=-sys_tty_config --inh-caps=-sys_tty_config login $name
    set sleeper [exec sleep 60 < $spawn_out(slave,name) &]
    set problem [catch {see "Password: "} said]
    exec kill $sleeper
    if {$problem} {
        error $said
    }
}

# Ends the client that is left over, if any.
proc client_end {} {
    global spawn_id
    if {[info exists spawn_id]} {
        if {[exp_pid] > 0} { catch {exec kill -9 [exp_pid]} } ;# a line that was opened has none: 0 is ourselves
        catch {close}
        catch {wait}
        unset spawn_id
    }
}

# Leaves the client running aside and returns its handle, for client_back.
proc client_aside {} {
    global spawn_id
    set handle $spawn_id
    unset spawn_id
    return $handle
}

proc client_back {handle} {
    global spawn_id
    client_end
    set spawn_id $handle
}

# What the client showed since the last look, for the record.
proc client_rest {} {
    global shown spawn_id timeout
    set timeout_before $timeout
    set timeout 0
    expect -re ".+" { append shown $expect_out(buffer) }
    set timeout $timeout_before
}

# Waits until the client has shown each of the TEXTS, in this order.
proc see {args} {
    global shown spawn_id
    foreach text $args {
        expect {
            -ex $text { append shown $expect_out(buffer) }
            eof {
                append shown $expect_out(buffer)
                error "the client ended before it showed: $text"
            }
            timeout {
                client_rest
                error "the client did not show: $text"
            }
        }
    }
}

# Waits for whichever of the TEXTS comes first and returns it.
proc either {args} {
    global shown spawn_id
    set texts [lmap text $args { regsub -all {[^a-zA-Z0-9 ]} $text {\\&} }]
    expect {
        -re [join $texts |] {
            append shown $expect_out(buffer)
            return $expect_out(0,string)
        }
        eof {
            append shown $expect_out(buffer)
            error "the client ended before it showed any of: $args"
        }
        timeout {
            client_rest
            error "the client showed none of: $args"
        }
    }
}

proc answer {text} {
    global shown spawn_id
    append shown "<$text>\n"
    send -- "$text\r"
}

# Waits for the client's end and returns {STATUS REST}: its exit status, and all it showed since the last see.
proc client_wait {} {
    global shown spawn_id
    set rest ""
    expect {
        -re ".+" { append rest $expect_out(buffer); exp_continue }
        eof {}
        timeout { error "the client does not end" }
    }
    append shown $rest
    set status [lindex [wait] 3]
    catch {close}
    unset spawn_id
    append shown "\[status $status\]\n"
    return [list $status $rest]
}

# The client's end: its status, and texts that it shows before.
proc ends {status args} {
    lassign [client_wait] got rest
    foreach text $args {
        must {[string first $text $rest] >= 0} "the last words contain: $text"
    }
    must {$got == $status} "the client ends with status $status (it was $got)"
}

# The client's end with any other status than 0, and never a session's output.
proc ends_refused {args} {
    lassign [client_wait] got rest
    foreach text $args {
        must {[string first $text $rest] >= 0} "the last words contain: $text"
    }
    must {[string first "inside-as-" $rest] < 0} "no session was opened"
    must {$got != 0} "the client reports failure"
}

# -- ssh ----------------------------------------------------------------------------------

# Starts ssh to NAME by METHOD (keyboard-interactive, password, publickey). OPTIONS go to ssh; what runs in the
# session says who it is.
proc ssh {name method {options {}}} {
    client ssh -F /dev/null -o PreferredAuthentications=$method -o NumberOfPasswordPrompts=1 \
        -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -i /root/.ssh/id_ed25519 -o LogLevel=INFO \
        {*}$options $name@127.0.0.1 {echo inside-as-$(id -un)}
}

# Answers the one prompt of the methods that have one.
proc ssh_password {name method password} {
    if {$method eq "password"} {
        see "$name@127.0.0.1's password: "
    } else {
        see "($name@127.0.0.1) Password: "
    }
    answer $password
}

# Lets root's key into the account NAME.
proc ssh_key {name} {
    if {![file exists /root/.ssh/id_ed25519]} {
        exec ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519
    }
    set home [lindex [split [exec getent passwd $name] :] 5]
    exec install -d -m 700 -o $name -g $name $home/.ssh
    exec install -m 600 -o $name -g $name /root/.ssh/id_ed25519.pub $home/.ssh/authorized_keys
    catch {exec restorecon -R $home/.ssh}   ;# as whoever makes a key on a host with SELinux has to
}

# -- accounts -----------------------------------------------------------------------------

# Runs admin-tool and returns what it prints; an error if it fails.
proc tool {args} {
    global shown
    append shown "# admin-tool $args\n"
    return [exec /usr/sbin/admin-tool {*}$args </dev/null 2>@stderr]
}

proc hand_over {json} {
    must {[regexp {"temporary_password" *: *"([^"]+)"} $json -> password]} "there is a temporary password in $json"
    return $password
}

# Makes an account and returns its temporary password; root's key is let in.
proc account_temporary {name} {
    set password [hand_over [tool users create -u $name -e $name@example.org -o json]]
    ssh_key $name
    return $password
}

# The three prompts of a forced change.
proc change_password {current new} {
    see "Current password: "
    answer $current
    see "New password: "
    answer $new
    see "Retype new password: "
    answer $new
}

# Makes an account whose owner has chosen PASSWORD.
proc account_active {name {password ""}} {
    global good
    set temporary [account_temporary $name]
    client su $name -c {echo inside-as-$(id -un)}
    change_password $temporary [expr {$password eq "" ? $good : $password}]
    ends 0 inside-as-$name
}

# Makes an account whose temporary password is past its time, and returns that password.
proc account_expired {name} {
    set password [account_temporary $name]
    exec sqlite3 -cmd {.timeout 10000} /var/lib/coder/private/accounts.db \
        "UPDATE accounts SET temporary_until = 1000000000 WHERE username = '$name'"
    return $password
}

proc account_suspended {name} {
    account_active $name
    tool users suspend $name -y
}

# Makes an ordinary user of /etc/passwd.
proc account_local {name password} {
    exec useradd -m -s /bin/bash $name
    exec chpasswd << "$name:$password\n"
    ssh_key $name
}

# Lets NAME use sudo, with its password; with a word more, without.
proc account_sudo {name {tag ""}} {
    set file [open /etc/sudoers.d/$name w 0440]
    puts $file "$name ALL=(ALL:ALL) $tag ALL"
    close $file
}
