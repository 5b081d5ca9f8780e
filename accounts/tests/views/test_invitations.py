from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.forms.invitation import ADDRESSES_AT_ONCE
from accounts.models import Invitation, User
from accounts.roles import Role
from accounts.services import invitations
from accounts.tests.factories import PASSWORD, make_team, make_user

pytestmark = pytest.mark.django_db

LIST = "accounts:invitations"


@pytest.fixture(autouse=True)
def _no_attempts_from_before():
    cache.clear()


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


@pytest.fixture
def letter(db):
    return invitations.invite(
        "ann@example.org",
        role=Role.EDITOR,
        teams=[make_team("Web")],
        by=make_user("Administrator", display_name="Bob"),
        now=timezone.now(),
    )


def form(**changes):
    return {"addresses": "ann@example.org", "role": "Editor", **changes}


def account(**changes):
    return {
        "username": "ann",
        "display_name": "Ann",
        "password1": PASSWORD,
        "password2": PASSWORD,
        **changes,
    }


def link(letter):
    return reverse("accounts:invitation-accept", args=[letter.token])


def test_people_are_invited_into_a_role_and_teams(client, administrator):
    team = make_team("Web")

    response = client.post(
        reverse("accounts:invitation-add"),
        form(
            addresses="Ann@example.org\nbob@example.org, ann@example.org",
            teams=[team.pk],
        ),
        follow=True,
    )

    assert "An invitation was sent to ann@example.org, bob@example.org" in response.text
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ann@example.org",
        "bob@example.org",
    ]
    ann = Invitation.objects.get(email="ann@example.org")
    assert (ann.role, list(ann.teams.all())) == (Role.EDITOR, [team])
    assert ann.invited_by == administrator


@pytest.mark.parametrize(
    ("addresses", "problem"),
    [
        ("", "This field is required"),
        ("ann@example.org not-an-address", "“not-an-address” is no mail address"),
        ("x@example.org " * 2 + "<script>@example.org", "&lt;script&gt;"),
        (
            " ".join(
                f"a{number}@example.org" for number in range(ADDRESSES_AT_ONCE + 1)
            ),
            "These are 51; 50 at most",
        ),
        ("x" * 20_000, "at most"),
    ],
)
def test_addresses_that_will_not_do_are_named(
    client, administrator, addresses, problem
):
    response = client.post(
        reverse("accounts:invitation-add"), form(addresses=addresses)
    )

    assert problem in response.text
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_inviting_says_who_has_an_account_and_who_is_invited(
    client, administrator, letter
):
    make_user(email="bob@example.org", display_name="Bob B")
    make_user(email="eve@example.org", display_name="Eve", is_active=False)

    response = client.post(
        reverse("accounts:invitation-add"),
        form(addresses="bob@example.org eve@example.org ann@example.org"),
    )

    assert "bob@example.org has an account: Bob B." in response.text
    assert "eve@example.org has an account that is deactivated: Eve." in response.text
    assert "ann@example.org is invited already" in response.text
    assert Invitation.objects.count() == 1


def test_who_may_invite_but_not_act_for_all_gives_no_more_than_they_have(client):
    own, other = make_team(), make_team()
    editor = make_user("Editor", teams=[own])
    editor.user_permissions.add(Permission.objects.get(codename="add_invitation"))
    client.force_login(editor)
    url = reverse("accounts:invitation-add")

    client.post(url, form(role="Administrator"))
    client.post(url, form(teams=[other.pk]))
    assert not Invitation.objects.exists()

    client.post(url, form(teams=[own.pk]))
    assert list(Invitation.objects.get().teams.all()) == [own]


def test_a_mail_server_that_refuses_is_no_secret_and_the_mail_is_sent_again(
    client, administrator, settings
):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    response = client.post(reverse("accounts:invitation-add"), form(), follow=True)
    assert "did not take the invitation for ann@example.org" in response.text
    assert "Not sent" in response.text

    settings.EMAIL_BACKEND = working
    invitation = Invitation.objects.get()
    again = reverse("accounts:invitation-resend", args=[invitation.pk])
    assert "was sent to ann@example.org" in client.post(again, follow=True).text
    assert len(mail.outbox) == 1


