"""Columns that pages and admin show alike."""

from datetime import datetime

from django.template.loader import render_to_string

from certs.models import Health, Job


def status(health: Health) -> str:
    """Return the pill of a state: shape, word and colour."""
    return render_to_string("certs/_status.html", {"health": health})


def grade(grade: str) -> str:
    """Return the box of a grade, a dash without one."""
    context = {"grade": grade, "letter": grade[:1]}
    return render_to_string("certs/_grade.html", context)


def moment(value: datetime | None) -> str:
    """Return a certificate's date and time in the viewer's zone.

    Django's own display fails for 9999-12-31T23:59:59Z, "no end" in RFC 5280, where
    clocks are ahead of UTC.
    """
    return render_to_string("certs/_moment.html", {"value": value})


def job_state(job: Job) -> str:
    """Return the pill of a job's state."""
    return render_to_string("certs/_job_state_of.html", {"job": job})


def job_bar(job: Job, percent: int | None) -> str:
    """Return the bar of a job."""
    return render_to_string("certs/_job_bar_of.html", {"job": job, "percent": percent})
