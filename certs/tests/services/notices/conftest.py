import socket

import pytest

from certs.models import Contact
from certs.tests.services.notices.rows import make_policy
from certs.tests.warned import MailServer, serving


@pytest.fixture
def contact():
    return Contact.objects.create(email="ops@example.org")


@pytest.fixture
def always():
    """A policy that is open at all hours, of steps in days."""
    return make_policy(steps="30d 14d 7d 1d", from_hour=0, until_hour=24)


@pytest.fixture
def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def mail_settings(settings, free_port):
    """Mail goes to a real server on this machine, which may not be up."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port
    settings.EMAIL_TIMEOUT = 1
    settings.DEFAULT_HOST = "https://certdesk.example.org"
    return settings


@pytest.fixture
def server(mail_settings):
    box = MailServer()
    with serving(box, port=mail_settings.EMAIL_PORT):
        yield box
