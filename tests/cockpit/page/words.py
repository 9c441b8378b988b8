"""The page in other languages: in German every word of it is German, in Hebrew it reads from the right, on a phone, too."""
import re

from browser import *

t = Tests()
password = make_user("abel", "admin")
make_user("abby")
make_user("aaron")
admin_tool("users", "edit", "aaron", "-n", "נועה", "--password-max-days", "1")
admin_tool("users", "edit", "abby", "--password-max-days", "2")
browser = Browser()
browser.login("abel", password).administer(password)
browser.row_sees("abby", "Member")


def read_in(language):
    """As the shell's dialog of languages does it."""
    browser.driver.execute_script("document.cookie = 'CockpitLang=' + arguments[0] + '; path=/'; localStorage.setItem('cockpit.lang', arguments[0])", language)
    browser.driver.switch_to.default_content()
    browser.driver.execute_script("window.before = true; setTimeout(() => location.reload(), 0)")
    wait(lambda: not browser.driver.execute_script("return window.before"), "the shell, anew")
    browser.into()


with open("/src/admin-tool/cockpit/manifest.json", encoding="utf-8") as manifest:
    KEYWORDS = json.load(manifest)["menu"]["index"]["keywords"][0]["matches"]  # what the shell's search finds it by


def words_of(language):
    """What stands in English in the page: how it is in that language, in each number."""
    script = sh("/src/admin-tool/cockpit/po/po-to-js", f"/src/admin-tool/cockpit/po/{language}.po").stdout
    words = {json.loads(word): json.loads("[" + forms + "]") for word, forms in re.findall(r'^ ("(?:[^"\\]|\\.)+"): \[null, (.*)\],?$', script, re.M)}
    return {word: forms for word, forms in words.items() if word not in KEYWORDS}


SHOWN = """
const texts = [document.title], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode())
    texts.push(walk.currentNode.data);
for (const one of document.querySelectorAll("*"))
    for (const name of ["aria-label", "placeholder", "title", "data-label"])
        texts.push(one.getAttribute(name) || "");
return texts;"""


def english(words):
    """What of the page is still English, though it is not so in that language."""
    shown = {text.strip() for text in browser.driver.execute_script(SHOWN)}
    return [word for word, forms in words.items() if word in shown and word not in forms]


def press(*places):
    """The second of what is at the first place where something is: of the users, not oneself."""
    for place in places:
        if len(browser.all(place)) > 1:
            browser.all(place)[1].click()
            return


def tour(what, check):
    """Each view, and what opens above it; what a check finds in any of them."""
    found = []
    for place, wait_for in (("#/", ".kebab"), ("#/abby", ".facts"), ("#/?view=audit", "tbody"), ("#/?view=host", "tbody")):
        browser.go(place)
        wait(lambda: browser.shown(wait_for), place)
        found += check()
    browser.go("#/")
    wait(lambda: browser.shown(".kebab"), "the users")
    wait(lambda: browser.shown("dialog") or browser.css("[data-focus=new-user]").click(), "the dialog")
    found += check()
    browser.css("dialog footer .link").click()
    browser.gone("dialog")
    wait(lambda: browser.shown(".menu") or press(".kebab"), "the menu")
    found += check()
    wait(lambda: browser.shown("dialog input") or press(".menu button", ".kebab"), "the dialog")
    found += check()
    browser.css("dialog footer .link").click()
    browser.gone("dialog")
    t.check(what, not found, found)


def overflow():
    """In words, where something is wider than the window, or out of it."""
    return browser.driver.execute_script("""
        const wide = document.documentElement, found = [];
        if (wide.scrollWidth > window.innerWidth) found.push(location.hash + " is " + wide.scrollWidth + " wide of " + window.innerWidth);
        for (const one of document.querySelectorAll("dialog[open], .menu, .notice, .table, .card")) {
            const box = one.getBoundingClientRect();
            if (box.width > 0 && (box.left < -1 || box.right > window.innerWidth + 1)) found.push(one.className + " from " + box.left + " to " + box.right);
        }
        return found;""")


# -- German ---------------------------------------------------------------------------------------
german = words_of("de")
read_in("de-de")
t.sees("the page is German", browser, lambda: browser.sees(german["Users"][0], "h1") or browser.row_sees("abby", german["Member"][0]))
t.check("... and says so", browser.driver.execute_script("return document.documentElement.lang + document.documentElement.dir") == "deltr")
tour("... in all that there is", lambda: english(german))
for name, number in (("aaron", 0), ("abby", 1)):
    browser.go("#/" + name)
    said = german["after $0 day"][number].replace("$0", str(number + 1))
    t.sees(f"... in the right number: {said}", browser, lambda: browser.sees(said, ".facts"))
browser.driver.switch_to.default_content()
t.sees("... in the shell's menu, too", browser, lambda: wait(lambda: german["Coder accounts"][0] in browser.driver.execute_script("return document.body.textContent"), "the menu"))
t.check("... which keeps its own words", "Konten" in browser.driver.execute_script("return document.body.textContent"))
browser.into()

# -- Hebrew ---------------------------------------------------------------------------------------------
hebrew = words_of("he")
browser.go("#/")
read_in("he-il")
t.sees("the page is Hebrew", browser, lambda: browser.sees(hebrew["Users"][0], "h1"))
how = browser.driver.execute_script("return [document.documentElement.lang, document.documentElement.dir, getComputedStyle(document.body).direction]")
t.check("... and reads from the right", how == ["he", "rtl", "rtl"], how)
t.check("... the names, too", browser.driver.execute_script("return document.querySelector('h1').getBoundingClientRect().left > window.innerWidth / 2"))
tour("... in all that there is", lambda: english(hebrew))
tour("... and nothing is out of the window", overflow)
browser.driver.set_window_size(390, 850)
browser.into()
tour("... nor on a phone", overflow)
browser.close()
t.done()
