#!/bin/bash
# Other processes while sshd runs coder_keys: those of its user give sshd no keys of their own, those of nobody do not
# even stop it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

make amy
ssh-keygen -q -t ed25519 -N '' -f "$tmp/amy"
admin-tool keys add amy "$tmp/amy.pub" >"$tmp/made"
runner=$(sshd -T | sed -n 's/^authorizedkeyscommanduser //p')
as() { echo "setpriv --reuid $1 --regid nogroup --clear-groups env"; } # setpriv itself still has capabilities when it executes

# It waits in its output, a pipe that is full, while the other looks at it.
cat >"$tmp/look.py" <<'END'
import fcntl, os, subprocess, sys, time
same, other = sys.argv[1].split(), sys.argv[2].split()
os.seteuid(int(sys.argv[3]))  # sshd makes it as the user
into, out = os.pipe()
os.seteuid(0)
fcntl.fcntl(out, fcntl.F_SETFL, os.O_NONBLOCK)
try:
    while os.write(out, b"x" * 4096):
        pass
except BlockingIOError:
    fcntl.fcntl(out, fcntl.F_SETFL, 0)
child = subprocess.Popen(same + ["/usr/libexec/coder_keys", "amy"], stdout=out)
for _ in range(100):
    time.sleep(0.05)
    with open("/proc/%d/wchan" % child.pid) as wchan:
        if "pipe_write" in wchan.read():
            break
for path, how in (("fd/1", "w"), ("mem", "r"), ("environ", "r")):
    script = "import os; os.open('/proc/%d/%s', %s)" % (child.pid, path, "os.O_WRONLY | os.O_NONBLOCK" if how == "w" else "os.O_RDONLY")
    got = subprocess.run(same + ["python3", "-c", script], stderr=subprocess.DEVNULL).returncode == 0
    print(path, "open" if got else "shut", open("/proc/%d/comm" % child.pid).read().strip())
script = "import os; os.kill(%d, 19)" % child.pid
stopped = subprocess.run(other + ["python3", "-c", script], stderr=subprocess.DEVNULL).returncode == 0
print("stopped" if stopped else "unstopped")
child.kill()
END
run python3 "$tmp/look.py" "$(as "$runner")" "$(as nobody)" "$(id -u "$runner")"
ok "its output, memory and environment are shut to others of its uid" \
    [ "$(grep -v stopped "$tmp/out" | xargs)" = "fd/1 shut coder_keys mem shut coder_keys environ shut coder_keys" ]
ok "a process of nobody cannot stop it" grep -qx unstopped "$tmp/out"
# shellcheck disable=SC2046
run $(as "$runner") /usr/libexec/coder_keys amy
ok "it runs all the same" eval '[ "$status" -eq 0 ] && cut -d" " -f1,2 "$tmp/amy.pub" | grep -qFf - "$tmp/out"'
chmod 755 /usr/libexec/coder_keys
run python3 "$tmp/look.py" "$(as "$runner")" "$(as nobody)" "$(id -u "$runner")"
ok "one that could be read would be open" grep -q '^fd/1 open coder_keys$' "$tmp/out"
done_testing
