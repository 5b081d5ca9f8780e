import pytest
from django.core import serializers
from django.core.exceptions import ValidationError

from certs.models import Endpoint
from certs.tests.factories import make_endpoint

pytestmark = pytest.mark.django_db
ADDRESSES = ("192.0.2.1", "2001:db8::1")


def test_lines_come_back_as_they_went():
    make_endpoint(address_mode="listed", addresses=ADDRESSES)

    assert Endpoint.objects.get().addresses == ADDRESSES


def test_no_lines_are_an_empty_tuple():
    make_endpoint()

    assert Endpoint.objects.get().addresses == ()


def test_lines_are_searched_as_text():
    make_endpoint(address_mode="listed", addresses=ADDRESSES)

    assert Endpoint.objects.filter(addresses__icontains="DB8::").exists()


def test_lines_survive_a_dump_and_a_load():
    make_endpoint(address_mode="listed", addresses=ADDRESSES)

    dump = serializers.serialize("json", Endpoint.objects.all())
    Endpoint.objects.all().delete()
    for row in serializers.deserialize("json", dump):
        row.save()

    assert Endpoint.objects.get().addresses == ADDRESSES


def test_a_line_with_a_line_break_in_it_is_refused():
    with pytest.raises(ValidationError):
        Endpoint(host="a.example.org", addresses=("a\nb",)).save()


@pytest.mark.parametrize("lines", [(), ("one",), ("one", "two words")])
def test_lines_of_many_rows_are_written_in_one_statement(lines):
    endpoints = [make_endpoint() for _ in range(2)]
    for endpoint in endpoints:
        endpoint.findings = lines

    Endpoint.objects.bulk_update(endpoints, ["findings"])

    assert [each.findings for each in Endpoint.objects.all()] == [lines, lines]
