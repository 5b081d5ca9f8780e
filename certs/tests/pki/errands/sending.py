"""Messages to a server on loopback."""

from certs.pki.errands import Message, post
from certs.pki.guard import Guard, parse_networks

LOOPBACK = Guard(allow_loopback=True, allow=parse_networks("127.0.0.0/8 ::1"))
SECRET = "a long secret to sign with"
SECONDS = 20


def message(url, **fields):
    fields = {"title": "3 days left", "body": "www.example.org", **fields}
    return Message(**{"guard": LOOPBACK, "url": url, **fields})


def send(kind, url, **fields):
    post(kind, message(url, **fields), seconds=SECONDS)
