from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from certs.pki import constraints
from certs.pki.constraints import has_unusual, violations
from certs.tests.pki import building
from certs.tests.pki.building import certificate, sequence, tlv
from certs.tests.pki.signing import CA, chain, named, names, read_link, sign

DNS, MAIL, DIRECTORY = x509.DNSName, x509.RFC822Name, x509.DirectoryName


def address(text):
    return x509.IPAddress(ip_address(text))


def network(text):
    return x509.IPAddress(ip_network(text))


def limits(*permitted, excluded=()):
    subtrees = x509.NameConstraints(list(permitted) or None, list(excluded) or None)
    return (subtrees, True)


def alternative(*general):
    return (x509.SubjectAlternativeName(general), False)


def breaks(leaf, *extensions):
    """What a leaf with the names `leaf` breaks of its CA's constraints."""
    root = sign("Root", CA, *extensions)
    identity = sign("leaf.test", *leaf, issuer=root)
    return list(violations([read_link(der) for der in chain(identity, root)]))


@pytest.mark.parametrize(
    ("name", "subtree", "is_allowed"),
    [
        (DNS("good.test"), DNS("good.test"), True),
        (DNS("WWW.Good.test"), DNS("good.test"), True),
        (DNS("*.good.test"), DNS("good.test"), True),
        (DNS("bad.test"), DNS("good.test"), False),
        (DNS("notgood.test"), DNS("good.test"), False),
        (DNS("good.test"), DNS(".good.test"), False),
        (DNS("www.good.test"), DNS(".good.test"), True),
        (DNS("any.test"), DNS(""), True),
        (DNS("any.test"), MAIL("good.test"), True),
        (address("192.0.2.7"), network("192.0.2.0/24"), True),
        (address("198.51.100.7"), network("192.0.2.0/24"), False),
        (address("2001:db8::1"), network("192.0.2.0/24"), False),
        (address("2001:db8::1"), network("2001:db8::/32"), True),
        (MAIL("ann@good.test"), MAIL("good.test"), True),
        (MAIL("ann@www.good.test"), MAIL("good.test"), False),
        (MAIL("ann@www.good.test"), MAIL(".good.test"), True),
        (MAIL("ann@good.test"), MAIL("ann@Good.test"), True),
        (MAIL("bob@good.test"), MAIL("ann@good.test"), False),
        (DIRECTORY(named("Unit")), DIRECTORY(named("leaf.test")), False),
        (x509.UniformResourceIdentifier("https://x.test"), DNS("good.test"), True),
        (
            x509.UniformResourceIdentifier("https://x.test"),
            x509.UniformResourceIdentifier("x.test"),
            False,
        ),
    ],
)
def test_a_name_is_inside_of_what_is_permitted_or_not(name, subtree, is_allowed):
    found = breaks([alternative(name)], limits(subtree))

    assert (found == []) is is_allowed


@pytest.mark.parametrize(
    ("name", "subtree", "is_allowed"),
    [
        (DNS("www.bad.test"), DNS("bad.test"), False),
        (DNS("good.test"), DNS("bad.test"), True),
        (DNS("*.bad.test"), DNS("www.bad.test"), False),
        (DNS("*.good.test"), DNS("www.bad.test"), True),
        (address("192.0.2.7"), network("192.0.2.0/24"), False),
    ],
)
def test_a_name_is_outside_of_what_is_excluded_or_not(name, subtree, is_allowed):
    found = breaks([alternative(name)], limits(excluded=[subtree]))

    assert (found == []) is is_allowed


def test_the_subject_is_held_to_constraints_of_directory_names():
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Corp")
    other = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Other")
    name = x509.NameAttribute(NameOID.COMMON_NAME, "leaf.test")
    root = sign("Root", CA, limits(DIRECTORY(x509.Name([organisation]))))

    for first, number in ((organisation, 0), (other, 1)):
        leaf = sign(x509.Name([first, name]), issuer=root)
        links = [read_link(der) for der in chain(leaf, root)]
        assert len(list(violations(links))) == number


def test_mail_addresses_in_the_subject_stand_in_for_alternative_names():
    name = x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "ann@bad.test")])
    root = sign("Root", CA, limits(MAIL("good.test")))

    for extensions, number in (((), 1), ((names("x.test"),), 0)):
        leaf = sign(name, *extensions, issuer=root)
        links = [read_link(der) for der in chain(leaf, root)]
        assert len(list(violations(links))) == number


def test_a_sentence_says_who_and_what():
    (sentence,) = breaks([names("bad.test")], limits(DNS("good.test")))

    assert sentence == "“Root” may not issue for a name of “leaf.test”."


def test_a_root_that_renews_its_key_is_exempt():
    """Self-issued certificates are, but for the leaf: RFC 5280, 6.1.3 (b)."""
    old = sign("Root", CA, limits(DIRECTORY(named("leaf.test"))))
    new = sign("Root", CA, issuer=old)
    leaf = sign("leaf.test", issuer=new)

    assert list(violations([read_link(der) for der in chain(leaf, new, old)])) == []


def test_comparing_has_an_end(monkeypatch):
    monkeypatch.setattr(constraints, "MAX_COMPARISONS", 5)

    (sentence,) = breaks([names("a.test", "b.test")], limits(DNS("a.t"), DNS("b.t")))

    assert sentence == "“Root” constrains more names than can be judged."


def test_constraints_of_other_names_than_those_of_hosts_are_unusual():
    usual = read_link(
        sign("Root", CA, limits(DNS("x"), excluded=[network("::/0")])).der
    )
    unusual = read_link(sign("Root", CA, limits(MAIL("x"))).der)

    assert not has_unusual(usual)
    assert has_unusual(unusual)
    assert not has_unusual(read_link(sign("Root", CA).der))


def test_what_cannot_be_read_strictly_has_no_names():
    root = read_link(sign("Issuer", CA, limits(DNS("good.test"))).der)
    twice = tlv(0xA3, sequence(building.SAN, building.SAN))
    leaf = read_link(certificate(rest=twice))

    assert list(violations([leaf, root])) == []
