"""Watches the watcher: duties that nobody does, told by those who still run.

It is the web process that looks, or a cron line: a worker that is dead tells nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage

from accounts.services import letters
from certs.models import Duty, Worker
from certs.services.work import presence, rota

# What is to be done each minute may be put off by a restart or by an upgrade.
SHORTEST = timedelta(minutes=10)
CACHED = 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """The duties that are late, and whether anybody is there to do them."""

    late: tuple[tuple[str, datetime], ...]  # each with when it was last done
    has_worker: bool
    has_scheduler: bool

    @property
    def lines(self) -> list[str]:
        """What to say of it, in UTC."""
        duties = [
            f"{title(name)}: not done since {since:%Y-%m-%d %H:%M} UTC."
            for name, since in self.late
        ]
        missing = [
            word
            for word, is_there in (
                ("worker", self.has_worker),
                ("scheduler", self.has_scheduler),
            )
            if not is_there
        ]
        return [*duties, *(f"No {word} has been heard of." for word in missing)]


def title(name: str) -> str:
    """Return the name of a duty as people read it."""
    return name.replace("-", " ").capitalize()


def late(*, now: datetime) -> Standstill | None:
    """Return what has not been finished within twice its interval; None if all was.

    A duty that was never done is late so long after it was first expected.
    """
    duties = {duty.name: duty for duty in Duty.objects.filter(name__in=rota.EVERY)}
    missing = [Duty(name=name, since=now) for name in rota.EVERY if name not in duties]
    if missing:
        Duty.objects.bulk_create(missing, ignore_conflicts=True)
    found = tuple(
        (duty.name, duty.finished_at or duty.since)
        for duty in sorted(duties.values(), key=lambda duty: duty.name)
        if is_late(duty, now=now)
    )
    if not found:
        return None
    kinds = {worker.kind for worker in presence.heard(now=now)}
    return Standstill(
        late=found,
        has_worker=Worker.Kind.WORKER in kinds,
        has_scheduler=Worker.Kind.SCHEDULER in kinds,
    )


def is_late(duty: Duty, *, now: datetime) -> bool:
    """Whether a duty of the rota was last done too long ago."""
    patience = max(2 * rota.EVERY[duty.name], SHORTEST)
    return now - (duty.finished_at or duty.since) > patience


def look(*, now: datetime) -> Standstill | None:
    """Return what is late, looked up once a minute, and tell ADMINS of an outage."""
    known: tuple[Standstill | None] | None = cache.get(rota.CACHE_KEY)
    if known is None:
        known = (late(now=now),)
        cache.set(rota.CACHE_KEY, known, CACHED)
        if known[0] is not None:
            tell(known[0], now=now)
    return known[0]


def tell(standstill: Standstill, *, now: datetime) -> bool:
    """Mail ADMINS, once for an outage; returns whether it is done now.

    The outage is over for a duty when it is finished. What becomes late while another
    is has the same cause, most likely, and makes no second mail.
    """
    names = [name for name, _ in standstill.late]
    rows = Duty.objects.filter(name__in=names)
    if rows.filter(told_at__isnull=False).exists():
        rows.filter(told_at=None).update(told_at=now)
        return False
    first = rows.filter(name=names[0], told_at=None)
    if not first.update(told_at=now):
        return False
    rows.filter(told_at=None).update(told_at=now)
    if settings.ADMINS:
        letters.post(_mail(standstill))
    return True


def _mail(standstill: Standstill) -> EmailMessage:
    lines = [
        "Work in the background stands still:",
        "",
        *standstill.lines,
        "",
        "Until it goes on, certificates are not checked and nobody is warned.",
        "Start the worker and the scheduler, or look into their logs. What is missed",
        "is caught up then.",
        "",
        settings.DEFAULT_HOST,
    ]
    return EmailMessage(
        subject=f"{settings.EMAIL_SUBJECT_PREFIX}Work in the background stands still",
        body="\n".join(lines),
        from_email=settings.SERVER_EMAIL,
        to=[address for _, address in settings.ADMINS],
    )
