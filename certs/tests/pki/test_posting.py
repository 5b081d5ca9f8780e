"""Posting, in a process of its own and (for each line of it) in this one."""

import hashlib
import hmac
import io
import json
import os
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from certs.pki.demo.authority import Authority, Wish
from certs.pki.guard import Guard, parse_networks
from certs.pki.posting import Kind, Message, PostingError, check, post
from certs.pki.posting.doorkeeper import Doorkeeper, RefusedError
from certs.pki.posting.order import carry_out
from certs.pki.posting.services import LOCAL, post as by_apprise, refusal as no_service
from certs.pki.posting.webhook import post as by_webhook, refusal as no_address
from certs.tests.pki.listening import listening

LOOPBACK = Guard(allow_loopback=True, allow=parse_networks("127.0.0.0/8 ::1"))
SECRET = "a long secret to sign with"
SECONDS = 20
# What Apprise imports while its services are found.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


def message(url, **fields):
    fields = {"title": "3 days left", "body": "www.example.org", **fields}
    return Message(**{"guard": LOOPBACK, "url": url, **fields})


def send(kind, url, **fields):
    post(kind, message(url, **fields), seconds=SECONDS)


# --- webhooks ---


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
            with pytest.raises(PostingError, match=sentence) as caught:
                send(Kind.WEBHOOK, url)

    assert "private-part" not in str(caught.value)
    assert len(server.posted) == 1
    assert not other.posted


@pytest.mark.parametrize("kind", Kind)
def test_a_server_that_hangs_is_left_when_the_time_is_up(kind):
    scheme = "http" if kind == Kind.WEBHOOK else "json"
    with (
        listening(pause=5) as server,
        pytest.raises(PostingError, match=r"longer than 2 seconds"),
    ):
        post(kind, message(server.url("/x", scheme=scheme)), seconds=2)


def test_a_huge_answer_is_not_read():
    with listening(answer=b"x" * 50_000_000) as server:
        send(Kind.WEBHOOK, server.url())

    assert len(server.posted) == 1


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("169.254.169.254", "link-local"),
        ("[fd00:ec2::254]", "metadata"),
        ("127.0.0.1", "loopback"),
        ("localhost", "loopback"),
        ("10.1.2.3", "denied"),
    ],
)
def test_an_address_is_judged_when_it_is_connected_to(kind, host, sentence):
    guard = Guard(deny=parse_networks("10.0.0.0/8"))
    scheme = "http" if kind == Kind.WEBHOOK else "json"

    with pytest.raises(PostingError, match=sentence):
        send(kind, f"{scheme}://{host}:9/private-part", guard=guard)


def test_an_address_in_another_spelling_is_judged_by_where_it_leads():
    with pytest.raises(PostingError, match="link-local"):
        send(Kind.WEBHOOK, "http://[::ffff:169.254.169.254]:9/")


def test_a_redirect_that_a_service_follows_is_judged_as_well():
    headers = {"Location": "http://169.254.169.254/latest"}
    with (
        listening(status=307, headers=headers) as server,
        pytest.raises(PostingError) as caught,
    ):
        send(Kind.APPRISE, server.url("/x?redirect=yes", scheme="json"))

    assert "private" not in str(caught.value)


def test_proxies_of_the_surroundings_are_not_asked(monkeypatch):
    with listening() as proxy, listening() as server:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        send(Kind.WEBHOOK, server.url())
        send(Kind.APPRISE, server.url(scheme="json"))

    assert len(server.posted) == 2
    assert not proxy.posted


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
        with pytest.raises(PostingError, match="could not be verified"):
            send(Kind.WEBHOOK, urls[Kind.WEBHOOK])
        with pytest.raises(PostingError):
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


# --- Apprise ---


def test_apprise_posts_title_and_body():
    with listening() as server:
        send(Kind.APPRISE, server.url("/in", scheme="json"))

    [(path, _, body)] = server.posted
    assert path == "/in"
    assert json.loads(body)["title"] == "3 days left"
    assert json.loads(body)["message"] == "www.example.org"


def test_a_service_that_answers_with_an_error_is_told_by_its_status():
    with (
        listening(status=503) as server,
        pytest.raises(PostingError, match="status 503"),
    ):
        send(Kind.APPRISE, server.url("/private-part", scheme="json"))


@pytest.mark.parametrize("scheme", sorted(LOCAL))
def test_what_runs_on_this_machine_is_refused(scheme):
    for address in (f"{scheme}://", f"{scheme.upper()}://localhost/x"):
        assert "runs on this machine" in no_service(address)


@pytest.mark.parametrize(
    "url",
    ["", "hunter2", "nothing://host/x", "slack://", "slack://x", "https://x.example/"],
)
def test_what_apprise_does_not_know_is_refused(url):
    assert no_service(url).startswith("Apprise knows no such service")


def test_a_service_whose_library_is_missing_is_refused():
    assert "lacks a library" in no_service("xmpp://user:password@host")


def test_a_service_is_known_by_its_web_address_too():
    address = "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"

    assert not no_service(address)


def test_an_address_is_checked_without_connecting_anywhere():
    with listening() as server:
        check(Kind.APPRISE, server.url(scheme="json"), seconds=SECONDS)
        check(Kind.WEBHOOK, server.url(), seconds=SECONDS)
        with pytest.raises(PostingError, match="runs on this machine"):
            check(Kind.APPRISE, "syslog://", seconds=SECONDS)

    assert not server.posted


# --- the doorkeeper ---


