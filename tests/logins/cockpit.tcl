# cockpit's login page without a browser and without systemd: its server on port 9090, and one login as the page makes
# it. Sourced after lib.tcl. Where cockpit-session waits behind systemd's socket instead of being setuid (from
# cockpit 330 on), there is nothing to start.

proc cockpit_is_here {} {
    set session /usr/lib/cockpit/cockpit-session
    return [expr {[file exists $session] && ([file attributes $session -permissions] & 04000)}]
}

proc cockpit_start {} {
    exec setpriv --reuid cockpit-wsinstance --regid cockpit-wsinstance --clear-groups \
        /usr/lib/cockpit/cockpit-ws --no-tls -p 9090 -a 127.0.0.1 >& /tmp/cockpit.log &
    for {set i 0} {$i < 100} {incr i} {
        if {![catch {socket 127.0.0.1 9090} connection]} {
            close $connection
            return
        }
        after 50
    }
    error "cockpit-ws does not listen: [exec cat /tmp/cockpit.log]"
}

# Every prompt, with the ANSWERS given, and the end: a line each (cockpit.py).
proc cockpit {name password args} {
    exec python3 [file dirname [info script]]/cockpit.py 9090 $name $password {*}$args 2>@1
}
