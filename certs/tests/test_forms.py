from base64 import encodebytes
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from certs.forms import CertificateForm, EndpointForm
from certs.pki.grading import Validity, validity
from certs.services import inventory
from certs.tests.factories import (
    NOW,
    authority,
    make_chain,
    make_endpoint,
    make_team,
    make_user,
)
from certs.tests.pki.building import certificate
from certs.tests.pki.seeds import seeds

SEEDS = seeds()
pytestmark = pytest.mark.django_db


def fill(user=None, instance=None, **data):
    data = {
        "host": "www.example.org",
        "address_mode": "first",
        "environment": "production",
        "renewal_method": "unknown",
        **data,
    }
    user = user or make_user("Administrator")
    return EndpointForm(data, user=user, instance=instance)


@pytest.mark.parametrize(
    ("typed", "host", "port"),
    [
        ("www.example.org", "www.example.org", 443),
        ("  WWW.Example.ORG.  ", "www.example.org", 443),
        ("https://www.example.org:8443/path?q=1", "www.example.org", 8443),
        ("http://www.example.org/", "www.example.org", 443),
        ("ldaps://ldap.example.org", "ldap.example.org", 636),
        ("bücher.example", "xn--bcher-kva.example", 443),
        ("2001:db8::1", "2001:db8::1", 443),
        ("[2001:db8::1]:993", "2001:db8::1", 993),
        ("192.0.2.1", "192.0.2.1", 443),
    ],
)
def test_what_people_paste_is_taken_apart(typed, host, port):
    form = fill(host=typed)

    assert form.is_valid(), form.errors
    assert (form.instance.host, form.instance.port) == (host, port)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "two words",
        "a..b",
        "*.example.org",
        "x" * 300,
        "a.org b.org",
        "a.org:0",
        "<b>",
    ],
)
def test_a_host_that_is_none_is_an_error_at_the_host(typed):
    form = fill(host=typed)

    assert list(form.errors) == ["host"]


@pytest.mark.parametrize("port", ["0", "70000", "-1", "abc", "1" * 50])
def test_a_port_that_is_none_is_an_error_at_the_port(port):
    assert list(fill(port=port).errors) == ["port"]


def test_two_ports_that_disagree_are_an_error():
    assert list(fill(host="www.example.org:8443", port="993").errors) == ["port"]
    assert fill(host="www.example.org:8443", port="8443").is_valid()


def test_a_pasted_port_wins_over_the_one_that_was_there():
    endpoint = make_endpoint("www.example.org")

    form = fill(host="www.example.org:8443", port="443", instance=endpoint)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["port"] == 8443


def test_a_port_can_be_changed_without_touching_the_host():
    endpoint = make_endpoint("bücher.example".encode("idna").decode())

    form = fill(host="bücher.example", port="8443", instance=endpoint)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["port"] == 8443


@pytest.mark.parametrize(
    ("host", "port", "starttls"),
    [
        ("www.example.org", "", ""),
        ("mail.example.org", "25", "smtp"),
        ("mail.example.org:587", "", "smtp"),
        ("mail.example.org", "465", ""),
        ("mail.example.org", "143", "imap"),
        ("db.example.org", "5432", "postgres"),
    ],
)
def test_what_is_spoken_before_tls_is_what_is_usual_on_the_port(host, port, starttls):
    form = fill(host=host, port=port, starttls="by-port")

    assert form.is_valid()
    assert form.cleaned_data["starttls"] == starttls
    assert form.instance.starttls == starttls


def test_by_the_port_is_what_a_new_form_offers_and_people_may_say_otherwise():
    empty = EndpointForm(user=make_user("Administrator"))
    assert empty["starttls"].initial == "by-port"

    for chosen in ("", "ldap"):
        form = fill(port="25", starttls=chosen)
        assert form.is_valid()
        assert form.instance.starttls == chosen


def test_a_protocol_that_is_none_is_an_error_at_its_field():
    assert list(fill(starttls="gopher").errors) == ["starttls"]


@pytest.mark.parametrize("kept", ["", "ldap"])
def test_the_form_of_an_endpoint_keeps_what_is_spoken_there(kept):
    endpoint = make_endpoint("mail.example.org", port=25, starttls=kept)
    shown = EndpointForm(instance=endpoint, user=make_user("Administrator"))
    assert shown["starttls"].value() == kept

    form = fill(instance=endpoint, host=endpoint.host, port=25, starttls=kept)

    assert form.is_valid()
    assert form.instance.starttls == kept


def test_one_place_may_be_watched_with_and_without_starttls():
    make_endpoint("www.example.org", port=25)

    assert fill(port="25", starttls="smtp").is_valid()
    assert "inventory already" in str(fill(port="25", starttls="").errors)


def test_a_duplicate_is_a_clear_error():
    make_endpoint("www.example.org")

    assert "in the inventory already" in str(fill().errors)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("server_name", "two words"),
        ("addresses", "192.0.2.1\nnonsense"),
        ("contacts", "ann@example.org\nnobody"),
        ("contacts", "\n".join(f"a{n}@example.org" for n in range(51))),
        ("tags", "ok n@t-ok"),
        ("tags", "x" * 51),
        ("tags", " ".join(f"t{n}" for n in range(21))),
        ("notes", "x" * 5_000_000),
    ],
)
def test_a_wrong_value_is_an_error_at_its_own_field(field, value):
    form = fill(**{field: value, "address_mode": "first"})

    assert list(form.errors) == [field]
    assert form[field].value() == value  # nothing is lost


def test_fifty_addresses_can_be_listed_and_more_are_refused():
    addresses = [f"192.0.2.{number}" for number in range(51)]

    form = fill(address_mode="listed", addresses="\n".join(addresses[:50]))
    too_many = fill(address_mode="listed", addresses="\n".join(addresses))

    assert form.is_valid()
    assert form.instance.target.addresses == tuple(addresses[:50])
    assert too_many.errors["addresses"] == ["At most 50 addresses can be listed."]


