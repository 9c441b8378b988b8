# The clients of matrix.exp, one procedure each: starts the distribution's program for the account NAME, behaves as
# its owner would, and returns what came of it (the words of matrix.tsv). A client is given up at the first prompt
# for a new password, so that the same account can be asked by all of them at once; passwd has one of its own.

source [file dirname [info script]]/lib.tcl
source [file dirname [info script]]/cockpit.tcl
set timeout 30
set thinking 0
set reasons {"account is suspended" "account has expired" "temporary password has expired"
    "has not been used for a long time"
    "You are required to change your password immediately"}
set key {-F /dev/null -i /root/.ssh/id_ed25519 -o IdentitiesOnly=yes -o BatchMode=yes}

# Starts a client as NAME's uid, which may be nobody's any more.
proc client_of {name args} {
    set uid [lindex [exec cat /tmp/matrix/$name.uid] 0]
    client setpriv --reuid $uid --regid $uid --clear-groups -- env -i PATH=/usr/bin:/bin:/usr/sbin TERM=dumb \
        HOME=/home/$name LOGNAME=$name USER=$name LC_ALL=C.UTF-8 {*}$args
}

# Refused: was a reason given?
proc outcome_refused {} {
    global shown reasons
    foreach reason $reasons {
        if {[string first $reason $shown] >= 0} {
            return told
        }
    }
    return mute
}

# Goes through what the client shows: MARKER means in, LAST that it goes no further. The password is given once:
# whoever asks again has refused it.
proc outcome {marker {password ""} {last "\001"}} {
    global shown spawn_id thinking
    set quoted [lmap text [list $marker $last] { regsub -all {[^a-zA-Z0-9 ]} $text {\\&} }]
    expect {
        -re [lindex $quoted 0] { append shown $expect_out(buffer); return in }
        -ex "Current password: " { append shown $expect_out(buffer); return change }
        -re [lindex $quoted 1] { append shown $expect_out(buffer); return [outcome_refused] }
        -re {(assword: |password for [a-z0-9]+: )} {
            append shown $expect_out(buffer)
            if {$password eq ""} { return [outcome_refused] }
            after $thinking
            answer $password
            set password ""
            exp_continue
        }
        eof { append shown $expect_out(buffer); return [outcome_refused] }
        timeout { client_rest; error "neither let in nor refused" }
    }
}

# The same for what was shown by a client without a terminal.
proc outcome_of {said marker} {
    global shown
    append shown $said
    return [expr {[string first $marker $said] >= 0 ? "in" : [outcome_refused]}]
}

