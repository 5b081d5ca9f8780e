"""docs/screenshots: a fresh site with the demo fleet, seen through Chromium.

Starts `manage.py run` with an empty database of its own, signs in with the password it
prints, and takes each page in light, dark and at the width of a phone.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
PORT = 8017
SITE = f"http://127.0.0.1:{PORT}"
START_LIMIT = 180  # seconds
DESKTOP, PHONE = 1280, 390
LOOKS = (
    ("light", DESKTOP, "light"),
    ("dark", DESKTOP, "dark"),
    ("phone", PHONE, "light"),
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = {
    "dashboard": "/",
    "endpoints": "/endpoints/",
    "endpoint": "/endpoints/?q=ending-soon",
    "endpoint-wrong-name": "/endpoints/?q=wrong-host",
    "endpoint-unreachable": "/endpoints/?q=refuses",
    "endpoint-add": "/endpoints/add/",
    "warnings": "/warnings/",
    "warnings-next": "/warnings/next/",
    "policy-add": "/warnings/policies/add/",
    "jobs": "/jobs/",
    "users": "/accounts/users/",
    "teams": "/accounts/teams/",
    "invitations": "/accounts/invitations/",
    "profile": "/accounts/profile/",
    "second-factor": "/accounts/2fa/",
    "tokens": "/accounts/tokens/",
    "change-log": "/admin/accounts/change/",
    "admin": "/admin/",
    "admin-endpoints": "/admin/certs/endpoint/",
}
# The mail of warnings, as its HTML part stands in a mail program.
MAIL = """
from django.utils import timezone
from certs.services.notices import digest
print(digest.preview(None, now=timezone.now()))
"""
LONG = {"/admin/accounts/change/"}  # shown as far as a window goes


def main() -> None:
    """Start the site, take the pictures, end the site."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is needed: apt install chromium")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        site = _start(directory)
        try:
            assert site.stdout is not None  # noqa: S101 - a pipe was asked for
            password = _ready(site.stdout)
            _manage(directory, "notify")  # what the worker does in its time
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=FLAGS
                )
                _take_all(browser, password=password)
                mail = _manage(directory, "shell", "--no-imports", "-c", MAIL)
                _take_mail(browser, mail)
                browser.close()
        finally:
            site.terminate()
            site.wait()


def _manage(directory: Path, *words: str) -> str:
    return subprocess.check_output(  # noqa: S603 - our own commands
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=_environment(directory),
        text=True,
    )


def _environment(directory: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CERTDESK_ENV_FILE": os.devnull,
        "DATABASE_URL": f"sqlite:///{directory / 'screenshots.sqlite3'}",
        "STATIC_ROOT": str(directory / "static"),
        "CACHE_URL": f"file:///{directory / 'cache'}",
        "BROKER_URL": f"file:///{directory / 'queue'}",
        "EXPORT_DIR": str(directory / "exports"),
        "DEFAULT_HOST": SITE,
        "BIND": f"127.0.0.1:{PORT}",
        "PYTHONUNBUFFERED": "1",
    }


def _start(directory: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=_environment(directory),
        stdout=subprocess.PIPE,
        text=True,
    )


def _ready(output: IO[str]) -> str:
    """Return the password once the fleet has been checked and the site answers."""
    password = ""
    limit = time.monotonic() + START_LIMIT
    for line in output:
        found = re.search(r"password\s+(\S+)\s+│", line)
        password = found.group(1) if found else password
        if "The demo fleet is up" in line:
            break
        if time.monotonic() > limit:
            sys.exit("The site did not start.")
    with urlopen(SITE, timeout=START_LIMIT):
        return password


def _take_mail(browser: Browser, html: str) -> None:
    for name, width, scheme in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 600},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()
        page.set_content(html)
        page.screenshot(path=TARGET / f"mail-{name}.png", full_page=True)
        context.close()


def _take_all(browser: Browser, *, password: str) -> None:
    for name, width, scheme in LOOKS:
        context = browser.new_context(
            base_url=SITE,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()
        page.goto("/")
        page.screenshot(path=TARGET / f"sign-in-{name}.png")
        page.locator("[name=login]").fill("admin")
        page.locator("[name=password]").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        for title, path in PAGES.items():
            _take(page, path, TARGET / f"{title}-{name}.png")
        context.close()


def _take(page: Page, path: str, target: Path) -> None:
    page.goto(path)
    if path.startswith("/endpoints/?q="):
        page.locator("a.host").first.click()
        page.wait_for_load_state()
    page.screenshot(path=target, full_page=path not in LONG)


if __name__ == "__main__":
    main()
