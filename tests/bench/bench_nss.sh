#!/bin/bash
# Our lookups beside those of other NSS services: the same accounts in each, one program of plain libc calls, the
# service chosen by nsswitch.conf, in turn within every round. Run by "make bench-nss" in a private world made from
# tests/bench/root.
#
#   bench_nss.sh [ACCOUNTS...]          ROUNDS=5
set -u
export LC_ALL=C # a locale's files are not what getent is measured for
ldconfig        # as after the installation of a package: make install runs none
rounds=${ROUNDS:-5}
bench=/src/.build/world/bench_nss
results=$(mktemp)
trap 'rm -f "$results"' EXIT
[ $# -gt 0 ] || set -- 1000 10000 100000 1000000

# -- the other services, from what ours publishes -------------------------------------------

# Their group files name the members, for that is how they know a user's groups.
fill_text()
{
    local folder=$1
    getent -s coder passwd >"$folder/passwd"
    getent -s coder group | awk -F: '$3 > 70002' >"$folder/group"
    fill_role coder-member 70001 1 "$folder" && fill_role coder-auditor 70002 10 "$folder" &&
        fill_role coder-admin 70000 100 "$folder"
}

# fill_role NAME GID EACH FOLDER: a group of each so many'th user.
fill_role()
{
    awk -F: -v head="$1:x:$2:model" -v each="$3" 'BEGIN { printf "%s", head }
        $3 >= 1900000000 && $3 % each == 0 { printf ",%s", $1 } END { print "" }' "$4/passwd" >>"$4/group"
}

fill_files()
{
    cat /root/passwd "$1/passwd" >/etc/passwd
    cat /root/group "$1/group" >/etc/group
}

fill_extrausers() { mkdir -p /var/lib/extrausers && cp "$1/passwd" "$1/group" /var/lib/extrausers/; }
# As its Makefile does it: every line under its place, its name and its id.
fill_db()
{
    local map
    for map in passwd group; do
        awk -F: '{ print "0" NR - 1, $0; print "." $1, $0; print "=" $3, $0 }' "$1/$map" |
            makedb -o "/var/lib/misc/$map.db" - || return
    done
}

# Its indices, as its documentation has them: lines of one length, "key NUL offset", padded with NULs, sorted.
fill_cache()
{
    cp "$1/passwd" /etc/passwd.cache && cp "$1/group" /etc/group.cache
    python3 - <<'PYTHON'
for path, field, name in (("passwd", 0, "ixname"), ("passwd", 2, "ixuid"), ("group", 0, "ixname"), ("group", 2, "ixgid")):
    rows, at = [], 0
    for line in open("/etc/%s.cache" % path, "rb"):
        rows.append((line.split(b":")[field], str(at).encode()))
        at += len(line)
    width = max(len(k) + len(o) for k, o in rows) + 2
    with open("/etc/%s.cache.%s" % (path, name), "wb") as index:
        for k, o in sorted(rows):
            index.write((k + b"\0" + o).ljust(width, b"\0") + b"\n")
PYTHON
}

# It has accounts of its own from a server only, so it gets those of "files"; what is measured is its memory cache,
# warm. Among 1,000 accounts it takes a quarter of a second to find out one user's groups, and longer among more: those
# of a few are asked for. It enumerates nobody unless told to.
SSS_KEYS=2048
SSS_GROUPS=20
fill_sss()
{
    [ -x /usr/sbin/sssd ] || return
    cat >/etc/sssd/sssd.conf <<'END'
[sssd]
services = nss
domains = bench
[nss]
memcache_timeout = 3600
entry_negative_timeout = 3600
memcache_size_passwd = 64
memcache_size_group = 64
memcache_size_initgroups = 64
[domain/bench]
id_provider = proxy
proxy_lib_name = files
auth_provider = none
access_provider = permit
entry_cache_timeout = 7200
END
    chmod 600 /etc/sssd/sssd.conf
    choose files
    /usr/sbin/sssd -D && choose sss || return
    for ((try = 0; try < 100; try++)); do
        getent passwd user0000007 >/dev/null && break
        sleep 0.1
    done
    BENCH_KEYS=$SSS_KEYS "$bench" "$size" warm
    BENCH_KEYS=$SSS_GROUPS "$bench" "$size" warm-groups
}

choose() { printf 'passwd: %s\ngroup: %s\n' "$1" "$1" >/etc/nsswitch.conf; }

# Which are measured at a size; the others would not end in time, and sssd would not end loading.
services_at()
{
    local service
    for service in coder files extrausers cache db sss; do
        case $service in
            sss) [ "$1" -le 10000 ] || continue ;;
            extrausers | db) [ "$1" -le 100000 ] || continue ;;
        esac
        [ -n "$(find /lib /usr/lib -name "libnss_$service.so.2" | head -n 1)" ] && echo "$service"
    done
}

