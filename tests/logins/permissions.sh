#!/bin/bash
# What an ordinary user can reach of the product's files: the public directory, and nothing else (DESIGN D1).

set -u
count=0 failed=0

check()
{
    local what=$1 said
    shift
    count=$((count + 1))
    if said=$("$@" 2>&1); then
        echo "ok $count - $what"
    else
        failed=$((failed + 1))
        echo "not ok $count - $what"
        printf '%s\n' "$* says:" "$said" | sed 's/^/#   /'
    fi
}

as_user()
{
    setpriv --reuid "$1" --regid "$1" --init-groups -- "${@:2}"
}

as_nobody()
{
    setpriv --reuid nobody --regid nogroup --clear-groups -- "$@"
}

# Every path under /var/lib/coder and /run/coder, as root sees it, that the user of the prefix $@ can open.
opened()
{
    find /var/lib/coder /run/coder -print0 2>/dev/null | "$@" sh -c '
        xargs -0 -n 1 sh -c '\''if [ -d "$0" ]; then ls "$0"; else cat "$0"; fi >/dev/null 2>&1 && echo "$0"'\''' || true
}

opens_only_public()
{
    local seen
    seen=$(opened "$@")
    grep -qx /var/lib/coder/directory <<<"$seen" || { echo "cannot open the directory"; return 1; }
    seen=$(grep -vxE '/var/lib/coder|/var/lib/coder/directory|/run/coder' <<<"$seen")
    [ -z "$seen" ] || { echo "$seen"; return 1; }
}

writes_nothing()
{
    local seen
    seen=$(find /var/lib/coder /run/coder -print0 2>/dev/null | "$@" sh -c '
        xargs -0 -n 1 sh -c '\''[ -w "$0" ] && echo "$0"'\''' | grep -v '/helper\.sock$')
    [ -z "$seen" ] || { echo "$seen"; return 1; }
}

mode_is()
{
    local got
    got=$(stat -c '%a %U:%G' "$2")
    [ "$got" = "$1" ] || { echo "$2 is $got"; return 1; }
}

private_files()
{
    local bad
    bad=$(find /var/lib/coder/private -mindepth 1 ! \( -type f -perm 0600 -user root -group root \))
    [ -z "$bad" ] || { echo "$bad"; return 1; }
}

only_directory()
{
    [ "$(ls -A /var/lib/coder | sort | tr '\n' ' ')" = "directory private " ] || { ls -lA /var/lib/coder; return 1; }
}

no_secret()
{
    ! grep -aqE '\$y\$|amy@example.org' /var/lib/coder/directory
}

# A login as well, so that activity, journals and stand-ins have had their chance to appear.
printf '%s\n' 'violet-Otter-77-stream' | admin-tool users create -u amy -e amy@example.org --password-stdin >/dev/null
admin-tool users create -u ben -e ben@example.org >/dev/null
as_user nobody true 2>/dev/null
echo wrong | as_user ben su amy -c true >/dev/null 2>&1
admin-tool users suspend ben -y >/dev/null

check "/var/lib/coder is 0755, root's" mode_is '755 root:root' /var/lib/coder
check "/var/lib/coder/private is 0700, root's" mode_is '700 root:root' /var/lib/coder/private
check "/var/lib/coder/directory is 0644, root's" mode_is '644 root:root' /var/lib/coder/directory
check "coder_helper is setuid root and nothing more" mode_is '4755 root:root' /usr/libexec/coder_helper
check "admin-tool is an ordinary program" mode_is '755 root:root' /usr/sbin/admin-tool
check "everything private is a file, 0600, root's" private_files
check "/var/lib/coder holds the directory and private, nothing else" only_directory
check "the directory holds no hash and no e-mail" no_secret
check "nobody opens and lists the directory alone" opens_only_public as_nobody
check "an account of ours opens and lists the directory alone" opens_only_public as_user amy
check "nobody can write to any of it" writes_nothing as_nobody
check "an account of ours can write to none of it" writes_nothing as_user amy
check "the NSS library needs libc alone" bash -c '! ldd /usr/lib/*/libnss_coder.so.2 | grep -vE "linux-vdso|libc\.so\.6|ld-linux"'
echo "1..$count"
[ "$failed" -eq 0 ]