def test_listed_addresses_are_wanted_when_the_mode_says_so():
    assert list(fill(address_mode="listed").errors) == ["addresses"]
    form = fill(address_mode="listed", addresses="192.0.2.1\n\n 2001:db8::1 ")

    assert form.is_valid(), form.errors
    assert form.instance.addresses == ("192.0.2.1", "2001:db8::1")


def test_contacts_and_tags_are_tidied():
    form = fill(contacts="Ann@Example.org\nann@example.org\n", tags="Web, web urgent")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["contacts"] == ["ann@example.org"]
    assert form.cleaned_data["tags"] == ["web", "urgent"]


def test_an_editor_chooses_among_own_teams_and_must_choose():
    own, other = make_team(), make_team()
    editor = make_user("Editor", teams=[own])

    assert fill(editor, team=str(own.pk)).is_valid()
    assert list(fill(editor, team=str(other.pk)).errors) == ["team"]
    assert list(fill(editor, team="").errors) == ["team"]
    assert fill(team="").is_valid()


def test_an_editor_of_one_team_finds_it_chosen():
    team = make_team()
    one = make_user("Editor", teams=[team])
    two = make_user("Editor", teams=[team, make_team()])

    assert EndpointForm(user=one)["team"].value() == team.pk
    assert EndpointForm(user=two)["team"].value() is None


def test_the_form_of_an_endpoint_shows_it_as_people_write_it():
    endpoint = make_endpoint(
        "xn--bcher-kva.example",
        address_mode="listed",
        addresses=("192.0.2.1", "192.0.2.2"),
        contacts=["ann@example.org"],
        tags=["a", "b"],
    )

    form = EndpointForm(instance=endpoint, user=make_user("Administrator"))

    assert form["host"].value() == "bücher.example"
    assert form["addresses"].value() == "192.0.2.1\n192.0.2.2"
    assert form["contacts"].value() == "ann@example.org"
    assert form["tags"].value() == "a b"


def upload(data, text=""):
    """A form with a file."""
    files: Any = MultiValueDict({"file": [SimpleUploadedFile("a.cer", data)]})
    return CertificateForm({"pem": text}, files)


def pem(der):

    body = encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def test_certificates_come_as_text_or_as_a_file():
    one, two = make_chain()[0], make_chain()[0]

    form = upload(two, f"Here:\n{pem(one)}")

    assert form.is_valid(), form.errors
    assert [parsed.der for parsed in form.certificates()] == [one, two]


@pytest.mark.parametrize(
    "text", ["hello", "x" * 5_000_000, "-----BEGIN CERTIFICATE-----"]
)
def test_text_that_is_no_certificate_is_an_error_at_the_text(text):
    form = CertificateForm({"pem": text})

    assert list(form.errors) == ["pem"]
    assert form["pem"].value() == text


@pytest.mark.parametrize(
    "data", [b"\x89PNG junk", b"\x30\x82", b"0" * (1024 * 1024 + 1)]
)
def test_a_file_that_is_no_certificate_is_an_error_at_the_file(data):
    form = upload(data)

    assert list(form.errors) == ["file"]


def test_nothing_at_all_is_an_error():
    assert not CertificateForm({}).is_valid()


def test_a_private_key_is_neither_taken_nor_repeated():
    key = authority().root.key_pem.decode()

    form = CertificateForm({"pem": key})

    assert list(form.errors) == ["pem"]
    assert key.splitlines()[1] not in f"{form.errors}{form}"


PKCS7, PKCS12, JKS = (SEEDS[name] for name in ("pkcs7-der", "pkcs12-open", "jks"))


@pytest.mark.parametrize(
    ("data", "count", "remark"),
    [
        (PKCS7, 1, []),
        (PKCS12, 1, ["The input also holds a private key; it was not kept."]),
        (JKS, 2, ["The input also holds a private key; it was not kept."]),
    ],
)
def test_files_of_other_software_are_taken(data, count, remark):
    form = upload(data)

    assert form.is_valid(), form.errors
    assert len(form.certificates()) == count
    assert form.remarks() == remark


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (
            SEEDS["pkcs12-closed"],
            [
                "The certificates in the PKCS#12 file are encrypted: they need its"
                " password."
            ],
        ),
        (JKS[:-30], ["The keystore cannot be read to its end."]),
    ],
)
def test_files_of_other_software_that_cannot_be_read_say_why(data, errors):
    form = upload(data)

    assert form.errors == {"file": errors}


def test_each_certificate_that_cannot_be_read_is_named():
    broken = "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n"

    form = CertificateForm({"pem": pem(make_chain()[0]) + broken * 2})

    assert form.errors["pem"] == [
        "Certificate 2 of the input is not valid base64.",
        "Certificate 3 of the input is not valid base64.",
    ]


def test_a_certificate_without_dates_can_be_stored():
    der = certificate(validity=b"\x30\x00", serial=b"\x02\x00")

    form = upload(der)

    assert form.is_valid()
    (row,) = inventory.store(form.certificates(), now=NOW).values()
    assert validity(row.not_before, row.not_after, now=NOW) is Validity.EXPIRED
    assert row.problems[0] == "The serial number cannot be read."


def test_the_time_between_checks_is_chosen_or_as_usual(settings):
    settings.CHECK_HOURS = 48
    form = fill(check_hours="6")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["check_hours"] == 6
    assert fill().fields["check_hours"].choices[0] == ("", "48 hours, as usual")

    usual = fill()
    assert usual.is_valid(), usual.errors
    assert usual.cleaned_data["check_hours"] is None
