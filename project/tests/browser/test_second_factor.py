"""Apps, passkeys and sessions, in a real browser with a security key in software."""

import re

import pytest
from playwright.sync_api import expect

from accounts.tests.signing import one_time_code
from project.tests.browser.conftest import PASSWORD
from project.tests.browser.site import running_site
from project.tests.fresh import fresh_url

pytestmark = pytest.mark.slow


PEOPLE = """
from accounts.tests.factories import make_user
for name in ("ann", "bob", "cai"):
    make_user("Administrator", username=name)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site whose administrators must have a second factor.

    Passkeys need a host name, and without https:// browsers take only this one.
    """
    directory = tmp_path_factory.mktemp("site")
    with (
        fresh_url(directory) as database,
        running_site(
            directory,
            database=database,
            password=PASSWORD,
            settings={"SECOND_FACTOR_REQUIRED": "Administrator"},
            afterwards=["shell", "--verbosity=0", "-c", PEOPLE],
        ) as address,
    ):
        yield address.replace("127.0.0.1", "localhost")


def sign_in(page, name):
    page.goto("/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.locator(".app-user summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def confirm(page):
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def enter_code(page, code):
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name=re.compile("^(Sign in|Set up)$")).click()


def give_key(page):
    """Plug a virtual authenticator into the page: it says yes to everything."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def set_up_app(page):
    """Follow the way of somebody who must have a factor; return the secret."""
    expect(page.get_by_text("Your role takes a second factor")).to_be_visible()
    page.get_by_role("link", name="Set up an app").click()
    confirm(page)
    secret = page.locator("#secret").inner_text()
    enter_code(page, one_time_code(secret))
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


def test_an_app_is_set_up_because_the_role_takes_it_and_then_asked_for(new_page):
    page = new_page()
    sign_in(page, "ann")
    for path in ("/endpoints/", "/admin/", "/accounts/users/"):
        page.goto(path)
        expect(page.get_by_text("Your role takes a second factor")).to_be_visible()

    secret = set_up_app(page)
    expect(page.locator(".codes li")).to_have_count(10)
    code = page.locator(".codes li").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert code in download.value.path().read_text()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    sign_out(page)
    sign_in(page, "ann")
    enter_code(page, "000000")
    expect(page.get_by_text("That did not fit")).to_be_visible()
    enter_code(page, one_time_code(secret, ahead=1))
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    sign_out(page)
    sign_in(page, "ann")
    enter_code(page, code)
    page.goto("/accounts/profile/")
    expect(page.get_by_text("9 left")).to_be_visible()


def test_a_passkey_is_added_and_then_enough_alone(new_page):
    page = new_page()
    give_key(page)
    sign_in(page, "bob")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name=re.compile("Laptop"))).to_contain_text(
        "Passkey"
    )

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    sign_out(page)
    sign_in(page, "bob")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    confirm(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("this is your last one")).to_be_visible()


def test_a_browser_without_the_key_says_so_in_words(new_page):
    page = new_page()
    page.goto("/")
    page.evaluate("delete window.PublicKeyCredential")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("Passkeys need a site with https://")).to_be_visible()


def test_signing_out_elsewhere_ends_the_other_browser_s_session(new_page):
    here, there = new_page(), new_page(width=390, scheme="dark")
    sign_in(here, "cai")
    secret = set_up_app(here)
    sign_in(there, "cai")
    enter_code(there, one_time_code(secret, ahead=1))
    expect(there.get_by_role("heading", name="Dashboard")).to_be_visible()

    here.goto("/accounts/sessions/")
    expect(here.get_by_text("Chrome without a window on Linux")).to_have_count(2)
    expect(here.get_by_text("this one")).to_have_count(1)
    here.get_by_role("button", name="Sign out elsewhere").click()
    expect(here.get_by_text("signed out everywhere else")).to_be_visible()

    there.goto("/endpoints/")
    expect(there.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    here.goto("/endpoints/")
    expect(here.get_by_role("heading", level=1)).to_have_text("Endpoints")
