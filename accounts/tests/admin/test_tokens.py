"""API tokens in the admin: seen and revoked by administrators, never made."""

import pytest
from django.urls import NoReverseMatch, reverse

from accounts.models import ApiToken
from accounts.tests.factories import make_token, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("admin:accounts_apitoken_changelist")


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    client.force_login(user)
    return user


def change(token):
    return reverse("admin:accounts_apitoken_change", args=[token.pk])


def test_an_administrator_sees_tokens_and_never_their_hashes(client, administrator):
    made = make_token(make_user("Viewer"), name="Backup", networks=["10.0.0.0/8"])

    for url in (LIST, change(made.token), f"{LIST}?q=Backup"):
        page = client.get(url)
        assert page.status_code == 200
        assert "Backup" in page.text
        assert made.token.prefix in page.text
        assert made.token.digest not in page.text
        assert 'name="_save"' not in page.text


def test_an_administrator_revokes_tokens(client, administrator):
    one, other, kept = (make_token(make_user()).token for _ in range(3))

    for _ in range(2):
        page = client.post(
            LIST,
            {"action": "revoke", "_selected_action": [one.pk, other.pk]},
            follow=True,
        )

    assert "0 of 2 revoked" in page.text
    assert set(ApiToken.objects.filter(revoked_by=administrator)) == {one, other}
    assert ApiToken.objects.get(pk=kept.pk).revoked_at is None


def test_nobody_makes_changes_or_deletes_tokens_here(client):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    token = make_token(make_user()).token

    assert client.get(reverse("admin:accounts_apitoken_add")).status_code == 403
    assert client.post(change(token), {"name": "x"}).status_code == 403
    delete = reverse("admin:accounts_apitoken_delete", args=[token.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert ApiToken.objects.get().name == token.name


def test_an_editor_sees_no_tokens_of_others(client):
    client.force_login(make_user("Editor"))
    token = make_token(make_user()).token

    assert client.get(LIST).status_code == 403
    assert client.get(change(token)).status_code == 403
    data = {"action": "revoke", "_selected_action": [token.pk]}
    assert client.post(LIST, data).status_code == 403
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_the_same_queries_however_long(
    client, administrator, number, django_assert_num_queries
):
    for _ in range(number):
        make_token(make_user())

    with django_assert_num_queries(7):
        client.get(LIST)


@pytest.mark.parametrize("model", ["outstandingtoken", "blacklistedtoken"])
def test_the_bookkeeping_of_sign_ins_has_no_screen(model):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:token_blacklist_{model}_changelist")
