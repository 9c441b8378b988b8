#!/bin/bash
# AppArmor with the distribution's own profiles for programs that ask NSS or PAM, enforcing: dovecot, smbd, sshd.

vm=$(dirname "$0")/vm
"$vm" can || exit 0
exec "$vm" run --bare --packages "apparmor-profiles dovecot-core samba smbclient" "$(dirname "$0")/guest/apparmor-distribution"
