"""Running `manage.py inspect`, on certificates of today."""

import io
import ssl
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from certs.tests.pki.building import make_wish


def inspect(*arguments):
    """Output, notes beside it and exit status of `manage.py inspect`."""
    out, beside = StringIO(), StringIO()
    try:
        call_command("inspect", *arguments, stdout=out, stderr=beside)
    except SystemExit as end:
        return out.getvalue(), beside.getvalue(), end.code
    return out.getvalue(), beside.getvalue(), 0


def refusal(*arguments):
    """The sentence with which `manage.py inspect` ends, with status 2."""
    with pytest.raises(CommandError) as caught:
        inspect(*arguments)
    assert caught.value.returncode == 2
    return str(caught.value)


def issue(authority, **wishes):
    now = timezone.now()
    dates = {
        "not_before": now - timedelta(days=1),
        "not_after": now + timedelta(days=60, hours=1),
    }
    return authority.issue(make_wish(**dates | wishes))


def pem(*ders):
    return "".join(map(ssl.DER_cert_to_PEM_cert, ders))


def type_in(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def at(target):
    return f"{target.host}:{target.port}"
