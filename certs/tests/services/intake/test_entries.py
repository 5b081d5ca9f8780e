"""Cells of a row, by the rules of the form."""

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, strategies as st

from certs.services.intake import entries
from certs.services.intake.rows import SYNONYMS


def problems(**cells):
    with pytest.raises(ValidationError) as caught:
        entries.entry(cells)
    return caught.value.message_dict


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"host": "Web.Example.org"}, ("web.example.org", 443, "", "")),
        ({"host": "web.example.org:8443"}, ("web.example.org", 8443, "", "")),
        ({"host": "https://w.example.org:8443/x"}, ("w.example.org", 8443, "", "")),
        (
            {"host": "a.example.org:8443", "port": "8443.0"},
            ("a.example.org", 8443, "", ""),
        ),
        ({"host": "müller.example"}, ("xn--mller-kva.example", 443, "", "")),
        (
            {"host": "mail.example.org", "port": "25"},
            ("mail.example.org", 25, "", "smtp"),
        ),
        (
            {"host": "mail.example.org", "port": "25", "starttls": ""},
            ("mail.example.org", 25, "", ""),
        ),
        (
            {"host": "db.example.org", "port": "5432", "starttls": "postgresql"},
            ("db.example.org", 5432, "", "postgres"),
        ),
        (
            {"host": "192.0.2.1", "server_name": "Shop.example.org"},
            ("192.0.2.1", 443, "shop.example.org", ""),
        ),
    ],
)
def test_cells_name_a_place(cells, place):
    assert entries.entry(cells).place == entries.place(cells) == place


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"host": ""}, {"host": ["Give a host name or an IP address."]}),
        (
            {"host": "a.example.org:1", "port": "2"},
            {"port": ["The host field says port 1. Leave one of them out."]},
        ),
        ({"host": "a.example.org", "port": "x"}, {"port": ["Enter a whole number."]}),
        (
            {"host": "a.example.org", "contacts": "ann@example.org, bob"},
            {"contacts": ["“bob” is no mail address."]},
        ),
        (
            {"host": "a.example.org", "environment": "moon"},
            {
                "environment": [
                    "“moon” is no environment; known are production, staging, "
                    "development."
                ]
            },
        ),
        (
            {"host": "a.example.org", "notes": "x" * 10_001},
            {"notes": ["At most 10,000 letters fit in here."]},
        ),
    ],
)
def test_what_is_wrong_is_told_by_column(cells, said):
    assert problems(**cells) == said


def test_a_port_is_bounded():
    assert list(problems(host="a.example.org", port="70000")) == ["port"]
    assert list(problems(host="a.example.org", port="9" * 5000)) == ["port"]


def test_all_that_is_wrong_is_told_at_once():
    found = problems(host="*.example.org", port="x", starttls="x", tags="ä")

    assert sorted(found) == ["host", "port", "starttls", "tags"]


def test_contacts_and_tags_are_separated_by_whatever_people_use():
    entry = entries.entry(
        {
            "host": "a.example.org",
            "contacts": "Ann@example.org; bob@example.org,ann@example.org",
            "tags": "Shop;x, y",
        }
    )

    assert entry.contacts == ["ann@example.org", "bob@example.org"]
    assert entry.tags == ["shop", "x", "y"]


CELLS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="aä.-:/[]@0123456789 *,;", max_size=60),
    st.sampled_from(
        ["a.example.org", "[2001:db8::1]:443", "٣", "9" * 5000, "1e9", "²"]
    ),
)


@given(st.dictionaries(st.sampled_from(list(SYNONYMS)), CELLS), CELLS)
def test_no_cells_raise_anything_else(cells, host):
    with suppress(ValidationError):
        said = {**cells, "host": host}
        assert entries.entry(said).place == entries.place(said)
