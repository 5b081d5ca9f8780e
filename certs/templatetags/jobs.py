"""Template tags and filters about long work."""

from django import template

from certs.models import Job
from certs.services.work import progress

register = template.Library()

# The icon of each state, and whose colours it has.
STATES = {
    Job.State.QUEUED: ("clock-fill", "unchecked"),
    Job.State.RUNNING: ("arrow-repeat", "running"),
    Job.State.DONE: ("check-circle-fill", "ok"),
    Job.State.FAILED: ("x-octagon-fill", "critical"),
    Job.State.CANCELLED: ("dash-circle", "paused"),
}


@register.inclusion_tag("certs/_job_state.html")
def job_pill(job: Job) -> dict[str, str]:
    """Show the state of a job as shape, word and colour."""
    icon, colours = STATES[Job.State(job.state)]
    is_ending = job.is_cancelled and job.ended_at is None
    label = "Ending" if is_ending else job.get_state_display()
    return {"icon": icon, "colours": colours, "label": label}


@register.inclusion_tag("certs/_job_bar.html")
def job_bar(job: Job, percent: int | None) -> dict[str, object]:
    """Show how far a job is; a bar that has no end yet while nobody knows."""
    is_over = job.state in {Job.State.FAILED, Job.State.CANCELLED}
    return {
        "percent": 0 if percent is None and job.state != Job.State.RUNNING else percent,
        "label": job.get_kind_display(),
        "css": "is-over" if is_over else "",
    }


register.filter("duration", progress.duration)
register.filter("rate", progress.rate)
