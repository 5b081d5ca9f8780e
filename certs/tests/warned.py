"""Rows of warnings, and a mail server that does what a test wants of it."""

import asyncio
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy as email_policy
from itertools import count

from aiosmtpd.controller import Controller

from accounts.tests.factories import unnoticed
from certs.models import Channel, Notice, Policy
from certs.tests.factories import NOW, make_checked

HOUR = timedelta(hours=1)
_numbers = count(1)


@unnoticed
def make_policy(name=None, **fields):
    return Policy.objects.create(name=name or f"Policy {next(_numbers)}", **fields)


@unnoticed
def make_channel(name=None, **fields):
    return Channel.objects.create(name=name or f"Channel {next(_numbers)}", **fields)


@unnoticed
def make_notice(endpoint=None, *, recipient="ada@example.org", now=NOW, **fields):
    """Something due since an hour; the step of a week unless another is said."""
    endpoint = endpoint or make_checked(days=7)
    certificate = endpoint.certificate
    return Notice.objects.create(
        **{
            "endpoint": endpoint,
            "certificate": certificate,
            "fingerprint": certificate.fingerprint_sha256 if certificate else "",
            "step": f"{next(_numbers)}d",
            "recipient": recipient,
            "kind": Notice.Kind.STEP,
            "reason": "contact",
            "crossed_at": now - HOUR,
            "due_at": now - HOUR,
            "created_at": now - HOUR,
            **fields,
        }
    )


class MailServer:
    """Keeps what it takes, and answers as a test sets it."""

    def __init__(self):
        self.port = 0  # while it serves
        self.taken = []
        self.sessions = set()
        self.answers = {}  # address: what RCPT says
        self.mail_answer = self.data_answer = "250 OK"
        self.hangs = set()  # addresses whose letters are never answered
        self.before_answer = lambda: None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's
        answer = self.answers.get(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return answer

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - as below
        envelope.mail_from = address
        return self.mail_answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's
        if self.hangs & set(envelope.rcpt_tos):
            await asyncio.sleep(30)
        if not self.data_answer.startswith("250"):
            return self.data_answer
        self.sessions.add(session.peer)
        mail = message_from_bytes(envelope.content, policy=email_policy.default)
        self.taken.append(mail)
        self.before_answer()
        return "250 OK"

    def told(self, address):
        return [mail for mail in self.taken if mail["To"] == address]


@contextmanager
def serving(box, *, port):
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.port = port
    try:
        yield
    finally:
        controller.stop()
