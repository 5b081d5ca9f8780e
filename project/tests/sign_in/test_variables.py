import pytest

from accounts.mapping import Mapping
from accounts.roles import Role
from project import sign_in
from project.env import ConfigurationError, Environment

OIDC = {"OIDC_ISSUER": "https://login.example.org/", "OIDC_CLIENT_ID": "certdesk"}


def read(**variables):
    return sign_in.from_environment(Environment(variables))


def test_with_nothing_set_only_accounts_of_ours_come_in():
    ways = read()

    assert ways["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"] == []
    assert "AUTH_LDAP_SERVER_URI" not in ways
    assert ways["LOCAL_PASSWORDS"]
    assert not ways["REGISTRATION_OPEN"]


def test_a_company_is_told_apart_by_its_issuer_without_the_last_slash(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")

    ways = read(**OIDC, OIDC_CLIENT_SECRET_FILE=str(secret))

    [app] = ways["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    assert app["settings"]["server_url"] == "https://login.example.org"
    assert app["settings"]["oauth_pkce_enabled"]
    assert not app["settings"]["email_authentication"]
    assert app["secret"] == "s3cret"


def test_groups_may_have_spaces_and_signs_in_them():
    ways = read(
        **OIDC,
        OIDC_ROLES='"Net ops"=editor, cn=admins,dc=x=Administrator',
        OIDC_TEAMS="a=web",
        OIDC_DEFAULT_ROLE="none",
    )

    assert ways["OIDC_MAPPING"] == Mapping(
        roles=(("Net ops", Role.EDITOR), ("cn=admins,dc=x", Role.ADMINISTRATOR)),
        teams=(("a", "web"),),
        default=None,
    )


def test_domains_are_read_with_and_without_their_sign():
    ways = read(REGISTRATION="open", REGISTRATION_DOMAINS="@Example.org, example.net")

    assert ways["REGISTRATION_DOMAINS"] == ["example.org", "example.net"]


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OIDC_ISSUER": "http://login.example.org"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://login.example.org"}, "OIDC_CLIENT_ID"),
        ({**OIDC, "OIDC_ROLES": "admins=King"}, "OIDC_ROLES"),
        ({**OIDC, "OIDC_TEAMS": "=x"}, "OIDC_TEAMS"),
        ({**OIDC, "OIDC_DEFAULT_ROLE": "King"}, "OIDC_DEFAULT_ROLE"),
        ({"LOCAL_PASSWORDS": "no"}, "LOCAL_PASSWORDS"),
        ({**OIDC, "LOCAL_PASSWORDS": "no", "REGISTRATION": "open"}, "REGISTRATION"),
        ({"REGISTRATION": "perhaps"}, "REGISTRATION"),
    ],
    ids=str,
)
def test_a_variable_that_will_not_do_is_named(variables, named):
    with pytest.raises(ConfigurationError, match=f"^{named} "):
        read(**variables)
