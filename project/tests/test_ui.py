"""The tags of every page, and what holds for every template."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string

from accounts.tests.factories import make_user
from project import ui

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TEMPLATES = {
    path.relative_to(settings.BASE_DIR / "templates").as_posix(): path.read_text()
    for path in (settings.BASE_DIR / "templates").rglob("*.html")
}


def render(text, **context):
    return Template("{% load ui %}" + text).render(Context(context))


def get(rf, user, url="/"):
    request = rf.get(url)
    request.user = user
    return request


def page(request):
    return Context({"request": request})


def test_an_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render("{% icon 'key' %}")
    assert 'role="img" aria-label="Key"' in render("{% icon 'key' label='Key' %}")


def test_the_label_of_an_icon_is_only_text():
    icon = render("{% icon 'key' label=label %}", label='"><script>')

    assert "<script>" not in icon


def test_every_vendored_icon_is_read_whole():
    for path in ui.ICONS.glob("*.svg"):
        svg = path.read_text()

        assert len(ui.PATH.findall(svg)) == svg.count("<") - 2, path.name


def test_every_icon_in_a_template_is_vendored():
    names = re.findall(r'{% icon "([^"]+)"', " ".join(TEMPLATES.values()))

    assert {name for name in names if not (ui.ICONS / f"{name}.svg").exists()} == set()


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{% query %}", "?q=a+b&amp;page=3"),
        ("{% query page='' %}", "?q=a+b"),
        ("{% query page=4 %}", "?q=a+b&amp;page=4"),
        ("{% query q='' page='' %}", "?"),
        ("{% query sort='<b>' page='' %}", "?q=a+b&amp;sort=%3Cb%3E"),
    ],
)
def test_a_query_keeps_what_was_asked_and_drops_what_is_empty(rf, tag, expected):
    request = rf.get("/endpoints/", {"q": "a b", "page": "3", "team": ""})

    assert render(tag, request=request) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (172_799, "47 h ago"),
        (172_800, "2 d ago"),
    ],
)
def test_ago_takes_the_unit_that_fits(seconds, expected):
    assert ui.ago(NOW - timedelta(seconds=seconds), NOW) == expected


def test_the_footer_tells_version_and_zone():
    footer = render_to_string("ui/_footer.html")

    assert settings.VERSION in footer
    assert "all times UTC" in footer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (None, []),
        ("Viewer", ["Dashboard", "Endpoints", "Warnings", "Jobs", "Teams"]),
        (
            "Administrator",
            ["Dashboard", "Endpoints", "Warnings", "Jobs", "Teams", "Users"],
        ),
    ],
)
def test_the_main_navigation_leads_where_the_person_may_go(rf, role, labels):
    links = ui.main_nav(page(get(rf, make_user(role))))

    assert [link.label for link in links] == labels


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "current"), [("/", "Dashboard"), ("/endpoints/add/", "Endpoints")]
)
def test_one_link_of_the_main_navigation_is_current(rf, url, current):
    links = ui.main_nav(page(get(rf, make_user("Administrator"), url)))

    assert [link.label for link in links if link.is_current] == [current]


@pytest.mark.django_db
def test_the_records_are_for_people_with_access_to_the_admin(rf):
    viewer, editor = make_user("Viewer"), make_user("Editor")

    assert ui.records_nav(page(get(rf, AnonymousUser()))) == []
    assert ui.records_nav(page(get(rf, viewer))) == []
    groups = ui.records_nav(page(get(rf, editor, "/admin/certs/endpoint/")))
    links = {link.label: link for group in groups for link in group.links}
    assert links["Endpoints"].is_current
    assert "Groups" not in links


def test_the_page_for_a_server_error_needs_no_context_and_no_database():
    assert "Something went wrong" in render_to_string("500.html")


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_the_other_error_pages_need_nobody_to_be_signed_in(rf, name):
    request = get(rf, AnonymousUser())

    assert "Certdesk" in render_to_string(name, request=request)


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(name):
    text = TEMPLATES[name]

    assert not re.search(r"\son[a-z]+=|javascript:|https?:|\bsafe\b", text)
    if name != "email/digest.html":  # mail programs read no style sheets
        assert not re.search(r"<style|\sstyle=", text)
    assert not re.search(r"<script(?! src=)", text)
