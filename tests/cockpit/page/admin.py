"""An Admin's day: the first login, a new user, suspend, activate, roles, reset, delete, several at once."""
import re
import tempfile

from browser import *

t = Tests()
with open("/etc/sudoers.d/zz-record", "w", encoding="utf-8") as rules:
    rules.write("Defaults log_output, log_input\n")  # as some hosts have it: what sudo runs is written down
password = "violet-Otter-77-stream"
temporary = "amber-Heron-31-meadow"

# -- the first login ----------------------------------------------------------------------------
make_user("ada", "admin", temporary, temporary=True)
browser = Browser()
t.sees("a temporary password is changed through Cockpit's own page", browser, lambda: browser.login("ada", temporary, temporary, password, password).into())
t.sees("with limited access a sentence says what to do", browser, lambda: browser.sees("Turn on administrative access"))
t.check("... and nothing else is there", not browser.all("button"))
t.sees("with administrative access there are the users", browser, lambda: browser.administer(password) and browser.row_sees("ada", "Admin"))
t.check("... no more to be changed", "Must change" not in browser.row("ada").text)


# -- a new user -----------------------------------------------------------------------------------
def fill_in(name, email, full_name=""):
    browser.press("New user")
    browser.type("Username", name)
    browser.type("Email", email)
    browser.type("Full name", full_name)
    browser.press("Create", "dialog")


def handed_over():
    browser.sees("Pass this on to the user", "dialog")
    text = browser.text("dialog pre")
    browser.press("Close", "dialog")
    browser.gone("dialog")
    return re.search(r"^Temporary password: *(\S+)|^Password: *(\S+)", text, re.M)


there = admin_tool("users", "count")["total"]
hostile = "<b>Zoë</b> $(id) `id` \"'&amp; עברית"
fill_in("Zoe!", "zoe@example.com")
t.sees("a name that cannot be is told at its field", browser, lambda: wait(
    lambda: browser.field("Username").get_attribute("aria-invalid") == "true" and "username" in browser.css("dialog .wrong").text, "the fault"))
browser.press("Cancel", "dialog")
t.check("... and nobody was made", admin_tool("users", "count")["total"] == there)
t.check("... the focus is where it was", browser.driver.execute_script("return document.activeElement.textContent") == "New user")
fill_in("zoe", "zoe@example.com", hostile)
secret = handed_over()
t.check("a new user's password is handed over", secret)
secret = secret and (secret[1] or secret[2])
t.sees("she is in the list, her name as it was typed", browser, lambda: browser.row_sees("zoe", hostile))
t.check("... and as the store has it", admin_tool("users", "show", "zoe")["full_name"] == hostile)
t.check("the password is nowhere on the page any more", secret not in browser.driver.page_source)

EXPECT = r"""
set timeout 20
spawn -noecho ssh -o PubkeyAuthentication=no -o ControlMaster=no zoe@127.0.0.1
expect {
    -re {[Pp]assword: $} { send [lindex $argv 0]\r }
}
expect -re {Current password: $} { send [lindex $argv 0]\r }
expect -re {New password: $} { send green-Walrus-52-canyon\r }
expect -re {Retype new password: $} { send green-Walrus-52-canyon\r }
expect -re {\$ $} { send "echo in-as-\$USER; exit\r" }
expect {
    in-as-zoe { exit 0 }
    timeout { exit 1 }
}
"""
with tempfile.NamedTemporaryFile("w", suffix=".exp") as script:
    script.write(EXPECT)
    script.flush()
    login = sh("expect", script.name, secret or "none")
t.check("she logs in by ssh with it and changes it", login.returncode == 0, login.stdout)
browser.driver.execute_script("window.dispatchEvent(new Event('focus'))")
t.sees("... which the page shows when it is looked at again", browser, lambda: wait(lambda: "Must change" not in browser.row("zoe").text, "no label", 5))

