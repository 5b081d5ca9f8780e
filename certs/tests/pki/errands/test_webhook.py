"""Webhooks: what is sent, and what is refused."""

import hashlib
import hmac
import json
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest

from certs.pki.demo.authority import Authority, Wish
from certs.pki.errands import ErrandError, Kind
from certs.pki.errands.webhook import post as by_webhook, refusal as no_address
from certs.tests.pki.errands.sending import SECRET, message, send
from certs.tests.pki.listening import listening


def test_a_webhook_gets_json_that_is_signed():
    facts = {"days": 3, "at": datetime(2026, 11, 21, tzinfo=UTC)}
    with listening() as server:
        send(Kind.WEBHOOK, f"{server.url('/in?a=b')}#{SECRET}", facts=facts)

    [(path, headers, body)] = server.posted
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert path == "/in?a=b"
    assert headers["X-Certdesk-Signature"] == f"sha256={digest}"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "title": "3 days left",
        "body": "www.example.org",
        "facts": {"days": 3, "at": "2026-11-21 00:00:00+00:00"},
    }


def test_without_a_secret_nothing_is_signed():
    with listening() as server:
        send(Kind.WEBHOOK, server.url())

    assert "X-Certdesk-Signature" not in server.posted[0][1]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(500, "status 500"), (404, "404"), (302, "leads elsewhere")],
)
def test_a_webhook_that_does_not_take_it_is_told_by_its_status(status, sentence):
    with listening() as other:
        headers = {"Location": other.url("/else")}
        with listening(status=status, headers=headers) as server:
            url = server.url("/private-part")
            with pytest.raises(ErrandError, match=sentence) as caught:
                send(Kind.WEBHOOK, url)

    assert "private-part" not in str(caught.value)
    assert len(server.posted) == 1
    assert not other.posted


def test_a_huge_answer_is_not_read():
    with listening(answer=b"x" * 50_000_000) as server:
        send(Kind.WEBHOOK, server.url())

    assert len(server.posted) == 1


def test_a_certificate_is_verified_by_the_roots_that_are_named(tmp_path, monkeypatch):
    now = datetime.fromtimestamp(time.time(), UTC)
    authority = Authority("Own", now=now)
    end = now + timedelta(days=1)
    names = ("localhost",)
    identity = authority.issue(
        Wish(common_name="localhost", dns_names=names, not_before=now, not_after=end)
    )
    roots = tmp_path / "roots.pem"
    roots.write_text(ssl.DER_cert_to_PEM_cert(authority.root.der))
    with listening(identity=identity) as server:
        urls = {
            kind: server.url(scheme=scheme).replace("127.0.0.1", "localhost")
            for kind, scheme in ((Kind.WEBHOOK, "https"), (Kind.APPRISE, "jsons"))
        }
        with pytest.raises(ErrandError, match="could not be verified"):
            send(Kind.WEBHOOK, urls[Kind.WEBHOOK])
        with pytest.raises(ErrandError):
            send(Kind.APPRISE, urls[Kind.APPRISE])
        assert not server.posted
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(roots))
        for kind, url in urls.items():
            send(kind, url)

    assert len(server.posted) == 2


@pytest.mark.parametrize(
    "url",
    [
        "",
        "www.example.org",
        "ftp://www.example.org",
        "https://",
        "https://www.example.org:0/",
        "https://www.example.org:http/",
        "https://[::1/",
    ],
)
def test_what_is_no_web_address_is_refused(url):
    assert no_address(url).startswith("A web address")


def test_a_secret_that_is_easily_guessed_is_refused():
    assert "fewer than 16" in no_address("https://www.example.org/#short")
    assert not no_address(f"https://www.example.org/#{SECRET}")


def test_a_redirect_is_told_in_this_process_too():
    with listening(status=301, headers={"Location": "/"}) as server:
        assert "leads elsewhere" in by_webhook(message(server.url()))


def test_a_web_server_without_tls_has_no_certificate_to_verify():
    with listening() as server:
        assert "could not be verified" in by_webhook(
            message(server.url(scheme="https"))
        )


def test_silence_is_told(monkeypatch):
    monkeypatch.setattr("certs.pki.errands.web.TIMEOUTS", (1, 0.1))
    with listening(pause=0.5) as server:
        assert "in time" in by_webhook(message(server.url()))
