#!/bin/bash
# The page in Cockpit as people meet it: a real Cockpit behind TLS, a real browser, real systemd, sudo and ssh. Each
# file of tests/cockpit/page is somebody's day before it. Run it by "make check-cockpit" (root; the first time it
# fetches a browser): tests/cockpit/root.

here=/src/tests/cockpit
status=0
/src/tests/world-systemd $here/booted bash -c 'bad=0; for page in "$@"; do PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/src/tests/cockpit python3 "$page" || bad=1; done; exit $bad' \
    bash $here/page/*.py || status=$?
[ "$status" -eq 77 ] || exit "$status"
echo "ok 1 - the page in Cockpit # SKIP no systemd can be had here"
echo "1..1"
