"""Findings of a certificate beside others of the inventory."""

from datetime import timedelta
from itertools import count

import pytest

from certs.models import Certificate, Endpoint, Observation
from certs.pki.demo.authority import make_key
from certs.pki.x509 import parse_der
from certs.services import inventory, neighbours
from certs.tests.factories import NOW, make_certificate, make_endpoint
from certs.tests.pki.building import NOW as SIGNED_AT
from certs.tests.pki.signing import names, sign

pytestmark = pytest.mark.django_db
_serials = count(1)


def signed(*hosts, **what_matters):
    """A certificate that is kept; NOW of signing is another, so days are from ours."""
    shift = (NOW - SIGNED_AT).days
    wish = {"begins": -30, "ends": 30} | what_matters
    wish |= {"begins": wish["begins"] + shift, "ends": wish["ends"] + shift}
    parsed = parse_der(sign(hosts[0], names(*hosts), **wish).der)
    return inventory.store([parsed], now=NOW)[parsed.fingerprint_sha256]


def serves(certificate, host="www.example.org", **fields):
    endpoint = make_endpoint(host, **fields)
    endpoint.certificate = certificate
    endpoint.save()
    saw(endpoint, certificate)
    return endpoint


def saw(endpoint, certificate, *, at=NOW, **fields):
    return Observation.objects.create(
        **{
            "endpoint": endpoint,
            "address": f"192.0.2.{next(_serials)}",
            "first_seen_at": at,
            "last_seen_at": at,
            "certificate": certificate,
            "chain": (certificate.fingerprint_sha256,) if certificate else (),
            "tls_version": "TLSv1.3",
            **fields,
        }
    )


def found(endpoint, runs=()):
    return {
        each.code: each.sentence
        for each in neighbours.findings(endpoint, runs, now=NOW)
    }


def test_a_certificate_alone_has_no_neighbours():
    assert found(serves(signed("www.example.org"))) == {}


def test_an_endpoint_without_a_certificate_has_none():
    assert found(make_endpoint()) == {}


def test_a_key_that_other_hosts_have_is_shared():
    key = make_key("ecdsa-p256")
    endpoint = serves(signed("www.example.org", key=key))
    for number in range(5):
        host = f"n{number}.example.org"
        serves(signed(host, key=key), host)

    sentence = found(endpoint)["shared-key"]

    assert "n0.example.org, n1.example.org, n2.example.org and 2 more" in sentence


def test_other_ports_of_the_host_share_their_key_rightly():
    certificate = signed("www.example.org")
    endpoint = serves(certificate)
    serves(certificate, port=8443)

    assert found(endpoint) == {}


def test_a_renewal_with_the_same_key_is_found_and_one_with_another_is_not():
    key = make_key("ecdsa-p256")
    old, new = (
        signed("www.example.org", key=key, begins=begins) for begins in (-90, -1)
    )
    endpoint = serves(new)
    saw(endpoint, old, at=NOW - timedelta(days=30), is_latest=False)
    other = serves(signed("b.example.org"), "b.example.org")
    saw(other, signed("b.example.org", begins=-90), at=NOW - timedelta(days=30))

    assert "same-key-renewed" in found(endpoint)
    assert "same-key-renewed" not in found(other)


def test_going_back_to_an_older_certificate_is_no_renewal():
    key = make_key("ecdsa-p256")
    old, new = (
        signed("www.example.org", key=key, begins=begins) for begins in (-90, -1)
    )
    endpoint = serves(old)
    saw(endpoint, new, at=NOW - timedelta(days=1), is_latest=False)

    assert "same-key-renewed" not in found(endpoint)


def test_one_serial_number_twice_from_one_issuer_is_found():
    issuer = sign("Careless CA")
    certificate = signed("www.example.org", serial=7, issuer=issuer)
    signed("b.example.org", serial=7, issuer=issuer)
    alone = signed("c.example.org", serial=7, issuer=sign("Another CA"))

    assert "serial number 07" in found(serves(certificate))["duplicate-serial"]
    assert "duplicate-serial" not in found(serves(alone, "c.example.org"))


@pytest.mark.parametrize(
    "covering", [["www.example.org"], ["a.test", "www.example.org"]]
)
def test_a_newer_certificate_for_its_name_is_not_deployed(covering):
    endpoint = serves(signed("www.example.org", begins=-80, ends=10))
    signed(*covering, begins=-1, ends=90)

    sentence = found(endpoint)["not-deployed"]

    assert f"{NOW + timedelta(days=90):%Y-%m-%d}" in sentence


