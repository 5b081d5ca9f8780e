from typing import Any

from bench import scaling


class Site:
    """Answers as `bench.scale` does, and notes what all of them are asked."""

    def __init__(self, size, asked):
        self.size, self.asked = size, asked

    def ask(self, *question):
        self.asked.append((self.size, *question))
        match question:
            case ("fill",):
                pages = ["list", "list by host", "detail"]
                return {"vendor": "sqlite", "pages": pages, "rates": {"seeding": "9"}}
            case ("page", "list", _):
                return {"p50": self.size / 100, "p95": 12.0, "rows": 25}
            case ("page", *_):
                return None
        return {"export": "7"}


def results(*, only):
    asked: list[Any] = []
    sites: Any = {size: Site(size, asked) for size in (1000, 2000)}
    return scaling._results(sites, repeat=5, only=only), asked


def test_a_page_is_asked_at_each_size_before_the_next_page_is():
    _, asked = results(only="")

    pages = [(size, question[1]) for size, *question in asked if question[0] == "page"]
    assert pages == [
        (1000, "list"),
        (2000, "list"),
        (1000, "list by host"),
        (2000, "list by host"),
        (1000, "detail"),
        (2000, "detail"),
    ]


def test_what_was_asked_is_what_is_reported():
    found, asked = results(only="list")

    assert (2000, "page", "list", 5) in asked
    assert (2000, "page", "detail", 5) not in asked
    assert found.growth("list") == (2.0, 1000)
    assert found.pages[1000]["list by host"] is None
    assert found.rates[2000] == {"seeding": "9", "export": "7"}
