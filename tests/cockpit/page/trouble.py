"""What goes wrong: a store that is busy or damaged, ten thousand accounts, a narrow window, a dark one."""
import signal
import sys

from browser import *

t = Tests()
password = make_user("ida", "admin")
STORE = "/var/lib/coder/private/accounts.db"
HOLD = f"""
import sqlite3, sys
c = sqlite3.connect({STORE!r}, isolation_level=None)
c.execute('BEGIN EXCLUSIVE')
print('held', flush=True)
sys.stdin.read()
"""

# -- ten thousand ---------------------------------------------------------------------------------
rows = "username,email,full_name,password_hash\n" + "".join(f"crowd{i},crowd{i}@example.com,Crowd Number {i},*\n" for i in range(10000))
sh("admin-tool", "users", "import", "-", "-y", "--no-create-home", "--no-subids", "-o", "json", input=rows)
browser = Browser()
browser.login("ida", password).administer(password)
t.sees("ten thousand accounts are counted", browser, lambda: browser.sees("of 10,", ".pager"))
t.check("... and fifty of them shown", len(browser.all("tbody tr")) == 50)
browser.press("Next page")
t.sees("... the next fifty", browser, lambda: browser.sees("51 - 100", ".pager"))


def takes(what, act):
    """TAP for what the page itself needs for that."""
    before, begun = browser.measure(), time.monotonic()
    t.sees(what, browser, act)
    own, took = browser.measure() - before, time.monotonic() - begun
    t.check("... the page's own work is below a second", own < 1, f"{own:.2f} s")
    print(f"# 10,000 accounts | {what} | {own:.2f} s of the page's own work, {took:.2f} s until it is there")


browser.measure()
browser.driver.execute_script("window.before = true; setTimeout(() => location.reload(), 0)")
takes("the page anew", lambda: wait(lambda: browser.into() and not browser.driver.execute_script("return window.before") and len(browser.all("tbody tr")) == 50, "fifty"))
browser.css(".search").send_keys("crowd9999")
takes("one of them is found", lambda: wait(lambda: len(browser.all("tbody tr")) == 1 and browser.row("crowd9999"), "crowd9999"))
browser.css("[data-focus=sort-status]").click()
t.sees("the order is another", browser, lambda: wait(lambda: browser.shown("th[aria-sort=ascending]").text.startswith("Status"), "aria-sort"))

# -- narrow, dark --------------------------------------------------------------------------------------
for width in (390, 768):
    browser.driver.set_window_size(width, 850)
    browser.into()
    t.check(f"nothing is wider than {width} pixels", browser.driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth"),
            browser.driver.execute_script("return document.documentElement.scrollWidth + ' of ' + window.innerWidth"))
browser.driver.set_window_size(1280, 900)
browser.into()
browser.driver.execute_script("localStorage.setItem('shell:style', 'dark'); window.dispatchEvent(new CustomEvent('cockpit-style', { detail: { style: 'dark' } }))")
t.check("dark is dark", browser.driver.execute_script("return getComputedStyle(document.body).backgroundColor") in ("rgb(38, 41, 45)", "rgb(41, 41, 41)"),
        browser.driver.execute_script("return getComputedStyle(document.body).backgroundColor"))
browser.driver.execute_script("localStorage.setItem('shell:style', 'light'); window.dispatchEvent(new CustomEvent('cockpit-style', { detail: { style: 'light' } }))")

# -- busy, damaged ---------------------------------------------------------------------------------------
sh("sh", "-c", "mv /etc/subuid /etc/subuid.kept; mkdir /etc/subuid")
browser.act("crowd9999", "Suspend")
t.sees("what cannot be found out is said to be so", browser, lambda: browser.sees("could not be found out", "dialog"))
t.check("... not that nothing runs", "No processes" not in browser.text("dialog"))
sh("sh", "-c", "rmdir /etc/subuid; mv /etc/subuid.kept /etc/subuid")
browser.press("Cancel", "dialog")
browser.act("crowd9999", "Suspend")
browser.sees("No processes", "dialog")
holder = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
holder.stdout.readline()
browser.press("Suspend", "dialog")
t.sees("a busy store is told in the dialog", browser, lambda: wait(lambda: browser.shown("dialog .notice.danger"), "a refusal", 60))
holder.communicate()
browser.press("Suspend", "dialog")
t.sees("... and a moment later it works", browser, lambda: browser.gone("dialog") or browser.row_sees("crowd9999", "Suspended"))
sh("sh", "-c", f"systemctl stop coder-helper.socket; mv {STORE} {STORE}.kept; head -c 20000 /dev/urandom >{STORE}; chmod 600 {STORE}")
browser.driver.execute_script("window.dispatchEvent(new Event('focus'))")
t.sees("a damaged store is told with what to do", browser, lambda: browser.sees("Try again"))
t.check("... and no user is shown", not browser.all("tbody tr"))
sh("sh", "-c", f"mv {STORE}.kept {STORE}; systemctl start coder-helper.socket")
browser.press("Try again")
t.sees("... and when it is back so are they", browser, lambda: browser.row_sees("crowd9999", "Suspended"))
browser.close()
t.done()
