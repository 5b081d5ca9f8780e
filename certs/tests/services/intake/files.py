"""Files of endpoints, as bytes and as kept."""

from certs.models import Job
from certs.services.intake import judging, kept
from certs.services.intake.rows import Table
from certs.services.intake.verdicts import Wishes
from certs.services.work import imports, jobs
from certs.tests.factories import NOW


def table(*lines, encoding="utf-8"):
    return Table("\n".join(lines).encode(encoding))


def read(*lines):
    return [row.cells for row in table(*lines).rows()]


def uploaded(*lines):
    return kept.keep(table(*lines))


def judged(*lines, user=None, team=None, update=False):
    """What is to become of each row."""
    wishes = Wishes(user=user, team=team and team.pk, update=update)
    return judging.judge(list(kept.rows(uploaded(*lines))), wishes)


def ask(*lines, user=None, team=None, update=False, now=NOW):
    """A job that imports these lines; who has no user has the server."""
    key = uploaded(*lines)
    assert kept.confirm(key)
    chosen = imports.of_upload(
        key, file="hosts.csv", team=team and team.pk, update=update
    )
    given = {**chosen, "console": True} if user is None else chosen
    return jobs.ask(Job.Kind.IMPORT, user=user, arguments=given, now=now)
