"""What people do all day, in a real browser against a real server."""

import re
import ssl

import pytest
from playwright.sync_api import expect


@pytest.fixture
def member(fleet_today):
    """A real TLS server, as the person knows it."""
    return next(each for each in fleet_today.members if each.name == "shop")


def trust(page, root):
    page.goto("/admin/certs/truststore/add/")
    page.get_by_label("Name").fill("Our own")
    page.get_by_label("Text").fill(ssl.DER_cert_to_PEM_cert(root))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    page.goto("/")


def add(page, member, *, host=None):
    page.goto("/endpoints/add/")
    page.get_by_label("Host").fill(host or member.host)
    page.get_by_label("Port").fill(str(member.port))
    page.get_by_label("Connect").select_option("listed")
    page.get_by_label("Addresses").fill(member.address)
    page.get_by_label("Contacts").fill("ann@example.org")
    page.get_by_label("Tags").fill("browser")
    page.get_by_role("button", name="Add and check").click()


def test_a_day_with_an_endpoint_from_adding_to_deleting(
    staff_page, member, fleet_today
):
    page = staff_page()
    trust(page, *fleet_today.roots)
    page.get_by_role("link", name="Add").first.click()
    expect(page.get_by_role("heading", name="Add endpoint")).to_be_visible()

    add(page, member)
    expect(page.get_by_text("was added")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"answered\. OK, 4[01] days left"))
    ).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("shop.demo.test")
    expect(page.locator(".life-top b")).to_have_text(re.compile("4[01]"))
    expect(page.get_by_text("Demo Trust Issuing CA").first).to_be_visible()

    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("2 checks")).to_be_visible()

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Notes").fill("Ask Ann first.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was saved")).to_be_visible()
    expect(page.locator(".prose")).to_have_text("Ask Ann first.")

    page.goto("/endpoints/")
    page.get_by_role("searchbox", name=re.compile("Search host")).press_sequentially(
        "shop.d"
    )
    expect(page).to_have_url(re.compile("q=shop"))
    expect(page.get_by_role("row", name=re.compile("shop.demo.test"))).to_be_visible()
    page.get_by_role("searchbox", name=re.compile("Search host")).fill("nowhere")
    expect(page.get_by_text("shop.demo.test")).to_have_count(0)

    page.goto("/endpoints/?q=browser")
    page.get_by_role("link", name=re.compile("shop")).click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("was deleted")).to_be_visible()


def test_a_mistake_is_shown_at_its_field_and_nothing_is_lost(staff_page, member):
    page = staff_page()

    add(page, member, host="two words")

    expect(page.locator("#div_id_host .invalid-feedback")).to_be_visible()
    expect(page.get_by_label("Contacts")).to_have_value("ann@example.org")
    expect(page.get_by_label("Host")).to_have_value("two words")


def test_a_wrong_password_is_told_and_a_sign_out_is_one(new_page, staff_page):
    page = new_page()
    page.goto("/endpoints/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("That name and password do not match")).to_be_visible()

    page = staff_page()
    page.locator(".app-user summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.goto("/endpoints/")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_the_theme_is_chosen_once_for_pages_and_admin(staff_page):
    page = staff_page()

    page.locator(".app-user summary").click()
    page.get_by_role("radio", name="Dark").check()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/admin/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


PAGES = [
    "/",
    "/endpoints/",
    "/endpoints/add/",
    "/certificates/add/",
    "/accounts/users/",
    "/accounts/users/add/",
    "/accounts/profile/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/admin/",
    "/admin/certs/endpoint/",
    "/admin/certs/endpoint/add/",
    "/admin/certs/certificate/",
    "/admin/certs/observation/",
    "/admin/accounts/user/",
    "/nowhere/",
]


OVERFLOW = """() => {
  const page = document.documentElement;
  return page.scrollWidth - page.clientWidth;
}"""


def test_no_page_is_wider_than_its_window_or_complains(staff_page, member):
    page = staff_page(scheme="dark")
    long = "a-rather-long-name-for-a-host-in-the-second-cluster-of-the-office.demo.test"
    add(page, member, host=long)

    for path in [*PAGES, page.url]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        for width in (1280, 820, 390):
            page.set_viewport_size({"width": width, "height": 900})
            over = page.evaluate(OVERFLOW)
            assert over <= 0, f"{path} is {over} px wider than {width}"


def test_the_admin_s_widgets_work_under_the_policy(staff_page, member):
    page = staff_page()
    add(page, member, host="widgets.demo.test")

    page.goto("/admin/certs/endpoint/")
    page.get_by_role("link", name="widgets.demo.test").click()
    page.locator(".field-tags .select2-selection").click()
    page.locator(".select2-search__field").last.press_sequentially("brow")
    expect(page.locator(".select2-results__option").first).to_have_text("browser")
    page.keyboard.press("Escape")

    page.goto("/admin/certs/endpoint/")
    page.locator(".action-select").first.check()
    page.get_by_label("Action:").select_option("check_now")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("1 endpoint was checked")).to_be_visible()
