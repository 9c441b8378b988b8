#!/bin/bash
# A stock machine: install, boot, every door, suspension under a real logind, the kernel's audit, another boot, removal.

vm=$(dirname "$0")/vm
"$vm" can || exit 0
exec "$vm" run --bare "$(dirname "$0")/guest/stock"
