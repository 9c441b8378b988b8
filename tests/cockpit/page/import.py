"""Many users from a file: its faults line by line, what it would do, and the passwords once."""
import re
import tempfile

from browser import *

t = Tests()
password = make_user("ira", "admin")
folder = tempfile.mkdtemp(dir="/srv/browser")
os.chmod(folder, 0o777)


def sheet(name, text):
    path = f"{folder}/{name}.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o644)
    return path


def choose(path):
    wait(lambda: browser.field("File"), "the field of the file").send_keys(path)


bad = sheet("bad", "username,email,full_name\nBad!,bad@example.com,<b>Bad</b>\ngood,nowhere,Good\n")
good = sheet("good", "username;email;Full Name;roles\nnina;nina@example.com;=1+1;\nomar;omar@example.com;Omar;auditor\n")
browser = Browser()
browser.login("ira", password).administer(password)
browser.row_sees("ira", "Admin")
browser.press("Import")
choose(bad)
t.sees("every bad line is told", browser, lambda: browser.sees("line 2", "dialog") or browser.sees("line 3", "dialog"))
t.check("... and it cannot be imported", not browser.button("Import", "dialog").is_enabled())
choose(good)
t.sees("what a good one would do is shown", browser, lambda: browser.sees("Would import 2", "dialog"))
t.check("... and nothing was made yet", admin_tool("users", "count")["admins"] and admin_tool("users", "show", "nina").get("error"))
browser.press("Import", "dialog")
t.sees("it is imported", browser, lambda: browser.sees("2 users imported", "dialog"))
browser.press("Download passwords", "dialog")
t.sees("the passwords are a file", browser, lambda: wait(lambda: os.path.getsize(DOWNLOADS + "/passwords.csv"), "the file"))
with open(DOWNLOADS + "/passwords.csv", encoding="utf-8") as file:
    lines = file.read().splitlines()
t.check("... one for each", len(lines) == 3 and lines[0].startswith('"username"') and lines[1].count('"') == 8, len(lines))
browser.press("Close", "dialog")
t.sees("who was imported is in the list", browser, lambda: browser.gone("dialog") or (browser.row_sees("omar", "Auditor") or browser.row_sees("nina", "=1+1")))

# -- many: how far it is, and passwords that nobody fetches ------------------------------------------------
made.extend(f"many{i}" for i in range(200))
many = sheet("many", "username,email\n" + "".join(f"many{i},many{i}@example.com\n" for i in range(200)))
browser.press("Import")
choose(many)
browser.sees("Would import 200", "dialog")
browser.driver.execute_script("""
    const real = window.setTimeout;
    window.setTimeout = (act, ms, ...more) => ms === 300000 ? (window.overNow = act, real(act, 86400000)) : real(act, ms, ...more);
    window.told = [];
    new MutationObserver(() => { const bar = document.querySelector("dialog progress[max]"); if (bar) window.told.push(bar.previousSibling.textContent) })
        .observe(document.body, { childList: true, subtree: true });""")
begun = time.monotonic()
browser.press("Import", "dialog")
t.sees("many are imported", browser, lambda: browser.sees("200 users imported", "dialog", 120))
told = browser.driver.execute_script("return window.told")
t.check("... and it is told how far it is", (told or time.monotonic() - begun < 2) and all(re.fullmatch(r"\d+ of 200 (passwords generated|home directories created)", one) for one in told), told)
browser.driver.execute_script("window.overNow()")
t.sees("passwords that nobody fetches are gone after five minutes", browser, lambda: browser.gone("dialog") or browser.sees("no longer shown", "#notices"))
browser.close()
t.done()
