from urllib.parse import urlsplit

import pytest

from project import mail
from project.env import ConfigurationError


def test_without_a_url_mail_is_printed():
    assert mail.from_url(urlsplit(""))["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_a_url_gives_server_user_and_password():
    settings = mail.from_url(urlsplit("smtp+tls://ann:p%40ss@mail.example.org"))

    assert settings["EMAIL_HOST"] == "mail.example.org"
    assert settings["EMAIL_PORT"] == 587
    assert settings["EMAIL_HOST_USER"] == "ann"
    assert settings["EMAIL_HOST_PASSWORD"] == "p@ss"
    assert settings["EMAIL_USE_TLS"] is True
    assert settings["EMAIL_USE_SSL"] is False
    assert settings["EMAIL_TIMEOUT"] > 0


def test_a_bare_host_name_is_what_smtphost_used_to_be():
    settings = mail.from_url(urlsplit("mail.example.org"))

    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example.org", 25)


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://"])
def test_any_other_url_is_refused(url):
    with pytest.raises(ConfigurationError, match=r"^SMTP_URL must be"):
        mail.from_url(urlsplit(url))
