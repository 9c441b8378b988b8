"""Everybody can use it: by keyboard alone, by ear, with any sight, on a phone, at whatever address Cockpit has."""
import re

import browser as world
from browser import *
from selenium.webdriver.common.action_chains import ActionChains

t = Tests()
password = make_user("kim", "admin")
for name in ("lee", "max"):
    make_user(name, temporary=name == "max")
sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/lee", "-C", "lee@laptop")
admin_tool("keys", "add", "lee", "/root/lee.pub")
admin_tool("users", "suspend", "max", "-y")
VIEWS = {"#/": "max@example.com", "#/lee": "lee@laptop", "#/?view=audit": "key-add", "#/?view=host": "lock_seconds"}
browser = Browser()


def js(script, *more):
    return browser.driver.execute_script(script, *more)


def keys(*words):
    ActionChains(browser.driver).send_keys(*words).perform()


def focused():
    return js("const e = document.activeElement; return e.getAttribute('aria-label') || e.textContent || e.name")


def view(address):
    browser.go(address)
    browser.sees(VIEWS[address], "#view")


def cdp(command, **more):
    return browser.driver.execute("cdp", {"cmd": command, "params": more})["value"]


# Words whose contrast is below what WCAG 2 asks for (AA), against what is painted behind them.
PALE = """
const luminance = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b };
const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
function behind(e) {
    const layers = [];
    for (; e; e = e.parentElement) {
        const [r, g, b, a = 1] = parse(getComputedStyle(e).backgroundColor);
        layers.push([r, g, b, a]);
        if (a === 1) break;
    }
    return layers.reduceRight((under, [r, g, b, a]) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a)), [255, 255, 255]);
}
return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility({ checkOpacity: true }) && !e.disabled && !e.closest(".unseen") &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim() !== "") && parseFloat(getComputedStyle(e).fontSize) > 0).map(e => {
        const style = getComputedStyle(e), size = parseFloat(style.fontSize);
        const [a, b] = [luminance(parse(style.color).slice(0, 3)), luminance(behind(e))].sort((x, y) => y - x);
        return [(a + .05) / (b + .05), size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5, e.textContent.trim().slice(0, 30), style.color + " on " + behind(e)];
    }).filter(([ratio, wanted]) => ratio < wanted).map(String);
"""
LOOKS = [(False, False), (False, True), (True, False), (True, True)]


def look(round_, dark):
    js("document.documentElement.classList.toggle('round', arguments[0]); document.documentElement.classList.toggle('dark', arguments[1])", round_, dark)


def pale(within):
    """In each of the page's looks."""
    found = []
    for one in LOOKS:
        look(*one)
        found += js(PALE, within + " *")
    return found


browser.login("kim", password)
browser.into()
t.check("who has limited access finds a heading", len(browser.all("h1")) == 1)
browser.administer(password)
own = js("return [document.documentElement.classList.contains('round'), document.documentElement.classList.contains('dark')]")

# -- every view -----------------------------------------------------------------------------------
for address in VIEWS:
    view(address)
    t.check(f"{address} has one heading of the first order", len(browser.all("h1")) == 1)
    t.check("... every field a name", not js("""return [...document.querySelectorAll("input, select, textarea")]
        .filter(e => !e.getAttribute("aria-label") && !(e.labels && e.labels.length && e.labels[0].textContent.trim())).map(e => e.outerHTML)"""))
    t.check("... every status a word", all(label.text.strip() for label in browser.all(".label")))
    found = pale("body")
    t.check("... and no pale words, square or round, light or dark", not found, "\n".join(found))
    look(*own)
browser.go("#/nobody-is-this")
t.sees("what is not there is told below a heading", browser, lambda: browser.sees("no such user") or wait(lambda: len(browser.all("h1")) == 1, "a heading"))

