# The main job on a stock Debian with the packages: create, first login with a forced change, sudo, su, login,
# suspend, activate, reset. sshd's keyboard-interactive is off there, so the password method is the way.

source /src/tests/logins/lib.tcl

# The first login by ssh's password method: passwd runs in the session.
proc first_ssh {name} {
    global required good
    set temporary [account_temporary $name]
    ssh $name password -tt
    ssh_password $name password $temporary
    see $required "Your password has expired." "Changing password for $name."
    change_password $temporary $good
    ends 0 "passwd: password updated successfully"
}

case "sshd's configuration is the distribution's" {
    must {![file exists /etc/ssh/sshd_config.d/coder.conf]} "there is no drop-in"
    must {[regexp -line {^usepam yes$} [exec sshd -T]]} "UsePAM is on"
    must {[regexp -line {^kbdinteractiveauthentication no$} [exec sshd -T]]} "keyboard-interactive is off"
}
case "the first login by ssh changes the password, the second gets in" {
    first_ssh ada
    ssh ada password
    ssh_password ada password $good
    ends 0 inside-as-ada
}
case "a key gets in" {
    first_ssh bob
    ssh bob publickey
    ends 0 inside-as-bob
}
case "sudo" {
    first_ssh cyd
    account_sudo cyd
    client_as cyd sudo -k sh -c {echo inside-as-$(id -un)}
    see "password for cyd: "
    answer $good
    ends 0 inside-as-root
}
case "su" {
    set temporary [account_temporary dan]
    client_as ada su dan -c {echo inside-as-$(id -un)}
    see "Password: "
    answer $temporary
    see $required "Changing password for dan."
    change_password $temporary $good
    ends 0 inside-as-dan
}
case "login" {
    set temporary [account_temporary eve]
    client_login eve
    answer $temporary
    see $required "Changing password for eve."
    change_password $temporary $good
    see "\$ "
    answer {echo inside-as-$(id -un); exit}
    ends 0 inside-as-eve
}
case "suspended: neither password nor key; activated: in again" {
    tool users suspend bob -y
    ssh bob password
    ssh_password bob password $good
    ends_refused
    ssh bob publickey
    ends_refused
    tool users activate bob -y
    ssh bob publickey
    ends 0 inside-as-bob
}
case "a reset password is temporary again" {
    set temporary [hand_over [tool reset-password ada -y -o json]]
    ssh ada password -tt
    ssh_password ada password $temporary
    see $required "Changing password for ada."
    change_password $temporary $better
    ends 0 "passwd: password updated successfully"
    ssh ada password
    ssh_password ada password $better
    ends 0 inside-as-ada
}
case "a local user logs in and changes the password as ever" {
    account_local loc $good
    ssh loc password
    ssh_password loc password $good
    ends 0 inside-as-loc
    client_as loc passwd
    see "Current password: "
    answer $good
    see "New password: "
    answer $better
    see "Retype new password: "
    answer $better
    ends 0 "passwd: password updated successfully"
}
cases_end
