"""Jobs that write endpoints into a file, which whoever asked fetches later."""

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.conf import settings

from certs.models import Endpoint, Job
from certs.services import transfer
from certs.services.work import selection
from certs.services.work.runner import JobError, Part

KEPT = timedelta(days=7)
OURS = re.compile(r"[0-9a-f-]{36}\.(csv(\.part)?|upload|import)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """A file that grows by batches; it gets its name when it is whole.

    The cursor is the last key and the length of the file up to there: what somebody
    wrote beyond it before they died is cut off.
    """

    size: int = 1000  # endpoints at a time

    def total(self, job: Job, *, now: datetime) -> int:
        """Count the endpoints of the file."""
        rows = selection.seen_by(job)
        if "keys" in job.arguments:
            rows = rows.filter(pk__in=job.arguments["keys"])
        return rows.count()

    def step(self, job: Job, *, now: datetime) -> Part:
        """Write the next rows behind those that count."""
        after, _, length = job.cursor.partition(":")
        rows = selection.seen_by(job)
        batch = selection.batch(job, rows, after=after, size=self.size)
        chosen = Endpoint.objects.filter(pk__in=batch.keys).order_by("pk")
        # One moment for the whole file, however long it takes.
        lines = transfer.csv_lines(chosen, now=job.created_at)
        text = "".join(islice(lines, 1 if length else 0, None))  # one heading
        end = _append(_draft(job.pk), text.encode(), at=int(length or 0))
        cursor = f"{batch.cursor}:{end}"
        return Part(cursor=cursor, is_last=batch.is_last, done=len(batch.keys))

    def finish(self, job: Job, *, now: datetime) -> str:
        """Give the file its name; harmless if it has it already."""
        draft, whole = _draft(job.pk), path(job.pk)
        if draft.exists():
            draft.replace(whole)
        if not whole.exists():
            raise JobError(ELSEWHERE)
        return whole.name


ELSEWHERE = (
    "The file that was begun is not there any more. Where several machines work, "
    "EXPORT_DIR must be one folder for all of them."
)


def path(key: UUID) -> Path:
    """Return where the file of a job is, once it is whole and until it is deleted."""
    return Path(settings.EXPORT_DIR) / f"{key}.csv"


def forget(key: UUID) -> None:
    """Delete what was begun for a job that ended before its file was whole."""
    _draft(key).unlink(missing_ok=True)


def prune(*, now: datetime, kept: timedelta = KEPT) -> int:
    """Delete files written longer than `kept` ago, and what was never finished.

    Uploads that nobody imported, too: they are kept in the same folder.
    """
    folder = Path(settings.EXPORT_DIR)
    deleted = 0
    for file in folder.iterdir() if folder.is_dir() else ():
        is_old = file.stat().st_mtime < (now - kept).timestamp()
        if is_old and OURS.fullmatch(file.name):
            file.unlink(missing_ok=True)
            deleted += 1
    return deleted


def _draft(key: UUID) -> Path:
    return path(key).with_suffix(".csv.part")


def _append(file: Path, text: bytes, *, at: int) -> int:
    """Write `text` at a place and nothing after it; returns where the file ends then.

    Nobody but its owner reads the file: it has notes and mail addresses in it.
    """
    if not at:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_NOFOLLOW | (0 if at else os.O_CREAT)
    try:
        descriptor = os.open(file, flags, 0o600)
    except FileNotFoundError as error:
        raise JobError(ELSEWHERE) from error
    with os.fdopen(descriptor, "wb") as out:
        if os.fstat(out.fileno()).st_size < at:
            raise JobError(ELSEWHERE)
        out.truncate(at)
        out.seek(at)
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return at + len(text)
