from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from certs.models import Contact, Endpoint, Letter
from certs.services.notices import writing
from certs.tests.factories import (
    NOW,
    make_checked,
    make_endpoint,
    make_team,
    make_user,
)
from certs.tests.telling import make_letter

pytestmark = pytest.mark.django_db
ANN, BOB = "ann@example.org", "bob@example.org"


def web():
    team = make_team("Web")
    team.email = "web@example.org"
    team.save()
    return team


def letters_for(*endpoints, subject="Hello", text="About\n{endpoints}"):
    to = writing.addressees(endpoints)
    return writing.drafts(to, subject=subject, text=text, now=NOW)


def test_contacts_and_the_team_are_written_to_with_what_is_theirs():
    team = web()
    one = make_checked("one.example.org", days=20, contacts=[ANN], team=team)
    two = make_checked("two.example.org", days=5, contacts=[ANN, BOB])

    found = {each.address: each for each in writing.addressees([one, two])}

    assert set(found) == {ANN, BOB, "web@example.org"}
    assert found[ANN].endpoints == (two, one)  # what ends first first
    assert found[BOB].endpoints == (two,)
    assert found["web@example.org"].reasons == ("team Web",)


def test_the_deactivated_are_left_out():
    endpoint = make_endpoint(contacts=[ANN, BOB, "eve@example.org"])
    Contact.objects.filter(email=ANN).update(is_active=False)
    make_user("Viewer", email=BOB, is_active=False)

    assert [each.address for each in writing.addressees([endpoint])] == [
        "eve@example.org"
    ]


def test_each_reads_of_their_own_endpoints_alone():
    one = make_checked("one.example.org", days=20, contacts=[ANN])
    two = make_checked("two.example.org", days=-2, contacts=[BOB])

    ann, bob = letters_for(one, two)

    assert "one.example.org:443: 20 days left" in ann.body
    assert "issued by Test Issuing CA" in ann.body
    assert "two.example.org" not in ann.body
    assert "two.example.org:443: ended 2 days ago" in bob.body


def test_a_text_to_begin_with_says_host_days_and_issuer(settings):
    settings.DEFAULT_HOST = "https://certs.example.org"
    endpoint = make_checked("www.example.org", days=1)

    subject, text = writing.suggestion([endpoint], now=NOW)

    assert subject == "The certificate of www.example.org:443 ends in 1 day"
    assert "1 day left" in text
    assert "Test Issuing CA" in text
    assert f"https://certs.example.org/endpoints/{endpoint.pk}/" in text


@pytest.mark.parametrize(
    ("days", "subject"),
    [(-1, "The certificate of {} has ended"), (None, "About {}")],
)
def test_the_subject_fits_what_is_known(days, subject):
    endpoint = make_endpoint() if days is None else make_checked(days=days)

    assert writing.suggestion([endpoint], now=NOW)[0] == subject.format(endpoint)


def test_a_long_host_makes_no_subject_too_long():
    endpoint = make_checked(days=9)
    endpoint.host = ".".join(["a" * 60] * 4)

    subject, _ = writing.suggestion([endpoint], now=NOW)

    assert len(subject) == 200


def test_about_several_the_list_has_a_place_of_its_own():
    _, text = writing.suggestion([make_endpoint(), make_endpoint()], now=NOW)

    assert writing.PLACE in text


def test_an_issuer_with_line_breaks_adds_no_lines():
    endpoint = make_checked(days=9)
    endpoint.issuer = "Evil\r\nCA\n\n-- \nfooter"

    assert len(writing.line(endpoint, now=NOW).splitlines()) == 2


def test_a_certificate_without_an_end_is_written_of():
    endpoint = make_checked(days=9)
    endpoint.not_after = endpoint.not_after.replace(
        year=9999, month=12, day=31, hour=23, minute=59
    )

    assert "until 9999-12-31" in writing.line(endpoint, now=NOW)


@pytest.mark.parametrize(
    "subject", ["a\nBcc: eve@example.org", "a\rb", "a\0b", "a\x85b"]
)
def test_a_subject_that_could_be_another_header_is_refused(subject):
    with pytest.raises(ValidationError, match="one line"):
        letters_for(make_endpoint(contacts=[ANN]), subject=subject)


def test_there_is_an_end_to_how_many_are_written_to():
    endpoint = make_endpoint(contacts=[f"p{n}@example.org" for n in range(5)])
    to = writing.addressees([endpoint]) * 101

    with pytest.raises(ValidationError, match="At most 500"):
        writing.drafts(to, subject="Hello", text="", now=NOW)


def test_letters_wait_to_be_sent():
    user = make_user("Editor")
    drafts = letters_for(make_checked(contacts=[ANN, BOB]))

    assert writing.write(drafts, user=user, key=uuid4(), now=NOW) == 2

    letters = Letter.objects.order_by("address")
    assert [letter.address for letter in letters] == [ANN, BOB]
    for letter in letters:
        assert letter.kind == Letter.Kind.MANUAL
        assert letter.state == Letter.State.WAITING
        assert letter.made_by == user
        assert letter.due_at == letter.created_at == NOW
        assert letter.subject == "Hello"


def test_to_send_twice_makes_no_second_letter():
    user, key = make_user("Editor"), uuid4()
    drafts = letters_for(make_checked(contacts=[ANN]))

    for _ in range(2):
        writing.write(drafts, user=user, key=key, now=NOW)

    assert Letter.objects.count() == 1


def test_what_was_given_up_is_tried_again_and_nothing_else():
    failed = make_letter(state=Letter.State.FAILED, attempts=9, error="Refused.")
    sent = make_letter(state=Letter.State.SENT, sent_at=NOW)

    assert writing.resend([failed.pk, sent.pk], now=NOW) == 1

    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.attempts) == (Letter.State.WAITING, 0)
    assert failed.due_at == NOW
    assert sent.state == Letter.State.SENT


def test_people_write_about_what_they_look_after():
    team = make_team()
    own, _other = make_endpoint(team=team), make_endpoint()
    editor = make_user("Editor", teams=[team])

    assert writing.writable(Endpoint.objects.all(), user=editor) == [own]


@pytest.mark.parametrize("rows", [1, 5])
def test_recipients_cost_the_same_for_any_number(rows, django_assert_num_queries):
    team = web()
    for number in range(rows):
        make_endpoint(team=team, contacts=[f"p{number}@example.org"])
    admin = make_user("Administrator")
    endpoints = writing.writable(Endpoint.objects.all(), user=admin)

    with django_assert_num_queries(2):
        assert len(writing.addressees(endpoints)) == rows + 1
