"""Rows out of bytes: what spreadsheets write, and what nobody should."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from certs.services.intake.rows import MAX_BYTES, MAX_COLUMNS, Table, UnreadableError
from certs.tests.services.intake.files import read, table


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"], ids=str
)
def test_a_file_is_read_in_the_encodings_of_spreadsheets(encoding):
    found = table("host,notes", "a.example.org,Müller – Köln", encoding=encoding)

    assert [row.cells["notes"] for row in found.rows()] == ["Müller – Köln"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_from_the_heading(delimiter):
    lines = [
        delimiter.join(cells)
        for cells in (
            ("Host", "Port", "Notes"),
            ("a.example.org", "8443", '"one, two; three"'),
        )
    ]

    assert read(*lines) == [
        {"host": "a.example.org", "port": "8443", "notes": "one, two; three"}
    ]


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;", "sep=;,,"])
def test_excel_may_say_the_delimiter_in_a_line_of_its_own(said):
    found = list(table(said, "host;notes", "a.example.org;x,y").rows())

    assert [(row.line, row.cells["notes"]) for row in found] == [(3, "x,y")]


def test_headings_have_synonyms_in_any_letters():
    found = table("FQDN,TCP  Port,Owner,Env", "a.example.org,443,ann@example.org,x")

    assert found.columns == ("host", "port", "contacts", "environment")
    assert found.ignored == ()


def test_a_heading_by_its_own_name_goes_before_a_synonym():
    found = table("name,host,Colour,name", "Shop,a.example.org,red,x")

    assert [row.cells for row in found.rows()] == [{"host": "a.example.org"}]
    assert found.ignored == ("name", "Colour", "name")


def test_the_apostrophe_of_an_export_is_undone():
    assert read("host,notes", "a.example.org,'=1+1") == [
        {"host": "a.example.org", "notes": "=1+1"}
    ]


def test_a_row_knows_the_line_it_begins_on():
    lines = ["host,notes", 'a.example.org,"two', 'lines"', "", ",", "b.example.org"]

    assert [row.line for row in table(*lines).rows()] == [2, 6]


def test_empty_lines_before_the_heading_are_skipped():
    assert [row.line for row in table(";;", "", "port;host", "1;a").rows()] == [4]


def test_cells_beyond_the_headings_are_told():
    rows = list(table("host,port", "a.example.org,1,2", "b.example.org,1,").rows())

    assert [row.surplus for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n\r\n", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (b"host\n\0", "This is no text: it has NUL characters in it."),
        (b"host\n\x81\x8d", "This is no text in UTF-8, UTF-16 or Windows-1252."),
        (b"\xff\xfeh\0o\0s", "This is no text in UTF-8, UTF-16 or Windows-1252."),
        (
            b"port,team\n443,Web\n",
            "No column is called host. The first line must name the columns.",
        ),
        (
            b",,\nport\n",
            "No column is called host. The first line must name the columns.",
        ),
        (b"host\n\n \n", "The file has no rows below its first line."),
        (
            b'host,notes\na.example.org,fine\nb.example.org,"open\nand on\n',
            "Line 3 cannot be read: its quotes do not match, or a cell is far too "
            "long.",
        ),
        (
            b'host\n"a"b\n',
            "Line 2 cannot be read: its quotes do not match, or a cell is far too "
            "long.",
        ),
        (
            b"host\n" + b"x" * 200_000,
            "Line 2 cannot be read: its quotes do not match, or a cell is far too "
            "long.",
        ),
        (b"host" + b"," * MAX_COLUMNS, "The file has more than 100 columns."),
        (b"x" * (MAX_BYTES + 1), "The file is larger than 10 MB."),
    ],
)
def test_what_cannot_be_read_is_one_sentence(data, sentence):
    with pytest.raises(UnreadableError) as caught:
        list(Table(data).rows())

    assert str(caught.value) == sentence


def test_the_number_of_rows_is_bounded(monkeypatch):
    monkeypatch.setattr("certs.services.intake.rows.MAX_ROWS", 2)

    assert len(read("host", "a", "b")) == 2
    with pytest.raises(UnreadableError, match="more than 2 rows"):
        read("host", "a", "b", "c")


HOSTILE = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=300).map(lambda data: b"host,notes\n" + data),
    st.text(alphabet="host,;\t\"\n\r'= é\0", max_size=100).map(str.encode),
    st.text(max_size=100).map(lambda text: f"host;notes\n{text}".encode("utf-16")),
)


@given(HOSTILE)
def test_no_bytes_raise_anything_else(data):
    with suppress(UnreadableError):
        assert all(row.line > 1 for row in Table(data).rows())
