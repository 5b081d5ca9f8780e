"""`manage.py inspect`: any file or server, and no database."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    pkcs12,
)
from django.utils import timezone

from certs.management.commands.inspect import Command
from certs.tests.commands.inspecting import at, inspect, issue, pem, refusal, type_in
from certs.tests.pki.serving import serving_tls

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent.parent
HOSTILE = "\x1b[31mred\u202e\x07"


def test_a_file_is_read_as_people_read(sound, sound_file, root):
    text, beside, status = inspect(sound_file, "--trust", root)

    lines = text.splitlines()
    assert (beside, status) == ("", 0)
    assert lines[0] == "  Subject    CN=www.example.test"
    assert "  Issuer     CN=Today Issuing CA" in lines
    assert "  Chain      Today Issuing CA" in lines
    assert "  Trust      root.pem: Trusted by root.pem." in lines
    ends = x509.load_der_x509_certificate(sound.der).not_valid_after_utc
    left = timezone.localdate(ends) - timezone.localdate()
    assert f"{left.days} days left" in text
    assert not any(line.startswith("  Grade") for line in lines)


def test_a_file_comes_from_standard_input_too(sound, monkeypatch):
    type_in(monkeypatch, sound.der)

    text, _, status = inspect("-")

    assert "CN=www.example.test" in text
    assert status == 0


def test_a_certificate_that_has_ended_wants_attention(today, tmp_path):
    now = timezone.now()
    dates = {"not_before": now - timedelta(days=9), "not_after": now}
    path = tmp_path / "old.crt"
    path.write_text(pem(issue(today, **dates).der))

    text, _, status = inspect(str(path))

    assert status == 1
    assert "  Critical   The certificate expired on" in text
    assert "$ " not in text  # there is no server to look at


def test_what_cannot_be_read_of_a_file_is_told_and_wants_attention(
    sound_file, tmp_path
):
    path = tmp_path / "half.pem"
    broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    path.write_text(Path(sound_file).read_text() + broken)

    text, beside, status = inspect(str(path))
    facts, beside_json, _ = inspect(str(path), "--json")

    assert status == 1
    assert "Certificate 3 of the input is not a certificate" in text
    assert beside == ""
    assert len(json.loads(facts)[0]["certificates"]) == 2
    assert "Certificate 3 of the input" in beside_json


def test_a_private_key_is_left_alone_and_that_is_well(sound, tmp_path):
    path = tmp_path / "both.pem"
    path.write_text(pem(sound.der) + sound.key_pem.decode())

    text, _, status = inspect(str(path))

    assert status == 0
    assert text.endswith("The input also holds a private key; it was not kept.\n")
    assert sound.key_pem.decode().splitlines()[1] not in text


def test_the_password_of_a_file_is_asked_for(sound, tmp_path, monkeypatch):
    path = tmp_path / "store.p12"
    own = x509.load_der_x509_certificate(sound.der)
    locked = BestAvailableEncryption(b"open sesame")
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", sound.key, own, None, locked)
    )
    asked = []

    def answer(prompt, words="open sesame"):
        asked.append(prompt)
        return words

    place = "certs.management.commands.inspect.getpass"
    monkeypatch.setattr(place, answer)
    text, _, status = inspect(str(path), "--password")

    assert "CN=www.example.test" in text
    assert status == 0
    assert asked == [f"Password of {path}: "]
    assert "password" in refusal(str(path))
    monkeypatch.setattr(place, lambda prompt: answer(prompt, "wrong"))
    assert "password" in refusal(str(path), "--password")


def test_who_gives_no_password_is_not_shown_a_traceback(sound_file, monkeypatch):
    def hang_up(prompt):
        raise EOFError

    monkeypatch.setattr("certs.management.commands.inspect.getpass", hang_up)

    assert refusal(sound_file, "--password").endswith("no password was given.")


@pytest.mark.parametrize(
    "name", ["/no/such/file", "./none", "../none", "none.pem", "NONE.P12", "a/b.crt"]
)
def test_a_file_that_is_not_there_is_no_server(name):
    assert refusal(name) == f"{name}: No such file or directory."


def test_a_directory_is_no_file(tmp_path):
    assert refusal(str(tmp_path)) == f"{tmp_path}: Is a directory."


def test_a_file_that_may_not_be_read(sound_file):
    path = Path(sound_file)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads what it likes
        path = Path("/proc/self/mem")

    message = refusal(str(path))

    assert message.startswith(f"{path}: ")
    assert "Errno" not in message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The input is empty."),
        (b"\n \n", "The input is empty."),
        (b"hello", "no certificate"),
        (b"A" * (1024 * 1024 + 1), "larger than 1 MiB"),
    ],
)
def test_a_file_without_certificates(data, message, tmp_path):
    path = tmp_path / "odd"
    path.write_bytes(data)

    said = refusal(str(path))

    assert said.startswith(f"{path}: ")
    assert message in said or "PEM" in said


def test_a_file_without_an_end_is_not_read_to_the_end():
    assert "larger than 1 MiB" in refusal("/dev/zero")


def test_a_file_to_trust_must_be_there_and_hold_certificates(sound_file, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.touch()

    assert refusal(sound_file, "--trust", "none.pem").startswith("none.pem: No such")
    assert refusal(sound_file, "--trust", str(empty)).endswith("is empty.")


def test_roots_to_trust_are_read_all_or_none(sound_file, root):
    broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    Path(root).write_text(Path(root).read_text() + broken)

    message = refusal(sound_file, "--trust", root)

    assert message.startswith(f"{root}: Certificate 2 of the input is not a cert")


def test_a_file_as_json_is_of_no_host(sound_file):
    (facts,) = json.loads(inspect(sound_file, "--json")[0])

    assert facts["certificates"][0]["problems"] == []
    assert {facts[each] for each in ("host", "port", "grade", "deep")} == {None}
    assert (facts["error_code"], facts["reasons"]) == ("", [])


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("two words", "no spaces"),
        ("example.org:70000", "from 1 to 65535"),
        ("*.example.org", "wildcard"),
        ("https://", "host is missing"),
        ("a" * 5000, "too long"),
        ("a@example.org", "mail address"),
    ],
)
def test_what_is_neither_file_nor_server(what, message):
    said = refusal(what)

    assert message in said
    assert "is no file, and as a server" in said


@pytest.mark.parametrize("name", ["two words", "*.example.org", "x\0y", "a" * 5000])
def test_a_name_that_no_host_has_is_not_asked_for(name):
    said = refusal("example.org", "--server-name", name)

    assert said.startswith(f"--server-name {name!r}: ")


def test_a_name_is_asked_for_in_the_spelling_of_dns(today):
    identity = issue(today, dns_names=("xn--bcher-kva.test",))

    with serving_tls(identity) as target:
        text, _, _ = inspect(at(target), "--server-name", "Bücher.test")

    assert "does not cover" not in text
    assert "-servername xn--bcher-kva.test" in text


@pytest.mark.parametrize("text", ["0", "61", "-1", "1.5", "abc", "", "9" * 5000])
def test_a_timeout_is_from_1_to_60_seconds(text, capsys):
    arguments = ["manage.py", "inspect", "example.org", f"--timeout={text}"]

    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(arguments)

    assert end.value.code == 2
    assert "is no whole number of seconds from 1 to 60" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["1", "60"])
def test_both_ends_of_the_timeout_are_allowed(text, sound_file):
    assert inspect(sound_file, f"--timeout={text}")[2] == 0


@pytest.mark.parametrize(
    "option",
    ["--deep", "--starttls=smtp", "--starttls=no", "--server-name=a.b", "--every-node"],
)
def test_what_is_asked_of_servers_is_not_asked_of_a_file(option, sound_file):
    name = option.partition("=")[0]

    assert refusal(sound_file, option).startswith(f"{name} is for a server, which ")


def test_a_server_has_no_password():
    expected = "--password is for a file, which a.example.org is not."

    assert refusal("a.example.org", "--password") == expected


@pytest.mark.parametrize("option", ["--starttls=gopher", "--colour"])
def test_an_option_that_does_not_exist_is_a_usage_error(option, capsys):
    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(["manage.py", "inspect", "example.org", option])

    assert end.value.code == 2


def test_text_of_others_cannot_steer_the_terminal(tmp_path, today):
    named = issue(today, common_name=HOSTILE, dns_names=())
    path = tmp_path / f"{HOSTILE}.pem"
    path.write_text(pem(named.der))

    text, _, _ = inspect(str(path), "--trust", str(path))
    facts, _, _ = inspect(str(path), "--json", "--trust", str(path))

    assert text.replace("\n", "").isprintable()
    assert "[31mred" in text
    assert facts.replace("\n", "").isprintable()
    assert refusal(str(tmp_path / f"none{HOSTILE}")).isprintable()
    assert refusal(f"two words{HOSTILE}").isprintable()
    path.write_bytes(b"")
    assert refusal(str(path)).isprintable()


@pytest.mark.parametrize("url", ["sqlite:///{}", "postgresql://nobody@127.0.0.1:1/x"])
def test_there_need_be_no_database(url, sound, root, sound_file, tmp_path):
    database = tmp_path / "none.sqlite3"

    with serving_tls(sound) as target:
        for what in (sound_file, at(target)):
            done = subprocess.run(
                [sys.executable, "manage.py", "inspect", what, "--trust", root],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": url.format(database)},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.stderr == ""
            assert "CN=www.example.test" in done.stdout
            # The certificate is not for the address at which the server is.
            assert done.returncode == (1 if what == at(target) else 0)

    assert not database.exists()
    assert [*tmp_path.glob("none*")] == []


def test_a_usage_error_is_status_2_for_the_shell(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "inspect", "none.pem"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "CommandError: none.pem: No such file or directory.\n"
