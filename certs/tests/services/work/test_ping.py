from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from certs.services.work import ping


@pytest.fixture
def service():
    """A service that keeps the paths it was asked for, and answers 404 to /no."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404 if self.path == "/no" else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_a_round_is_told_to_the_service(settings, service, caplog):
    url, asked = service
    settings.PING_URL = f"{url}/abc"

    ping.send()

    assert asked == ["/abc"]
    assert not caplog.records


def test_a_failure_is_logged_and_nothing_more(settings, service, caplog):
    url, _ = service
    for address in (f"{url}/no", "http://127.0.0.1:1/"):
        settings.PING_URL = address
        ping.send()

    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2


def test_without_a_url_nobody_is_told(settings, caplog):
    settings.PING_URL = ""

    ping.send()

    assert not caplog.records
