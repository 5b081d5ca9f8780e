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
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = {
    "dashboard": "/",
    "endpoints": "/endpoints/",
    "endpoint": "/endpoints/?q=ending-soon",
    "endpoint-wrong-name": "/endpoints/?q=wrong-host",
    "endpoint-unreachable": "/endpoints/?q=refuses",
    "endpoint-add": "/endpoints/add/",
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
LONG = {"/admin/accounts/change/"}  # shown as far as a window goes


def main() -> None:
    """Start the site, take the pictures, end the site."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is needed: apt install chromium")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        site = _start(Path(directory))
        try:
            assert site.stdout is not None  # noqa: S101 - a pipe was asked for
            password = _ready(site.stdout)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=FLAGS
                )
                _take_all(browser, password=password)
                browser.close()
        finally:
            site.terminate()
            site.wait()


def _start(directory: Path) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "CERTDESK_ENV_FILE": os.devnull,
        "DATABASE_URL": f"sqlite:///{directory / 'screenshots.sqlite3'}",
        "STATIC_ROOT": str(directory / "static"),
        "CACHE_URL": f"file:///{directory / 'cache'}",
        "DEFAULT_HOST": SITE,
        "BIND": f"127.0.0.1:{PORT}",
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=environment,
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


def _take_all(browser: Browser, *, password: str) -> None:
    for name, width, scheme in (
        ("light", DESKTOP, "light"),
        ("dark", DESKTOP, "dark"),
        ("phone", PHONE, "light"),
    ):
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
