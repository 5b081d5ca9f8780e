import stat

import pytest

from project.env import (
    ConfigurationError,
    Environment,
    second_factor_rights,
    secret_key,
    secrets_keys,
)


def test_what_is_not_set_or_empty_is_the_default():
    env = Environment({"EMPTY": " "})

    assert env.text("MISSING", "x") == "x"
    assert env.text("EMPTY", "x") == "x"
    assert env.flag("EMPTY", default=True) is True
    assert env.integer("EMPTY", 7, low=1, high=9) == 7
    assert env.words("EMPTY") == []
    assert env.people("EMPTY") == []
    assert env.url("EMPTY").scheme == ""


def test_the_old_name_is_read_when_the_new_one_is_not_set():
    env = Environment({"OLD": "then", "BOTH": "now", "BOTH_OLD": "then"})

    assert env.text("NEW", formerly="OLD") == "then"
    assert env.text("BOTH", formerly="BOTH_OLD") == "now"


def test_a_secret_may_lie_in_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text("hush\n")

    env = Environment({"KEY_FILE": str(path)})

    assert env.text("KEY") == "hush"


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path):
    env = Environment({"KEY_FILE": str(tmp_path / "missing")})

    with pytest.raises(ConfigurationError, match=r"^KEY_FILE cannot be read"):
        env.text("KEY")


@pytest.mark.parametrize(
    ("word", "meaning"), [("yes", True), ("TRUE", True), ("0", False), ("off", False)]
)
def test_yes_and_no_have_many_spellings(word, meaning):
    assert Environment({"A": word}).flag("A", default=not meaning) is meaning


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda env: env.flag("NAME", default=True), "maybe"),
        (lambda env: env.integer("NAME", 1, low=1, high=9), "0"),
        (lambda env: env.integer("NAME", 1, low=1, high=9), "10"),
        (lambda env: env.integer("NAME", 1, low=1, high=9), "two"),
        (lambda env: env.integer("NAME", 1, low=1, high=9), "²"),
        (lambda env: env.choice("NAME", "a", among=("a", "b")), "c"),
        (lambda env: env.people("NAME"), "nobody"),
        (lambda env: env.people("NAME"), "a@example.org, b@"),
        (lambda env: env.zone("NAME", "UTC"), "Mars/Olympus"),
        (lambda env: env.zone("NAME", "UTC"), "../etc/passwd"),
        (lambda env: env.url("NAME"), "http://host:99999"),
        (lambda env: env.url("NAME"), "http://[::1"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(read, value):
    with pytest.raises(ConfigurationError, match=r"^NAME ") as caught:
        read(Environment({"NAME": value}))

    assert "\n" not in str(caught.value)


def test_choices_lists_people_and_zones_are_read():
    env = Environment(
        {
            "LEVEL": "debug",
            "NUMBER": "9",
            "HOSTS": "a, b c",
            "ADMINS": "Ann <ann@example.org>, bob@example.org",
            "ZONE": "Europe/Oslo",
        }
    )

    assert env.integer("NUMBER", 1, low=1, high=9) == 9
    assert env.choice("LEVEL", "INFO", among=("INFO", "DEBUG")) == "DEBUG"
    assert env.words("HOSTS") == ["a", "b", "c"]
    assert env.people("ADMINS") == [("Ann", "ann@example.org"), ("", "bob@example.org")]
    assert env.zone("ZONE", "UTC") == "Europe/Oslo"


def test_the_process_wins_over_the_env_file(tmp_path, monkeypatch):
    monkeypatch.delenv("CERTDESK_ENV_FILE", raising=False)
    (tmp_path / ".env").write_text("ONE=file\nTWO=file\nMONEY=a$b${c}\n")
    monkeypatch.setenv("TWO", "process")

    env = Environment.from_process(tmp_path)

    assert (env.text("ONE"), env.text("TWO")) == ("file", "process")
    assert env.text("MONEY") == "a$b${c}"


def test_an_env_file_that_is_named_must_exist(tmp_path, monkeypatch):
    monkeypatch.setenv("CERTDESK_ENV_FILE", str(tmp_path / "missing"))

    with pytest.raises(ConfigurationError, match="names no file"):
        Environment.from_process(tmp_path)


def test_production_without_a_secret_key_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigurationError, match=r"token_urlsafe"):
        secret_key(Environment({}), production=True, path=tmp_path / "key")

    assert not (tmp_path / "key").exists()


def test_a_short_secret_key_is_refused_everywhere(tmp_path):
    env = Environment({"SECRET_KEY": "x" * 31})

    with pytest.raises(ConfigurationError, match="too short"):
        secret_key(env, production=False, path=tmp_path / "key")


def test_in_development_a_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "key"

    first = secret_key(Environment({}), production=False, path=path)
    second = secret_key(Environment({}), production=False, path=path)

    assert first == second
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_of_two_processes_that_make_a_key_the_first_wins(tmp_path, monkeypatch):
    path = tmp_path / "key"
    path.write_text("k" * 50)
    monkeypatch.setattr("pathlib.Path.exists", lambda _path: False)

    assert secret_key(Environment({}), production=False, path=path) == "k" * 50


def test_a_mongodb_url_may_name_several_hosts():
    url = "mongodb://a:27017,b:27018/name?replicaSet=rs"

    assert Environment({"NAME": url}).url("NAME").geturl() == url


def test_the_first_secrets_key_seals_and_the_secret_key_still_opens():
    first, second = "a" * 40, "b" * 40

    env = Environment({"SECRETS_KEY": f"{first} {second}"})

    assert secrets_keys(env, fallback="c") == [first, second, "c"]
    assert secrets_keys(Environment({}), fallback="c") == ["c"]


def test_a_short_secrets_key_is_refused():
    with pytest.raises(ConfigurationError, match=r"^SECRETS_KEY is too short"):
        secrets_keys(Environment({"SECRETS_KEY": f"{'a' * 40} short"}), fallback="c")


def test_roles_that_take_a_second_factor_are_named_or_none():
    def read(value):
        env = Environment({"SECOND_FACTOR_REQUIRED": value})
        return second_factor_rights(env, default="Administrator")

    assert read("") == ["accounts.act_for_every_team"]
    assert read("None") == []
    assert read("editor, Administrator") == [
        "certs.change_endpoint",
        "accounts.act_for_every_team",
    ]
    with pytest.raises(ConfigurationError, match=r"^SECOND_FACTOR_REQUIRED must be"):
        read("Boss")
