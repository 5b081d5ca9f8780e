"""The start of a real process, as an administrator sees it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from certs.pki.tls import DEFAULT_CONCURRENCY

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "abcde12345" * 5,
    "ALLOWED_HOSTS": "certdesk.example.org",
    "DEFAULT_HOST": "https://certdesk.example.org",
}


def manage(*arguments, **variables):
    """Output and exit code of manage.py with nothing else in the environment."""
    environment = {
        "PATH": os.environ["PATH"],
        **{k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")},
        "CERTDESK_ENV_FILE": os.devnull,
        "DATABASE_URL": "sqlite:///var/test-settings.sqlite3",
        **variables,
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def value(name, **variables):
    code = f"from django.conf import settings; print(repr(settings.{name}))"
    result = manage("shell", "--no-imports", "-c", code, **variables)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_as_many_checks_run_at_once_as_the_engine_means_to():
    assert value("CHECK_CONCURRENCY") == str(DEFAULT_CONCURRENCY) == "200"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY is not set. Make one:"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({**PRODUCTION, "DEBUG": "yes"}, "DEBUG must not be on"),
        ({"ENVIRONMENT": "prod"}, "ENVIRONMENT must be one of development, production"),
        ({"DATABASE_URL": "djongo://x"}, "DATABASE_URL must begin with sqlite://"),
        ({"DATABASE_URL": "postgres://db"}, "DATABASE_URL must be postgres://USER"),
        ({"DATABASE_URL": "mongodb://db"}, "DATABASE_URL must be mongodb://USER"),
        ({"DEFAULT_HOST": "certdesk"}, "DEFAULT_HOST must be http:// or https://"),
        ({"SMTP_URL": "https://mail"}, "SMTP_URL must be smtp://"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of DEBUG"),
        ({"ADMINS": "nobody"}, "ADMINS must list mail addresses"),
        ({"DEFAULT_TIME_ZONE": "Mars"}, "DEFAULT_TIME_ZONE must name a time zone"),
        ({"CHECK_TIMEOUT": "0"}, "CHECK_TIMEOUT must be a whole number from 1 to 60"),
        ({"CHECK_DENY": "10.0.0.0/33"}, "CHECK_DENY '10.0.0.0/33' is not a network"),
        ({"API_RATE": "0"}, "API_RATE must be a whole number from 1 to 100000"),
        ({"JWT_ACCESS_MINUTES": "60"}, "JWT_ACCESS_MINUTES must be a whole number"),
        ({"PING_URL": "ftp://hc.example.org"}, "PING_URL must be http:// or https://"),
        ({"CHECK_HOURS": "0"}, "CHECK_HOURS must be a whole number from 1 to 720"),
        ({"BROKER_URL": "kafka://q"}, "BROKER_URL must be file:///FOLDER"),
        ({"CERTDESK_ENV_FILE": "/nowhere"}, "CERTDESK_ENV_FILE names no file"),
    ],
)
def test_a_wrong_variable_ends_the_start_with_one_line(variables, message):
    result = manage("check", **variables)

    assert result.returncode == 1
    assert result.stderr.startswith(f"certdesk: {message}")
    assert result.stderr.count("\n") == 1


def test_production_passes_django_s_own_deployment_checks():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert result.returncode == 0, result.stderr


def test_production_checks_no_loopback_unless_told_to():
    assert "allow_loopback=False" in value("CHECK_GUARD", **PRODUCTION)
    told = {**PRODUCTION, "CHECK_LOOPBACK": "yes"}
    assert "allow_loopback=True" in value("CHECK_GUARD", **told)


def test_with_nothing_set_the_site_answers_to_this_machine_only():
    assert value("ALLOWED_HOSTS") == "['localhost', '127.0.0.1', '[::1]']"
    assert value("DEBUG") == "False"


def test_the_old_names_are_still_read(tmp_path):
    old = {"DATABASE_URL": "", "CONNECTSTRING": f"sqlite:///{tmp_path}/old.sqlite3"}
    assert "old.sqlite3" in value("DATABASES", **old)
    assert value("EMAIL_HOST", SMTPHOST="mail.example.org") == "'mail.example.org'"


def test_errors_are_mailed_to_the_admins():
    admins = value("ADMINS", ADMINS="Ann <ann@example.org>")

    assert admins == "[('Ann', 'ann@example.org')]"


@pytest.mark.parametrize(
    ("variables", "proxies"),
    [({}, "0"), ({"BEHIND_PROXY": "yes"}, "1"), ({"PROXY_COUNT": "2"}, "0")],
)
def test_a_forwarded_address_is_believed_behind_a_proxy_alone(variables, proxies):
    assert value("ALLAUTH_TRUSTED_PROXY_COUNT", **variables) == proxies


def test_the_key_of_web_tokens_follows_from_the_site_s_own():
    one, again = (value("SIMPLE_JWT['SIGNING_KEY']", **PRODUCTION) for _ in "12")
    other = value("SIMPLE_JWT['SIGNING_KEY']", **{**PRODUCTION, "SECRET_KEY": "x" * 50})

    assert one == again
    assert one != other
    assert PRODUCTION["SECRET_KEY"] not in one