def test_only_addresses_that_are_allowed_are_connected_to():
    doorkeeper = Doorkeeper(LOOPBACK)

    doorkeeper("socket.connect", (None, ("127.0.0.1", 80)))
    doorkeeper("socket.connect", (None, ("::1%lo", 80, 0, 0)))
    doorkeeper("socket.sendmsg", (None, None))
    assert doorkeeper.refusal == ""
    for address in ("/run/bus", b"/run/bus", ("www.example.org", 80), (), 7):
        with pytest.raises(RefusedError, match="no IP address"):
            Doorkeeper(LOOPBACK)("socket.connect", (None, address))
    with pytest.raises(RefusedError, match="link-local"):
        doorkeeper("socket.sendto", (None, ("169.254.169.254", 514)))
    assert "link-local" in doorkeeper.refusal


def test_nothing_is_connected_to_without_a_guard():
    with pytest.raises(RefusedError, match="while an address is checked"):
        Doorkeeper(None)("socket.connect", (None, ("127.0.0.1", 80)))


def test_no_program_is_started():
    with pytest.raises(RefusedError, match="run something"):
        Doorkeeper(LOOPBACK)("subprocess.Popen", ("/bin/true",))


def test_files_are_read_where_libraries_are_and_written_nowhere(tmp_path):
    doorkeeper = Doorkeeper(LOOPBACK)

    doorkeeper("open", (3, "w", 0))
    doorkeeper("open", (None, "r", 0))
    doorkeeper("open", (os.__file__, "r", 0))
    doorkeeper("open", (os.fsencode(json.__file__), None, os.O_RDONLY))
    doorkeeper("open", (os.devnull, "w", os.O_WRONLY))
    doorkeeper("something.else", ())
    for path in (tmp_path / "a", "/etc/passwd", f"{sys.prefix}-of-another/x"):
        with pytest.raises(RefusedError, match="read a file"):
            doorkeeper("open", (str(path), "r", 0))
    for how in (("w", 0), ("r+", 0), (None, os.O_WRONLY | os.O_CREAT)):
        with pytest.raises(RefusedError, match="write a file"):
            doorkeeper("open", (os.__file__, *how))


# --- the order, and the process ---


def always(sentence):
    return lambda _: sentence


FINE = always("")


def told(order, *, check=FINE, post=FINE, task="post", shut=FINE):
    """What `carry_out` reports."""
    write = io.BytesIO()
    carry_out(
        [task],
        check=check,
        post=post,
        read=io.BytesIO(order.to_json()),
        write=write,
        shut=shut,
    )
    return json.loads(write.getvalue())["error"]


def test_an_order_arrives_as_it_was_given():
    given = message("https://www.example.org/", facts={"a": 1})

    assert told(given, post=lambda arrived: "" if arrived == given else "No.") == ""
    assert Message.from_json(Message(url="x").to_json()).guard is None


def test_long_texts_are_cut():
    long = message("x", title="t" * 1000, body="b" * 100_000)
    short = Message.from_json(long.to_json())

    assert (len(short.title), len(short.body)) == (250, 30_000)


def test_a_check_posts_nothing():
    def never(message):
        raise AssertionError

    assert told(message("x"), post=never, task="check") == ""
    assert told(message("x"), post=never, check=always("No.")) == "No."


def test_what_fails_unexpectedly_is_told_without_its_words():
    def fail(message):
        raise RuntimeError(message.url)

    assert told(message("secret"), post=fail) == "It failed with RuntimeError."


def test_the_doorkeeper_knows_better_why_it_failed():
    def try_it(hook):
        with pytest.raises(RefusedError):
            hook("socket.connect", (None, ("169.254.169.254", 80)))

    def fail(message):
        raise RuntimeError

    for post_ in (always("Not reached."), fail):
        assert "link-local" in told(message("x"), post=post_, shut=try_it)


@pytest.mark.parametrize("kind", Kind)
def test_each_line_of_posting_in_this_process(kind):
    run = by_webhook if kind == Kind.WEBHOOK else by_apprise
    scheme = "http" if kind == Kind.WEBHOOK else "json"
    with listening() as server, listening(status=500) as broken:
        assert run(message(server.url(f"/#{SECRET}", scheme=scheme))) == ""
        assert "500" in run(message(broken.url(scheme=scheme)))
    assert "not be reached" in run(message(server.url(scheme=scheme)))


def test_a_redirect_is_told_in_this_process_too():
    with listening(status=301, headers={"Location": "/"}) as server:
        assert "leads elsewhere" in by_webhook(message(server.url()))


def test_a_web_server_without_tls_has_no_certificate_to_verify():
    with listening() as server:
        assert "could not be verified" in by_webhook(
            message(server.url(scheme="https"))
        )


def test_silence_is_told(monkeypatch):
    monkeypatch.setattr("certs.pki.posting.webhook.TIMEOUTS", (1, 0.1))
    with listening(pause=0.5) as server:
        assert "in time" in by_webhook(message(server.url()))


def test_a_process_that_cannot_start_or_breaks_is_told(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nonexistent/python")
        with pytest.raises(PostingError, match="could not be started"):
            send(Kind.WEBHOOK, "http://127.0.0.1:9/")
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(PostingError, match="without a word"):
        send(Kind.WEBHOOK, "http://127.0.0.1:9/")


def test_what_is_printed_is_lost():
    """Only what is written on purpose leaves the process."""
    code = (
        "from certs.pki.posting.order import own_output\n"
        "mine = own_output()\n"
        "print('a secret', flush=True)\n"
        "mine.write(b'said'); mine.flush()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True
    )

    assert ended.stdout == b"said"


def test_an_address_is_not_shown_by_accident():
    assert "hunter2" not in repr(message("slack://hunter2"))
