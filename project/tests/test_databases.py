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


@pytest.mark.parametrize("url", ["oracle://x/y", "sqlite://host/x", "sqlite:///", "x"])
def test_any_other_url_is_refused_with_the_name_of_the_variable(url, tmp_path):
    with pytest.raises(ConfigurationError, match=r"^DATABASE_URL must be"):
        databases.from_url(urlsplit(url), directory=tmp_path)
