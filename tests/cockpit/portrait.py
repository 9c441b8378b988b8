"""Writes the page's portrait, a PNG, to standard output; examples/cockpit.png is one:

    sudo tests/world --root "$(tests/cockpit/root)" /src/tests/world-systemd /src/tests/cockpit/booted \\
        python3 /src/tests/cockpit/portrait.py >examples/cockpit.png
"""
import sys

from browser import *

password = make_user("alice", "admin")
people = [("bob", "Bob Barker", ""), ("carol", "Carol Cole", "auditor"), ("dave", "Dave Dorn", ""), ("erin", "Erin Eames", "")]
admin_tool("users", "edit", "alice", "-n", "Alice Arden")
for name, full_name, roles in people:
    make_user(name, roles or "member", temporary=name == "dave")
    admin_tool("users", "edit", name, "-n", full_name)
admin_tool("users", "create", "-u", "ci-runner", "-n", "Builds", "--service-account")
admin_tool("users", "suspend", "erin", "-y", "--reason", "left")
browser = Browser(1280, 860)
browser.login("alice", password).administer(password)
browser.row_sees("erin", "Suspended")
browser.press("Actions for bob")
wait(lambda: browser.shown(".menu"), "the menu")
browser.driver.switch_to.default_content()
time.sleep(1)  # until the shell has drawn itself
sys.stdout.buffer.write(browser.driver.get_screenshot_as_png())
browser.close()