# -- measuring --------------------------------------------------------------------------------

# measure SERVICE SIZE WHAT...: a program that crashes or hangs says so instead of a figure.
measure()
{
    local service=$1 size=$2 status=0
    shift 2
    { timeout -s KILL 30 "$bench" "$size" "$@" >"$results.one" || status=$?; } 2>/dev/null
    case $status in
        0) ;;
        137) echo "$1 hung -" >>"$results.one" ;;
        *) echo "$1 crashed -" >>"$results.one" ;;
    esac
    sed "s/^/$size $service /" "$results.one" >>"$results"
}

measure_calls()
{
    local service=$1 size=$2 name=$3
    getent passwd "$name" >/dev/null || return
    strace -o "$results.one" getent passwd "$name" >/dev/null
    echo "$size $service syscalls $(grep -c '(' "$results.one") 0" >>"$results"
    echo "$size $service objects $(grep 'openat.*\.so' "$results.one" | grep -v 'ENOENT\|ld.so.cache\|libc\.so' | wc -l) 0" >>"$results"
}

# measure_instructions SERVICE SIZE: of the processor, outside of the kernel, for one question: what 2,000 more cost.
measure_instructions()
{
    local what few many
    for what in getpwnam getpwuid getgrgid initgroups; do
        few=$(count_instructions "$2" "$what" 1000) && many=$(count_instructions "$2" "$what" 3000) || return
        echo "$2 $1 $what-instructions $(((many - few) / 2000)) 0" >>"$results"
    done
}

count_instructions()
{
    BENCH_KEYS=$keys valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" "$1" repeat "$2" "$3" 2>&1 |
        sed -n 's/.*Collected : //p' | grep .
}

# One change, as an administrator makes it: ours on a machine with its own few local users, usermod with the many.
measure_change()
{
    local size=$1 text=$2 begun verb
    cp /root/passwd /root/group /etc/
    for verb in "suspend" "activate"; do
        begun=${EPOCHREALTIME/./}
        # shellcheck disable=SC2046
        admin-tool users "$verb" user0000003 -y $([ "$verb" = activate ] || echo --keep-sessions) >/dev/null || return
        echo "$size coder $verb $(((${EPOCHREALTIME/./} - begun) / 100)) 0" >>"$results"
    done
    begun=${EPOCHREALTIME/./}
    sqlite3 /var/lib/coder/private/accounts.db "PRAGMA synchronous = FULL; PRAGMA journal_mode = TRUNCATE;
        INSERT INTO tombstones SELECT 'gone' || count(*), 1000 + count(*), 0, NULL FROM tombstones" >/dev/null
    echo "$size coder commit $(((${EPOCHREALTIME/./} - begun) / 100)) 0" >>"$results"
    fill_files "$text"
    [ "$size" -le 100000 ] || return
    begun=${EPOCHREALTIME/./}
    usermod -c "User Number 3 $begun" user0000003 2>/dev/null && echo "$size files activate $(((${EPOCHREALTIME/./} - begun) / 100)) 0" >>"$results"
}

bench_size()
{
    local size=$1 round service services text middle keys groups
    middle=$(printf 'user%07d' $((size / 2))) # of a file that is read from its beginning
    text=$(mktemp -d)
    rm -rf /var/lib/coder
    cp /root/passwd /root/group /etc/ # those of the size before would be in the way of the same names
    choose coder
    /src/tests/bench/fill_nss.sh "$size"
    fill_text "$text"
    mapfile -t services < <(services_at "$size")
    for service in "${services[@]}"; do
        [ "$service" = coder ] || "fill_$service" "$text" || echo "(no $service)" >&2
    done
    for ((round = 0; round < rounds; round++)); do
        for service in "${services[@]}"; do
            choose "$service"
            keys=16384 groups=16384
            [ "$service" != sss ] || keys=$SSS_KEYS groups=$SSS_GROUPS
            BENCH_KEYS=$keys measure "$service" "$size" lookups
            BENCH_KEYS=$groups measure "$service" "$size" initgroups
            BENCH_KEYS=$keys measure "$service" "$size" threads
            [ "$service" = sss ] || measure "$service" "$size" enumeration
            measure "$service" "$size" cold /usr/bin/getent passwd "$middle"
            [ "$round" -gt 0 ] || measure_calls "$service" "$size" "$middle"
            [ "$round" -gt 0 ] || [ "$service" != coder ] || measure_instructions "$service" "$size"
        done
        choose files
        measure_change "$size" "$text"
    done
    pkill -x sssd
    rm -rf "$text"
}

cp /etc/passwd /etc/group /root/
for size in "$@"; do
    echo "# $size accounts" >&2
    bench_size "$size"
done
python3 /src/tests/bench/bench_nss.py "$results"
