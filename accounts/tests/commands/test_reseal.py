import pytest
from django.core.management import CommandError, call_command

from accounts.tests.factories import make_user
from accounts.tests.signing import SECRET, give_app, give_codes, give_key, one_time_code

pytestmark = pytest.mark.django_db
OLD, NEW = "old key " * 5, "new key " * 5


def test_an_old_key_can_go_once_everything_is_sealed_with_the_new_one(settings, capsys):
    settings.SECRETS_KEYS = [OLD]
    user = make_user()
    app, codes, key = give_app(user), give_codes(user), give_key(user)
    known = codes.generate_codes()

    settings.SECRETS_KEYS = [NEW, OLD]
    call_command("reseal")
    settings.SECRETS_KEYS = [NEW]

    for row in (app, codes.instance, key):
        row.refresh_from_db()
    assert "2 secrets" in capsys.readouterr().out
    assert app.wrap().validate_code(one_time_code(SECRET))
    assert codes.instance.wrap().generate_codes() == known
    assert key.data["name"] == "Key"


def test_a_key_that_is_missing_is_asked_for(settings):
    settings.SECRETS_KEYS = [OLD]
    give_app(make_user())
    settings.SECRETS_KEYS = [NEW]

    with pytest.raises(CommandError, match="SECRETS_KEY"):
        call_command("reseal")