for width in (390, 768):
    for round_, _ in LOOKS[::2]:
        cdp("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=False)
        wide = []
        for address in VIEWS:
            view(address)
            look(round_, own[1])
            wide += [address] if js("const b = document.body, r = document.documentElement; return b.scrollWidth > b.clientWidth || r.scrollWidth > r.clientWidth") else []
        t.check(f"no view is wider than {width} pixels, {'round' if round_ else 'square'}", not wide, wide)
look(*own)
view("#/")
cdp("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=False)
browser.act("max", "Reset password")
browser.press("Reset password", "dialog")
browser.sees("Pass this on to the user", "dialog")
shape = js("const box = document.querySelector('dialog').getBoundingClientRect(); return [box.right <= innerWidth, box.bottom <= innerHeight]")
words = js("return [...document.querySelectorAll('dialog pre .word')].map(e => [e.textContent, e.getBoundingClientRect().height])")
secret = [height for word, height in words if re.fullmatch(r"\w{4}(-\w{4}){4}", word)]
t.check("a password to pass on is on one line, in a dialog that fits a phone", secret == [words[0][1]] and shape == [True, True], (words, shape))
browser.press("Close", "dialog")
cdp("Emulation.clearDeviceMetricsOverride")

# -- by keyboard alone ----------------------------------------------------------------------------
view("#/")
js("document.activeElement.blur()")
met = set()
for _ in range(40 + len(browser.all("a, button, input, select"))):
    keys(Keys.TAB)
    met.add(js("return document.activeElement && document.activeElement.outerHTML"))
missed = [html for html in js("return [...document.querySelectorAll('a, button, input, select')].filter(e => e.offsetParent && !e.disabled && e.tabIndex >= 0).map(e => e.outerHTML)") if html not in met]
t.check("Tab comes to everything that can be pressed or filled in", not missed, "\n".join(missed))
js("document.querySelector('[data-focus=sort-email]').focus()")
keys(Keys.ENTER)
t.sees("a column is sorted and says so", browser, lambda: wait(lambda: browser.text("th[aria-sort=ascending]").startswith("Email"), "aria-sort"))
t.check("... the focus stays", focused().startswith("Email"), focused())
keys(Keys.ENTER)
t.sees("... and the other way round", browser, lambda: wait(lambda: browser.text("th[aria-sort=descending]").startswith("Email"), "aria-sort"))


def open_menu(name):
    wait(lambda: browser.row(name), name)
    js("arguments[0].focus()", browser.button("Actions for " + name))
    keys(Keys.ENTER)
    wait(lambda: browser.shown(".menu"), "the menu")


open_menu("lee")
entries = [one.text for one in browser.all("[role=menuitem]")]
t.check("a menu opens at its first entry", focused() == entries[0], focused())
keys(Keys.ARROW_UP)
t.check("... goes round", focused() == entries[-1], focused())
keys("r")
t.check("... and by letters", focused().startswith("R"), focused())
keys(Keys.ESCAPE)
t.check("... and Escape leads back", not browser.shown(".menu") and focused() == "Actions for lee", focused())
cdp("Emulation.setDeviceMetricsOverride", width=1280, height=500, deviceScaleFactor=1, mobile=False)
js("document.querySelector('.kebab').focus()")
keys(Keys.ENTER)
wait(lambda: browser.shown(".menu"), "the menu of the first row")
cut = js("return document.querySelector('.menu').getBoundingClientRect().top + (document.body.scrollTop || document.documentElement.scrollTop)")
t.check("... no entry of it is above the page", cut >= 0, cut)
keys(Keys.ESCAPE)
cdp("Emulation.clearDeviceMetricsOverride")


def dialog(what, opener):
    """That is open now: the focus is in it and stays, Escape ends it and leads back."""
    wait(lambda: browser.shown("dialog[open]"), "a dialog for " + what)
    held = True
    for key in [Keys.TAB] * 20 + [Keys.SHIFT + Keys.TAB + Keys.NULL] * 5:
        keys(key)
        held = held and js("return document.hasFocus() && document.activeElement.closest('dialog') !== null")
    named = js("const d = document.querySelector('dialog[open]'); return document.getElementById(d.getAttribute('aria-labelledby')).textContent")
    found = pale("dialog[open]")
    look(*own)
    t.check(f"{what}: a dialog with a name, and no pale words", named and not found, "\n".join(found))
    keys(Keys.ESCAPE)
    wait(lambda: not browser.all("dialog"), "the end of the dialog")  # it is closed before it leads the focus back
    t.check("... which holds the focus and leads it back", held and focused() == opener, focused())


for entry in entries:
    open_menu("lee")
    for _ in entries:
        if focused() != entry:
            keys(Keys.ARROW_DOWN)
    keys(Keys.ENTER)
    dialog(entry, "Actions for lee")
open_menu("lee")
keys(Keys.ENTER)
wait(lambda: browser.shown("dialog[open]"), "the dialog")
admin_tool("users", "edit", "lee", "-n", "Lee Longfellow")
browser.row_sees("lee", "Longfellow")
dialog("while the row changes", "Actions for lee")
for text in ("New user", "Import"):
    js("arguments[0].focus()", browser.button(text))
    keys(Keys.ENTER)
    dialog(text, text)
view("#/lee")
for text in ("Add keys", "Remove"):
    wait(lambda: browser.button(text), text)
    js("arguments[0].focus()", browser.button(text))
    keys(Keys.ENTER)
    dialog(text, text)
view("#/?view=host")
js("arguments[0].focus()", wait(lambda: browser.button("Edit lock_seconds"), "a setting"))
keys(Keys.ENTER)
dialog("a setting", "Edit lock_seconds")

# -- by ear, and without movement -------------------------------------------------------------------
view("#/")
open_menu("max")
keys(Keys.ENTER)
wait(lambda: browser.shown("dialog[open]"), "the dialog")
moved = js("return getComputedStyle(document.querySelector('dialog[open]')).animationName")
cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
still = js("return getComputedStyle(document.querySelector('dialog[open]')).animationName")
t.check("nothing moves where that is not wanted", (moved, still) == ("come", "none"), (moved, still))
keys(Keys.TAB)
js("document.querySelector('dialog [type=submit]').focus()")
keys(Keys.ENTER)
t.sees("what was done is read out", browser, lambda: browser.gone("dialog[open]") or browser.sees("max is active again", "[role=status]"))
t.check("... its kind in words", "Success:" in js("return document.querySelector('#notices').textContent"))
browser.css(".search").send_keys("nobody-there")
t.sees("that nobody was found is read out", browser, lambda: wait(lambda: "No matching users" in js("return document.querySelector('[role=status] .pager').textContent"), "the words"))
found = pale("#notices")
t.check("no notice is pale", not found, "\n".join(found))
browser.close()

# -- at another address ---------------------------------------------------------------------------------
with open("/etc/cockpit/cockpit.conf", "w", encoding="ascii") as file:
    file.write("[WebService]\nUrlRoot=/hosts/\n")
sh("systemctl", "restart", "cockpit.service")
world.SITE += "/hosts"
browser = Browser()
t.sees("behind another path the page is there", browser, lambda: browser.login("kim", password).administer(password) and browser.row_sees("lee", "Active"))
t.check("... with Cockpit's letters", js("return [...document.fonts].some(font => font.family.includes('RedHatText') && font.status === 'loaded')"))
browser.go("#/lee")
t.sees("... and its views", browser, lambda: browser.sees("lee@laptop"))
browser.close()
os.unlink("/etc/cockpit/cockpit.conf")
sh("systemctl", "restart", "cockpit.service")
t.done()