def test_the_list_shows_what_is_open_and_what_is_too_old(client, administrator, letter):
    old = invitations.invite(
        "old@example.org",
        role=Role.VIEWER,
        teams=[],
        by=administrator,
        now=timezone.now() - timedelta(days=8),
    )

    response = client.get(reverse(LIST))

    assert "ann@example.org" in response.text
    assert old.invitation.email in response.text
    assert response.text.count("Expired") == 1


def test_a_list_without_invitations_says_what_they_are(client, administrator):
    assert "No open invitations" in client.get(reverse(LIST)).text


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_costs_the_same_whatever_its_length(
    client, administrator, count, django_assert_num_queries
):
    for number in range(count):
        invitations.invite(
            f"a{number}@example.org",
            role=Role.VIEWER,
            teams=[make_team()],
            by=administrator,
            now=timezone.now(),
        )
    client.get(reverse(LIST))

    with django_assert_num_queries(8):
        client.get(reverse(LIST))


def test_an_invitation_is_withdrawn(client, administrator, letter):
    url = reverse("accounts:invitation-withdraw", args=[letter.invitation.pk])

    assert client.get(url).status_code == 405
    assert "was withdrawn" in client.post(url, follow=True).text
    assert client.get(link(letter)).status_code == 410
    assert client.post(url).status_code == 404


def test_what_was_accepted_meanwhile_stays(client, administrator, letter):
    invitations.accept(
        letter.token,
        username="ann",
        display_name="",
        password=PASSWORD,
        now=timezone.now(),
    )

    for name in ("invitation-resend", "invitation-withdraw"):
        url = reverse(f"accounts:{name}", args=[letter.invitation.pk])
        assert "has accepted meanwhile" in client.post(url, follow=True).text


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_only_administrators_invite(client, letter, role):
    client.force_login(make_user(role))
    pk = letter.invitation.pk

    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse("accounts:invitation-add"), form()).status_code == 403
    for name in ("invitation-resend", "invitation-withdraw"):
        assert client.post(reverse(f"accounts:{name}", args=[pk])).status_code == 403
    assert "Invitations" not in client.get(reverse("accounts:profile")).text


def test_a_link_says_who_invites_into_what(client, letter):
    response = client.get(link(letter))

    assert response.status_code == 200
    assert "Bob invites" in response.text
    assert "ann@example.org" in response.text
    assert "as Editor into Web" in response.text
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_who_accepts_is_signed_in_and_on_the_dashboard(client, letter):
    response = client.post(link(letter), account(), follow=True)

    assert response.redirect_chain[-1][0] == reverse("certs:dashboard")
    user = response.context["user"]
    assert (user.username, user.email) == ("ann", "ann@example.org")
    assert user.roles() == [Role.EDITOR]
    assert client.get(link(letter)).status_code == 410


def test_a_link_gives_no_more_than_was_offered(client, letter):
    client.post(
        link(letter),
        account(
            email="eve@example.org",
            role="Administrator",
            is_superuser="on",
            groups="1",
        ),
    )

    user = User.objects.get(username="ann")
    assert user.email == "ann@example.org"
    assert user.roles() == [Role.EDITOR]
    assert not user.is_superuser


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password2": "another long password"}, "didn’t match"),
        ({"password1": "ann@example.org", "password2": "ann@example.org"}, "similar"),
        ({"username": ""}, "This field is required"),
        ({"username": "taken"}, "already exists"),
    ],
)
def test_what_will_not_do_is_said_and_the_link_stays(client, letter, changes, problem):
    make_user(username="taken")

    response = client.post(link(letter), account(**changes))

    assert problem in response.text
    assert client.post(link(letter), account()).status_code == 302


def test_a_link_that_leads_nowhere_says_nothing_about_accounts(client, letter):
    """Wrong, or of an address that has an account by now: the same page."""
    wrong = client.get(reverse("accounts:invitation-accept", args=["wrong"]))
    make_user(email=letter.invitation.email)
    known = client.get(link(letter))

    assert wrong.status_code == known.status_code == 410
    assert wrong.text == known.text
    assert client.post(link(letter), account()).status_code == 410


def test_who_is_signed_in_is_asked_to_sign_out_first(client, administrator, letter):
    assert "Sign out to make this account" in client.get(link(letter)).text

    client.post(link(letter), account())
    assert not User.objects.filter(username="ann").exists()


def test_attempts_are_counted(client, letter):
    for _ in range(20):
        client.post(link(letter), account(password2="x"))

    assert client.post(link(letter), account()).status_code == 429