def test_a_wildcard_is_no_successor_of_a_host_s_own_certificate():
    endpoint = serves(signed("www.example.org", begins=-80, ends=10))
    signed("*.example.org", begins=-1, ends=90)

    assert "not-deployed" not in found(endpoint)


def test_so_is_the_successor_of_a_wildcard():
    endpoint = serves(signed("*.example.org", begins=-80, ends=10))
    signed("*.example.org", begins=-1, ends=90)

    assert "not-deployed" in found(endpoint)


def test_the_name_that_is_asked_for_is_the_one_that_counts():
    certificate = signed("www.example.org", begins=-80, ends=10)
    endpoint = serves(certificate, "192.0.2.7", server_name="www.example.org")
    signed("www.example.org", begins=-1, ends=90)

    assert "not-deployed" in found(endpoint)


@pytest.mark.parametrize(
    ("hosts", "wish"),
    [
        (["www.example.org"], {"begins": -90, "ends": 5}),  # older
        (["www.example.org"], {"begins": -81, "ends": 90}),  # begun before
        (["www.example.org"], {"begins": -1, "ends": 9}),  # ends before
        (["www.example.org"], {"begins": -70, "ends": -1}),  # expired
        (["www.example.org"], {"begins": 1, "ends": 90}),  # not begun
        (["other.example.org"], {"begins": -1, "ends": 90}),
        (["x.www.example.org"], {"begins": -1, "ends": 90}),
        (["*.www.example.org"], {"begins": -1, "ends": 90}),
    ],
)
def test_what_is_no_better_here_is_not_missed(hosts, wish):
    endpoint = serves(signed("www.example.org", begins=-80, ends=10))
    signed(*hosts, **wish)

    assert found(endpoint) == {}


def test_nodes_that_are_behind_are_counted():
    old, new = (signed("www.example.org", begins=begins) for begins in (-60, -1))
    endpoint = serves(new)
    runs = [saw(endpoint, each) for each in (new, new, new, old, old)]
    runs.append(saw(endpoint, None, error_code="refused"))

    sentence = found(endpoint, runs)["nodes-differ"]

    assert sentence == "2 of 5 nodes still serve an older certificate."


def test_the_newest_certificate_counts_though_most_have_another():
    old, new = (signed("www.example.org", begins=begins) for begins in (-60, -1))
    endpoint = serves(old)
    runs = [saw(endpoint, each) for each in (new, old, old)]

    assert found(endpoint, runs)["nodes-differ"].startswith("2 of 3 nodes still")


def test_nodes_with_another_chain_or_version_are_counted():
    certificate = signed("www.example.org")
    endpoint = serves(certificate)
    runs = [saw(endpoint, certificate) for _ in range(3)]
    assert found(endpoint, runs) == {}

    chain = (certificate.fingerprint_sha256, "00" * 32)
    other = saw(endpoint, certificate, chain=chain)
    older = saw(endpoint, certificate, tls_version="TLSv1.2")

    assert found(endpoint, [*runs, other])["nodes-differ"] == (
        "1 of 4 nodes serve another chain than the rest."
    )
    assert found(endpoint, [*runs, older])["nodes-differ"] == (
        "1 of 4 nodes agree on another protocol version."
    )


def test_one_node_differs_from_nobody():
    certificate = signed("www.example.org")
    endpoint = serves(certificate)

    assert found(endpoint, [saw(endpoint, certificate)]) == {}
    assert found(endpoint, [saw(endpoint, None, error_code="refused")]) == {}


def test_of_many_neighbours_some_are_looked_at(monkeypatch):
    monkeypatch.setattr(neighbours, "MOST", 2)
    key = make_key("ecdsa-p256")
    certificate = signed("www.example.org", key=key)
    endpoint = serves(certificate)
    for number in range(5):
        serves(certificate, f"n{number}.example.org")

    names_ = found(endpoint)["shared-key"]

    assert names_.count("example.org") == 2


@pytest.mark.parametrize("rows", [1, 50])
def test_the_neighbours_take_the_same_queries_however_many(
    rows, django_assert_num_queries
):
    certificate = make_certificate("*.example.org", days=10)
    endpoint = serves(certificate)
    for _ in range(rows):
        serves(certificate, make_endpoint().host.replace("host", "n"))
        signed("a.example.org", begins=-1, ends=300)
    endpoint = Endpoint.objects.select_related("certificate").get(pk=endpoint.pk)

    with django_assert_num_queries(7):
        list(neighbours.findings(endpoint, [], now=NOW))

    assert Certificate.objects.count() == rows + 1
