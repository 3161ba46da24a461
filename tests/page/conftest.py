"""Helpers for the tests of the page. Headless Chromium on the host opens the page through the relay of the lab's web port."""

import os
import subprocess
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[2]
URL = f"http://127.0.0.1:{os.environ.get('LAB_PORT', '8080')}"
# With these options Chromium sends requests only to the lab.
QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1200,1000"]
WAIT_S = 30


class Page:
    """A browser with one tab, and the actions and checks of the tests in it."""

    def __init__(self):
        options = Options()
        for argument in QUIET:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)

    def go(self, path):
        self.driver.get(URL + path)

    def find(self, selector):
        """Returns the first visible element. Waits until there is one."""
        return self.until(lambda: next((one for one in self.all(selector) if one.is_displayed()), None), f"no visible element {selector}")

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return self.driver.execute_script("return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)", selector)

    def fill(self, form, **fields):
        for name, value in fields.items():
            # The value isn't typed, because a date would have to be typed in the format of the browser's language.
            self.driver.execute_script("arguments[0].value = arguments[1]", self.find(f"{form} [name={name}]"), value)
        self.find(f"{form} [type=submit]").click()

    def until(self, condition, otherwise):
        # The page changes, so an element may be removed while the condition reads it.
        waiting = WebDriverWait(self.driver, WAIT_S, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(lambda _: condition(), otherwise)

    def until_text(self, selector, text):
        self.until(lambda: text in self.texts(selector), f"no {selector} has the text {text!r}")

    def register(self, first_name, second_name="Страницын"):
        """Registers a new user, who is then signed in. Returns the user's id."""
        self.go("/")
        self.fill("#register", first_name=first_name, second_name=second_name, birthdate="1990-02-28", city="Псков", password="correct horse")
        self.until_text("#live", "Live")
        return self.find("#welcome code").text

    def complaints(self):
        """Returns the warnings and errors in the browser's console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


@pytest.fixture
def pages():
    """A function that opens a browser. At the end no console may have a warning that the test hasn't read."""
    opened = []

    def open_page():
        opened.append(Page())
        return opened[-1]

    try:
        yield open_page
        assert [page.complaints() for page in opened] == [[] for _ in opened]
    finally:
        for page in opened:
            page.driver.quit()


def shell(machine, command):
    """Runs a command as root on a machine of the lab. Returns its output."""
    done = subprocess.run([ROOT / "lab/ssh", machine, command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{machine}: {command}: {done.stdout}{done.stderr}"
    return done.stdout
