"""No API token for who must have a second factor and has none."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken
from accounts.services import tokens
from accounts.tests.factories import make_token, make_user, sign_in
from accounts.tests.signing import give_app

pytestmark = pytest.mark.django_db
ADD = reverse("accounts:token-add")
FORM = {"name": "Backup", "days": "30", "is_read_only": "on", "addresses": ""}


@pytest.fixture
def administrator(settings):
    settings.SECOND_FACTOR_RIGHTS = ["accounts.act_for_every_team"]
    return make_user("Administrator")


def test_the_page_leads_to_the_setup_and_makes_none(client, administrator):
    sign_in(client, administrator)

    response = client.post(ADD, FORM)

    assert (response.status_code, response.url) == (302, reverse("mfa_index"))
    assert not ApiToken.objects.exists()


def test_with_a_factor_there_is_one(client, administrator):
    give_app(administrator)
    sign_in(client, administrator)

    assert client.post(ADD, FORM).status_code == 200

    assert ApiToken.objects.count() == 1


def test_the_service_makes_none_either(administrator):
    wish = tokens.Wish(name="Backup", days=1, is_read_only=True, networks=[])

    with pytest.raises(tokens.FactorMissingError):
        tokens.make(administrator, wish, now=timezone.now())

    assert not ApiToken.objects.exists()


def test_who_needs_no_factor_makes_tokens_without(administrator):
    assert make_token(make_user("Editor")).text
