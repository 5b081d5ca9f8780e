"""A file is believed only when every line of it fits."""

import gzip
import json

import pytest

from project.transport import TransportError
from project.transport.archive import DamagedError, Header, Opening, Reader, writing


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.gz"
    with path.open("wb") as opened, writing(opened) as archive:
        archive.begin(Header(app="1.0", secrets=False, migrations={"x": ["0001"]}))
        archive.open("x.thing", ["id", "name"])
        archive.rows(['[1,"a"]', '[2,"b"]', '[3,"c"]'])
        archive.close()
        archive.open("x.nothing", ["id"])
        archive.close()
        archive.end()
    return path


def read(file):
    with file.open("rb") as opened:
        return list(Reader(opened))


def rewrite(file, change):
    old = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(change(old))))


def test_rows_come_in_batches_with_their_table(file):
    with file.open("rb") as opened:
        reader = Reader(opened)
        batches = list(reader.batches(2))

    assert reader.header == Header(app="1.0", secrets=False, migrations={"x": ["0001"]})
    assert reader.rows == 3
    thing = Opening("x.thing", ["id", "name"])
    assert batches == [(thing, [[1, "a"], [2, "b"]]), (thing, [[3, "c"]])]


def test_equal_rows_are_equal_bytes(file, tmp_path):
    before = file.read_bytes()

    assert b"a.gz" not in before
    assert before[4:8] == bytes(4)  # no time in gzip's header (RFC 1952, 2.3)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda old: old[:-1], id="without its end"),
        pytest.param(lambda old: old[:3], id="cut in a table"),
        pytest.param(lambda old: old[:1], id="header only"),
        pytest.param(lambda old: old[:0], id="empty"),
        pytest.param(lambda old: [*old[:2], *old[3:]], id="a row less"),
        pytest.param(lambda old: [*old[:3], *old[2:]], id="a row more"),
        pytest.param(lambda old: [*old[:2], old[3], old[2], *old[4:]], id="reordered"),
        pytest.param(lambda old: [*old, b"{}\n"], id="something after the end"),
        pytest.param(lambda old: [*old[:2], b"[1,\n", *old[3:]], id="a broken line"),
        pytest.param(lambda old: [old[0], b"[1]\n", *old[1:]], id="row of no table"),
        pytest.param(lambda old: [*old[:2], old[-1]], id="end in a table"),
        pytest.param(lambda old: [*old[:2], b"7\n", *old[2:]], id="a number"),
        pytest.param(lambda old: [b"{}\n", *old[1:]], id="another header"),
        pytest.param(
            lambda old: [old[0].replace(b"1.0", b"1.1"), *old[1:]], id="header changed"
        ),
    ],
)
def test_a_file_that_was_altered_is_refused(file, change):
    rewrite(file, change)

    with pytest.raises(DamagedError):
        read(file)


@pytest.mark.parametrize("bytes_left", [0, 9, 40, -1])
def test_a_file_that_was_cut_is_refused(file, bytes_left):
    file.write_bytes(file.read_bytes()[:bytes_left])

    with pytest.raises(DamagedError):
        read(file)


def test_a_byte_that_flipped_on_the_disk_is_noticed(file):
    good = file.read_bytes()
    for place in range(10, len(good)):
        file.write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :])

        with pytest.raises(DamagedError):
            read(file)


def test_something_else_is_no_backup(file):
    file.write_text("hello")

    with pytest.raises(DamagedError):
        read(file)


def test_a_later_format_is_named(file):
    rewrite(file, lambda old: [old[0].replace(b'"version":1', b'"version":2')])

    with pytest.raises(TransportError, match="version 2 of the format"):
        read(file)


def test_the_counts_of_each_table_can_be_read_by_people(file):
    text = gzip.decompress(file.read_bytes()).decode().splitlines()

    assert json.loads(text[5])["rows"] == 3
    assert json.loads(text[-1])["tables"] == 2
