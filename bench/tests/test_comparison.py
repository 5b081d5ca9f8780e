from bench.comparison import report


def answer(ms, rows=("a", "b"), *, joins=True):
    return {"joins": joins, "ms": ms, "rows": list(rows)}


def test_both_engines_are_in_one_line():
    text = report({"list": answer(8.0)}, {"list": answer(160.0)})

    assert "| list | yes | 160.0 | 8.0 | 20.0 | yes |" in text
    assert "- 10 × where a join decorates: all" in text
    assert "- the same rows: all" in text


def test_a_join_that_is_not_ten_times_as_fast_is_named():
    ours = {"list": answer(10.0), "count": answer(10.0, joins=False)}
    stock = {"list": answer(90.0), "count": answer(10.0, joins=False)}

    text = report(ours, stock)

    assert "- 10 × where a join decorates: 1 under: list" in text


def test_other_rows_are_named():
    text = report({"list": answer(1.0)}, {"list": answer(20.0, rows="b")})

    assert "| list | yes | 20.0 | 1.0 | 20.0 | no |" in text
    assert "- the same rows: 1 different: list" in text


def test_what_one_of_them_refuses_is_not_compared():
    refused = {"joins": True, "error": "NotSupportedError"}

    text = report({"list": answer(1.0)}, {"list": refused})

    assert "| list | yes | NotSupportedError | 1.0 | – | – |" in text
    assert "- 10 × where a join decorates: all" in text
