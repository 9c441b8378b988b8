"""Who may: an Auditor looks and changes nothing, a Member is told why not; sudo hears nothing of Members."""
from browser import *

t = Tests()
password = make_user("axl", "auditor")
make_user("moe")
make_user("eve", "admin")
browser = Browser()


def own_password(text):
    browser.type("Password", text)
    browser.press("Continue", "dialog")


# -- an Auditor -----------------------------------------------------------------------------------
browser.login("axl", password).into()
t.sees("an Auditor is asked for the own password", browser, lambda: browser.sees("Your password", "dialog"))
browser.press("Cancel", "dialog")
t.sees("... once: without it there is nothing to see", browser, lambda: browser.gone("dialog") or browser.sees("without your password"))
t.check("... nor a second question", not browser.shown("dialog"))
browser.press("Try again")
browser.sees("Your password", "dialog")
own_password("wrong-Otter-77-stream")
t.sees("a wrong one is told", browser, lambda: browser.sees("Wrong password", "dialog"))
own_password(password)
t.sees("then there are the users", browser, lambda: browser.gone("dialog") or browser.row_sees("moe", "Member"))
t.check("nothing can be changed there", not browser.button("New user") and not browser.all(".kebab") and not browser.all("input[type=checkbox]"))
browser.css(".search").send_keys("mo")
t.sees("an Auditor can look for somebody", browser, lambda: wait(lambda: len(browser.all("tbody tr")) == 1 and browser.row("moe"), "moe alone"))
browser.css(".search").send_keys("$(id) <b>")
t.sees("... with plain words", browser, lambda: browser.sees("one word of letters"))
t.check("... without a pager of who was there before", not browser.all(".pager"))
browser.driver.execute_script("location.hash = '#/moe'")
t.sees("... at one account", browser, lambda: browser.sees("moe@example.com") or browser.sees("keyboard-interactive") or browser.sees("No SSH keys"))
t.check("... without a menu", not browser.all(".kebab") and not browser.button("Add keys"))
browser.driver.execute_script("location.hash = '#/?view=audit'")
t.sees("... at the audit log", browser, lambda: browser.sees("create", "table"))
browser.type_at("User", "Not a name!", ".filters")
t.sees("a filter that is no name is told and not asked", browser, lambda: browser.sees("This is not a valid username"))
browser.type_at("User", "eve", ".filters")
t.sees("the log is filtered", browser, lambda: wait(lambda: "moe" not in browser.text("table") and "eve" in browser.text("table"), "eve alone"))
browser.press("Verify")
t.sees("... and verified", browser, lambda: browser.sees("The log is complete"))
browser.driver.execute_script("location.hash = '#/?view=host'")
t.sees("... at the host's policy", browser, lambda: browser.sees("lock_seconds") and None or browser.sees("Policy"))
t.check("... which cannot be set", not browser.button("Edit lock_seconds"))
journal = sh("journalctl", "--no-pager", "--output=cat").stdout
t.check("sudo was never asked for what it refuses", "NOT ALLOWED" not in journal and "not allowed" not in journal, "\n".join(line for line in journal.splitlines() if "llowed" in line))
t.check("the password is in no file, process or log", not found_anywhere(password), found_anywhere(password))
browser.close()

# -- a Member -----------------------------------------------------------------------------------------
browser = Browser()
browser.login("moe", password).into()
t.sees("a Member sees a sentence", browser, lambda: browser.sees("moe is neither"))
t.check("... and nothing else", not browser.all("button") and not browser.all("table"))
t.check("... and sudo was not tried by the page", "moe : " not in "\n".join(line for line in sh("journalctl", "--no-pager", "--output=cat", "-t", "sudo").stdout.splitlines() if "cockpit-bridge" not in line))
browser.close()

# -- suspended while looking ------------------------------------------------------------------------------
browser = Browser()
browser.login("eve", password).administer(password)
browser.row_sees("moe", "Active")
admin_tool("users", "suspend", "eve", "-y", "--force")
t.sees("an Admin who is suspended meanwhile is out", browser, lambda: browser.driver.switch_to.default_content() or wait(
    lambda: "Disconnected" in browser.text() or "disconnected" in browser.text().lower() or browser.shown("#login-user-input"), "the end"))
browser.close()
t.done()
