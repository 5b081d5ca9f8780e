"""Template tags and filters about long work."""

from datetime import timedelta

from django import template

from certs.models import Job

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
FAST = 10  # per second; from here on nobody reads a fraction
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


@register.filter
def duration(value: timedelta | None) -> str:
    """Tell a length of time in the unit that fits: `3 min`."""
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE} min"
    return f"{seconds // DAY} d {seconds % DAY // HOUR} h"


@register.filter
def rate(per_second: float | None) -> str:
    """Tell how fast it goes, by the second or, where it is slow, by the minute."""
    if per_second is None:
        return ""
    if per_second >= FAST:
        return f"{per_second:,.0f} per second"
    if per_second >= 1:
        return f"{per_second:.1f} per second"
    return f"{per_second * MINUTE:.0f} per minute"
