"""Mail that nobody waits for."""

import smtplib
from time import perf_counter, sleep

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.services import letters


def make_message():
    return EmailMessage("Hello", "secret-link", to=["ann@example.org"])


class Slow(BaseEmailBackend):
    def send_messages(self, messages):
        sleep(1)
        return 1


class Down(BaseEmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")


def test_nobody_waits_for_the_mail_server(settings):
    settings.MAIL_THREADS, settings.EMAIL_BACKEND = 1, f"{__name__}.Slow"
    start = perf_counter()

    sent = letters.post(make_message())

    assert perf_counter() - start < 0.5
    assert sent is not None
    sent.result()


@pytest.mark.parametrize("threads", [0, 1])
def test_a_server_that_is_down_is_a_line_of_the_log(settings, caplog, threads):
    settings.MAIL_THREADS, settings.EMAIL_BACKEND = threads, f"{__name__}.Down"

    sent = letters.post(make_message())
    if sent:
        sent.result()

    (record,) = caplog.records
    assert record.getMessage() == "A mail to ann@example.org was not sent: gone"
    assert "secret-link" not in caplog.text


def test_only_addresses_of_the_site_become_links(settings):
    settings.DEFAULT_HOST = "https://certdesk.example.org"
    text = (
        "Dear <Ann>,\nhere:\n\n"
        "https://certdesk.example.org/reset/1/\n\n"
        "Browser: https://evil.test/\n"
        "https://certdesk.example.org.evil.test/\n"
    )

    page = letters.as_html(text)

    assert page.count("<a ") == 1
    assert 'href="https://certdesk.example.org/reset/1/"' in page
    assert "Dear &lt;Ann&gt;,<br>" in page
