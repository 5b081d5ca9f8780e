"""Filters that depend on the moment."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from certs.admin.paging import FEW
from certs.forms import GRADES
from certs.models import Certificate, Endpoint, Health, Observation
from certs.models.certificate import CertificateQuerySet
from certs.models.counting import bounded
from certs.models.endpoint import EndpointQuerySet
from certs.services.questions import UNGRADED


class HealthFilter(admin.SimpleListFilter):
    """By the status that people see."""

    title = "status"
    parameter_name = "health"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, str]]:
        return Health.choices

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Endpoint]
    ) -> QuerySet[Endpoint]:
        assert isinstance(queryset, EndpointQuerySet)  # noqa: S101 - for mypy
        state = self.value()
        if state not in Health.values:
            return queryset
        health, now = Health(str(state)), timezone.localtime()
        rows = queryset.in_health(health, now=now)
        if bounded(rows, bound=FEW).is_exact:
            return rows
        return queryset.in_health(health, now=now, are_many=True)


class GradeFilter(admin.SimpleListFilter):
    """By the grade that people see."""

    title = "grade"
    parameter_name = "grade"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, str]]:
        return GRADES

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Endpoint]
    ) -> QuerySet[Endpoint]:
        assert isinstance(queryset, EndpointQuerySet)  # noqa: S101 - for mypy
        grade = self.value()
        if grade not in dict(GRADES):
            return queryset
        return queryset.graded(
            "" if grade == UNGRADED else str(grade), now=timezone.localtime()
        )


class ValidityFilter(admin.SimpleListFilter):
    """Certificates that are valid now, and the others."""

    title = "validity"
    parameter_name = "valid"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, str]]:
        return (("now", "Valid now"), ("ended", "Expired"), ("later", "Not yet valid"))

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Certificate]
    ) -> QuerySet[Certificate]:
        now = timezone.now()
        if self.value() == "now":
            assert isinstance(queryset, CertificateQuerySet)  # noqa: S101 - for mypy
            return queryset.current(now)
        if self.value() == "ended":
            return queryset.filter(not_after__lt=now)
        if self.value() == "later":
            return queryset.filter(not_before__gt=now)
        return queryset


class OutcomeFilter(admin.SimpleListFilter):
    """Checks that found a certificate, and those that failed."""

    title = "outcome"
    parameter_name = "outcome"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, str]]:
        return (("answered", "Answered"), ("failed", "Failed"))

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Observation]
    ) -> QuerySet[Observation]:
        if self.value() == "answered":
            return queryset.filter(error_code="")
        if self.value() == "failed":
            return queryset.exclude(error_code="")
        return queryset


class KnownValuesFilter(admin.SimpleListFilter):
    """By a column whose values are known, so that no row is read for them."""

    values: tuple[str, ...]

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, str]]:
        return ((value, value) for value in self.values)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in self.values:
            return queryset.filter(**{str(self.parameter_name): self.value()})
        return queryset


class VersionFilter(KnownValuesFilter):
    """By TLS version."""

    title = "TLS version"
    parameter_name = "tls_version"
    values = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3")


class KeyFilter(KnownValuesFilter):
    """By the kind of key."""

    title = "key"
    parameter_name = "key_algorithm"
    values = ("ECDSA", "RSA", "Ed25519", "Ed448", "DSA")
