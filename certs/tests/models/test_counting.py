import pytest
from django.db import connection

from certs.models import Endpoint, counting
from certs.models.counting import Certainty, Count, bounded, size
from certs.tests.factories import make_endpoint


@pytest.mark.parametrize(
    ("number", "certainty", "text", "short"),
    [
        (0, Certainty.EXACT, "0", "0"),
        (9876, Certainty.EXACT, "9,876", "9,876"),
        (98_765, Certainty.ABOUT, "about 98,800", "≈98,800"),
        (12, Certainty.ABOUT, "about 12", "≈12"),
        (10_000, Certainty.AT_LEAST, "more than 10,000", "10,000+"),
    ],
)
def test_a_number_says_what_it_is_worth(number, certainty, text, short):
    count = Count(number, certainty)

    assert (str(count), count.short, count == number) == (text, short, True)


@pytest.mark.django_db
def test_nothing_is_counted_beyond_the_bound(django_assert_num_queries):
    for _ in range(4):
        make_endpoint()

    with django_assert_num_queries(3):
        assert bounded(Endpoint.objects.all(), bound=4).is_exact
        assert str(bounded(Endpoint.objects.all(), bound=3)) == "more than 3"
        assert bounded(Endpoint.objects.filter(paused=True), bound=3) == 0


@pytest.mark.django_db
def test_a_large_table_is_estimated(monkeypatch):
    make_endpoint()
    assert size(Endpoint).is_exact

    monkeypatch.setattr(
        counting, "bounded", lambda _: Count(counting.BOUND, Certainty.AT_LEAST)
    )

    assert size(Endpoint) >= counting.BOUND
    assert size(Endpoint).certainty is Certainty.ABOUT


def test_mongodb_is_asked_for_its_own_estimate():
    class Collection:
        def estimated_document_count(self):
            return 98_765

    class Connection:
        def get_collection(self, name):
            return Collection()

    assert counting._mongodb(Connection(), "certs_endpoint") == 98_765


@pytest.mark.django_db
def test_mongodb_counts_nothing_where_its_estimate_is_far_beyond_the_bound(monkeypatch):
    for _ in range(3):
        make_endpoint()
    monkeypatch.setattr(counting, "BOUND", 1)

    number = size(Endpoint)

    assert number == 3
    assert number.is_exact is (connection.vendor != "mongodb")
