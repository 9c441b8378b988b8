# The same questions for every part of the product that is broken: root and local users must not notice, and our
# users must stay out. Sourced by broken-*.exp, which say what breaks.

source [file dirname [info script]]/lib.tcl

set security [lindex [glob /usr/lib/*/security/pam_coder.so] 0]
set nss [lindex [glob /usr/lib/*/libnss_coder.so.2] 0]
set local_password local-Pass-1

account_local lou $local_password
account_local moe $local_password
account_sudo lou
account_active amy
ssh_key root

# Puts aside FILE; afterwards it is missing or, as HOW says, garbage with the same owner and mode.
proc broken_break {file how} {
    exec mv $file $file.aside
    if {$how eq "garbage"} {
        exec cp -p $file.aside $file
        exec sh -c "head -c 20000 /dev/urandom >$file"
    }
}

proc broken_repair {file} {
    exec mv -f $file.aside $file
}

proc broken_locals_by_ssh {} {
    global local_password
    ssh root publickey
    ends 0 inside-as-root
    ssh lou publickey
    ends 0 inside-as-lou
    foreach method {keyboard-interactive password} {
        ssh lou $method
        ssh_password lou $method $local_password
        ends 0 inside-as-lou
    }
}

proc broken_locals_here {} {
    global local_password
    client_as moe su lou -c {echo inside-as-$(id -un)}
    see "Password: "
    answer $local_password
    ends 0 inside-as-lou
    client su lou -c {echo inside-as-$(id -un)}
    ends 0 inside-as-lou
    client_as lou sudo -k sh -c {echo inside-as-$(id -un)}
    see "password for lou: "
    answer $local_password
    ends 0 inside-as-root
}

# A local user's own change, and one that chage forces on him.
proc broken_locals_change {} {
    global local_password
    client_as lou passwd
    change_password $local_password $local_password-b
    ends 0 "passwd: password updated successfully"
    exec chage -d 0 lou
    ssh lou keyboard-interactive
    ssh_password lou keyboard-interactive $local_password-b
    change_password $local_password-b $local_password
    ends 0 inside-as-lou
}

proc broken_ours_out {} {
    global good
    ssh amy publickey
    ends_refused
    ssh amy keyboard-interactive
    if {[either "Password: " "Permission denied"] eq "Password: "} {
        answer $good
        see "Permission denied"
    }
    ends_refused
    client_as lou su amy -c {echo inside-as-$(id -un)}
    if {[either "Password: " "su: "] eq "Password: "} {
        answer $good
    }
    ends_refused
}

# All questions with FILE missing or garbage, and that our user is in again once it is repaired.
proc broken_file {what file how} {
    foreach {claim questions} {
        "root and local users log in by ssh" broken_locals_by_ssh
        "su and sudo work for local users" broken_locals_here
        "local users change their passwords" broken_locals_change
        "our users stay out" broken_ours_out
    } {
        broken_break $file $how
        case "$what $how: $claim" $questions
        broken_repair $file
    }
    case "$what repaired: our user is in again" {
        ssh amy publickey
        ends 0 inside-as-amy
    }
}
