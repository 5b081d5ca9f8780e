"""One finding: its sentence, its command, and hostile text in both."""

import json
import shlex

import pytest

from certs.pki.findings import KINDS, Finding, Severity

HOSTILE = "x'; rm -rf / #\n\x1b[201~$(reboot)`id`"


def test_a_finding_fills_its_sentence_and_remedy():
    finding = Finding(code="name-mismatch", about={"host": "a.test", "names": "b.test"})

    assert finding.severity is Severity.CRITICAL
    assert (
        finding.sentence == "The certificate does not cover a.test; it is for b.test."
    )
    assert "names a.test" in finding.remedy


def test_what_is_not_said_is_a_dash():
    assert Finding(code="small-key").sentence == "The – key has – bits only."


def test_text_from_a_certificate_is_cut_and_cannot_format():
    about = {"name": "{issuer.__class__}\x1b" + "n" * 500}

    sentence = Finding(code="wildcard", about=about).sentence

    assert "{issuer.__class__}.nnn" in sentence
    assert len(sentence) < 300
    assert "…" in sentence


def test_an_unknown_code_is_refused():
    with pytest.raises(ValueError, match="no such kind"):
        Finding(code="bad-luck")


def test_a_finding_survives_json():
    finding = Finding(code="wildcard", about={"name": "*.a.test"})

    assert Finding.from_json(json.loads(json.dumps(finding.to_json()))) == finding
    assert len({finding, Finding(code="wildcard", about={"name": "*.a.test"})}) == 1


@pytest.mark.parametrize(
    "plain",
    [{}, {"code": "wildcard"}, {"code": "wildcard", "about": []}, {"about": {}}, []],
)
def test_what_is_no_finding_is_refused(plain):
    with pytest.raises(ValueError, match="not a finding"):
        Finding.from_json(plain)


def test_a_command_asks_the_server_for_its_certificate():
    command = Finding(code="expired").command("www.a.test", 8443)

    assert command == (
        "openssl s_client -connect www.a.test:8443 -servername www.a.test </dev/null"
        " | openssl x509 -noout -dates"
    )


def test_a_command_knows_the_server_name_and_starttls():
    finding = Finding(code="missing-intermediate")

    command = finding.command(
        "192.0.2.1", 4190, server_name="mail.a.test", starttls="managesieve"
    )

    assert command == (
        "openssl s_client -connect 192.0.2.1:4190 -servername mail.a.test"
        " -starttls sieve -showcerts </dev/null"
    )


def test_an_address_is_not_sent_as_a_server_name():
    command = Finding(code="no-tls13").command("2001:db8::1", 443, starttls="smtp")

    assert command == (
        "openssl s_client -connect '[2001:db8::1]:443' -starttls smtp -tls1_3"
        " </dev/null"
    )


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("192.0.2.1", "::192.0.2.1:8443"),
        ("2001:db8::1", "'::[2001:db8::1]:8443'"),
        ("node.a.test", "::node.a.test:8443"),
    ],
)
def test_the_headers_of_a_name_are_asked_for_at_the_place_of_the_check(host, place):
    command = Finding(code="no-hsts").command(host, 8443, server_name="www.a.test")

    assert command == f"curl -skI --connect-to {place} https://www.a.test:8443/"


@pytest.mark.parametrize(
    ("code", "about", "part"),
    [
        ("old-protocol", {"version": "TLSv1"}, "-tls1 -cipher ALL:@SECLEVEL=0"),
        ("old-protocol", {"version": "SSLv3"}, "-ssl3 -cipher"),
        ("old-protocol", {}, "-tls1_2 -cipher"),
        (
            "weak-cipher",
            {"version": "TLSv1.1", "cipher": "RC4-SHA"},
            "-tls1_1 -cipher RC4-SHA:@SECLEVEL=0",
        ),
        ("weak-cipher", {"cipher": ""}, "-tls1_2 -cipher ALL:@SECLEVEL=0"),
        ("no-post-quantum", {}, "-tls1_3 -groups X25519MLKEM768"),
        ("no-hsts", {}, "curl -skI https://a.test:443/"),
    ],
)
def test_a_command_shows_what_the_finding_is_about(code, about, part):
    assert part in Finding(code=code, about=about).command("a.test", 443)


@pytest.mark.parametrize("code", KINDS)
def test_no_text_becomes_a_command_of_its_own(code):
    about = {"cipher": HOSTILE, "version": HOSTILE}

    command = Finding(code=code, about=about).command(
        HOSTILE, 443, server_name=HOSTILE, starttls=HOSTILE
    )

    assert command.isprintable()
    words = shlex.split(command, comments=False)
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    punctuation = [word for word in lexer if set(word) <= set("();<>|&")]
    assert words[0] in {"openssl", "curl"}
    assert set(punctuation) <= {"<", "|"}
    assert all("rm" not in word.split() or "x'" in word for word in words)
