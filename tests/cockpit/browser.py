"""Somebody at a browser before Cockpit: signs in, finds things by the words on them, waits for words and not for seconds."""
import atexit
import glob
import json
import os
import subprocess
import time

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.file_detector import UselessFileDetector

SITE = "https://127.0.0.1:9090"
PAGE = "/coder_accounts"
DOWNLOADS = "/srv/browser/downloads"
PATIENCE = 90  # seconds for whatever must come; what does come is not waited for longer
COMPLAINTS = []  # what the browsers that are closed had to say against the page


def wait(condition, what, patience=PATIENCE):
    """Until condition() is true; what is gone meanwhile is looked for again."""
    end, why = time.monotonic() + patience, ""
    while True:
        try:
            found = condition()
            if found:
                return found
        except (WebDriverException, FileNotFoundError) as reason:
            why = ": " + str(getattr(reason, "msg", reason))
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what + why)
        time.sleep(0.05)


def quoted(text):
    """As a string of XPath, which has no escapes."""
    return f"'{text}'" if "'" not in text else f'"{text}"'


class Browser:
    def __init__(self, width=1280, height=900):
        options = webdriver.ChromeOptions()
        for argument in ("--headless", "--ignore-certificate-errors", f"--window-size={width},{height}", "--lang=en-US"):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"download.default_directory": DOWNLOADS})
        options.page_load_strategy = "none"  # what must be there is waited for
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Remote(command_executor=os.environ["WEBDRIVER"], options=options)
        self.driver.file_detector = UselessFileDetector()  # files are where the browser is
        self.driver.command_executor._commands["cdp"] = ("POST", "/session/$sessionId/goog/cdp/execute")
        atexit.register(self.close)

    def measure(self):
        """What the page's thread has worked so far, in seconds of the processor: what others do to the machine is not in it."""
        ask = lambda command, **more: self.driver.execute("cdp", {"cmd": "Performance." + command, "params": more})["value"]
        ask("enable", timeDomain="threadTicks")
        return next(one["value"] for one in ask("getMetrics")["metrics"] if one["name"] == "TaskDuration")

    # -- signing in ---------------------------------------------------------------------------

    def login(self, name, password, *answers):
        """Through Cockpit's own page; each answer is to one further prompt. A login that comes to nothing is tried once more."""
        try:
            self.try_login(name, password, answers)
        except AssertionError:
            if answers:
                raise
            self.try_login(name, password, answers)
        return self

    def try_login(self, name, password, answers):
        self.driver.get(SITE + PAGE)
        wait(lambda: self.css("#login-user-input").is_displayed(), "the login page")
        self.css("#login-user-input").send_keys(name)
        self.css("#login-password-input").send_keys(password)
        self.css("#login-button").click()
        for answer in answers:
            field = wait(lambda: self.shown("#conversation-input"), "a prompt")
            field.clear()
            field.send_keys(answer)
            before = self.css("#conversation-prompt").text
            self.css("#login-button").click()
            wait(lambda: not self.shown("#conversation-input") or self.css("#conversation-prompt").text != before, "the next")
        wait(lambda: self.all("iframe"), "the shell")

    def into(self):
        """The frame of the page, where the shell has one."""
        def enter():
            self.driver.switch_to.default_content()
            self.driver.switch_to.frame(self.css("iframe[name='cockpit1:localhost/coder_accounts']"))
            return self.css("#view h1").is_displayed()
        try:
            wait(enter, "the page")
        except AssertionError as reason:
            self.driver.switch_to.default_content()
            raise AssertionError(f"{reason}; instead of it: {self.text()[:500]}") from reason
        return self

    def administer(self, password):
        """Turns administrative access on, in the shell."""
        self.driver.switch_to.default_content()
        wait(lambda: self.button("Limited access") or self.button("Administrative access"), "the shell")
        if self.button("Limited access"):
            self.button("Limited access").click()
            field = wait(lambda: self.shown(".pf-c-modal-box input[type=password], .pf-v5-c-modal-box input[type=password], .pf-v6-c-modal-box input[type=password]"), "the password's field")
            field.send_keys(password + Keys.ENTER)
            wait(lambda: self.button("Administrative access"), "administrative access")
        return self.into()

    def close(self):
        atexit.unregister(self.close)
        COMPLAINTS.extend(self.complaints())
        self.driver.quit()

    # -- finding ------------------------------------------------------------------------------

    def css(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def shown(self, selector):
        return next((one for one in self.all(selector) if one.is_displayed()), None)

    def button(self, text, within="body"):
        """What is pressed and has that text or, where it has none to see, that name."""
        found = f".//*[self::button or @role='menuitem'][normalize-space(.)={quoted(text)} or @aria-label={quoted(text)}]"
        return next((one for place in self.all(within) for one in place.find_elements(By.XPATH, found) if one.is_displayed()), None)

    def text(self, selector="body"):
        return self.css(selector).text

    # -- doing --------------------------------------------------------------------------------

    def press(self, text, within="body"):
        wait(lambda: self.button(text, within), f"the button {text!r}")
        wait(lambda: self.click(self.button(text, within)), f"pressing {text!r}")

    def click(self, element):
        """Where it can be seen: the driver takes what a scrolled part of the page cuts off for visible."""
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()
        return True

    def field(self, label, within="dialog[open]"):
        for one in self.all(f"{within} label"):
            if one.text.replace("*", "").strip() == label:
                return self.css("#" + one.get_attribute("for"))
        raise NoSuchElementException(label)

    def type(self, label, text):
        self.type_at(label, text, "dialog[open]")

    def type_at(self, label, text, within):
        field = wait(lambda: self.field(label, within), f"the field {label!r}")
        field.clear()
        field.send_keys(text)

    def pick(self, label, value, within="dialog[open]"):
        """A day, or one of several: what a click on a calendar or a list does."""
        self.driver.execute_script("""const [field, value] = arguments; field.value = value;
            for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));""", self.field(label, within), value)

    def go(self, place):
        """Another view, or an account: its address."""
        self.driver.execute_script("location.hash = arguments[0]", place)

    def act(self, name, entry):
        """An entry of the menu of the row of NAME."""
        self.press("Actions for " + name)
        self.press(entry, ".menu")
        wait(lambda: self.shown("dialog[open]"), "the dialog")

    def row(self, name):
        return self.driver.find_element(By.XPATH, f"//tbody/tr[td//a[normalize-space(.)={quoted(name)}]]")

    def sees(self, words, selector="body", patience=PATIENCE):
        wait(lambda: words in self.text(selector), repr(words), patience)

    def row_sees(self, name, words, patience=PATIENCE):
        wait(lambda: words in self.row(name).text, f"{words!r} at {name}", patience)

    def gone(self, selector):
        wait(lambda: not self.shown(selector), "the end of " + selector)

    def shot(self, path):
        self.driver.save_screenshot(path)

    def complaints(self):
        """What the browser's console has of our page, refused styles and scripts included."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] == "SEVERE" and "/coder_accounts/" in entry["message"] and "favicon" not in entry["message"]]


# -- the host beside it ---------------------------------------------------------------------------

def sh(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, **more)


def admin_tool(*words, **more):
    done = sh("admin-tool", *words, "-o", "json", **more)
    return json.loads(done.stdout) if done.stdout else None


made = []


def make_user(name, roles="member", password="violet-Otter-77-stream", temporary=False):
    """An account whose password need not be changed first, unless it is to. It ends with the test: another one's Admin is the last."""
    made.append(name)
    sh("admin-tool", "users", "create", "-u", name, "-e", name + "@example.com", "--roles", roles, "--password-stdin", input=password + "\n")
    if not temporary:
        sh("sqlite3", "/var/lib/coder/private/accounts.db",
           f"UPDATE accounts SET temporary = 0, temporary_until = NULL WHERE username = '{name}'")
    return password


def found_anywhere(secret):
    """Where it is kept: files, what programs were started with, the journal."""
    places = sh("grep", "-rlaF", "-f", "-", "/var", "/run", "/tmp", "/srv", "/home", "/root", "/etc", input=secret).stdout.split()
    for kind in ("cmdline", "environ"):
        for path in glob.glob("/proc/[0-9]*/" + kind):
            try:
                with open(path, "rb") as file:
                    if secret.encode() in file.read():
                        places.append(path)
            except OSError:
                pass
    if secret in sh("journalctl", "--no-pager", "--output=cat").stdout:
        places.append("the journal")
    return places


# -- TAP ------------------------------------------------------------------------------------------

class Tests:
    def __init__(self):
        self.number = self.failed = 0

    def check(self, what, good, detail=""):
        self.number += 1
        print(("ok" if good else "not ok"), self.number, "-", what, flush=True)
        if not good:
            self.failed += 1
            for line in str(detail).splitlines():
                print("# " + line, flush=True)

    def sees(self, what, browser, act):
        """act() waits for what must come; when it waits in vain the page as it is says why."""
        try:
            act()
            self.check(what, True)
        except (AssertionError, WebDriverException) as reason:
            self.check(what, False, f"{getattr(reason, 'msg', reason)}\n{browser.text()[:1500]}")

    def done(self):
        self.check("the browser's console has no error of the page's, nor anything it refused", not COMPLAINTS, "\n".join(COMPLAINTS))
        there = [one["username"] for one in admin_tool("users", "list") if one["username"] in made]
        self.check("they can be deleted again", sh("admin-tool", "users", "delete", *there, "-y", "--force").returncode in (0, 1), there)
        print(f"1..{self.number}")
        raise SystemExit(1 if self.failed else 0)
