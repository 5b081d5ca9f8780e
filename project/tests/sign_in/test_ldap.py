"""Signing in with a directory's password, against a real slapd, by the one door."""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services import people
from accounts.tests.factories import make_team, make_user
from certs.pki.demo.authority import Authority
from certs.tests.pki.building import make_wish
from project import sign_in
from project.env import ConfigurationError, Environment
from project.tests.sign_in import directory as directories
from project.tests.sign_in.directory import MANAGER, PASSWORD, ROOT, SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def home():
    """A folder with what slapd shows, and the authority that clients trust."""
    directories.client_library()
    now = timezone.now()
    authority = Authority("Directory", now=now)
    identity = authority.issue(
        make_wish(
            common_name="directory",
            dns_names=(),
            ip_addresses=("127.0.0.1",),  # libldap takes "localhost" for the host name
            not_before=now - timedelta(days=1),
            not_after=now + timedelta(days=30),
            key_kind="rsa-2048",
        )
    )
    path = Path(tempfile.mkdtemp(prefix="certdesk-", dir="/tmp"))
    chain = "".join(map(ssl.DER_cert_to_PEM_cert, identity.chain))
    (path / "chain.pem").write_text(chain)
    (path / "key.pem").write_bytes(identity.key_pem)
    (path / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(authority.root.der))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def _running(home):
    with directories.running_directory(home) as running:
        yield running


@pytest.fixture
def directory(_running, configure):
    """The directory as it was, and a site that asks it."""
    _running.put("ann", "mail", "Ann@example.org")
    _running.put("bob", "mail")
    _running.join("ops", "ann")
    _running.join("admins", "bob")
    make_user("Administrator", username="root")
    configure()
    return _running


def variables(home, url, **changes):
    return {
        "LDAP_URL": url,
        "LDAP_CA_FILE": str(home / "ca.pem"),
        "LDAP_BIND_DN": MANAGER,
        "LDAP_BIND_PASSWORD": SECRET,
        "LDAP_USER_SEARCH": f"ou=people,{ROOT}",
        "LDAP_USER_FILTER": "(|(uid=%(user)s)(mail=%(user)s))",
        "LDAP_GROUP_SEARCH": f"ou=groups,{ROOT}",
        "LDAP_ROLES": "admins=Administrator ops=Editor",
        "LDAP_TEAMS": "netops=network",
        "LDAP_TIMEOUT": "2",
        **changes,
    }


@pytest.fixture
def configure(settings, home, _running):
    def set_up(url=_running.url, **changes):
        values = variables(home, url, **changes)
        for name, value in sign_in.from_environment(Environment(values)).items():
            setattr(settings, name, value)

    return set_up


def sign_in_as(client, login="ann", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["ann", "ANN", "ann@example.org"])
def test_somebody_new_comes_in_with_name_role_and_teams(client, directory, login):
    network = make_team("Network")

    sign_in_as(client, login)

    assert is_signed_in(client)
    user = User.objects.get(username="ann")
    assert (user.email, user.display_name) == ("ann@example.org", "Ann Lee")
    assert user.roles() == [Role.EDITOR]
    assert list(user.teams.all()) == [network]
    assert EmailAddress.objects.get(user=user).verified


def test_a_site_without_an_administrator_takes_people_in_too(client, directory):
    User.objects.all().delete()

    sign_in_as(client)

    assert is_signed_in(client)
    assert User.objects.get().roles() == [Role.EDITOR]


def test_such_an_account_has_no_password_here(client, directory, configure):
    sign_in_as(client)

    assert not User.objects.get(username="ann").has_usable_password()


@pytest.mark.parametrize("tls", ["StartTLS", "ldaps"])
def test_the_password_goes_over_tls(client, directory, configure, settings, tls):
    configure(directory.url if tls == "StartTLS" else directory.tls_url)

    sign_in_as(client)

    assert (tls == "StartTLS") == settings.AUTH_LDAP_START_TLS
    assert is_signed_in(client)


@pytest.mark.parametrize("tls", ["StartTLS", "ldaps"])
def test_a_directory_that_nobody_vouches_for_is_not_told_a_password(
    client, directory, configure, tls, tmp_path
):
    stranger = Authority("Stranger", now=timezone.now())
    (tmp_path / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(stranger.root.der))
    url = directory.url if tls == "StartTLS" else directory.tls_url
    configure(url, LDAP_CA_FILE=str(tmp_path / "ca.pem"))

    sign_in_as(client)

    assert not is_signed_in(client)


@pytest.mark.parametrize("password", ["wrong", " ", PASSWORD.upper()])
def test_a_wrong_password_opens_nothing(client, directory, password):
    wrong = sign_in_as(client, password=password)
    unknown = sign_in_as(client, "nobody", password)

    assert not is_signed_in(client)
    assert not User.objects.filter(username="ann").exists()
    assert wrong.context["form"].errors == unknown.context["form"].errors


@pytest.mark.parametrize("login", ["*", "ann)(uid=*", "a*", "(|(uid=ann)", "\\2a"])
def test_a_name_cannot_change_the_question(client, directory, login):
    sign_in_as(client, login)

    assert not is_signed_in(client)


