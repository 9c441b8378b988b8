"""What can be done with one account beside the daily: a stale dialog of roles, another name, days; a password that is shown no more; the host."""
from browser import *

t = Tests()
password = make_user("ann", "admin")
for name in ("ben", "cat", "dan"):
    make_user(name)
browser = Browser()
browser.login("ann", password).administer(password)
browser.row_sees("ben", "Active")


def account(name):
    return admin_tool("users", "show", name)


def events(*filters):
    return [row["event"] for row in admin_tool("audit", *filters)]


# -- the hand-over is gone after five minutes ---------------------------------------------------------
browser.driver.execute_script("""
    const real = window.setTimeout;
    window.five = 0;
    window.setTimeout = (act, ms, ...more) => ms === 300000 ? (window.five = real(act, 86400000), window.fiveActs = act, window.five) : real(act, ms, ...more);""")
browser.act("dan", "Reset password")
browser.press("Reset password", "dialog")
t.sees("a password is handed over", browser, lambda: browser.sees("Temporary password:", "dialog pre"))
secret = next(line.split()[-1] for line in browser.text("dialog pre").splitlines() if line.startswith("Temporary password:"))
browser.press("Copy", "dialog")
t.sees("... it can be copied", browser, lambda: wait(lambda: browser.text("dialog [role=status]") in ("Copied", "Press Ctrl+C to copy the selected text"), "a word of it"))
t.check("... it waits for five minutes to be over", browser.driver.execute_script("return window.five > 0"))
browser.driver.execute_script("window.fiveActs()")
t.sees("... then it is gone, and that is said", browser, lambda: browser.gone("dialog") or browser.sees("no longer shown", "#notices"))
t.check("... from the page and what it keeps", secret not in browser.driver.page_source and not browser.driver.execute_script(
    "return [localStorage, sessionStorage].some(store => Object.values({ ...store }).some(value => value.includes(arguments[0])))", secret))
t.sees("... the focus is where it was", browser, lambda: wait(
    lambda: browser.driver.execute_script("return document.activeElement.getAttribute('aria-label')") == "Actions for dan", "the focus"))
browser.press("Close", "#notices")

# -- a dialog of roles that another Admin has overtaken ------------------------------------------------
browser.act("ben", "Roles")
admin_tool("users", "edit-roles", "ben", "--roles", "admin", "-y")
browser.field("Auditor").click()
browser.press("Save", "dialog")
t.sees("a role is given", browser, lambda: browser.gone("dialog") or browser.row_sees("ben", "Auditor"))
t.check("... the one that another Admin gave meanwhile stays", account("ben")["roles"] == ["admin", "auditor", "member"] or set(account("ben")["roles"]) == {"admin", "auditor", "member"}, account("ben"))
browser.row_sees("ben", "Admin")
browser.act("ben", "Roles")
for role in ("Admin", "Auditor"):
    browser.field(role).click()
browser.press("Save", "dialog")
t.sees("both are taken away together", browser, lambda: browser.gone("dialog") or browser.row_sees("ben", "Member"))
t.check("... in one change", account("ben")["roles"] == ["member"] and events("--user", "ben")[-3:] == ["edit-roles"] * 3, events("--user", "ben"))

# -- days, another name ----------------------------------------------------------------------------------
browser.go("#/cat")
browser.act("cat", "Edit")
browser.type("Maximum password age in days", "soon")
browser.press("Save", "dialog")
t.sees("days that are none are told at their field", browser, lambda: wait(
    lambda: browser.field("Maximum password age in days").get_attribute("aria-invalid") == "true", "the fault"))
