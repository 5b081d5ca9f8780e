"""Counts of tries that all processes of the site share."""

import multiprocessing
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from project import folder_cache
from project.caches import from_url
from project.env import ConfigurationError
from project.folder_cache import FolderCache


@pytest.fixture
def folder(tmp_path):
    return FolderCache(str(tmp_path / "cache"), {})


def test_a_folder_lies_in_the_project_or_where_a_path_says(tmp_path):
    inside = from_url(urlsplit("file:///var/cache"), directory=tmp_path)
    outside = from_url(urlsplit("file:////var/lib/it"), directory=tmp_path)

    assert inside["LOCATION"] == tmp_path / "var" / "cache"
    assert outside["LOCATION"] == Path("/var/lib/it")


def test_redis_gets_the_whole_url(tmp_path):
    found = from_url(urlsplit("redis://:secret@db:6379/1"), directory=tmp_path)

    assert found["LOCATION"] == "redis://:secret@db:6379/1"


def test_without_its_driver_redis_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("project.caches.find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match=r"requirements-redis\.txt"):
        from_url(urlsplit("redis://db"), directory=tmp_path)


@pytest.mark.parametrize(
    "url", ["", "var/cache", "file://host/cache", "file:///", "memcached://db"]
)
def test_anything_else_is_one_sentence(tmp_path, url):
    with pytest.raises(ConfigurationError, match="CACHE_URL must be"):
        from_url(urlsplit(url), directory=tmp_path)


def test_the_folder_is_for_its_owner_alone(folder, tmp_path):
    folder.set("a", 1)

    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_what_is_over_can_be_added_again(folder):
    assert folder.add("lock", 1, timeout=0.05)
    assert not folder.add("lock", 2)
    time.sleep(0.1)
    assert folder.add("lock", 3)
    assert folder.get("lock") == 3


def test_a_folder_that_was_deleted_is_made_again(folder, tmp_path):
    (tmp_path / "cache").rmdir()

    assert folder.add("lock", 1)


def test_one_of_many_threads_wins(folder):
    for number in range(20):
        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(lambda _: folder.add(f"{number}", 1), range(8)))  # noqa: B023 - the block waits for them
        assert won.count(True) == 1


def win(directory):
    return [FolderCache(directory, {}).add(f"{n}", 1) for n in range(50)]


def test_one_of_many_processes_wins(tmp_path):
    with multiprocessing.get_context("spawn").Pool(3) as processes:
        won = processes.map(win, [str(tmp_path)] * 3)

    assert [sum(each) for each in zip(*won, strict=True)] == [1] * 50


def test_many_names_wipe_out_no_counts_but_what_is_over_goes(
    folder, tmp_path, monkeypatch
):
    folder.set("counted", 4)
    folder.set("over", 1, timeout=0.01)
    for number in range(400):
        folder.set(f"name{number}", 1)
    time.sleep(0.05)
    assert folder.get("counted") == 4

    monkeypatch.setattr(folder_cache, "SWEEP", 1)
    folder.set("another", 1)

    files = list((tmp_path / "cache").iterdir())
    assert len(files) == 402
    for file in files:
        with file.open("rb") as opened:
            assert pickle.load(opened) > time.time()  # noqa: S301 - written here
