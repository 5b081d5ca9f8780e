"""Secrets that reach us stay out of logs and of the mails about errors."""

import logging

import pytest
from django.test import Client
from django.urls import include, path, reverse
from django.views.debug import ExceptionReporter
from rest_framework.views import APIView

from accounts.services import credentials, sign_ins, tokens
from accounts.tests.factories import PASSWORD, make_token, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
ME = reverse("accounts-api:me")
TOKEN = reverse("accounts-api:token")


class Broken(APIView):
    def get(self, request):
        raise ZeroDivisionError


urlpatterns = [
    path("api/v1/broken/", Broken.as_view()),
    path("", include("project.urls")),
]


def test_no_token_and_no_password_is_in_the_log(api, caplog):
    caplog.set_level(logging.DEBUG)
    user = make_user("Viewer")
    made = make_token(user)

    api(ME, made.text)
    api(ME, made.text, method="post", data={})
    api("/api/v1/broken/", made.text)
    pair = api(
        TOKEN, method="post", data={"username": user.username, "password": PASSWORD}
    ).json()
    api(TOKEN, method="post", data={"username": user.username, "password": "wrong-one"})
    for name in ("token-refresh", "token-refresh", "token-blacklist"):
        url = reverse(f"accounts-api:{name}")
        api(url, method="post", data={"refresh": pair["refresh"]})
    api(ME, pair["access"][:-1])
    tokens.revoke(made.token, by=user, now=made.token.created_at)
    api(ME, made.text)

    log = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "came a second time" in log
    for secret in (made.text, PASSWORD, "wrong-one", *pair.values()):
        assert secret not in log


def test_a_mail_about_an_error_has_no_token_in_it(api, settings, mailoutbox):
    settings.ADMINS = [("Ann", "ann@example.org")]
    made = make_token(make_user())

    response = api("/api/v1/broken/", made.text)

    assert response.status_code == 500
    (mail,) = mailoutbox
    assert "ZeroDivisionError" in mail.body
    assert made.text not in str(mail.message())
    assert made.text[13:56] not in str(mail.message())


@pytest.mark.parametrize("place", [(credentials, "get_adapter"), (sign_ins, "_pair")])
def test_a_report_of_an_error_at_the_sign_in_has_no_password(rf, monkeypatch, place):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    user = make_user()
    monkeypatch.setattr(*place, fail)
    data = {"username": user.username, "password": PASSWORD}
    with pytest.raises(ZeroDivisionError) as raised:
        Client().post(TOKEN, data, content_type="application/json")

    reporter = ExceptionReporter(
        rf.post(TOKEN, data), raised.type, raised.value, raised.tb
    )

    ours = [
        frame
        for frame in reporter.get_traceback_frames()
        if frame["filename"].endswith(("views.py", "credentials.py", "sign_ins.py"))
    ]
    assert len(ours) >= 3
    assert PASSWORD not in str([frame["vars"] for frame in ours])
