"""The server of production, started for real."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from certs.tests.factories import authority

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 90  # seconds


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start(directory, port, **variables):
    environment = {
        "PATH": os.environ["PATH"],
        "CERTDESK_ENV_FILE": os.devnull,
        "DATABASE_URL": f"sqlite:///{directory / 'site.sqlite3'}",
        "STATIC_ROOT": str(directory),
        "BIND": f"127.0.0.1:{port}",
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def fetch(url, **options):
    limit = time.monotonic() + LIMIT
    while True:
        try:
            with urlopen(url, timeout=LIMIT, **options) as answer:  # noqa: S310 - ours
                return answer.status
        except HTTPError as error:
            return error.code
        except OSError:
            assert time.monotonic() < limit, "gunicorn does not answer"
            time.sleep(0.1)


def end(server):
    """What it has logged, line by line."""
    server.terminate()
    _, errors = server.communicate(timeout=LIMIT)
    return [json.loads(line) for line in errors.splitlines()]


def test_every_line_of_the_log_is_json_whatever_a_browser_sends(tmp_path, port):
    server = start(tmp_path, port)
    strange = 'A "quote", and a \\'
    request = Request(
        f"http://127.0.0.1:{port}/healthz?q=%22",
        headers={"User-Agent": strange},
    )

    assert fetch(f"http://127.0.0.1:{port}/healthz") == 200
    fetch(request)
    events = end(server)

    requests = [event for event in events if event["logger"] == "gunicorn.access"]
    assert len(requests) == 2
    assert "/healthz?q=%22" in requests[1]["message"]
    assert all(event["time"] and event["level"] for event in events)


def test_a_reload_takes_new_workers_without_closing_the_door(tmp_path, port):
    server = start(tmp_path, port, WEB_WORKERS="1")
    fetch(f"http://127.0.0.1:{port}/healthz")

    server.send_signal(signal.SIGHUP)

    assert fetch(f"http://127.0.0.1:{port}/healthz") == 200
    time.sleep(1)  # for the new worker to be said in the log
    boots = [event for event in end(server) if "Booting worker" in event["message"]]
    assert len(boots) == 2


def test_with_a_certificate_it_speaks_tls_itself(tmp_path, port):
    zoo = authority()
    certificate, key = tmp_path / "site.pem", tmp_path / "site.key"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(zoo.root.der))
    key.write_bytes(zoo.root.key_pem)
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    server = start(tmp_path, port, TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key))

    try:
        url = f"https://127.0.0.1:{port}/healthz"
        assert fetch(url, context=unverified) == 200
    finally:
        end(server)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS must be a whole number from 1 to 64"),
        ({"TLS_KEY": "/x"}, "TLS_KEY and TLS_CERTIFICATE belong together"),
        ({"ENVIRONMENT": "production"}, "SECRET_KEY is not set. Make one:"),
        ({"CHECK_ALLOW": "x"}, "CHECK_ALLOW 'x' is not a network"),
    ],
)
def test_a_wrong_variable_ends_it_with_one_line(tmp_path, port, variables, message):
    server = start(tmp_path, port, **variables)

    _, errors = server.communicate(timeout=LIMIT)

    assert server.returncode != 0
    assert f"certdesk: {message}" in errors
    assert "project/settings.py" not in errors  # no traceback of ours
