from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from certs.models import Endpoint, Letter
from certs.tests.factories import make_checked, make_endpoint, make_team, make_user

pytestmark = pytest.mark.django_db
MANY = reverse("certs:endpoints-mail")
ANN, BOB = "ann@example.org", "bob@example.org"


@pytest.fixture
def team():
    return make_team("Web")


@pytest.fixture(autouse=True)
def editor(client, team):
    user = make_user("Editor", teams=[team])
    client.force_login(user)
    return user


@pytest.fixture
def endpoint(team):
    return make_checked(
        "www.example.org", days=12, now=timezone.now(), team=team, contacts=[ANN]
    )


def one(endpoint):
    return reverse("certs:endpoint-mail", args=[endpoint.pk])


def words(*endpoints, **others):
    return {
        "subject": "Renew",
        "text": "Dear all,\n{endpoints}\nThanks",
        "endpoints": " ".join(str(each.pk) for each in endpoints),
        "key": f"{uuid4()}",
        **others,
    }


def test_a_letter_begins_with_what_is_known(client, endpoint):
    response = client.get(one(endpoint))

    form = response.context["form"]
    assert form["subject"].value() == (
        "The certificate of www.example.org:443 ends in 12 days"
    )
    assert "12 days left" in form["text"].value()
    assert "Test Issuing CA" in form["text"].value()
    assert ANN in response.content.decode()
    assert not Letter.objects.exists()


def test_the_letters_are_shown_before_anything_is_written(client, endpoint):
    response = client.post(one(endpoint), words(endpoint))

    shown = response.content.decode()
    assert ANN in shown
    assert "www.example.org:443: 12 days left" in shown
    assert "Send 1 letter" in shown
    assert not Letter.objects.exists()


def test_the_text_can_be_changed_again(client, endpoint):
    response = client.post(one(endpoint), words(endpoint, edit="yes"))

    assert response.context["form"]["text"].value().startswith("Dear all")
    assert not Letter.objects.exists()


def test_what_was_agreed_to_is_put_out_once(client, endpoint, editor):
    data = words(endpoint, send="yes")

    for _ in range(2):  # somebody clicks twice
        assert client.post(one(endpoint), data).status_code == 302

    letter = Letter.objects.get()
    assert (letter.address, letter.subject) == (ANN, "Renew")
    assert letter.kind == Letter.Kind.MANUAL
    assert letter.made_by == editor
    assert "www.example.org:443" in letter.body
    assert "{endpoints}" not in letter.body


def test_about_many_each_gets_one_letter_of_their_own(client, endpoint, team):
    other = make_endpoint("mail.example.org", team=team, contacts=[ANN, BOB])

    client.post(MANY, words(endpoint, other, send="yes"))

    ann, bob = Letter.objects.order_by("address")
    assert "www.example.org" in ann.body
    assert "mail.example.org" in ann.body
    assert "www.example.org" not in bob.body


def test_a_selection_and_a_filter_lead_there(client, endpoint, team):
    other = make_endpoint("mail.example.org", team=team, tags=["x"], contacts=[BOB])
    make_endpoint("strange.example.org", tags=["x"], contacts=[BOB])

    def found(**asked):
        return client.get(MANY, asked).context["endpoints"]

    def ticked(*words):
        data = {"chosen": "yes", "endpoints": words}
        return client.post(MANY, data).context["endpoints"]

    assert ticked(str(other.pk), "nonsense") == [other]
    assert ticked() == []
    assert client.post(f"{MANY}?tag=x").context["endpoints"] == [other]
    assert found(tag="x") == [other]
    assert found() == [other, endpoint]
    assert found(status="critical") == []


def test_what_others_look_after_is_left_out_also_of_what_is_sent(client, endpoint):
    strange = make_endpoint("strange.example.org", contacts=[BOB])

    client.post(MANY, words(endpoint, strange, send="yes"))

    assert [letter.address for letter in Letter.objects.all()] == [ANN]
    assert client.get(one(strange)).status_code == 403
    assert client.post(one(strange), words(strange, send="yes")).status_code == 403


def test_of_one_endpoint_nothing_else_can_be_smuggled_in(client, endpoint, team):
    other = make_endpoint("mail.example.org", team=team, contacts=[BOB])

    client.post(one(endpoint), words(endpoint, other, send="yes"))

    assert [letter.address for letter in Letter.objects.all()] == [ANN]


def test_more_than_500_are_too_many(client, team):
    Endpoint.objects.bulk_create(
        Endpoint(host=f"h{number}.example.org", team=team) for number in range(501)
    )

    response = client.get(MANY, follow=True)

    assert "At most 500 endpoints" in response.content.decode()
    everything = words(*Endpoint.objects.all(), send="yes")
    response = client.post(MANY, everything, follow=True)
    assert "At most 500" in response.content.decode()
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "Hi\nBcc: eve@example.org"},
        {"subject": "Hi\rthere"},
        {"subject": ""},
        {"subject": "x" * 201},
        {"text": ""},
        {"text": "x" * 10_001},
    ],
)
def test_bad_words_are_refused(client, endpoint, wrong):
    response = client.post(one(endpoint), words(endpoint, send="yes", **wrong))

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Letter.objects.exists()


@pytest.mark.parametrize("wrong", [{"key": "nonsense"}, {"endpoints": "nonsense"}])
def test_a_page_that_was_tampered_with_leads_back_to_the_list(client, endpoint, wrong):
    response = client.post(one(endpoint), words(endpoint, send="yes", **wrong))

    assert response.status_code == 302
    assert not Letter.objects.exists()


def test_about_many_the_list_needs_its_place(client, endpoint, team):
    other = make_endpoint(team=team, contacts=[ANN])

    response = client.post(MANY, words(endpoint, other, text="Renew!", send="yes"))

    assert "Where shall the endpoints be listed?" in response.content.decode()
    assert not Letter.objects.exists()


def test_where_there_is_nobody_to_write_to_the_page_says_so(client, team):
    silent = make_endpoint(team=team)

    assert "nobody to write to" in client.get(one(silent)).content.decode()
    client.post(one(silent), words(silent, send="yes"))
    assert not Letter.objects.exists()


def test_what_is_typed_is_shown_as_text(client, endpoint):
    evil = "<script>alert(1)</script> {endpoints}"

    shown = client.post(one(endpoint), words(endpoint, text=evil)).content.decode()

    assert "<script>alert" not in shown


def test_somebody_who_writes_without_end_is_stopped(client, endpoint, settings):
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS,
        "mail_contacts": "1/m/user",
    }

    answers = [client.post(one(endpoint), {}).status_code for _ in range(2)]

    assert answers == [302, 429]


@pytest.mark.parametrize("rows", [1, 5])
def test_queries_do_not_grow(client, team, rows, django_assert_num_queries):
    for number in range(rows):
        make_checked(team=team, contacts=[f"p{number}@example.org"], now=timezone.now())
    client.get(MANY)

    with django_assert_num_queries(10):
        client.get(MANY)
