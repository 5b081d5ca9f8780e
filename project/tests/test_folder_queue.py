"""Messages in a folder: whole, and each for one worker."""

import fcntl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from kombu import Connection

from project.queues import from_url

NAME = "celery"


@pytest.fixture
def broker(tmp_path):
    return from_url(urlsplit("file:///queue"), directory=tmp_path)


@pytest.fixture
def opened(broker):
    """Opens channels, each of a process's own."""
    connections = []

    def channel():
        connection = Connection(
            broker.url,
            transport_options={**broker.options, "polling_interval": None},
        )
        connections.append(connection)
        return connection.default_channel

    yield channel
    for connection in connections:
        connection.release()


@pytest.fixture
def channel(opened):
    return opened()


def taken_by(channel, name=NAME):
    while True:
        try:
            yield channel._get(name)
        except Empty:
            return


def test_messages_are_taken_in_the_order_they_were_put(channel):
    for number in range(12):
        channel._put(NAME, {"number": number})

    assert channel._size(NAME) == 12
    assert [each["number"] for each in taken_by(channel)] == list(range(12))
    assert channel._size(NAME) == 0


def test_a_queue_whose_name_ends_as_anothers_is_not_that(channel):
    channel._put(f"other.{NAME}", {"for": "other"})

    assert list(taken_by(channel)) == []
    assert list(taken_by(channel, f"other.{NAME}")) == [{"for": "other"}]


def test_each_message_is_taken_by_one_of_many_workers(opened, channel):
    for number in range(200):
        channel._put(NAME, {"number": number})
    workers = [opened() for _ in range(4)]

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda each: list(taken_by(each)), workers))

    numbers = [each["number"] for part in found for each in part]
    assert sorted(numbers) == list(range(200))


def test_what_is_still_being_written_is_not_taken(channel, monkeypatch):
    seen = []
    rename = Path.rename

    def looked_for_before(draft, target):
        seen.append((list(taken_by(channel)), channel._size(NAME)))
        return rename(draft, target)

    monkeypatch.setattr(Path, "rename", looked_for_before)

    channel._put(NAME, {"number": 1})

    assert seen == [([], 0)]
    assert list(taken_by(channel)) == [{"number": 1}]


def test_a_damaged_message_is_thrown_away_and_told(channel, broker, caplog):
    folder = Path(broker.options["data_folder_in"])
    (folder / f"1_x.{NAME}.msg").touch()
    (folder / f"2_x.{NAME}.msg").write_bytes(b'{"number": \xff')
    channel._put(NAME, {"number": 3})

    assert list(taken_by(channel)) == [{"number": 3}]
    assert len(caplog.messages) == 2
    assert all("damaged" in each for each in caplog.messages)
    assert list(folder.iterdir()) == []


def test_a_message_that_cannot_be_written_leaves_nothing(channel, broker):
    with pytest.raises(TypeError):
        channel._put(NAME, {"number": object()})

    folder = Path(broker.options["data_folder_out"])
    folder.rmdir()  # it was empty
    with pytest.raises(FileNotFoundError):
        channel._put(NAME, {"number": 1})


def test_tables_wait_for_who_writes_one(channel, broker):
    """As where two workers of a new site start at once."""
    folder = Path(broker.options["control_folder"])
    channel._queue_bind("letters", "a", "", "queue-a")
    found: Queue[object] = Queue()
    begun = Event()

    def read():
        begun.set()
        found.put(channel.get_table("letters"))

    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        table = folder / "letters.exchange"
        text = table.read_text()
        table.write_text("")  # another has opened it and not yet written
        thread = Thread(target=read)
        thread.start()
        assert begun.wait(5)
        with pytest.raises(Empty):
            found.get(timeout=0.3)
        table.write_text(text)

    assert found.get(timeout=5) == [("a", "", "queue-a")]
    thread.join()