def test_role_and_teams_follow_at_each_sign_in(client, directory):
    make_team("Network")
    sign_in_as(client)
    directory.join("ops", "bob")
    directory.join("admins", "ann")

    sign_in_as(client)
    client.logout()
    sign_in_as(client)

    assert User.objects.get(username="ann").roles() == [Role.ADMINISTRATOR]


def test_the_last_administrator_is_not_locked_out(client, directory):
    directory.join("admins", "ann")
    sign_in_as(client)
    client.logout()
    people.set_active(User.objects.get(username="root"), active=False)
    directory.join("admins", "bob")

    sign_in_as(client)

    assert is_signed_in(client)
    assert User.objects.get(username="ann").roles() == [Role.ADMINISTRATOR]


def test_a_new_address_is_taken_over_but_not_somebody_elses(client, directory):
    sign_in_as(client)
    client.logout()
    directory.put("ann", "mail", "lee@example.org")
    sign_in_as(client)
    user = User.objects.get(username="ann")
    assert user.email == "lee@example.org"
    assert EmailAddress.objects.get(user=user).email == "lee@example.org"

    client.logout()
    make_user(email="taken@example.org")
    directory.put("ann", "mail", "taken@example.org")
    sign_in_as(client)
    assert not is_signed_in(client)


def test_a_local_account_of_the_same_name_is_not_taken_over(
    client, directory, configure, caplog
):
    local = make_user("Administrator", username="ann")

    sign_in_as(client)
    assert not is_signed_in(client)
    assert "a local account has this user name" in caplog.text

    configure(LDAP_LINK="yes")
    sign_in_as(client)
    assert is_signed_in(client)
    assert User.objects.get(pk=local.pk).email == "ann@example.org"


def test_an_account_with_the_same_address_is_not_taken_over(client, directory):
    make_user("Administrator", email="ann@example.org")

    sign_in_as(client)

    assert not is_signed_in(client)
    assert not User.objects.filter(username="ann").exists()


def test_without_an_address_there_is_no_account(client, directory, caplog):
    sign_in_as(client, "bob")

    assert not is_signed_in(client)
    assert "bob of the directory is not let in" in caplog.text


def test_who_is_in_no_group_can_be_kept_out(client, directory, configure):
    configure(LDAP_DEFAULT_ROLE="none")
    directory.join("ops", "bob")

    sign_in_as(client)

    assert not is_signed_in(client)
    assert not User.objects.filter(username="ann").exists()


def test_a_deactivated_person_is_out_at_once_and_does_not_come_in(client, directory):
    sign_in_as(client)
    people.set_active(User.objects.get(username="ann"), active=False)

    assert client.get(reverse("accounts:profile")).status_code == 302
    client.logout()
    sign_in_as(client)
    assert not is_signed_in(client)


def test_passwords_of_ours_can_be_closed(client, directory, configure):
    user = make_user("Viewer")
    configure(LOCAL_PASSWORDS="no")

    sign_in_as(client, user.username, "correct horse battery staple")
    assert not is_signed_in(client)

    sign_in_as(client)
    assert is_signed_in(client)
    assert client.get(reverse("certs:dashboard")).status_code == 200  # has its rights


def test_a_directory_that_is_away_opens_nothing_and_local_accounts_still_work(
    client, directory, configure, caplog
):
    configure("ldap://127.0.0.1:1")
    user = make_user("Viewer")

    sign_in_as(client)
    assert not is_signed_in(client)
    assert "Caught LDAPError" in caplog.text
    assert PASSWORD not in caplog.text

    sign_in_as(client, user.username, "correct horse battery staple")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"LDAP_URL": "http://x"}, "LDAP_URL"),
        ({"LDAP_USER_SEARCH": ""}, "LDAP_USER_SEARCH"),
        ({"LDAP_GROUP_SEARCH": ""}, "LDAP_GROUP_SEARCH"),
        ({"LDAP_GROUP_TYPE": "club"}, "LDAP_GROUP_TYPE"),
        ({"LDAP_CA_FILE": "/nowhere"}, "LDAP_CA_FILE"),
        ({"LDAP_ROLES": "ops=King"}, "LDAP_ROLES"),
        ({"LDAP_ROLES": "ops"}, "LDAP_ROLES"),
        ({"LDAP_ROLES": '"ops'}, "LDAP_ROLES"),
    ],
    ids=str,
)
def test_a_variable_that_will_not_do_is_named(home, changes, named):
    values = variables(home, "ldap://localhost", **changes)

    with pytest.raises(ConfigurationError, match=f"^{named} "):
        sign_in.from_environment(Environment(values))


def test_without_its_packages_the_site_says_what_to_install():
    program = (
        "import sys; sys.modules['ldap'] = None\n"
        "from project.env import Environment\n"
        "from project import directory\n"
        "directory.from_environment(Environment({'LDAP_URL': 'ldap://x'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )

    assert "pip install -r requirements-ldap.txt" in done.stderr
