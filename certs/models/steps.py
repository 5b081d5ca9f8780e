"""Steps: how long before a certificate ends people are told, as they write it.

`60d 30d 7d` are days before the end; `25%` and `1/3` are what is left of the lifetime.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.core.exceptions import ValidationError

MOST = 20  # steps of a policy
LONGEST = 825  # days; no public certificate ever lived longer since 2018
_DAYS = re.compile(r"([0-9]{1,4}) ?d")
_PERCENT = re.compile(r"([0-9]{1,2}) ?%")
_PART = re.compile(r"([0-9]{1,2})/([0-9]{1,3})")

# What the lifetime decides where a policy has no steps of its own.
BY_LIFETIME = (
    (timedelta(days=10), "1/2 1/4"),
    (timedelta(days=100), "1/3 1/6 3d 1d"),
    (timedelta.max, "60d 30d 14d 7d 3d 1d"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A time before the end of a certificate: whole days, or a part of its lifetime."""

    days: int | None = None
    part: Fraction | None = None

    def __str__(self) -> str:
        return f"{self.days}d" if self.part is None else str(self.part)

    def before_end(self, lifetime: timedelta) -> timedelta:
        """Return how long before the end of such a lifetime the step is."""
        if self.part is None:
            return timedelta(days=self.days or 0)
        return lifetime * self.part.numerator / self.part.denominator


def parse(text: str) -> tuple[Step, ...]:
    """Read steps apart by spaces or commas. Raises ValidationError."""
    words = text.replace(",", " ").split()
    if len(words) > MOST:
        raise ValidationError(f"At most {MOST} steps can be told apart.")
    return tuple(dict.fromkeys(_step(word) for word in words))


def for_lifetime(lifetime: timedelta) -> tuple[Step, ...]:
    """Return the steps for a certificate that lives so long, by BY_LIFETIME."""
    text = next(steps for longest, steps in BY_LIFETIME if lifetime <= longest)
    return parse(text)


def validate_steps(text: str) -> None:
    """Raise ValidationError unless `text` is a list of steps."""
    parse(text)


def _step(word: str) -> Step:
    if match := _DAYS.fullmatch(word):
        days = int(match[1])
        if 1 <= days <= LONGEST:
            return Step(days=days)
    elif match := _PERCENT.fullmatch(word):
        if int(match[1]):
            return Step(part=Fraction(int(match[1]), 100))
    elif match := _PART.fullmatch(word):
        above, below = int(match[1]), int(match[2])
        if 0 < above < below:
            return Step(part=Fraction(above, below))
    raise ValidationError(
        "“%(word)s” is no step: write 30d for days (up to %(most)s), 25%% or 1/4 for a "
        "part of the lifetime.",
        params={"word": word, "most": LONGEST},
    )
