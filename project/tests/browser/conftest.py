"""A Chromium that watches itself: what it must not do fails the test."""

import os
import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from project.tests.browser.site import running_site
from project.tests.fresh import fresh_url

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
PASSWORD = "correct horse battery staple"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


# For a module: while Playwright is open its event loop counts as running in this
# thread, and no other test could run one of its own.
@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("No Chromium is installed, and REQUIRE_BROWSER wants one.")
        # A newcomer's machine may have none; CI sets REQUIRE_BROWSER and never skips.
        pytest.skip("No Chromium is installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    directory = tmp_path_factory.mktemp("site")
    with (
        fresh_url(directory) as database,
        running_site(directory, database=database, password=PASSWORD) as address,
    ):
        yield address


@pytest.fixture
def complaints():
    """What a page of ours never causes: errors, and requests to anybody else."""
    return []


@pytest.fixture
def new_page(chromium, site, complaints):
    """Opens pages in a browser of their own: `new_page(width=390, scheme="dark")`."""
    contexts = []

    def make(*, width=1280, scheme="light"):
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: _hear(said, complaints))
        page.on("request", lambda request: _follow(request, site, complaints))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def staff_page(new_page):
    """A page on which the administrator is signed in; options as for `new_page`."""

    def make(**options):
        page = new_page(**options)
        page.goto("/")
        page.get_by_label("User name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        return page

    return make


def _hear(said, complaints):
    # The pages for errors are errors to the console, too; their tests ask for them.
    if (
        said.type == "error"
        and "the server responded with a status of" not in said.text
    ):
        complaints.append(said.text)


def _follow(request, site, complaints):
    if urlsplit(request.url).scheme != "data" and not request.url.startswith(site):
        complaints.append(f"request to {request.url}")
