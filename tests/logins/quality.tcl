# Debian's other judges of new passwords, installed as an administrator would, and a change under their eyes. Sourced
# by quality*.exp, which say what must hold.

source [file dirname [info script]]/lib.tcl

# What the module that asks says; passwdqc has its own words.
set new "New password: "
set retype "Retype new password: "
set refusal "BAD PASSWORD: "

proc judge_install {package} {
    exec dpkg --force-depends -i {*}[glob /opt/later/${package}_*.deb] >& /tmp/dpkg.log
    must {![catch {exec grep -q [string range $package 7 end] /etc/pam.d/common-password}]} "$package is wired"
}

proc judge_remove {package} {
    exec dpkg --purge $package >& /tmp/dpkg.log
}

# From "Current password: " on: a weak one is refused, a good one is taken.
proc change_weak_then_good {current good} {
    global new retype refusal
    see "Current password: "
    answer $current
    see $new
    answer "abc12"
    if {[either $retype $refusal "Weak password"] eq $retype} {
        answer "abc12"
        either $refusal "Weak password"
    }
    see $new
    answer $good
    see $retype
    answer $good
}

proc judge_words_passwdqc {} {
    global new retype
    set new "Enter new password: "
    set retype "Re-type new password: "
}
