#!/bin/bash
# The threads' tests again with ThreadSanitizer in module and program alike: not one report.
set -uo pipefail

module=$(find /lib /usr/lib -name libnss_coder.so.2 | head -n 1)
cp /src/.build/tsan/libnss_coder.so.2 "$module" || exit 1
# The runtime wants its addresses free, so the kernel must not pick others.
TSAN_OPTIONS="halt_on_error=0 exitcode=66 log_path=/tmp/tsan" setarch -R /src/.build/tsan/test_nss_threads
status=$?
sed 's/^/# /' /tmp/tsan.* 2>/dev/null
[ "$status" -eq 0 ] && ! ls /tmp/tsan.* >/dev/null 2>&1
