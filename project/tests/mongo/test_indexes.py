"""The planner uses our indexes. Stock unique indexes are partial, and it does not."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, models

from accounts.models import User
from certs.models import Certificate, Endpoint, Observation
from certs.tests.factories import NOW, make_checked, make_endpoint
from project.tests.mongo.made import collection_of, connection, make_model, plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "question",
    [
        lambda: Endpoint.objects.filter(pk=make_endpoint().pk),
        lambda: Endpoint.objects.filter(pk__in=[make_endpoint().pk]),
        lambda: User.objects.filter(username="ann"),
        lambda: Group.objects.filter(pk=1),
        lambda: Certificate.objects.filter(fingerprint_sha256="ab"),
        lambda: Endpoint.objects.filter(host="h", port=443, server_name=""),
        lambda: Endpoint.objects.filter(team=None).filter(issuer="An issuer"),
        lambda: Endpoint.objects.filter(not_after__gte=NOW, not_after__lte=NOW),
        lambda: Endpoint.objects.filter(certificate__in=[make_checked().certificate]),
        lambda: Observation.objects.filter(endpoint=make_endpoint(), is_latest=True),
        lambda: Endpoint.objects.order_by("host", "port", "server_name")[:50],
        lambda: Endpoint.objects.select_related("team").order_by("not_after", "id")[:9],
        lambda: Endpoint.objects.only("host").order_by("-issuer")[:9],
        lambda: Endpoint.objects.values_list("observed_at").order_by("observed_at")[:9],
    ],
)
def test_an_index_answers(question):
    make_endpoint(host="other.example.org")

    text = plan(question())

    assert '"IXSCAN"' in text
    assert '"COLLSCAN"' not in text


def test_a_join_finds_its_partners_by_an_index():
    make_endpoint()
    info = connection.database["certs_certificate"].index_information()

    unique = [i for i in info.values() if i["key"] == [("id", 1)]]

    assert [index.get("unique") for index in unique] == [True]
    assert "partialFilterExpression" not in unique[0]


def test_what_may_be_null_is_unique_but_for_null():
    thing = make_model(code=models.CharField(max_length=9, null=True, unique=True))

    with collection_of(thing):
        thing.objects.create(code=None)
        thing.objects.create(code=None)
        thing.objects.create(code="x")
        with pytest.raises(IntegrityError, match="duplicate key"):
            thing.objects.create(code="x")


def test_uniqueness_with_a_condition_stays_a_partial_index():
    constraint = models.UniqueConstraint(
        fields=["code"], condition=models.Q(live=True), name="one_live_code"
    )
    thing = make_model(
        code=models.CharField(max_length=9),
        live=models.BooleanField(),
        meta={"constraints": [constraint]},
    )

    with collection_of(thing):
        thing.objects.create(code="x", live=False)
        thing.objects.create(code="x", live=False)
        thing.objects.create(code="x", live=True)
        with pytest.raises(IntegrityError, match="one_live_code"):
            thing.objects.create(code="x", live=True)