browser.type("Maximum password age in days", "never")
browser.press("Save", "dialog")
t.sees("a password that is never too old", browser, lambda: browser.gone("dialog") or browser.sees("Password change required\nNever", ".facts"))
browser.act("cat", "Edit")
t.check("... is shown so", browser.field("Maximum password age in days").get_attribute("value") == "never" and account("cat")["password_max_days"] == 0)
browser.type("Maximum password age in days", " ")
browser.press("Save", "dialog")
t.sees("... and is as the policy says again", browser, lambda: browser.gone("dialog") or wait(lambda: "Password change required" not in browser.text(".facts"), "the change"))
t.check("... in the store", account("cat")["password_max_days"] is None)
running = subprocess.Popen(["setpriv", "--reuid", str(account("cat")["uid"]), "--clear-groups", "sleep", "600"])
browser.go("#/")
browser.act("cat", "Rename")
browser.type("New username", "Catherine!")
browser.press("Rename", "dialog")
t.sees("a name that cannot be is told in the dialog", browser, lambda: browser.sees("username", "dialog .wrong, dialog .notice"))
browser.type("New username", "catherine")
browser.press("Rename", "dialog")
t.sees("so is what runs under the former name", browser, lambda: browser.sees("would keep the former name", "dialog"))
browser.field("End running processes, including sessions").click()
browser.press("Rename", "dialog")
t.sees("an account is renamed", browser, lambda: browser.gone("dialog") or browser.row_sees("catherine", "cat@example.com"))
t.check("... its home, too, and what ran has ended", account("catherine")["home"] == "/home/catherine" and os.path.isdir("/home/catherine") and running.wait(20) != 0)
browser.go("#/catherine")
browser.sees("catherine", "h1")
browser.press("Actions for catherine")
browser.press("Rename", ".menu")
browser.type("New username", "cat2")
browser.field("Also rename the home directory").click()
browser.press("Rename", "dialog")
t.sees("its own page goes along, and the home may stay", browser, lambda: browser.gone("dialog") or browser.sees("cat2", "h1"))
t.check("... where it was", account("cat2")["home"] == "/home/catherine")

# -- the audit log ------------------------------------------------------------------------------------------
browser.go("#/?view=audit")
browser.sees("rename", "table")


def rows(*words):
    """Until these are all the events there are to see."""
    wait(lambda: {one.text for one in browser.all("tbody td[data-label=Event]")} == set(words), " and ".join(words))


browser.pick("Event", "rename", ".filters")
t.sees("the log of one event", browser, lambda: rows("rename"))
t.check("... every event of the tool can be chosen", (lambda told: told and set(told) == {one.get_attribute("value") for one in browser.all("select[name=event] option")} - {""})(
    sh("admin-tool", "audit", "--help").stdout.split("Events: ")[1].split(".")[0].replace("\n", " ").split(", ")))
browser.pick("Event", "", ".filters")
browser.type_at("By", "ann", ".filters")
t.sees("... of one actor", browser, lambda: wait(lambda: "create" not in browser.text("tbody") and "edit-roles" in browser.text("tbody"), "ann's"))
browser.type_at("From", "<b>", ".filters")
t.sees("an origin that cannot be is told", browser, lambda: browser.sees("an address or a terminal"))
origin = next(row["origin"] for row in admin_tool("audit", "--actor", "ann"))
browser.pick("From", "", ".filters")
browser.pick("By", "", ".filters")
browser.sees("create", "tbody")
browser.type_at("From", origin.split(" ")[0], ".filters")
t.sees("... of one origin", browser, lambda: rows(*set(events("--origin", origin.split(" ")[0]))))
for label, day, none in (("From date", "2999-01-01", True), ("From date", "2020-01-01", False), ("To date", "2020-01-02", True), ("To date", "2999-01-01", False)):
    browser.pick(label, day, ".filters")
    t.sees(f"... {label.lower()} {day}: {'none' if none else 'some'}", browser, lambda: browser.sees("No matching entries") if none else browser.sees("rename", "tbody"))

# -- the host -------------------------------------------------------------------------------------------------
os.chmod("/var/lib/coder/private/activity.db", 0o644)
browser.go("#/?view=host")
t.sees("what is wrong with the host is told, and what mends it", browser, lambda: browser.sees("activity.db", "table") or browser.sees("admin-tool check --repair", "table"))
browser.press("Repair")
browser.sees("without losing data", "dialog")
browser.press("Cancel", "dialog")
browser.gone("dialog")
t.check("... nothing is mended before somebody says so", os.stat("/var/lib/coder/private/activity.db").st_mode & 0o777 == 0o644)
browser.press("Repair")
browser.press("Repair", "dialog")
t.sees("... then it is", browser, lambda: browser.gone("dialog") or browser.sees("No longer found", "#notices") or browser.sees("activity.db", "#notices"))
t.check("... really", os.stat("/var/lib/coder/private/activity.db").st_mode & 0o777 == 0o600)
browser.press("Edit hand_over_text")
browser.type("Value", "Welcome {username}\nIt is {password}\n")
browser.press("Save", "dialog")
t.sees("the text that is handed over is set, in lines", browser, lambda: browser.gone("dialog") or wait(
    lambda: admin_tool("policy", "get", "hand_over_text")[0]["value"].splitlines()[:2] == ["Welcome {username}", "It is {password}"], "the text"))
admin_tool("policy", "set", "hand_over_text=default")
browser.close()
t.done()
