"""Links to choose a password anew, and who gets none."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.services import resets
from accounts.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user("Viewer")


def unconfirm(user):
    EmailAddress.objects.filter(user=user).update(verified=False)


def test_a_link_leads_to_this_site_and_is_a_mail_as_text_and_page(
    user, settings, mailoutbox
):
    resets.send_link(user)

    (message,) = mailoutbox
    assert message.to == [user.email]
    assert f"{settings.DEFAULT_HOST}/accounts/password/reset/key/" in message.body
    assert message.alternatives


def test_whoever_asks_has_it_sent_to_the_owner_alone(user, mailoutbox):
    resets.send_if_known(user.email)
    resets.send_if_known("nobody@example.org")

    assert [message.to for message in mailoutbox] == [[user.email]]


def test_an_address_that_nobody_confirmed_gets_no_link(user, mailoutbox):
    unconfirm(user)

    resets.send_if_known(user.email)
    with pytest.raises(resets.NoWayInError, match="has not confirmed"):
        resets.send_link(user)

    assert mailoutbox == []


def test_an_address_that_waits_to_be_confirmed_gets_no_link(user, mailoutbox):
    waiting = "new@example.org"
    EmailAddress.objects.create(user=user, email=waiting, verified=False)

    resets.send_if_known(waiting)

    assert mailoutbox == []


def test_an_account_without_a_password_gets_its_first_from_an_administrator(
    user, mailoutbox
):
    user.set_unusable_password()
    user.save()

    resets.send_if_known(user.email)
    assert mailoutbox == []
    resets.send_link(user)

    assert len(mailoutbox) == 1


def test_who_may_not_sign_in_gets_no_link(mailoutbox):
    gone = make_user(is_active=False)

    resets.send_if_known(gone.email)
    with pytest.raises(resets.NoWayInError, match="deactivated"):
        resets.send_link(gone)

    assert mailoutbox == []


def test_where_nobody_has_a_password_nobody_gets_a_link(user, settings, mailoutbox):
    settings.LOCAL_PASSWORDS = False

    resets.send_if_known(user.email)
    with pytest.raises(resets.NoWayInError, match="Nobody has a password"):
        resets.send_link(user)

    assert mailoutbox == []


def test_a_first_password_by_an_administrator_s_link_opens_the_door(
    user, client, mailoutbox
):
    user.set_unusable_password()
    user.save()
    resets.send_link(user)
    (url,) = [w for w in mailoutbox[0].body.split() if "/password/reset/key/" in w]

    form = client.get(url, follow=True).redirect_chain[-1][0]
    new = "entirely different words"
    client.post(form, {"password1": new, "password2": new})

    data = {"login": user.username, "password": new}
    client.post(reverse("account_login"), data)
    assert "_auth_user_id" in client.session
