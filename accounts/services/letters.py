"""Mail to one person about their account, sent while nobody waits for it.

To wait for a mail server would tell by time whether an account exists: only then is
there something to send. It would also let a page hang as long as the server does.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

logger = logging.getLogger(__name__)


def post(message: EmailMessage) -> "Future[None] | None":
    """Send `message` soon; a failure is logged, for nobody is there to be told."""
    if not settings.MAIL_THREADS:
        _send(message)
        return None
    return _senders(settings.MAIL_THREADS).submit(_send, message)


def as_html(text: str) -> SafeString:
    """Return `text` as paragraphs, with links where a line is an address of ours."""
    paragraphs = (part.splitlines() for part in text.split("\n\n") if part.strip())
    return format_html_join(
        "\n",
        "<p>{}</p>",
        ((format_html_join("\n", "{}<br>", map(_line, each)),) for each in paragraphs),
    )


def _line(line: str) -> tuple[SafeString]:
    if line.startswith(f"{settings.DEFAULT_HOST}/") and " " not in line:
        return (format_html('<a href="{}">{}</a>', line, line),)
    return (format_html("{}", line),)


@cache
def _senders(threads: int) -> ThreadPoolExecutor:
    """Return threads that a process finishes its work with before it ends."""
    return ThreadPoolExecutor(threads, thread_name_prefix="letters")


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (OSError, SMTPException) as error:
        logger.error("A mail to %s was not sent: %s", ", ".join(message.to), error)  # noqa: TRY400 - no traceback: it may quote the message
