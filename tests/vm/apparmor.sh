#!/bin/bash
# AppArmor, enforcing: what it confines by the two abstractions finds and lets in our accounts, with nothing
# denied; without our rules it does not.

vm=$(dirname "$0")/vm
"$vm" can || exit 0
exec "$vm" run --bare "$(dirname "$0")/guest/apparmor"
