"""TLS servers to measure against: nginx where it is installed, else the demo's."""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from certs.pki.demo import servers
from certs.pki.demo.authority import Authority, Identity, Wish
from certs.pki.demo.background import Servers, bind

HOST = "bench.example"
KEYS = ("ecdsa-p256", "rsa-2048")
STARTS_WITHIN = 10.0  # seconds
BACKLOG = 4096
# One process: what is measured has the other processors.
NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  server {{
    listen 0.0.0.0:{port} ssl backlog={backlog};
    ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem;
    ssl_session_cache off; ssl_session_tickets off;
    location / {{ return 204; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server on all loopback addresses; `kind` says what it is."""

    kind: str
    key: str
    port: int
    root: Path  # PEM


@contextmanager
def running(key: str, *, now: datetime, folder: Path) -> Iterator[Server]:
    """Run a server with a key of that kind and a certificate and intermediate."""
    authority = Authority("Bench", now=now)
    root = folder / f"{key}.pem"
    root.write_text(ssl.DER_cert_to_PEM_cert(authority.root.der))
    identity = authority.issue(
        Wish(
            common_name=HOST,
            dns_names=(HOST, f"*.{HOST}"),
            not_before=now - timedelta(days=1),
            not_after=now + timedelta(days=90),
            key_kind=key,
        )
    )
    nginx = shutil.which("nginx")
    with ExitStack() as stack:
        if nginx is None:
            kind, port = "demo server", stack.enter_context(_demo(identity))
        else:
            kind, port = "nginx", stack.enter_context(_nginx(nginx, identity, folder))
        yield Server(kind=kind, key=key, port=port, root=root)


@contextmanager
def silent() -> Iterator[int]:
    """Give a port of all loopback addresses that accepts nobody once it is full."""
    with socket.socket() as deaf:
        deaf.bind(("0.0.0.0", 0))  # noqa: S104 - all of 127.0.0.0/8, and gone soon
        deaf.listen(BACKLOG)
        yield deaf.getsockname()[1]


@contextmanager
def _demo(identity: Identity) -> Iterator[int]:
    bound = bind("0.0.0.0", 0)  # noqa: S104 - as above
    handler = servers.speak_tls(servers.make_context(identity))
    with bound, Servers([(bound, handler)]):
        yield bound.getsockname()[1]


@contextmanager
def _nginx(program: str, identity: Identity, folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = folder / str(port)
    home.mkdir(mode=0o700)
    chain = "".join(map(ssl.DER_cert_to_PEM_cert, identity.chain))
    (home / "chain.pem").write_text(chain)
    (home / "key.pem").write_bytes(identity.key_pem)
    settings = home / "nginx.conf"
    settings.write_text(NGINX.format(folder=home, port=port, backlog=BACKLOG))
    process = subprocess.Popen(  # noqa: S603 - found on PATH
        [program, "-p", str(home), "-c", str(settings), "-e", "stderr"]
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    """Return when somebody listens; TimeoutError if nobody does."""
    limit = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < limit:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port}.")