proc enter_ssh-keyboard-interactive {name password} {
    ssh $name keyboard-interactive
    return [outcome inside-as-$name $password]
}
proc enter_ssh-password {name password} {
    ssh $name password -tt
    return [outcome inside-as-$name $password]
}
proc enter_ssh-key {name password} {
    ssh $name publickey -tt
    return [outcome inside-as-$name]
}
proc enter_ssh-key--UsePAM-no {name password} {
    ssh $name publickey {-p 2222 -o HostKeyAlias=localhost}
    return [outcome inside-as-$name]
}
proc enter_sftp {name password} {
    global key
    catch {exec sftp {*}$key -b - $name@127.0.0.1 << "get marker /tmp/matrix/$name.got\n" 2>@1} said
    catch {exec cat /tmp/matrix/$name.got} copy
    return [outcome_of $said$copy inside-as-$name]
}
proc enter_scp {name password} {
    global key
    catch {exec scp {*}$key $name@127.0.0.1:marker /tmp/matrix/$name.copy 2>@1} said
    catch {exec cat /tmp/matrix/$name.copy} copy
    return [outcome_of $said$copy inside-as-$name]
}
proc enter_su {name password} {
    client_as lou su $name -c {echo inside-as-$(id -un)}
    return [outcome inside-as-$name $password]
}
proc enter_sudo--password {name password} {
    client_of $name sudo -k sh -c {echo inside-as-$(id -un)}
    return [outcome inside-as-root $password]
}
# The timestamp was won by matrix_before on this very terminal.
proc enter_sudo--live-timestamp {name password} {
    answer {sudo sh -c 'echo inside-as-$(id -un)'; echo status-$?}
    return [outcome inside-as-root "" "status-1"]
}
proc enter_sudo--NOPASSWD {name password} {
    client_of $name sudo id -un
    return [outcome root\r\n]
}
proc enter_login {name password} {
    global spawn_out
    client_login $name
    if {[file exists /tmp/matrix/$name.locked]} {
        matrix_guess $name login $spawn_out(slave,name)
        matrix_guess $name login [regsub ^/dev/ $spawn_out(slave,name) ""]
    }
    answer $password
    return [outcome "\$ " "" "Login incorrect"]
}
proc enter_passwd {name password} {
    client_of $name passwd
    set end "Authentication token manipulation error"
    set seen [outcome "password updated successfully" "" $end]
    if {$seen ne "change"} { return $seen }
    answer $password
    if {[either "New password: " $end] eq $end} { return [outcome_refused] }
    answer matrix-$password
    see "Retype new password: "
    answer matrix-$password
    return [outcome "password updated successfully" "" $end]
}
# matrix.exp starts the daemons; their jobs were left by matrix_before. A job that runs does so at once.
proc wait_for_job {file name} {
    for {set i 0} {$i < 100 && ![file exists $file]} {incr i} {
        after 100
    }
    return [expr {[file exists $file] ? "in" : "mute"}]
}
proc enter_cron {name password} {
    return [wait_for_job /tmp/matrix/ran/cron-$name $name]
}
proc enter_at {name password} {
    return [wait_for_job /tmp/matrix/ran/at-$name $name]
}
proc enter_vsftpd {name password} {
    catch {exec python3 -c {
import ftplib, sys
try:
    print(ftplib.FTP("127.0.0.1", *sys.argv[1:3], timeout=20).getwelcome(), "inside")
except Exception as refusal:
    print(refusal)
} $name $password 2>@1} said
    must {[regexp "inside|530 Login incorrect" $said]} "vsftpd lets in or refuses: $said"
    return [outcome_of $said inside]
}
# vlock without its setuid bit: a screen locker has no right but its user's. It throws away what was typed before it
# had shown its prompt and a little longer, and asks for root's password next.
proc enter_locker {name password} {
    set ::thinking 500
    client_of $name sh -c {vlock && echo inside-as-$(id -un)}
    if {[either "ENTER" "could not get username"] ne "ENTER"} { return [outcome_refused] }
    after $::thinking
    answer ""
    return [outcome inside-as-$name $password "root's Password: "]
}
proc enter_cockpit-ws {name password} {
    client python3 [file dirname [info script]]/cockpit.py 9090 $name $password
    return [outcome inside-as-$name]
}
proc enter_root's-su {name password} {
    client su -s /bin/sh $name -c {echo inside-as-$(id -un)}
    return [outcome inside-as-$name]
}
proc enter_root's-sudo--u {name password} {
    client sudo -u $name sh -c {echo inside-as-$(id -un)}
    return [outcome inside-as-$name]
}

# Six wrong passwords at once at the origin of SERVICE's login on TTY, as the real uid RUID.
proc matrix_guess {name service tty {ruid root} {rhost ""}} {
    set items [list -I tty=$tty]
    if {$rhost ne ""} { lappend items -I rhost=$rhost }
    set guess {for i in 1 2 3 4 5 6; do echo wrong | setpriv --ruid "$0" pamtester "$@" & done; wait}
    catch {exec sh -c $guess $ruid {*}$items $service $name authenticate >& /dev/null}
}

# What has to be there before the account changes its state.
proc matrix_before {client name password} {
    if {$client ne "sudo--live-timestamp"} return
    client_of $name sh
    answer {PS1='ready> '}
    see "ready> "
    answer "sudo echo live"
    see "password for $name: "
    answer $password
    see "live" "ready> "
}

# One cell: prepares, waits until STATE has come, enters, and leaves "SEEN MILLISECONDS-SINCE" and what was shown.
#     expect matrix.tcl CLIENT STATE NAME BEFORE
proc matrix_cell {client state name before} {
    global shown
    set cell /tmp/matrix/$client.$state
    if {[catch {matrix_before $client $name $before} problem]} { puts $problem; exit 1 }
    close [open $cell.ready w]
    while {![file exists /tmp/matrix/$state.go]} { after 20 }
    set password [exec cat /tmp/matrix/$name.password]
    set late [expr {[clock milliseconds] - [exec cat /tmp/matrix/$state.go]}]
    if {[catch {enter_$client $name $password} seen]} {
        append shown "\n$seen"
        set seen broken
    }
    catch {client_end}
    set file [open $cell.end w]
    puts $file "$seen $late\n$shown"
    close $file
    file rename $cell.end $cell.seen
}

if {[info exists argv] && [llength $argv] == 4} {
    matrix_cell {*}$argv
}