# -- suspend, activate ------------------------------------------------------------------------------
sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/zoe")
admin_tool("keys", "add", "zoe", "/root/zoe.pub")
session = subprocess.Popen(["ssh", "-i", "/root/zoe", "zoe@127.0.0.1", "echo in; exec sleep 600"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
t.check("she has a session by key", session.stdout.readline() == b"in\n")
browser.act("zoe", "Suspend")
t.sees("before she is suspended it is said what will end", browser, lambda: browser.sees("will be ended", "dialog"))
reason = "left; <i>Friday</i> $(id) 'x' \"ביום שישי\""
browser.type("Reason", reason)
browser.press("Suspend", "dialog")
t.sees("she is suspended", browser, lambda: browser.gone("dialog") or browser.row_sees("zoe", "Suspended"))
t.check("... her session has ended", session.wait(20) != 0)
t.check("... for the reason that was typed, by the Admin", (lambda one: (one["suspended_reason"], one["suspended_by"]))(admin_tool("users", "show", "zoe")) == (reason, "ada"),
        admin_tool("users", "show", "zoe"))
t.sees("... the focus is at her row again", browser, lambda: wait(
    lambda: browser.driver.execute_script("return document.activeElement.getAttribute('aria-label')") == "Actions for zoe", "the focus"))
browser.act("zoe", "Activate")
browser.press("Activate", "dialog")
t.sees("she is activated", browser, lambda: browser.gone("dialog") or browser.row_sees("zoe", "Active"))

# -- roles, reset, edit --------------------------------------------------------------------------------
browser.act("zoe", "Roles")
browser.field("Auditor").click()
browser.press("Save", "dialog")
t.sees("a role is given", browser, lambda: browser.gone("dialog") or browser.row_sees("zoe", "Auditor"))
t.check("... and she has it on the host", "coder-auditor" in sh("id", "-Gn", "zoe").stdout.split())
browser.act("zoe", "Roles")
browser.field("Auditor").click()
browser.press("Save", "dialog")
t.sees("... and taken away", browser, lambda: browser.gone("dialog") or browser.row_sees("zoe", "Member"))
t.check("... there, too", "coder-auditor" not in sh("id", "-Gn", "zoe").stdout.split())
browser.act("zoe", "Edit")
browser.type("Email", "zoe@new.example")
browser.press("Save", "dialog")
t.sees("an address is changed", browser, lambda: browser.gone("dialog") or browser.row_sees("zoe", "zoe@new.example"))
browser.act("zoe", "Reset password")
browser.press("Reset password", "dialog")
again = handed_over()
t.check("a password is reset, and handed over", again)
t.sees("... to be changed", browser, lambda: browser.row_sees("zoe", "Must change password"))
shadow = sh("sqlite3", "/var/lib/coder/private/accounts.db", "SELECT hash FROM accounts WHERE username = 'zoe'").stdout.strip()
t.check("... it is the one in the store", sh("python3", "-c", "import ctypes, sys; crypt = ctypes.CDLL('libcrypt.so.1').crypt; crypt.restype = ctypes.c_char_p; "
        "sys.exit(crypt(sys.argv[1].encode(), sys.argv[2].encode()).decode() != sys.argv[2])", again and (again[1] or again[2]) or "none", shadow).returncode == 0)
browser.go("#/zoe")
t.sees("what was done with her is told as it was typed", browser, lambda: browser.sees(reason, ".table[aria-label='Audit log']") or browser.sees(hostile, "dl"))
t.check("... and none of it is markup", not browser.all("main i, main b"))
browser.go("#/")
t.check("everything was done by the Admin, through Cockpit", all(row["actor"] == "ada" for row in admin_tool("audit", "--user", "zoe") if row["event"] in ("create", "suspend", "edit")))

# -- an Admin cannot lock himself out ----------------------------------------------------------------------
browser.act("ada", "Suspend")
t.sees("the last Admin is told so", browser, lambda: browser.sees("last", "dialog"))
browser.press("Suspend", "dialog")
t.sees("... the tool's refusal is in the dialog, once", browser, lambda: wait(lambda: browser.shown("dialog [role=alert] .notice.danger"), "a refusal"))
t.check("... and not where it was foreseen, too", len(browser.all("dialog .notice.danger")) == 1)
browser.press("Cancel", "dialog")
t.check("... and nothing was changed", admin_tool("users", "show", "ada")["status"] == "active")

# -- several, and two Admins at once -------------------------------------------------------------------------
for name in ("bob", "carol"):
    make_user(name)
t.sees("others' changes come by themselves", browser, lambda: browser.row_sees("carol", "Active", 5))
for name in ("bob", "carol"):
    browser.driver.find_element(By.CSS_SELECTOR, f"[aria-label='Select {name}']").click()
browser.press("Suspend", ".chosen")
browser.sees("bob, carol", "dialog")
browser.press("Suspend", "dialog")
t.sees("two are suspended at once", browser, lambda: browser.gone("dialog") or (browser.row_sees("bob", "Suspended") or browser.row_sees("carol", "Suspended")))
browser.act("bob", "Edit")
admin_tool("users", "delete", "bob", "-y")
browser.type("Full name", "Too late")
browser.press("Save", "dialog")
t.sees("what another Admin did meanwhile is told in the dialog", browser, lambda: browser.sees("no such user", "dialog"))
browser.press("Cancel", "dialog")
browser.act("carol", "Delete")
t.check("to delete the name must be typed", not browser.button("Delete", "dialog").is_enabled())
browser.type("Type carol to confirm", "carol")
browser.press("Delete", "dialog")
t.sees("an account is deleted", browser, lambda: browser.gone("dialog") or wait(lambda: "carol" not in browser.text(".table"), "the end of carol"))

# -- search, sort ------------------------------------------------------------------------------------------------
browser.css(".search").send_keys("ZO")
t.sees("who is looked for is found", browser, lambda: wait(lambda: len(browser.all("tbody tr")) == 1 and browser.row("zoe"), "zoe alone"))
browser.css(".search").send_keys("<script>")
t.sees("nobody is no fault", browser, lambda: browser.sees("No matching users"))

# -- nothing is left -----------------------------------------------------------------------------------------------
for what in (secret, again and (again[1] or again[2])):
    found = found_anywhere(what)
    t.check("the temporary password is in no file, process or log", not found, found)
browser.close()
t.done()
