"""Whose account a person of the provider comes into, with which role and teams."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.services import people
from accounts.tests.factories import PASSWORD, make_team, make_user
from project.tests.sign_in.openid_connect.visitors import ann, is_signed_in, others

pytestmark = pytest.mark.django_db


def test_somebody_new_comes_in_with_name_role_and_teams(client, provider):
    network = make_team("Network")

    response = provider.signs_in(client)

    assert response.redirect_chain[-1][0] == reverse("certs:dashboard")
    user = ann()
    assert (user.email, user.display_name) == ("ann@example.org", "Ann Lee")
    assert user.roles() == [Role.EDITOR]
    assert list(user.teams.all()) == [network]
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert not mail.outbox


def test_what_is_kept_names_the_person_and_no_token(client, provider):
    provider.signs_in(client)

    account = SocialAccount.objects.get(uid="ann-1")
    assert set(account.extra_data) <= {
        *("sub", "iss", "preferred_username", "name", "email", "email_verified")
    }


def test_who_comes_again_is_the_same_person(client, provider):
    provider.signs_in(client)
    client.logout()
    provider.knows("ann-1", email="new@example.org", email_verified=True)

    provider.signs_in(client)

    assert is_signed_in(client)
    assert others().count() == 1


def test_role_and_teams_follow_at_each_sign_in(client, provider):
    network, own = make_team("Network"), make_team("Own")
    provider.signs_in(client)
    ann().teams.add(own)

    provider.knows("ann-1", groups=["admins"])
    provider.signs_in(client)
    assert ann().roles() == [Role.ADMINISTRATOR]
    assert list(ann().teams.all()) == [own]

    provider.knows("ann-1", groups=["netops"])
    provider.signs_in(client)
    assert ann().roles() == [Role.VIEWER]
    assert set(ann().teams.all()) == {network, own}


def test_a_site_without_an_administrator_lets_people_in_by_their_groups(
    client, provider, administrator
):
    administrator.delete()

    provider.signs_in(client)

    assert User.objects.get().roles() == [Role.EDITOR]


def test_the_last_administrator_is_not_locked_out(
    client, provider, administrator, caplog
):
    provider.knows(
        "ann-1",
        email="ann@example.org",
        email_verified=True,
        preferred_username="ann",
        groups=["admins"],
    )
    provider.signs_in(client)
    people.set_active(administrator, active=False)
    provider.knows("ann-1", groups=[])

    provider.signs_in(client)

    assert ann().roles() == [Role.ADMINISTRATOR]
    assert "stays the last administrator" in caplog.text


def test_groups_that_the_provider_leaves_out_change_nothing(client, provider):
    """Entra ID does so for people in more than 200."""
    provider.signs_in(client)
    provider.knows("ann-1", _claim_names={"groups": "src1"})

    provider.signs_in(client)

    assert ann().roles() == [Role.EDITOR]


def test_who_is_in_no_group_can_be_kept_out(client, provider, configure):
    provider.signs_in(client)
    client.logout()
    configure(provider, OIDC_DEFAULT_ROLE="none")
    provider.knows("ann-1", groups=["staff"])
    provider.knows("bob-1", email="bob@example.org", email_verified=True, groups=[])

    for sub in ("ann-1", "bob-1"):
        response = provider.signs_in(client, sub=sub)
        assert response.status_code == 403
        assert "None of your company" in response.text
        assert not is_signed_in(client)
    assert others().count() == 1


def test_a_deactivated_person_does_not_come_in(client, provider):
    provider.signs_in(client)
    client.logout()
    others().update(is_active=False)
    provider.knows("ann-1", groups=["admins"])

    provider.signs_in(client)

    assert not is_signed_in(client)
    assert ann().roles() == [Role.EDITOR]


def test_an_account_with_the_address_is_not_taken_over(client, provider):
    local = make_user("Administrator", email="ann@example.org")

    response = provider.signs_in(client)

    assert response.status_code == 403
    assert "connect it" in response.text
    assert not is_signed_in(client)
    assert not SocialAccount.objects.filter(user=local).exists()


def test_an_account_is_linked_by_its_address_where_settings_say_so(
    client, provider, configure
):
    configure(provider, OIDC_LINK_BY_EMAIL="yes")
    local = make_user("Viewer", email="ann@example.org")

    provider.signs_in(client)

    assert SocialAccount.objects.get(uid="ann-1").user == local
    assert others().get().roles() == [Role.EDITOR]
    assert is_signed_in(client)


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5])
def test_an_address_that_is_not_confirmed_links_nothing(
    client, provider, configure, verified
):
    configure(provider, OIDC_LINK_BY_EMAIL="yes")
    local = make_user("Administrator", email="ann@example.org")
    provider.knows("ann-1", email="ann@example.org", email_verified=verified)

    provider.signs_in(client)

    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert others().get() == local


def test_a_new_address_that_is_not_confirmed_is_confirmed_by_mail(client, provider):
    provider.knows("ann-1", email="ann@example.org", preferred_username="ann")

    provider.signs_in(client)

    assert not is_signed_in(client)
    assert [message.to for message in mail.outbox] == [["ann@example.org"]]


def test_without_an_address_there_is_no_account(client, provider):
    provider.knows("ann-1", name="Ann")

    response = provider.signs_in(client)

    assert response.status_code == 403
    assert "did not say your mail address" in response.text
    assert not others().exists()


def test_new_people_can_be_left_to_administrators(client, provider, configure):
    configure(provider, OIDC_CREATE_ACCOUNTS="no")

    response = provider.signs_in(client)

    assert "No registration" in response.text
    assert not others().exists()


def test_who_is_signed_in_connects_their_account_with_their_password(client, provider):
    local = make_user("Viewer", email="else@example.org")
    client.post(
        reverse("account_login"), {"login": local.username, "password": PASSWORD}
    )

    provider.signs_in(client, process="connect")
    assert not SocialAccount.objects.exists()  # who it is is asked once more

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD}, follow=True)
    assert SocialAccount.objects.get(uid="ann-1").user == local


def test_a_stranger_connects_nothing(client, provider):
    provider.signs_in(client, process="connect")

    assert not SocialAccount.objects.exists()
