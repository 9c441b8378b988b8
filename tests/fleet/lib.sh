# shellcheck shell=bash disable=SC2016
# What the tests of the fleet share: one or two providers of examples/fleet in this world, as a.fleet.test and
# b.fleet.test (127.0.1.1 and 127.0.1.2, port 636), hosts, administrators and users in their tree.

# shellcheck source=tests/cli/lib.sh
. /src/tests/cli/lib.sh
FLEET=/src/examples/fleet
CA=/root/ca
PEOPLE=ou=people,dc=fleet
grep -q fleet.test /etc/hosts || printf '127.0.1.1 a.fleet.test\n127.0.1.2 b.fleet.test\n' >>/etc/hosts

# Of here, also on a host that follows a fleet.
make() { admin-tool users create --here -u "$1" -e "$1@example.com" "${@:2}" >"$tmp/made" || echo "# cannot make $1"; }

# at PROVIDER COMMAND...: with a provider's files (a or b).
at()
{
    local provider=$1
    shift
    FLEET_ROOT=/srv/$provider FLEET_URLS="ldaps://$provider.fleet.test ldap://$provider.fleet.test" "$@"
}

# first [OPTION...], then second: both run within seconds, with the scopes "all" and "web".
first() { at a "$FLEET/provider" first --name a.fleet.test --trial "$CA" --scope all --scope web "$@" >"$tmp/first" 2>&1 || cat "$tmp/first"; }
second()
{
    first --other b.fleet.test
    at a "$FLEET/provider" dump >"$tmp/dump"
    at b "$FLEET/provider" second --name b.fleet.test --other a.fleet.test --trial "$CA" --scope all --scope web \
        --load "$tmp/dump" >"$tmp/second" 2>&1 || cat "$tmp/second"
}
# pid_of PROVIDER, and what can happen to one.
pid_of() { cat "/srv/$1/run/slapd/slapd.pid"; }
provider_kill() { kill -KILL "$(pid_of "$1")"; while kill -0 "$(pid_of "$1")" 2>/dev/null; do sleep 0.05; done; }
# ... with the arguments that it was started with
provider_start()
{
    at "$1" bash -c '(ulimit -n 65536 2>/dev/null; exec slapd -h "ldapi://%2Fsrv%2F$1%2Frun%2Fslapd%2Fldapi $FLEET_URLS" -F "/srv/$1/etc/ldap/slapd.d" \
        -u openldap -g openldap)' bash "$1"
    for _ in $(seq 100); do by_root "$1" ldapwhoami >/dev/null 2>&1 && return; sleep 0.05; done
}

# by_root PROVIDER TOOL...: root on the provider.
by_root()
{
    local provider=$1 tool=$2
    shift 2
    "$tool" -Q -Y EXTERNAL -H "ldapi://%2Fsrv%2F$provider%2Frun%2Fslapd%2Fldapi" "$@"
}

# by KIND/NAME TOOL...: with that certificate (hosts/web17, admins/ann), at $URI.
URI=ldaps://a.fleet.test
with() { local who=$1; shift; LDAPTLS_CACERT=$CA/ca.pem LDAPTLS_CERT=$CA/$who.pem LDAPTLS_KEY=$CA/$who.key "$@"; }
by() { local who=$1 tool=$2; shift 2; with "$who" "$tool" -Q -Y EXTERNAL -H "$URI" "$@"; }
# by_user NAME PASSWORD TOOL...: a user's own bind, over the connection of the host h1.
by_user() { local name=$1 password=$2 tool=$3; shift 3; with hosts/h1 "$tool" -x -H "$URI" -D "uid=$name,$PEOPLE" -w "$password" "$@"; }

# host NAME SCOPE...: its entry, certificate ($CA/hosts/NAME.pem, .key) and join file ($CA/NAME.join).
host()
{
    local name=$1
    shift
    # shellcheck disable=SC2046
    at a "$FLEET/add" host "$name" $(printf -- '--scope %s ' "$@") --join "$CA/$name.join" --trial "$CA" | by_root a ldapadd >"$tmp/host" 2>&1 || cat "$tmp/host"
}
# admin NAME writers|auditors, with a certificate: by admins/NAME ...
admin() { at a "$FLEET/add" admin "$1" --group "$2" --trial "$CA" | by_root a ldapadd >"$tmp/admin" 2>&1 || cat "$tmp/admin"; }
# user NAME UID [OPTION of "add user"...]: written by root.
user() { local name=$1 uid=$2; shift 2; at a "$FLEET/add" user "$name" --uid "$uid" --mail "$name@example.com" "$@" | by_root a ldapadd >"$tmp/user" 2>&1 || cat "$tmp/user"; }
# set_user NAME ATTRIBUTE VALUE [AS]: one attribute replaced, by root or as AS ("admins/ann"). No VALUE: it is taken away.
set_user()
{
    local how=(by_root a)
    [ -z "${4:-}" ] || how=(by "$4")
    printf 'dn: uid=%s,%s\nchangetype: modify\nreplace: %s\n%s\n' "$1" "$PEOPLE" "$2" "${3:+$2: $3}" | "${how[@]}" ldapmodify
}
# The values of NAME's attribute, a line each, as root of the provider sees them.
user_value()
{
    local label value
    by_root a ldapsearch -LLL -o ldif-wrap=no -b "uid=$1,$PEOPLE" -s base "$2" | while read -r label value; do
        case $label in
            "$2:") echo "$value" ;;
            "$2::") base64 -d <<<"$value" && echo ;;
        esac
    done
}
