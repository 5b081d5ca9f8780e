"""The door in a real browser: what it says and does, and that nothing is blocked."""

import re

import pytest
from playwright.sync_api import expect

from project.tests.browser.conftest import PASSWORD
from project.tests.browser.test_staff_day import OVERFLOW

NEW = "quite another long password"
DOOR = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-x/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/x/",
]


def test_no_page_of_the_door_is_too_wide_or_complains(new_page):
    page = new_page(scheme="dark")

    for path in DOOR:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(OVERFLOW) <= 0, f"{path} is wider than {width}"


@pytest.mark.parametrize("kept", [False, True])
def test_somebody_signs_in_and_is_led_to_what_was_asked_for(new_page, kept):
    page = new_page()
    page.goto("/accounts/profile/")
    page.get_by_label("User name or mail address").fill("ADMIN@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    if kept:
        page.get_by_label("Keep me signed in").check()
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page).to_have_url(re.compile("/accounts/profile/$"))
    cookie = next(c for c in page.context.cookies() if c["name"] == "sessionid")
    assert (cookie["expires"] > 0) is kept
    assert cookie["httpOnly"]


def test_a_person_changes_password_and_back(staff_page):
    page = staff_page()
    for old, new in ((PASSWORD, NEW), (NEW, PASSWORD)):
        page.goto("/accounts/password/change/")
        page.get_by_label("Current password").fill(old)
        page.locator("[name=password1]").fill(new)
        page.get_by_label("New password again").fill(new)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Your password was changed.")).to_be_visible()


def test_a_change_of_address_asks_for_the_password_first(staff_page):
    page = staff_page()
    page.goto("/accounts/email/")
    page.get_by_label("New mail address").fill("new@example.org")
    page.get_by_role("button", name="Send link").click()

    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_text("not confirmed yet")).to_be_visible()
    page.get_by_role("button", name="Keep the old address").click()
    expect(page.get_by_text("stays as it was")).to_be_visible()
