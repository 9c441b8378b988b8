# Our lines, for system-auth and password-auth of a profile of authselect: sed -i -f THIS FILE...
# A user of /etc/passwd meets none of ours (pam_localuser); who is neither his nor ours goes on to what stood there before.

# Behind pam_faildelay.so: further down lines are jumped over by number. Before pam_faillock.so, which need not count ours.
/^auth\s.*\spam_faildelay\.so/ {
    a auth        [success=1 default=ignore]                   pam_localuser.so
    a auth        [success=done user_unknown=ignore default=die] pam_coder.so
}
# Behind pam_access.so, and before whoever else judges.
/^account\s.*\spam_unix\.so/ {
    i account     [success=1 default=ignore]                   pam_localuser.so
    i account     [success=done new_authtok_reqd=done user_unknown=ignore default=die] pam_coder.so
}
# Before pam_pwquality.so, which would ask for the new password before the current one is known.
0,/^password\s/ {
    /^password\s/ {
        i password    [success=1 default=ignore]                   pam_localuser.so
        i password    [success=done user_unknown=ignore default=die] pam_coder.so
    }
}
$ {
    a session     [success=1 default=ignore]                   pam_localuser.so
    a session     [success=ok user_unknown=ignore default=die] pam_coder.so
}
