from urllib.parse import urlsplit

import pytest

from project import databases
from project.env import ConfigurationError


def test_three_slashes_lie_in_the_project_and_four_anywhere(tmp_path):
    near = databases.from_url(urlsplit("sqlite:///var/a.sqlite3"), directory=tmp_path)
    far = databases.from_url(
        urlsplit(f"sqlite:///{tmp_path}/b%20c.sqlite3"), directory=tmp_path / "else"
    )

    assert near["NAME"] == tmp_path / "var" / "a.sqlite3"
    assert far["NAME"] == tmp_path / "b c.sqlite3"
    assert (tmp_path / "var").is_dir()


def test_sqlite_writers_wait_for_each_other_instead_of_failing(tmp_path):
    options = databases.from_url(urlsplit("sqlite:///a"), directory=tmp_path)["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_a_postgres_url_is_taken_apart_and_its_connections_are_kept(tmp_path):
    url = "postgresql://us%40er:p%2Fw@db.example.org:5433/cert%20desk?sslmode=require"

    settings = databases.from_url(urlsplit(url), directory=tmp_path)

    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "cert desk",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {
            "application_name": "certdesk",
            "connect_timeout": "10",
            "sslmode": "require",
        },
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def test_a_mongodb_url_goes_to_the_driver_whole(tmp_path):
    url = "mongodb://u:p@a:27017,b:27018/certdesk?replicaSet=rs&appName=mine"

    settings = databases.from_url(urlsplit(url), directory=tmp_path)

    assert settings["ENGINE"] == "project.mongo"
    assert settings["HOST"] == url
    assert settings["NAME"] == "certdesk"
    assert "appname" not in settings["OPTIONS"]
    assert settings["OPTIONS"]["serverSelectionTimeoutMS"] == 10_000


def test_a_mongodb_cluster_is_found_by_its_name(tmp_path):
    url = "mongodb+srv://u:p@cluster.example.org/certdesk"

    assert databases.from_url(urlsplit(url), directory=tmp_path)["HOST"] == url


@pytest.mark.parametrize(
    "url",
    [
        "oracle://x/y",
        "sqlite://host/x",
        "sqlite:///",
        "x",
        "postgres://host",
        "mongodb://host",
        "mongodb:///name",
    ],
)
def test_any_other_url_is_refused_with_the_name_of_the_variable(url, tmp_path):
    with pytest.raises(ConfigurationError, match=r"^DATABASE_URL must be"):
        databases.from_url(urlsplit(url), directory=tmp_path)


def test_a_url_cannot_set_what_is_ours_to_set(tmp_path):
    url = urlsplit("postgres://host/name?options=-csearch_path%3Dx&sslmode=require")

    with pytest.raises(ConfigurationError, match=r"not allowed here: options$"):
        databases.from_url(url, directory=tmp_path)


@pytest.mark.parametrize("scheme", ["postgres", "mongodb"])
def test_a_missing_driver_is_one_line_that_says_what_to_install(
    scheme, tmp_path, monkeypatch
):
    monkeypatch.setattr(databases, "find_spec", lambda _name: None)
    hint = rf"driver: pip install -r requirements-{scheme.removesuffix('db')}\.txt$"

    with pytest.raises(ConfigurationError, match=hint):
        databases.from_url(urlsplit(f"{scheme}://host/name"), directory=tmp_path)
