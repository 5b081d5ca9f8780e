"""What the page of an endpoint says of trust, findings, grade and offers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certs.models import DeepCheck, Observation
from certs.pki.deep import DeepResult, OfferedSuite
from certs.pki.findings import Severity
from certs.services import survey, watch
from certs.tests.factories import (
    answers,
    make_chain,
    make_endpoint,
    make_root,
    make_store,
    make_user,
    seen,
)

pytestmark = pytest.mark.django_db
EVIL = "<script>alert('1')</script>"
SUITE = OfferedSuite(
    version="TLSv1",
    name="TLS_RSA_WITH_AES_128_CBC_SHA",
    openssl_name="AES128-SHA",
    key_exchange="RSA",
    authentication="RSA",
    bits=128,
    has_forward_secrecy=False,
    is_aead=False,
    is_weak=False,
)


@pytest.fixture(autouse=True)
def _viewer(client):
    client.force_login(make_user("Viewer"))


def checked(host="www.example.org", *, names=(), **fields):
    endpoint = make_endpoint(host, **fields)
    now = timezone.now()
    chain = make_chain(*(names or (host,)), now=now)
    list(watch.observe([endpoint], now=now, probe=answers(chain)))
    return endpoint


def page(client, endpoint):
    return client.get(endpoint.get_absolute_url())


def codes(response):
    return [shown.finding.code for shown in response.context["findings"]]


def test_the_page_says_what_each_store_thinks_and_which_counts(client):
    endpoint = checked()

    text = page(client, endpoint).text

    assert 'id="trust"' in text
    assert "Not trusted" in text
    assert "does not count here" not in text


def test_the_page_says_what_was_spoken_before_tls_and_how_keys_were_agreed_on(client):
    endpoint = checked(starttls="smtp", port=25)
    Observation.objects.update(key_exchange="x25519")

    text = page(client, endpoint).text
    plain = page(client, checked("plain.example.org")).text

    assert "<dt>STARTTLS</dt>\n        <dd>SMTP</dd>" in text
    assert "<dt>Key exchange</dt>\n            <dd>x25519</dd>" in text
    assert "<dt>STARTTLS</dt>" not in plain
    assert "<dt>Key exchange</dt>" not in plain


def test_findings_come_worst_first_with_what_to_do_and_how_to_see_it(client):
    endpoint = checked(names=["other.example.org"])

    response = page(client, endpoint)

    severities = [shown.finding.severity for shown in response.context["findings"]]
    assert severities == sorted(severities, key=list(Severity).index)
    assert {"unknown-root", "name-mismatch"} <= set(codes(response))
    for shown in response.context["findings"]:
        assert shown.finding.sentence
        if shown.finding.code == "name-mismatch":
            assert "www.example.org" in shown.command
            assert shown.finding.remedy in response.text.replace("&#x27;", "'")


def test_a_grade_says_why_and_that_one_handshake_is_not_all(client):
    make_store("Corp", roots=[make_root()])

    response = page(client, checked())

    assert "grade at best, after one handshake" in response.text
    assert str(response.context["rating"].grade) == "A"


def test_text_of_a_hostile_certificate_is_text_in_findings_and_commands(client):
    endpoint = checked(names=[EVIL, "'; rm -rf ~ #", "www.example.org"])

    response = page(client, endpoint)

    assert EVIL not in response.text
    assert "<script>alert" not in response.text
    for shown in response.context["findings"]:
        assert "rm -rf" not in shown.command


def test_text_of_a_hostile_server_is_text_in_the_table_of_offers(client):
    endpoint = checked()

    def deep(targets):
        bad = DeepResult(
            host=EVIL,
            port=443,
            server_name=EVIL,
            versions=("TLSv1",),
            suites=(SUITE,),
            groups=(EVIL,),
            error_text=EVIL,
        )
        return [bad for _ in targets]

    list(survey.survey([endpoint], now=timezone.now(), deep=deep))
    response = page(client, endpoint)

    assert "TLS_RSA_WITH_AES_128_CBC_SHA" in response.text
    assert "There may be more" in response.text
    assert "<script>alert" not in response.text


def test_a_deep_check_that_cannot_be_read_is_not_shown(client):
    endpoint = checked()
    DeepCheck.objects.create(endpoint=endpoint, observed_at=timezone.now(), result={})

    response = page(client, endpoint)

    assert response.status_code == 200
    assert response.context["deep"] is None


def test_a_finding_of_another_release_is_passed_over(client):
    endpoint = checked()
    Observation.objects.update(findings=[{"code": "of-tomorrow", "about": {}}])

    assert page(client, endpoint).status_code == 200


def test_a_run_that_was_never_judged_has_no_grade(client):
    endpoint = checked()
    Observation.objects.update(verdicts=[], findings=[])

    response = page(client, endpoint)

    assert response.context["rating"] is None
    assert "not graded" in response.text


def test_what_only_some_nodes_have_names_them(client):
    endpoint = make_endpoint(
        "www.example.org",
        address_mode="listed",
        addresses=("192.0.2.1", "192.0.2.2"),
    )
    now = timezone.now()
    old, new = (make_chain("www.example.org", days=days, now=now) for days in (5, 80))

    def probe(targets):
        (target,) = targets
        yield seen(target, old, address="192.0.2.1", nodes=2, tls_version="TLSv1")
        yield seen(target, new, address="192.0.2.2", nodes=2)

    list(watch.observe([endpoint], now=now - timedelta(hours=1), probe=probe))
    response = page(client, endpoint)

    where = {shown.finding.code: shown.where for shown in response.context["findings"]}
    assert where["old-protocol"] == "192.0.2.1"
    assert where["nodes-differ"] == ""
    assert "1 of 2 nodes still serve an older certificate." in response.text
    assert "At 192.0.2.1." in response.text


def test_an_endpoint_that_never_answered_has_nothing_to_say(client):
    response = page(client, make_endpoint())

    assert response.status_code == 200
    assert response.context["rating"] is None
    assert codes(response) == []
