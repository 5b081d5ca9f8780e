"""The lists of what the change log follows, held to the models there are."""

import pytest
from auditlog.registry import auditlog
from django.apps import apps
from django.db.models import OneToOneRel

from certs.models.endpoint import STATE
from project.changelog import NOT_TRACKED, TRACKED

SECRET_WORDS = ("password", "secret", "token", "private", "hash", "data", "settings")


def model(label):
    return apps.get_model(label)


def test_every_model_is_followed_or_there_is_a_reason_why_not():
    followed = {item["model"].lower() for item in TRACKED}
    left_out = {label.lower() for label in NOT_TRACKED}

    assert followed | left_out == {each._meta.label_lower for each in apps.get_models()}
    assert not followed & left_out


@pytest.mark.parametrize("item", TRACKED, ids=lambda item: item["model"])
def test_every_name_in_the_list_is_a_field_and_no_secret_is_in_the_open(item):
    meta = model(item["model"])._meta
    fields = {field.name for field in meta.get_fields()}
    masked = set(item.get("mask_fields", ()))
    closed = masked | set(item.get("exclude_fields", ()))

    assert closed | set(item.get("m2m_fields", ())) <= fields
    assert {
        field.name
        for field in meta.concrete_fields
        if any(word in field.name for word in SECRET_WORDS)
    } <= closed
    assert {field.name for field in meta.many_to_many} - closed == set(
        item.get("m2m_fields", ())
    )
    # The library would ask for it at each save.
    assert {
        field.name for field in meta.related_objects if type(field) is OneToOneRel
    } <= closed


def test_what_checks_write_is_no_change_of_an_endpoint():
    endpoint = model("certs.Endpoint")
    left_out = auditlog.get_model_fields(endpoint)["exclude_fields"]

    found = {endpoint._meta.get_field(name).name for name in STATE}
    work = {name for name in left_out if name.startswith("next_")}
    claims = {"check_claim", "deep_check_claim"}
    about = {"created_at", "deep_check", "followers"}
    assert set(left_out) == {*found, *about, *claims, *work}
    assert len(work) == 3
