"""From an invitation to a passkey, as a new colleague goes."""

import re
import socket

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from accounts.tests.signing import one_time_code
from project.tests.browser.conftest import PASSWORD
from project.tests.browser.site import running_site
from project.tests.browser.test_second_factor import (
    confirm,
    enter_code,
    give_key,
    sign_in,
    sign_out,
)
from project.tests.fresh import fresh_url

pytestmark = pytest.mark.slow


class Letterbox:
    """A mail server that keeps what it is given."""

    def __init__(self, port):
        self.port = port
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.letters.append(envelope.content.decode())
        return "250 OK"


@pytest.fixture(scope="module")
def letterbox():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Letterbox(port)
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box
    server.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory, letterbox):
    directory = tmp_path_factory.mktemp("site")
    with (
        fresh_url(directory) as database,
        running_site(
            directory,
            database=database,
            password=PASSWORD,
            settings={"SMTP_URL": f"smtp://127.0.0.1:{letterbox.port}"},
        ) as address,
    ):
        yield address.replace("127.0.0.1", "localhost")


def invite(page, address):
    page.goto("/accounts/users/")
    page.get_by_role("link", name="Invitations").click()
    page.get_by_role("link", name="Invite").first.click()
    page.get_by_label("Mail addresses").fill(address)
    page.get_by_label("Role").select_option("Editor")
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_role("cell", name=address, exact=True)).to_be_visible()


def join(page, link):
    page.goto(link)
    page.locator("[name=username]").fill("dee")
    page.locator("[name=display_name]").fill("Dee Dahl")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def set_up_factors(page):
    """Set up an app and a passkey from the profile page; return the app's secret."""
    give_key(page)
    page.goto("/accounts/profile/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_role("link", name="Set up an app").click()
    confirm(page)
    secret = page.locator("#secret").inner_text()
    enter_code(page, one_time_code(secret))
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Add a passkey").first.click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("You have 1 key.")).to_be_visible()
    return secret


def test_who_is_invited_joins_sets_up_factors_and_signs_in(new_page, letterbox):
    administrator, page = new_page(), new_page()
    sign_in(administrator, "admin")
    invite(administrator, "dee@example.org")
    letter = letterbox.letters[-1].replace("=\r\n", "")
    link = re.search(r"/accounts/invitations/[\w-]+/", letter)
    assert link is not None
    join(page, link.group())
    secret = set_up_factors(page)

    sign_out(page)
    sign_in(page, "dee")
    enter_code(page, one_time_code(secret, ahead=1))
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    page.goto("/accounts/profile/")
    expect(page.get_by_text("On, app, 1 passkey")).to_be_visible()
    expect(page.locator("dl").filter(has_text="Role")).to_contain_text("Editor")
