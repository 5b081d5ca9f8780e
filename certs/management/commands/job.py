"""Long work from the command line."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Team
from certs.management import following
from certs.management.terminal import printable
from certs.models import Job, Tag
from certs.services.intake import kept, preview
from certs.services.intake.rows import MAX_BYTES, Table, UnreadableError
from certs.services.intake.verdicts import Wishes
from certs.services.work import exports, imports, jobs, progress, selection
from certs.tasks.jobs import wake

USAGE = 2
FAILED = 1
LISTED = 20
KINDS = {
    "check": Job.Kind.CHECK,
    "deep-check": Job.Kind.DEEP_CHECK,
    "export": Job.Kind.EXPORT,
}


class Command(BaseCommand):
    """What the pages of jobs do, for a terminal, a script or cron."""

    help = (
        "Start long work, look at it, follow it, cancel it. "
        "Exit status of what waits: 0 all is done, 1 it failed or some of it did, "
        "2 usage error, 130 ended with Ctrl-C; the job goes on then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        start = actions.add_parser("start", help="have endpoints checked or exported")
        start.add_argument("kind", choices=KINDS)
        start.add_argument("--team", metavar="SLUG", help="only this team's endpoints")
        start.add_argument("--tag", metavar="NAME", help="only endpoints with this tag")
        _add_how(start)
        intake = actions.add_parser("import", help="put the endpoints of a file in")
        intake.add_argument("file", type=Path, metavar="FILE", help="CSV; see the docs")
        intake.add_argument(
            "--team", metavar="SLUG", help="of new endpoints whose row names none"
        )
        intake.add_argument(
            "--update",
            action="store_true",
            help="change what is there already, else it is left as it is",
        )
        how = _add_how(intake)
        how.add_argument(
            "--dry-run", action="store_true", help="only say what would become of it"
        )
        actions.add_parser("list", help=f"the last {LISTED} jobs of everybody")
        for name, text in (
            ("show", "what is known of a job"),
            ("follow", "show how far a job is until it has ended"),
            ("cancel", "end a job after its current step"),
        ):
            actions.add_parser(name, help=text).add_argument(
                "key", type=UUID, metavar="JOB"
            )

    def handle(self, *, action: str, **options: Any) -> None:
        if action == "start":
            self._start(**options)
        elif action == "import":
            self._import(**options)
        elif action == "list":
            for each in Job.objects.select_related("user")[:LISTED]:
                self.stdout.write(_line(each))
        else:
            job = Job.objects.filter(pk=options["key"]).first()
            if job is None:
                raise CommandError("There is no such job.", returncode=USAGE)
            {"show": self._show, "follow": self._follow, "cancel": self._cancel}[
                action
            ](job)

    def _start(self, *, kind: str, **options: Any) -> None:
        arguments = selection.of_list(_asked(team=options["team"], tag=options["tag"]))
        self._ask(KINDS[kind], arguments, **options)

    def _import(self, *, file: Path, update: bool, **options: Any) -> None:
        team = _asked(team=options["team"], tag=None).get("team")
        try:
            key = kept.keep(Table(_read(file)))
        except (OSError, UnreadableError) as error:
            raise CommandError(f"{file}: {error}", returncode=USAGE) from error
        if options["dry_run"]:
            self._preview(key, Wishes(user=None, team=team, update=update))
            return
        kept.confirm(key)
        chosen = imports.of_upload(key, file=file.name, team=team, update=update)
        self._ask(Job.Kind.IMPORT, chosen, **options)

    def _preview(self, key: UUID, wishes: Wishes) -> None:
        try:
            rows = kept.heading(key).rows
            with tqdm(total=rows, disable=None, leave=False) as bar:
                found = preview.preview(key, wishes, most=None, tell=bar.update)
        finally:
            kept.forget_upload(key)
        self.stdout.write(f"columns: {', '.join(found.heading.columns)}")
        if found.heading.ignored:
            self.stdout.write(f"ignored: {printable(', '.join(found.heading.ignored))}")
        self.stdout.write(
            f"{found.new:,} new, {found.changed:,} to update, "
            f"{found.left:,} left as they are, {found.wrong:,} wrong"
        )
        for problem in found.problems:
            self.stdout.write(f"  {printable(problem)}")
        if found.wrong:
            raise SystemExit(FAILED)

    def _ask(
        self, kind: Job.Kind, arguments: Mapping[str, Any], **options: Any
    ) -> None:
        """Ask for a job as who has the server, and wait for it if that is wished."""
        given = {**arguments, selection.CONSOLE: True}
        job = jobs.ask(kind, user=None, arguments=given, now=timezone.now())
        self.stdout.write(str(job.pk))
        if options["here"]:
            self._end(following.do_here(job))
            return
        if not wake(str(job.pk)):
            self.stderr.write("No worker could be reached; the job waits for one.")
        if options["wait"]:
            self._follow(job)

    def _show(self, job: Job) -> None:
        far = progress.of(job, now=timezone.now())
        self.stdout.write(_line(job))
        self.stdout.write(printable(selection.in_words(job)))
        if far.took is not None:
            speed = progress.rate(far.per_second) or "nothing done yet"
            self.stdout.write(f"took {progress.duration(far.took)}, {speed}")
        if far.left is not None:
            self.stdout.write(f"about {progress.duration(far.left)} left")
        self._tell(job)

    def _follow(self, job: Job) -> None:
        self._end(following.follow(job))

    def _cancel(self, job: Job) -> None:
        if not jobs.cancel(job, now=timezone.now()):
            raise CommandError("It had ended already.", returncode=FAILED)
        self.stdout.write("It ends as soon as its current step is done.")

    def _end(self, job: Job) -> None:
        self.stdout.write(_line(job))
        self._tell(job)
        if job.state != Job.State.DONE or job.failed:
            raise SystemExit(FAILED)

    def _tell(self, job: Job) -> None:
        if tally := imports.tally(job):
            self.stdout.write(f"  {tally.words}")
        for message in job.messages:
            self.stdout.write(f"  {printable(message)}")
        if job.result:
            self.stdout.write(f"  {exports.path(job.pk)}")


def _add_how(parser: ArgumentParser) -> Any:
    """Add whether to wait for the job; returns the group, for what excludes that."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--wait", action="store_true", help="show how far it is")
    how.add_argument(
        "--here", action="store_true", help="do it in this process, without worker"
    )
    return how


def _read(file: Path) -> bytes:
    """Return what a file holds, and no more than one byte too much of it."""
    with file.open("rb") as source:
        return source.read(MAX_BYTES + 1)


def _asked(*, team: str | None, tag: str | None) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if team is not None:
        found = Team.objects.filter(slug=team).first()
        if found is None:
            raise CommandError(f"There is no team {team!r}.", returncode=USAGE)
        asked["team"] = found.pk
    if tag is not None:
        if not Tag.objects.filter(name=tag).exists():
            raise CommandError(f"There is no tag {tag!r}.", returncode=USAGE)
        asked["tag"] = tag
    return asked


def _line(job: Job) -> str:
    total = "?" if job.total is None else f"{job.total:,}"
    return (
        f"{job.pk}  {job.get_kind_display():<10}  {job.get_state_display():<9}  "
        f"{job.done:,} of {total} done, {job.failed:,} failed  "
        f"{job.user or 'the server'}"
    )
