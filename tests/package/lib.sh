# shellcheck shell=bash disable=SC2034
# What the tests of the packages share. Each runs as root in a private world without the product, where it
# installs the packages that tests/package/debs has built for the world's suite. Started on the host, a test
# enters such a world by itself (rpm.sh in a root that has rpmbuild, too):
#
#   sudo [CODER_SUITE=trixie] tests/package/lifecycle.sh

if [ -z "${CODER_WORLD:-}" ]; then
    here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
    name=$(basename "$0") root=()
    "$here/debs" >&2 || exit 1
    [ "$name" != rpm.sh ] || root=(--root "$("$here/rpm-root")")
    exec "$here/../world" --root-only "${root[@]}" "/src/tests/package/$name"
fi
# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
DEBS=/src/.build/deb-$(. /etc/os-release && echo "$VERSION_CODENAME")
ALL=(coder-accounts libpam-coder libnss-coder)
good=violet-Otter-77-stream
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none

apt() { run apt-get -q -y -o APT::Sandbox::User=root "$@"; }

# The three packages, as a sysadmin installs them who has their files.
install_packages()
{
    apt install "$DEBS"/{coder-accounts,libpam-coder,libnss-coder}_[0-9]*.deb
}

# Everything in /etc but the backups of shadow-utils: names, kinds, modes, owners, link targets, content.
etc()
{
    (cd /etc && find . ! -name '*-' -printf '%p %y %m %u %g %l\n' | LC_ALL=C sort && find . -type f ! -name '*-' -exec sha256sum {} + | LC_ALL=C sort -k 2)
}
# What is called like something of ours elsewhere; other packages have a few such, too.
ours() { find /usr /lib/systemd /run -xdev -iname '*coder*' -not -name '*encoder*' -not -name '*decoder*' | sort; }
remember_host() { etc >"$tmp/etc"; ours >"$tmp/ours"; }
same_etc() { etc | diff "$tmp/etc" - >"$tmp/out"; }
nothing_left() { ours | diff "$tmp/ours" - >"$tmp/out"; }

enters() { run pamtester "${3:-login}" "$1" authenticate acct_mgmt <<<"$2"; [ "$status" -eq 0 ]; }
