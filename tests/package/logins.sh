#!/bin/bash
# People log in through the distribution's own clients in their stock configuration, with nothing but the packages
# installed: logins.tcl.

# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"
install_packages
[ "$status" -eq 0 ] || { cat "$tmp/err"; exit 1; }
exec expect -f /src/tests/package/logins.tcl
