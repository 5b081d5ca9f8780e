"""A web server on loopback that answers as a test wants it to."""

import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from certs.pki.demo.servers import make_context


class Listener(ThreadingHTTPServer):
    """Keeps what was asked or posted: path, headers, body."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, status=200, headers=(), pause=0.0, answer=b"", identity=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        if identity:
            context = make_context(identity)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.status, self.headers, self.pause = status, dict(headers), pause
        self.answer = answer
        self.posted: list[tuple[str, dict[str, str], bytes]] = []

    def url(self, path="/", *, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: "Listener"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.posted.append((self.path, dict(self.headers), body))
        time.sleep(self.server.pause)
        with contextlib.suppress(OSError):  # who asked has gone
            self.send_response(self.server.status)
            for name, value in self.server.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(self.server.answer)

    def do_GET(self):
        self.do_POST()

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def listening(**how):
    """A server that listens as long as the block lasts."""
    with Listener(**how) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
