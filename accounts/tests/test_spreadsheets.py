import pytest

from accounts import spreadsheets


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-x", "@sum", "\tx", "\rx"])
def test_a_formula_is_text_in_the_file_and_as_it_was_when_read(cell):
    assert spreadsheets.harmless(cell) == f"'{cell}"
    assert spreadsheets.plain(f"'{cell}") == cell


@pytest.mark.parametrize("cell", ["", "Ann", "-7", "a=b", "'quoted'"])
def test_other_cells_stay_as_they_are(cell):
    assert spreadsheets.harmless(cell) == cell
    assert spreadsheets.plain(cell) == cell


def test_a_line_is_quoted_where_it_has_to_be():
    assert spreadsheets.line(["a,b", '"', "=x"]) == '"a,b","""",\'=x\r\n'
