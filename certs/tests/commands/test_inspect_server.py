"""`manage.py inspect` of real servers on loopback."""

import json

from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.guard import Guard
from certs.pki.starttls import StartTLS
from certs.tests.commands.inspecting import at, inspect
from certs.tests.pki.serving import serving, serving_tls
from certs.tests.pki.starttls.conversations import YES, play


def test_all_is_well_with_a_server(sound, root):
    with serving_tls(sound) as target:
        where = at(target)
        text, _, status = inspect(
            where, "--server-name", "www.example.test", "--trust", root
        )

    lines = text.splitlines()
    assert status == 0
    assert lines[0] == where
    assert lines[1].startswith("  Handshake  TLSv1.3, TLS_AES_")
    assert "  Grade      A at best, after one handshake" in lines
    assert lines[-1] == ""


def test_a_server_that_is_not_trusted_wants_attention(sound):
    with serving_tls(sound) as target:
        text, _, status = inspect(at(target), "--server-name", "www.example.test")

    assert status == 1
    assert "  Grade      T\n" in text
    assert "  Critical   It leads to “Today Issuing CA”" in text
    assert (
        f"             $ openssl s_client -connect {at(target)}"
        " -servername www.example.test -showcerts </dev/null\n"
    ) in text


def test_what_a_server_shows_as_json(sound, root):
    with serving_tls(sound) as target:
        text, _, status = inspect(at(target), "--json", "--trust", root)

    (facts,) = json.loads(text)
    assert status == 1
    assert (facts["host"], facts["port"]) == (target.host, target.port)
    assert facts["address"] == "127.0.0.1"
    assert facts["tls_version"] == "TLSv1.3"
    assert facts["certificates"][0]["names"] == ["www.example.test"]
    assert facts["grade"] == "M"
    assert facts["reasons"] == ["M because the certificate is for other hosts."]
    assert [each["code"] for each in facts["findings"]] == ["name-mismatch"]
    assert [each["trusted"] for each in facts["trust"]] == [False, True]
    assert facts["trust"][1]["sentence"] == "Trusted by root.pem."
    assert (facts["error"], facts["deep"]) == ("", None)


def test_a_deep_check_lists_what_is_offered(sound, root):
    with serving_tls(sound) as target:
        text, _, status = inspect(
            *(at(target), "--deep", "--trust", root),
            *("--server-name", "www.example.test"),
        )

    assert status == 0
    assert "  TLSv1.3    TLS_AES_256_GCM_SHA384\n             TLS_CHACHA20" in text
    assert "  Groups     x25519\n" in text
    assert "connections\n" in text
    assert "at best" not in text


def test_starttls_is_asked_for_where_it_is_wanted(sound, root):
    tls = speak_tls(make_context(sound))
    options = ("--server-name", "www.example.test", "--trust", root)

    with serving(play(*YES[StartTLS.SMTP], then=tls)) as target:
        text, _, status = inspect(at(target), "--starttls", "smtp", "--deep", *options)
    with serving_tls(sound) as target:
        _, _, status_without = inspect(at(target), "--starttls", "no", *options)

    assert (status, status_without) == (0, 0)
    assert "  TLSv1.2    TLS_" in text
    assert "-starttls smtp" in text


def test_every_node_has_its_part(sound, monkeypatch):
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda *_, **__: [(0, 0, 0, "", (each, 0)) for each in ("127.0.0.1", "::1")],
    )

    with serving_tls(sound) as target:
        text, _, status = inspect(f"www.example.test:{target.port}", "--every-node")

    assert status == 1
    assert f"www.example.test:{target.port} (127.0.0.1)\n" in text
    assert f"www.example.test:{target.port} (::1)\n  Error      ::1 port" in text


def test_a_server_that_fails_says_why_once(fleet_today):
    plain = next(each for each in fleet_today.members if each.name == "plain-http")

    text, _, status = inspect(f"{plain.address}:{plain.port}", "--deep")

    assert status == 1
    assert "  Error      The server answered in plain HTTP" in text
    assert "  Deep check The server does not speak TLS here.\n" in text
    assert "Asked" not in text


def test_the_guard_holds_here_too(sound, settings):
    settings.CHECK_GUARD = Guard()

    with serving_tls(sound) as target:
        text, _, status = inspect(at(target), "--deep")

    assert status == 1
    assert "not allowed" in text
